"""From a Keras model to a SavedModel and TFLite files, and the check that all agree with it.

`export` knows a model only by its `endpoints()`, see `export.saved_model.write_saved_model`, and, if it has one, its
`in_float32()`: what is exported computes in float32 whatever the model was trained in. The same from a shell:
`python -m export MODEL OUT`.
"""

import json
import re
import shutil
import zipfile
import zlib
from pathlib import Path

SAVED_MODEL, TFLITE, TFLITE_INT8 = ARTEFACTS = ("saved_model", "model.tflite", "model_int8.tflite")
MANIFEST = "export.json"  # in the same folder: what an export wrote, and how each signature agreed with the model
BATCH_SIZE = "batch_size"  # in it, beside the artefacts' names: of how many rows they are, where that is fixed
EXACT, QUANTIZED = ".tflite", "_int8.tflite"  # how the names of TFLite files end
WORKSHOP = ".export"  # where they are made, beside their destination; left behind only by a process that was killed
# What `keras.models.load_model` raises for a file that is damaged or of something else.
UNREADABLE = (ValueError, TypeError, KeyError, OSError, EOFError, zipfile.BadZipFile, zlib.error)


class ExportError(Exception):
    """An export that can't be made or that doesn't compute what the model computes; the message is one clear line."""


def artefacts_of(model):
    """What an export of a model consists of: {name: names of its signatures}.

    The SavedModel has all of them. Each TFLite file has those whose endpoints name it, once in float32 and once with
    weights in 8 bits: model.tflite and model_int8.tflite, and others where an endpoint has another `file`.
    """
    endpoints = model.endpoints()
    artefacts = {SAVED_MODEL: list(endpoints)}
    for name, endpoint in endpoints.items():
        for ending in (EXACT, QUANTIZED):
            artefacts.setdefault(f"{getattr(endpoint, 'file', 'model')}{ending}", []).append(name)
    return artefacts


def written_before(directory):
    """The names of what an older export left in a directory."""
    try:
        manifest = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        manifest = None
    ours = isinstance(manifest, dict) and all(
        isinstance(checks, list) for name, checks in manifest.items() if name != BATCH_SIZE
    )
    # Whatever a file of this name says, no more than artefacts are an export's; without one, what exports once wrote.
    names = [name for name in manifest if re.fullmatch(r"saved_model|\w+\.tflite", name)] if ours else ARTEFACTS
    return [name for name in names if (directory / name).exists()]


def in_float32(model):
    """What an export computes: the model itself or, where it has `in_float32()`, what that gives.

    Raises:
        ExportError: a class in the model is none that Keras knows, so that it can't be copied.
    """
    if not hasattr(model, "in_float32"):
        return model
    try:
        return model.in_float32()
    except (TypeError, ValueError) as error:  # Keras, of a class that it does not know
        reason = str(error).strip().partition("\n")[0]
        raise ExportError(f"export: expected a model that can be copied into float32; got {reason}") from error


def check_batch_size(batch_size):
    """Raises an ExportError, one line, where a batch size of `export_model` is neither None nor at least 1."""
    if batch_size is not None and batch_size < 1:
        raise ExportError(f"export: batch_size: expected at least 1; got {batch_size}.")


def export_model(model, directory, examples, tflite=True, batch_size=None, quantized=True):
    """Writes the artefacts of `artefacts_of` into a directory and verifies each against `model`.

    All are made and verified in a temporary place beside their destination and then moved in whole: whatever fails,
    no half-written artefact is left, and older artefacts are replaced only by verified ones.

    Args:
        model: a Keras model with `endpoints()`.
        directory: where to; made if missing. What an older export wrote there is removed.
        examples: {argument name: array}, inputs for every argument of every endpoint, for the verification.
        tflite: whether TFLite files are written.
        batch_size: None for signatures that take any number of rows. A number makes it that of every signature, and
            every shape static: what browsers and accelerators need. Where the model leaves the length of another axis
            open, too, that of the examples is taken. Signatures that are static by themselves stay as they are.
        quantized: whether each TFLite file is also written with weights in 8 bits.

    Returns:
        (checks, table): a list of `export.verify.Check` and the same as text.

    Raises:
        ExportError: `batch_size` is below 1; an example is missing or no input of the model; an artefact disagrees with
            the model by more than `export.verify.TOLERANCE`, or with 8-bit weights by more than
            `export.verify.MEAN_TOLERANCE` in the mean; or TFLite can't do what the model does.
        OSError: the disk is full or `directory` can't be written.
    """
    from export.fixed import FixedModel
    from export.saved_model import write_saved_model
    from export.tflite import write_tflite
    from export.verify import expected_outputs, failures, table, verify

    check_batch_size(batch_size)
    directory = Path(directory)
    workshop = directory / WORKSHOP
    model = in_float32(model)
    artefacts = artefacts_of(model)
    chosen = [
        name for name in artefacts if name == SAVED_MODEL or (tflite and (quantized or not name.endswith(QUANTIZED)))
    ]
    expected = expected_outputs(model, examples, batch_size)  # first, as it takes no time and may be refused
    written = FixedModel(model, expected) if batch_size else model
    shutil.rmtree(workshop, ignore_errors=True)
    workshop.mkdir(parents=True)
    try:
        for name in chosen:
            if name == SAVED_MODEL:
                write_saved_model(written, workshop / name)
            else:
                write_tflite(workshop / SAVED_MODEL, workshop / name, artefacts[name], name.endswith(QUANTIZED))
        checks = verify(expected, workshop, {name: artefacts[name] for name in chosen})
        text = table(checks, workshop)
        if bad := failures(checks):
            raise ExportError(f"export: {bad[0]}; nothing was written to {directory}.\n{text}")
        manifest = {BATCH_SIZE: batch_size} if batch_size else {}
        manifest |= {name: [check._asdict() for check in checks if check.artefact == name] for name in chosen}
        (workshop / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        older = written_before(directory)
        for name in (*chosen, *(name for name in older if name not in chosen), MANIFEST):
            destination = directory / name
            if destination.is_dir():
                shutil.rmtree(destination)
            elif name not in chosen and name != MANIFEST:
                destination.unlink(missing_ok=True)
            if (workshop / name).exists():
                (workshop / name).replace(destination)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return checks, text
