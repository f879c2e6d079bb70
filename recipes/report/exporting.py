"""Exporting into the directory of a run."""

from typing import Any

import keras
import tensorflow as tf

from export import MANIFEST, WORKSHOP, ExportError, artefacts_of, export_model
from export.verify import sizes
from recipes import UserError
from recipes.harness.run_directory import RunDirectory


def export_into(run: RunDirectory, model: keras.Model, examples: dict[str, Any]) -> dict[str, Any]:
    """Exports a model into the directory of its run and prints the table of the verification.

    Returns:
        For metrics.json: {"export": the checks, "bytes": {artefact: its size}}.

    Raises:
        UserError: an artefact disagrees with the model, or can't be written.
    """
    for name in artefacts_of(model):
        run.written.claim(name if "." in name else f"{name}/")
    run.written.claim(MANIFEST)
    run.written.claim(f"{WORKSHOP}/")
    try:
        checks, table = export_model(model, run.path, examples)
    except ExportError as error:
        raise UserError(str(error)) from error
    except tf.errors.OpError as error:
        raise UserError(f"export: can't write to {run.path}: {error.message.splitlines()[0]}") from error
    print(table)
    names = dict.fromkeys(check.artefact for check in checks)
    return {"export": [check._asdict() for check in checks], "bytes": sizes(run.path, names)}
