"""Sampling from whatever was exported, with none of the zoo's models loaded."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

from export.startup import quiet_stderr
from recipes.harness.errors import UserError

BATCH = 500
SEED = (0, 0)  # of the samples that are measured


class Artefact(NamedTuple):
    """Something that samples: a SavedModel or a TFLite file."""

    name: str
    run: object  # its signature `sample`: {argument: array} -> {"images": array}
    arguments: list  # names of the signature's arguments

    @property
    def conditional(self):
        """Whether it wants to be told which class to draw."""
        return "labels" in self.arguments

    def sample(self, index, labels=None, progress=iter):
        """Images float32 [n, h, w, c] of `SEED`, from the noise as it is (neither truncated nor scaled).

        Args:
            index: int [n], which ones.
            labels: int [n], for a conditional model.
            progress: wraps the list of batches, e.g. `tqdm`.
        """
        images = []
        for start in progress(range(0, len(index), BATCH)):
            rows = slice(start, start + BATCH)
            arguments = {"seed": np.array(SEED, np.int32), "index": np.asarray(index[rows], np.int32)}
            scale = next(name for name in self.arguments if name in ("temperature", "truncation"))
            arguments[scale] = np.array(1.0, np.float32)
            if self.conditional:
                arguments["labels"] = np.asarray(labels[rows], np.int32)
            images.append(self.run(**arguments)["images"])
        return np.concatenate(images)


def load(path):
    """The `Artefact` at a path: a run directory (its saved_model), a SavedModel, or a .tflite file.

    Raises:
        UserError: there is none.
    """
    path = Path(path)
    if (path / "saved_model").is_dir():
        path = path / "saved_model"
    if not path.exists():
        raise UserError(f"artefact: {path} does not exist.")
    try:
        return _saved_model(path) if path.is_dir() else _tflite(path)
    except (KeyError, ValueError, OSError) as error:
        expected = "a SavedModel or a .tflite file with a signature 'sample'"
        raise UserError(f"artefact: expected {expected}; got {path}.") from error


def _saved_model(path):
    loaded = tf.saved_model.load(str(path))
    signature = loaded.signatures["sample"]

    def run(**arguments):
        # `loaded` is named here because a signature alone does not keep its variables.
        outputs = loaded.signatures["sample"](**{name: tf.constant(value) for name, value in arguments.items()})
        return {name: value.numpy() for name, value in outputs.items()}

    return Artefact(path.name, run, list(signature.structured_input_signature[1]))


def _tflite(path):
    with quiet_stderr():
        interpreter = Interpreter(model_path=str(path))
        runner = interpreter.get_signature_runner("sample")

    def run(**arguments):
        with quiet_stderr():  # LiteRT greets at the first use
            return runner(**arguments)

    return Artefact(path.name, run, list(runner.get_input_details()))
