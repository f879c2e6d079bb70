"""How samples are measured."""

from recipes.settings.field import group, setting


@group
class Quality:
    """How many samples are measured, and in the features of which network."""

    quality_images: int = setting(
        10_000, "Measure with at most this many samples and held-out items.", at_least=50, may_change=True
    )
    extractor: str | None = setting(
        None,
        "Network in whose features to measure, a file of recipes.classifier or, for items without labels, "
        "recipes.features. Default: for digits, a classifier of them.",
        path=True,
    )
