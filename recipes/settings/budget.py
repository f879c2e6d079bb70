"""How long a trained model is measured."""

from recipes.settings.field import group, setting


@group
class Budget:
    """How much of what there is to measure with is taken."""

    measure_all: bool = setting(
        False,
        "Measure with as many samples, held-out items and latents as the other flags allow, however long that takes: "
        "for tables. Otherwise with as many of them as take about half as long as the training did.",
        may_change=True,
    )
