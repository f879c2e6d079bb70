"""What a report measures of melodies: their statistics, and what an ear would mind."""

from recipes.families import likelihood, music
from recipes.families.music import drawn, held_out_windows, section, training_windows
from recipes.report import samples
from recipes.report.trained import Section, Trained
from zoo.measures import melodies

LIMITS = """It knows two bars of 4/4 in one voice, on a grid of sixteenths: no triplets, no
other metres, no harmony, no dynamics. A likelihood compares only with those of the same {items} and pitches."""


def statistics(trained: Trained) -> Section:
    """How far samples of each file agree with held-out windows in the nine statistics of Yang and Lerch."""
    data = trained.data
    held_out = held_out_windows(data)
    count = len(held_out)

    def measured(windows):
        areas, shared = melodies.overlaps(held_out, windows), melodies.histogram_overlaps(held_out, windows)
        return {
            **{f"{name}_overlap{count}": value for name, value in areas.items()},
            **{f"{name}_histogram_overlap{count}": value for name, value in shared.items()},
        }

    floor = measured(training_windows(data, count))
    nine = [f"{name.__name__}_overlap{count}" for name in melodies.STATISTICS]
    main = f"largest_shortfall{count}"
    metrics = {"floor": {main: 0.0, **floor}}
    for name in trained.sampled:
        found = measured(drawn(trained, name, count))
        metrics[name] = {main: max(floor[key] - found[key] for key in nine), **found}
    note = (
        f"How far {count:,} samples agree with as many held-out windows; 1 is best. Floor: training windows, in the "
        "keys that they are trained in, in place of samples. `overlap`: the overlapping area of Yang and Lerch 2020; "
        f"`histogram_overlap`: what both histograms share. `{main}`: by how much a statistic's overlap falls below the "
        "floor at most."
    )
    return section(trained, "Statistics", metrics, note, main=main)


def blemishes(trained: Trained) -> Section:
    """What an ear would mind in samples of each file, beside what real tunes have of it."""
    data = trained.data
    count = len(held_out_windows(data))

    def measured(windows):
        return {f"{name}{count}": value for name, value in melodies.blemishes(windows)._asdict().items()}

    metrics = {"floor": measured(held_out_windows(data))}
    metrics |= {name: measured(drawn(trained, name, count)) for name in trained.sampled}
    note = (
        f"Of {count:,} samples: the share of silent steps, of intervals that are none or more than an octave, of "
        "windows whose bars are equal, and of notes between two eighths. Floor: of as many held-out windows; neither "
        "more nor less is better."
    )
    return section(trained, "Blemishes", metrics, note, main=f"leaps{count}")


_SHOWS = (music.samples, music.reconstructions, music.interpolations)
_MEASURES = (
    samples.samples,
    likelihood.likelihood,
    music.reconstruction,
    statistics,
    music.memorization,
    blemishes,
    music.equality,
)
# Of a report, in place of what one of images shows and measures.
REPORT = {"shows": _SHOWS, "measures": _MEASURES, "limits": LIMITS}
