"""Running an artefact by the names of its signatures: a SavedModel or a TFLite file, with none of its model's code.

And a Keras model in the same way, so that one code samples and measures all three.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

from export import in_float32
from export.saved_model import signature_of
from export.startup import quiet_stderr


class Runner(NamedTuple):
    """An artefact that was loaded, or a Keras model.

    >>> sample = load("runs/vae_mnist/model.tflite")
    >>> sample("sample", seed=[0, 1], index=[0, 1], temperature=1.0)["images"].shape
    (2, 28, 28, 1)
    """

    name: str  # of the file or folder; of a Keras model, what it was called
    signatures: dict[str, dict[str, tf.TensorSpec]]  # {signature: {argument: its type and shape}}
    run: Callable  # (signature, {argument: array}) -> {output: array}

    def __call__(self, signature: str, **arguments) -> dict[str, np.ndarray]:
        """What a signature gives, by name; each argument an array or what NumPy makes one of.

        Raises:
            KeyError: there is no such signature.
            ValueError, RuntimeError: the arguments don't fit; those of another name, type or shape in one line.
        """
        specs = self.signatures[signature]
        if set(arguments) != set(specs):
            expected, got = (", ".join(names) or "none" for names in (specs, arguments))
            raise ValueError(f"{signature}: expected the arguments {expected}; got {got}.")
        return self.run(signature, {name: _exact(name, value, specs[name]) for name, value in arguments.items()})


def _exact(name, value, spec):
    """An array of the type; refuses whole numbers that would become others, and shapes that a runtime may let pass."""
    value = np.asarray(value)
    array = value.astype(spec.dtype.as_numpy_dtype)
    if spec.dtype.is_integer and not np.array_equal(array, value):
        raise ValueError(f"{name}: expected {spec.dtype.name}; got {value.tolist()}.")
    if not spec.shape.is_compatible_with(value.shape):
        expected = str(spec.shape.as_list()).replace("None", "n")
        raise ValueError(f"{name}: expected shape {expected}; got {list(value.shape)}.")
    return array


def load(path: str | Path) -> Runner:
    """The artefact at a path: the folder of a SavedModel, or a .tflite file.

    Raises:
        OSError, ValueError: there is none, or it can't be read.
    """
    path = Path(path)
    return _saved_model(path) if path.is_dir() else _tflite(path)


def of_model(name: str, model) -> Runner:
    """A Keras model as what its SavedModel would be: its `endpoints()`, in float32, each compiled when it is first run.

    Args:
        name: what to call it.
        model: a Keras model with `endpoints()`, see `export.saved_model.write_saved_model`. One that computes in
            float32 already is not copied: what it learns later changes what its runner gives.

    Raises:
        ExportError: it can't be copied into float32.
    """
    endpoints = in_float32(model).endpoints()
    functions = {key: signature_of(endpoint) for key, endpoint in endpoints.items()}
    specs = {key: {spec.name: spec for spec in endpoint.inputs} for key, endpoint in endpoints.items()}

    def run(signature, arguments):
        tensors = [tf.constant(arguments[argument]) for argument in specs[signature]]
        return {output: value.numpy() for output, value in functions[signature](*tensors).items()}

    return Runner(name, specs, run)


def _saved_model(path):
    loaded = tf.saved_model.load(str(path))

    def run(signature, arguments):
        # `loaded` is named here because a signature alone does not keep its variables.
        tensors = {name: tf.constant(value) for name, value in arguments.items()}
        return {name: value.numpy() for name, value in loaded.signatures[signature](**tensors).items()}

    specs = {name: one.structured_input_signature[1] for name, one in loaded.signatures.items()}
    return Runner(path.name, specs, run)


def _tflite(path):
    with quiet_stderr():  # LiteRT greets
        interpreter = Interpreter(model_path=str(path), num_threads=1)  # LiteRT's default
        interpreter.allocate_tensors()
        runners = {name: interpreter.get_signature_runner(name) for name in interpreter.get_signature_list()}

    def run(signature, arguments):
        return runners[signature](**arguments)

    details = {name: runner.get_input_details() for name, runner in runners.items()}
    specs = {name: {key: _spec(key, one) for key, one in arguments.items()} for name, arguments in details.items()}
    return Runner(path.name, specs, run)


def _spec(name, detail):
    """What LiteRT says of an input; -1 is its word for any number."""
    return tf.TensorSpec([None if side == -1 else side for side in detail["shape_signature"]], detail["dtype"], name)
