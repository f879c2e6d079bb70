"""Exporting into a run directory."""

import tensorflow as tf

from export import ExportError, export_model
from recipes.harness.errors import UserError


def export_into(run, model, examples):
    """Exports a model into its run directory, prints the table of the verification and returns its checks.

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
    return checks
