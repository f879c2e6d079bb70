"""How much a trained model is measured with: measuring is not to outlast training unless told to."""

import time
from collections.abc import Callable

from recipes.harness import commands
from recipes.report.trained import Trained


def seconds_for(trained: Trained, share: float) -> float | None:
    """The seconds that a measure may take, a share of those that the training took; None: as many as it takes.

    That is what --measure_all asks for, and what a run gets that was begun before its history held seconds.
    """
    seconds = trained.history.column("seconds")
    if trained.settings.budget.measure_all or seconds is None:
        return None
    return share * sum(seconds)


def rate_of(work: Callable[[], object], count: int, clock: Callable[[], float] = time.perf_counter) -> float:
    """How many items a second some work does.

    Args:
        work: does it with `count` items. It is called twice, and timed once, as the first time includes compiling.
        count: how many.
        clock: -> seconds.
    """
    work()
    begun = clock()
    work()
    return count / (clock() - begun)


def round_count(fits: float, most: int, fewest: int) -> int:
    """How many items to measure with: 1, 2 or 5 times a power of ten, so that figures of several runs compare.

    Args:
        fits: how many the budget allows.
        most: how many there are; all of them where they fit.
        fewest: at least so many, whatever the budget allows, or all.
    """
    if max(fits, fewest) >= most:
        return most
    rounds = (step * 10**power for power in range(len(str(most))) for step in (1, 2, 5))
    return max(count for count in rounds if count <= max(fits, fewest))


def how_many(count: int, most: int) -> str:
    """A count for a person, beside that of --measure_all."""
    return f"{count:,}" if count == most else f"{count:,} of {most:,}"


def more(trained: Trained, taken: str) -> str:
    """What a card says, as Markdown, where --measure_all would take more than what was `taken`, in words."""
    command = commands.measure(trained.run.recipe, trained.settings)
    return f"A share of the training's time was enough for {taken}; with all that there are: `{command}`."
