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
        "Network in whose features to measure, a file of recipes.classifier, of recipes.features for images "
        "without labels, or of recipes.music_features. Default: for digits, melodies and chorales, one of the zoo's.",
        path=True,
    )
