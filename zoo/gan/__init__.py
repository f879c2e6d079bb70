"""Generative adversarial networks and their parts."""
