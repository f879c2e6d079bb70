"""The network in whose features samples are measured."""

from recipes.settings.field import group, setting


@group
class ExtractorSettings:
    """What such a network is called."""

    name: str = setting(help="What the network is called.")
