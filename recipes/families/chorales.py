"""What a report shows and measures of chorales: harmonies of one soprano, and how the voices move."""

import numpy as np

from recipes.data.data_set import some_of
from recipes.families import likelihood, music
from recipes.families.music import COLUMNS, asked_of, drawn, held_out_windows, section, training_windows
from recipes.report import samples, shows
from recipes.report.trained import Section, Sheet, Trained
from zoo.measures import harmony

LIMITS = """It knows two bars of 4/4 in four voices, on a grid of sixteenths: no words, no other metres. It knows
chorales of one composer, and harmonizes other tunes as if they were such."""
LIMITS_OF_LIKELIHOOD = "A likelihood compares only with those of the same {items} and pitches."


def harmonies(trained: Trained) -> Sheet:
    """Of some held-out sopranos, in a row each, the composer's own harmony and then the model's."""
    data, rows = trained.data, 6
    chosen = some_of(len(data.test), rows)
    asked = np.repeat(trained.condition.test[chosen], COLUMNS - 1, axis=0)
    made = shows.sampled(trained.model, trained.settings.training.seed, range(len(asked)), asked)
    made = made.reshape([len(chosen), COLUMNS - 1, *data.domain.shape])
    both = np.concatenate([data.held_out[chosen][:, None], made], axis=1)
    return Sheet("harmonies", both.reshape([-1, *data.domain.shape]), COLUMNS)


def voice_leading(trained: Trained) -> Section:
    """How the voices of samples of each file move, and which chords they make, beside those of held-out chorales."""
    data = trained.data
    training, held_out = training_windows(data), held_out_windows(data)
    count = len(held_out)

    def measured(windows):
        found = {
            **harmony.consecutives(windows)._asdict(),
            "crossings": harmony.crossings(windows),
            "out_of_range": harmony.out_of_range(windows),
            "pitch_classes_per_bar": harmony.pitch_classes_per_bar(windows),
            "known_chords": harmony.known_chords(training, windows),
        }
        return {f"{name}{count}": value for name, value in found.items()}

    asked = asked_of(trained, count)
    metrics = {"floor": measured(held_out)}
    for name in trained.sampled:
        made = drawn(trained, name, count)
        metrics[name] = measured(made)
        if asked is not None:
            metrics[name] |= _told(made, drawn(trained, name, count, first=count), asked, count)
    note = (
        f"Of {count:,} samples: perfect intervals twice in a row, per 1,000 chord changes; the share of steps where "
        "voices cross; of the notes outside of the usual range of their voice; pitch classes per bar; and the share of "
        "the chords of the kinds that training chorales use. Floor: of as many held-out chorales."
    )
    if asked is not None:
        note += (
            " `soprano_kept`: the share of the samples whose highest voice is the one that they were made for; "
            "`harmony_difference`: the share of the chords that are others in a second harmony of the same soprano."
        )
    return section(trained, "Harmony", metrics, note, main=f"known_chords{count}")


def _told(made, others, asked, count):
    """What two harmonies for each soprano, int [n, steps, voices], have to do with it and with each other."""
    kept, kept_again = (np.all(notes[..., 0] == asked, axis=1) for notes in (made, others))
    both = kept & kept_again
    different = harmony.harmony_difference(made[both], others[both]) if both.any() else float("nan")
    return {f"soprano_kept{count}": float(kept.mean()), f"harmony_difference{count}": different}


# Of a report, in place of what one of images shows and measures.
REPORT_OF_GAN = {
    "shows": (harmonies,),
    "measures": (samples.samples, voice_leading, music.memorization, music.equality),
    "limits": LIMITS,
}
REPORT_OF_VAE = {
    "shows": (harmonies, music.reconstructions, music.interpolations),
    "measures": (
        samples.samples,
        likelihood.likelihood,
        music.reconstruction,
        voice_leading,
        music.memorization,
        music.equality,
    ),
    "limits": f"{LIMITS} {LIMITS_OF_LIKELIHOOD}",
}
