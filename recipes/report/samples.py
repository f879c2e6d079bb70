"""The measure of samples: each exported file by itself, beside the floor."""

from export import ARTEFACTS, TFLITE
from recipes.harness import commands
from recipes.harness.progress import bar
from recipes.report import artefacts, quality
from recipes.report.trained import Section, Trained

TITLE = "Samples"
_NOTE = """Each file was measured by itself. A metric's name says how many samples were compared with as many held-out
{items}, in the features of which network; floor: as many training {items} in place of samples. `fid` and `kid`: lower
is better. `class_shares`: the smallest and the largest. From the project's root:"""


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
    count = quality.samples_to_measure(data, settings.quality)
    reference = quality.reference(extractor, data, count, trained.labels)
    metrics = {"floor": quality.floor(reference)}
    for name in ARTEFACTS:
        if run.writes:
            print(f"Measuring samples of {name} ...", flush=True)
        progress = bar if run.writes else iter
        metrics[name] = quality.measure(artefacts.load(run.path / name), reference, trained.strategy, progress)
    return Section(
        TITLE,
        metrics,
        _NOTE.format(items=data.domain.items),
        tuple(commands.evaluate(str(run.path / name), settings) for name in ARTEFACTS),
        text=f"{TFLITE}\n{quality.table(metrics[TFLITE], metrics['floor'])}",
    )
