"""The measure of samples: each exported file by itself, beside the floor."""

from export import TFLITE
from recipes.harness import commands
from recipes.harness.progress import bar
from recipes.machines.workers import as_the_first
from recipes.report import artefacts, budget, quality
from recipes.report.trained import Section, Trained
from recipes.settings.field import replaced

TITLE = "Samples"
SHARE = 1 / 4  # of the training's time, for all files and the floor
FEWEST = 1000  # samples, whatever the training's time: with fewer, distances say little
_NOTE = """Each file was measured by itself. A metric's name says how many samples were compared with as many held-out
{items}, in the features of which network; floor: as many training {items} in place of samples. `fid` and `kid`: lower
is better. `class_shares`: the smallest and the largest."""


def samples(trained: Trained) -> Section:
    """How the samples of each exported file compare with held-out data, as `quality.measure` has it."""
    run, data, settings, extractor = trained.run, trained.data, trained.settings, trained.extractor
    if extractor is None:
        made_by = "made by python -m recipes.features or recipes.classifier"
        return Section(
            TITLE,
            {},
            "Not measured: no `--extractor` was given.",
            text=f"Samples not measured: give an --extractor, {made_by}.",
        )
    count, most = count_for(trained), quality.samples_to_measure(data, settings.quality)
    reference = quality.reference(extractor, data, count, trained.condition)
    metrics = {"floor": quality.floor(reference)}
    for name in trained.sampled:
        if run.writes:
            print(f"Measuring samples of {name} ...", flush=True)
        progress = bar if run.writes else iter
        metrics[name] = quality.measure(artefacts.load(run.path / name), reference, trained.strategy, progress)
    shown = TFLITE if TFLITE in metrics else trained.file
    note, again = [_NOTE.format(items=data.domain.items)], settings
    if count < most:
        note.append(budget.more(trained, f"{budget.how_many(count, most)} samples"))
        again = replaced(settings, {"quality_images": count})
    return Section(
        TITLE,
        metrics,
        " ".join([*note, "Measured again, from the project's root, by"]),
        tuple(commands.evaluate(trained.address(name), again) for name in trained.sampled),
        text=f"{shown}, {budget.how_many(count, most)} samples\n{quality.table(metrics[shown], metrics['floor'])}",
        whole=count == most,
        main=quality.distance_of(reference),
    )


def count_for(trained: Trained) -> int:
    """How many samples of each file are measured; all workers call it, and get the same.

    Found out by measuring half of `FEWEST`, as if twice as many took twice as long: about right, as subsets of KID grow
    with the square at first and then not at all.
    """
    data, extractor, strategy = trained.data, trained.extractor, trained.strategy
    most, seconds = quality.samples_to_measure(data, trained.settings.quality), budget.seconds_for(trained, SHARE)
    if seconds is None or most <= FEWEST:
        return most
    if trained.run.writes:
        print("Timing the measure of samples ...", flush=True)
    artefact = artefacts.load(trained.run.path / TFLITE)
    reference = quality.reference(extractor, data, FEWEST // 2, trained.condition)
    rate = budget.rate_of(lambda: quality.measure(artefact, reference, strategy), reference.count)
    sides = len(trained.sampled) + 1  # the floor takes about as long as a file
    return as_the_first(strategy, budget.round_count(seconds * rate / sides, most, FEWEST))
