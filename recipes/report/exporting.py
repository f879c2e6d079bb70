"""Exporting into a run directory, and measuring the samples of what was exported."""

import tensorflow as tf
from absl import flags

from export import ARTEFACTS, TFLITE, ExportError, export_model
from export.verify import sizes
from recipes.harness import artefacts, quality, report
from recipes.harness.errors import UserError

FLAGS = flags.FLAGS


def export_into(run, model, examples):
    """Exports a model into its run directory and prints the table of the verification.

    Returns:
        For metrics.json: {"export": the checks, "bytes": {artefact: its size}}.

    Raises:
        UserError: an artefact disagrees with the model, or can't be written.
    """
    try:
        checks, table = export_model(model, run.path, examples)
    except ExportError as error:
        raise UserError(str(error)) from error
    except tf.errors.OpError as error:
        raise UserError(f"export: can't write to {run.path}: {error.message.splitlines()[0]}") from error
    print(table)
    names = dict.fromkeys(check.artefact for check in checks)
    return {"export": [check._asdict() for check in checks], "bytes": sizes(run.path, names)}


def measure_samples(run, strategy, extractor, images, labels=None, categories=None):
    """Measures the samples of each exported artefact as `quality.measure` does; on all workers, which share the work.

    Args:
        run: the `RunDirectory`, which holds the artefacts.
        strategy: that of the training.
        extractor: a `zoo.FeatureExtractor`, or None where there is none for such images.
        images: the `data.ImageSet` that the model was trained on.
        labels: its `data.Labels`, for a conditional model.
        categories: a function n -> int [n], of which category of latents the first n samples of seed (0, 0) are, for a
            model that has such.

    Returns:
        For metrics.json: {"floor" or the name of an artefact: its figures}; {} without an extractor.
    """
    say = print if run.writes else lambda *words, **options: None
    if extractor is None:
        say("Samples not measured: give an --extractor, made by python -m recipes.features or recipes.classifier.")
        return {}
    reference = quality.reference(extractor, images, labels, FLAGS.quality_images)
    figures = {"floor": quality.floor(reference)}
    sampled = categories(reference.count) if categories else None
    for name in ARTEFACTS:
        say(f"Measuring samples of {name} ...", flush=True)
        artefact, progress = artefacts.load(run.path / name), report.progress if run.writes else iter
        figures[name] = quality.measure(artefact, reference, sampled, strategy, progress)
    say(f"\n{TFLITE}\n{quality.table(figures[TFLITE], figures['floor'])}")
    return figures
