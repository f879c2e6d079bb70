"""From a Keras model to a SavedModel and two TFLite files, and the check that all agree with it.

`export` knows a model only by its `endpoints()`; see `export.saved_model.write_saved_model`. The same from a shell:
`python -m export MODEL.keras OUT`.
"""

import shutil
import zipfile
import zlib
from pathlib import Path

SAVED_MODEL, TFLITE, TFLITE_INT8 = ARTEFACTS = ("saved_model", "model.tflite", "model_int8.tflite")
WORKSHOP = ".export"  # where they are made, beside their destination; left behind only by a process that was killed
# What `keras.models.load_model` raises for a file that is damaged or of something else.
UNREADABLE = (ValueError, TypeError, KeyError, OSError, EOFError, zipfile.BadZipFile, zlib.error)


class ExportError(Exception):
    """An export that can't be made or that doesn't compute what the model computes; the message is one clear line."""


def export_model(model, directory, examples):
    """Writes `directory`/saved_model, model.tflite and model_int8.tflite and verifies each against `model`.

    All are made and verified in a temporary place beside their destination and then moved in whole: whatever fails,
    no half-written artefact is left, and older artefacts are replaced only by verified ones.

    Args:
        model: a Keras model with `endpoints()`.
        directory: where to; made if missing.
        examples: {argument name: array}, inputs for every argument of every endpoint, for the verification.

    Returns:
        (checks, table): a list of `export.verify.Check` and the same as text.

    Raises:
        ExportError: an artefact disagrees with the model by more than `export.verify.TOLERANCE`; model_int8.tflite, by
            more than `export.verify.MEAN_TOLERANCE` in the mean; or TFLite can't do what the model does.
        OSError: the disk is full or `directory` can't be written.
    """
    from export.saved_model import write_saved_model
    from export.tflite import write_tflite
    from export.verify import failures, table, verify

    directory = Path(directory)
    workshop = directory / WORKSHOP
    shutil.rmtree(workshop, ignore_errors=True)
    workshop.mkdir(parents=True)
    try:
        write_saved_model(model, workshop / SAVED_MODEL)
        write_tflite(workshop / SAVED_MODEL, workshop / TFLITE, model.endpoints())
        write_tflite(workshop / SAVED_MODEL, workshop / TFLITE_INT8, model.endpoints(), quantized=True)
        checks = verify(model, workshop, examples)
        text = table(checks, workshop)
        if bad := failures(checks):
            raise ExportError(f"export: {bad[0]}; nothing was written to {directory}.\n{text}")
        for name in ARTEFACTS:
            destination = directory / name
            if destination.is_dir():
                shutil.rmtree(destination)
            (workshop / name).replace(destination)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return checks, text
