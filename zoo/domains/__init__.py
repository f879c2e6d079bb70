"""Domains: what turns a person's files into data, and samples into files that a person opens."""

from zoo.domains.domain import Domain
from zoo.domains.drums import Drums
from zoo.domains.images import Images
from zoo.domains.music import Music

__all__ = ["Domain", "Drums", "Images", "Music"]
