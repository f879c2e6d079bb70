"""Running an artefact by the names of its signatures: a SavedModel or a TFLite file, with none of its model's code."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

from export.startup import quiet_stderr


class Runner(NamedTuple):
    """An artefact that was loaded.

    >>> sample = load("runs/vae_mnist/model.tflite")
    >>> sample("sample", seed=[0, 1], index=[0, 1], temperature=1.0)["images"].shape
    (2, 28, 28, 1)
    """

    name: str  # of the file or folder
    signatures: dict[str, dict[str, type]]  # {signature: {argument: its type}}
    run: Callable  # (signature, {argument: array}) -> {output: array}

    def __call__(self, signature: str, **arguments) -> dict[str, np.ndarray]:
        """What a signature gives, by name; each argument an array or what NumPy makes one of.

        Raises:
            KeyError: there is no such signature.
            ValueError, RuntimeError: the arguments don't fit.
        """
        types = self.signatures[signature]
        if set(arguments) != set(types):
            expected, got = (", ".join(names) or "none" for names in (types, arguments))
            raise ValueError(f"{signature}: expected the arguments {expected}; got {got}.")
        return self.run(signature, {name: _exact(name, value, types[name]) for name, value in arguments.items()})


def _exact(name, value, dtype):
    """An array of the type; refuses whole numbers that would become others."""
    value = np.asarray(value)
    array = value.astype(dtype)
    if np.issubdtype(dtype, np.integer) and not np.array_equal(array, value):
        raise ValueError(f"{name}: expected {np.dtype(dtype).name}; got {value.tolist()}.")
    return array


def load(path: str | Path) -> Runner:
    """The artefact at a path: the folder of a SavedModel, or a .tflite file.

    Raises:
        OSError, ValueError: there is none, or it can't be read.
    """
    path = Path(path)
    return _saved_model(path) if path.is_dir() else _tflite(path)


def _saved_model(path):
    loaded = tf.saved_model.load(str(path))

    def run(signature, arguments):
        # `loaded` is named here because a signature alone does not keep its variables.
        tensors = {name: tf.constant(value) for name, value in arguments.items()}
        return {name: value.numpy() for name, value in loaded.signatures[signature](**tensors).items()}

    specs = {name: one.structured_input_signature[1] for name, one in loaded.signatures.items()}
    types = {
        name: {key: np.dtype(spec.dtype.as_numpy_dtype) for key, spec in one.items()} for name, one in specs.items()
    }
    return Runner(path.name, types, run)


def _tflite(path):
    with quiet_stderr():  # LiteRT greets
        interpreter = Interpreter(model_path=str(path), num_threads=2)
        interpreter.allocate_tensors()
        runners = {name: interpreter.get_signature_runner(name) for name in interpreter.get_signature_list()}

    def run(signature, arguments):
        return runners[signature](**arguments)

    details = {name: runner.get_input_details() for name, runner in runners.items()}
    types = {
        name: {key: np.dtype(one["dtype"]) for key, one in arguments.items()} for name, arguments in details.items()
    }
    return Runner(path.name, types, run)


def of_model(model, name: str) -> Runner:
    """A Keras model with `endpoints()`, run as an artefact of it is: compiled, in float32."""
    model = model.in_float32() if hasattr(model, "in_float32") else model
    endpoints = model.endpoints()
    functions = {
        signature: tf.function(endpoint.function, input_signature=endpoint.inputs, autograph=False)
        for signature, endpoint in endpoints.items()
    }

    def run(signature, arguments):
        outputs = functions[signature](*(tf.constant(arguments[spec.name]) for spec in endpoints[signature].inputs))
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        return {key: value.numpy() for key, value in zip(endpoints[signature].outputs, outputs)}

    types = {
        signature: {spec.name: np.dtype(spec.dtype.as_numpy_dtype) for spec in endpoint.inputs}
        for signature, endpoint in endpoints.items()
    }
    return Runner(name, types, run)
