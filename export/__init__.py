"""From a Keras model to a SavedModel and a TFLite file, and the check that all three agree.

`export` knows a model only by its `endpoints()`; see `export.saved_model.write_saved_model`. The same from a shell:
`python -m export MODEL.keras OUT`.
"""

import shutil
import tempfile
from pathlib import Path


class ExportError(Exception):
    """An export that can't be made or that doesn't compute what the model computes; the message is one clear line."""


def export_model(model, directory, examples):
    """Writes `directory`/saved_model and `directory`/model.tflite and verifies both against `model`.

    Both are made and verified in a temporary place beside their destination and then moved in whole: whatever fails,
    no half-written artefact is left, and older artefacts are replaced only by verified ones.

    Args:
        model: a Keras model with `endpoints()`.
        directory: where to; made if missing.
        examples: {argument name: array}, inputs for every argument of every endpoint, for the verification.

    Returns:
        (checks, table): a list of `export.verify.Check` and the same as text.

    Raises:
        ExportError: an artefact disagrees with the model by more than `export.verify.TOLERANCE`.
        OSError: the disk is full or `directory` can't be written.
    """
    from export.saved_model import write_saved_model
    from export.tflite import write_tflite
    from export.verify import failures, table, verify

    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=directory) as workshop:
        saved_model, tflite = Path(workshop) / "saved_model", Path(workshop) / "model.tflite"
        write_saved_model(model, saved_model)
        write_tflite(saved_model, tflite, model.endpoints())
        checks = verify(model, saved_model, tflite, examples)
        text = table(checks, saved_model, tflite)
        if bad := failures(checks):
            worst = max(bad, key=lambda check: check.difference)
            raise ExportError(
                f"export: {worst.artefact} signature {worst.signature!r} differs from the model by "
                f"{worst.difference:.1e}; nothing was written to {directory}.\n{text}"
            )
        for artefact in (saved_model, tflite):
            destination = directory / artefact.name
            if destination.is_dir():
                shutil.rmtree(destination)
            artefact.replace(destination)
    return checks, text
