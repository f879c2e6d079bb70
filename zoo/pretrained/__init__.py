"""Trained models: what ships with the zoo, and how a model is loaded from a name, a file, a folder or an address."""

from zoo.pretrained.loading import load
from zoo.pretrained.shipped import Models, Shipped, models

__all__ = ["Models", "Shipped", "load", "models"]
