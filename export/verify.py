"""Checking that what was written computes what the model computes."""

import time
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

from export.startup import quiet_stderr

TOLERANCE = 1e-5  # relative to the largest magnitude of an output, or absolute where that is below 1


class Check(NamedTuple):
    """One signature of one artefact, compared with the model."""

    artefact: str
    signature: str
    difference: float  # the largest over all outputs, in the units of TOLERANCE
    latency: float  # milliseconds for one row (for a static signature, for its whole batch), median


def verify(model, saved_model, tflite, examples):
    """Loads both artefacts and runs every signature against the model, on the CPU.

    Args:
        model: the Keras model that was exported.
        saved_model, tflite: paths of its artefacts.
        examples: {argument name: array}, real inputs for every argument of every endpoint.

    Returns:
        A list of `Check`s, one for each artefact and signature.
    """
    loaded = tf.saved_model.load(str(saved_model))
    interpreter = Interpreter(model_path=str(tflite), num_threads=2)
    checks = []
    # A GPU may compute float32 in a shorter format; the comparison is about what was written, not about that.
    with tf.device("CPU"), quiet_stderr():
        for name, endpoint in model.endpoints().items():
            arguments = {spec.name: _as_spec(examples[spec.name], spec) for spec in endpoint.inputs}
            batched = [spec.name for spec in endpoint.inputs if spec.shape.rank and spec.shape[0] is None]
            one_row = {**arguments, **{key: arguments[key][:1] for key in batched}}
            expected = endpoint.function(*map(tf.constant, arguments.values()))
            expected = expected if isinstance(expected, tuple) else (expected,)
            expected = dict(zip(endpoint.outputs, expected))
            runners = {
                "SavedModel": _saved_model_runner(loaded.signatures[name]),
                "TFLite": interpreter.get_signature_runner(name),
            }
            for artefact, run in runners.items():
                outputs = run(**arguments)
                difference = max(_difference(outputs[key], expected[key]) for key in endpoint.outputs)
                checks.append(Check(artefact, name, difference, _milliseconds(run, one_row)))
    return checks


def failures(checks):
    """The checks that are out of tolerance (a NaN is)."""
    return [check for check in checks if not check.difference <= TOLERANCE]


def table(checks, saved_model, tflite):
    """The checks and the artefacts' sizes as text for a person."""
    lines = [f"{'signature':14} {'artefact':12} {'max abs difference':>20} {'latency':>12}"]
    for check in checks:
        latency = f"{check.latency:.2f} ms"
        lines.append(f"{check.signature:14} {check.artefact:12} {check.difference:20.1e} {latency:>12}")
    sizes = {
        path: sum(f.stat().st_size for f in [path, *path.rglob("*")] if f.is_file()) for path in (saved_model, tflite)
    }
    lines += [f"{path.name}: {size / 1e3:,.0f} kB" for path, size in sizes.items()]
    return "\n".join(lines)


def _as_spec(value, spec):
    return np.asarray(value, spec.dtype.as_numpy_dtype)


def _saved_model_runner(signature):
    return lambda **arguments: {key: value.numpy() for key, value in signature(**_tensors(arguments)).items()}


def _tensors(arguments):
    return {key: tf.constant(value) for key, value in arguments.items()}


def _difference(actual, expected):
    expected = np.asarray(expected)
    if actual.shape != expected.shape:
        return float("inf")
    return float(np.max(np.abs(actual - expected))) / max(1.0, float(np.max(np.abs(expected))))


def _milliseconds(run, arguments, repeats=30):
    run(**arguments)  # the first call plans memory
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run(**arguments)
        times.append(time.perf_counter() - start)
    return 1e3 * float(np.median(times))
