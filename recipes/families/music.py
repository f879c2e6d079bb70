"""What a report shows and measures of any music: windows in place of pictures, and whether samples are copies."""

import numpy as np

from export import SAVED_MODEL, TFLITE
from recipes.data.data_set import DataSet, some_of
from recipes.harness import commands
from recipes.machines.workers import split_work
from recipes.report import artefacts, quality, shows
from recipes.report.trained import Section, Sheet, Trained
from zoo import measures
from zoo.domains import Music
from zoo.measures import melodies

COUNT = 2000  # windows of each set, or all: as many as `zoo.measures.melodies.overlaps` compares
COLUMNS = Music.columns  # windows per row


def samples(trained: Trained) -> Sheet:
    """Thirty samples; of a model that is told something, each row of one."""
    rows = 30 // COLUMNS
    asked = shows.asked_in_rows(trained.condition, rows, COLUMNS)
    drawn = shows.sampled(trained.model, trained.settings.training.seed, range(rows * COLUMNS), asked)
    return Sheet("samples", drawn, COLUMNS)


def reconstructions(trained: Trained) -> Sheet:
    """A row of held-out windows above a row of what a VAE makes of them, three times."""
    chosen = some_of(len(trained.data.test), 3 * COLUMNS)
    originals = trained.data.held_out[chosen]
    made = np.asarray(trained.model.reconstruct(originals, **_told(trained, chosen)))
    rows = [part[i : i + COLUMNS] for i in range(0, len(originals), COLUMNS) for part in (originals, made)]
    return Sheet("reconstructions", np.concatenate(rows), COLUMNS)


def interpolations(trained: Trained) -> Sheet:
    """From one held-out window of a VAE to another one of the set, in a row each; told what the first one has."""
    chosen = some_of(len(trained.data.test), 7)
    told, model = _told(trained, chosen), trained.model
    of_encoder = told if len(model.encoder.inputs) == 2 else {}
    latents = np.asarray(model.encode(trained.data.held_out[chosen], **of_encoder)[0])
    weights = np.linspace(0, 1, COLUMNS, dtype=np.float32)[:, None]
    between = [(1 - weights) * a + weights * b for a, b in shows.pairs(latents, count=6)]
    told = {name: np.repeat(values[: len(between)], COLUMNS, axis=0) for name, values in told.items()}
    return Sheet("interpolations", model.decode(np.concatenate(between), **told), COLUMNS)


def reconstruction(trained: Trained) -> Section:
    """How much of held-out windows comes back from a VAE, by steps, by notes and by whole windows."""
    data, count = trained.data, len(held_out_windows(trained.data))

    def measured(windows, conditions):
        told = shows.named(trained.model, conditions)
        found = melodies.reconstruction(windows, trained.model.reconstruct(windows, **told).numpy())
        return {f"{name}{count}": value for name, value in found._asdict().items()}

    known = None if trained.condition is None else trained.condition.train[some_of(data.train_size, count)]
    note = (
        f"Of {count:,} held-out windows, the shares that come back right: steps, of which most are holds; onsets, the "
        "steps where a note begins; and whole windows. Floor: of as many training windows."
    )
    metrics = {
        "floor": measured(training_windows(data, count), known),
        trained.file: measured(held_out_windows(data), asked_of(trained, count)),
    }
    return section(trained, "Reconstruction", metrics, note, main=f"windows{count}")


def equality(trained: Trained) -> Section:
    """How many of ten thousand samples of each exported file, with weights as they were, are what Keras draws."""
    count = 10_000
    asked = None if trained.condition is None else trained.condition.test[np.arange(count) % len(trained.data.test)]
    metrics = {}
    for name in (SAVED_MODEL, TFLITE):
        artefact = artefacts.load(trained.run.path / name)
        parts = [
            artefact.sample(index, None if asked is None else asked[index])
            == np.asarray(
                trained.model.sample_at(
                    artefacts.SEED, index, **shows.named(trained.model, None if asked is None else asked[index])
                )
            )
            for index in np.array_split(np.arange(count), 20)
        ]
        same = np.concatenate(parts)
        metrics[name] = {f"equal{count}": int(same.reshape(count, -1).all(axis=1).sum())}
    note = (
        f"Of {count:,} samples of one seed, how many are note for note what Keras draws. Rounding decides a tie. "
        "Files with weights in 8 bits are other samplers."
    )
    equal = metrics[TFLITE][f"equal{count}"]
    return Section("Equality", metrics, note, text=f"{TFLITE}: {equal:,} of {count:,} samples are what Keras draws.")


def memorization(trained: Trained) -> Section:
    """Whether samples of each file are copies of training windows, or nearer to them than held-out windows are."""
    data = trained.data
    training, held_out = training_windows(data), held_out_windows(data)
    count = len(held_out)
    metrics = {"floor": {}}
    for name in trained.sampled:
        found = measures.estimate_memorization(drawn(trained, name, count), training, held_out)
        metrics[name] = {f"copies{count}": found.copies, f"nearer{count}": found.nearer}
        metrics["floor"] = {f"copies{count}": found.held_out_copies, f"nearer{count}": found.held_out_nearer}
    note = (
        f"Of {count:,} samples, how many are equal to a training window, in any key that it was trained in, and how "
        "many are nearer to one, in fewer steps that differ, than the median held-out window is. Floor: the same of "
        f"{count:,} held-out windows. Far above it, a model repeats what it was trained on."
    )
    return section(trained, "Memorization", metrics, note, main=f"nearer{count}")


def section(trained: Trained, title: str, metrics: dict[str, dict[str, float]], note: str, main: str) -> Section:
    """A `Section` of such metrics, with the same as a table for the screen and the command that measures again."""
    again = () if trained.shipped else (commands.measure(trained.run.recipe, trained.settings),)
    shown = next(name for name in (TFLITE, *metrics) if name in metrics and name != "floor")
    return Section(
        title,
        metrics,
        f"{note} Measured again by" if again else note,
        again,
        text=f"{title}: {shown}\n{quality.table(metrics[shown], metrics['floor'])}",
        main=main,
    )


def drawn(trained: Trained, name: str, count: int, first: int = 0) -> np.ndarray:
    """Samples of an exported file, int [count, *shape], from number `first` on; the replicas share the work.

    A model that is told something is told what the first `count` windows of `held_out_windows` have.
    """
    artefact = artefacts.load(trained.run.path / name)
    asked = asked_of(trained, count)
    return split_work(
        trained.strategy,
        count,
        lambda places: artefact.sample(first + places, None if asked is None else asked[places]),
    )


def asked_of(trained: Trained, count: int) -> np.ndarray | None:
    """What a model is told for `count` samples: what `held_out_windows` have; None where it is told nothing."""
    condition = trained.condition
    return None if condition is None else condition.test[some_of(len(trained.data.test), count)]


def held_out_windows(data: DataSet) -> np.ndarray:
    """At most `COUNT` held-out windows, int [n, *shape]; no more than there are training windows."""
    return data.held_out[some_of(len(data.test), min(COUNT, len(data.test), data.train_size))]


def training_windows(data: DataSet, count: int | None = None) -> np.ndarray:
    """The training windows, in all keys, int [n, *shape]; or `count` of them, see `some_of`."""
    windows = np.concatenate(list(data.train.batch(10_000).as_numpy_iterator()))
    return data.domain.as_data(windows if count is None else windows[some_of(len(windows), count)])


def _told(trained, chosen):
    """What a model is told of some held-out windows, by name."""
    return shows.named(trained.model, None if trained.condition is None else trained.condition.test[chosen])
