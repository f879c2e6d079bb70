"""Harness: a program's front door, the directory of a run, and the training in it."""
