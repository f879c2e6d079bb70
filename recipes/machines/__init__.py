"""Machines: the devices and hosts that a training runs on."""
