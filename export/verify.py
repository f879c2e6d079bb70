"""Checking that what was written computes what the model computes."""

import functools
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from export import QUANTIZED, ExportError, runner
from export.startup import quiet_stderr

# Both relative to the largest magnitude of an output, or absolute where that is below 1.
TOLERANCE = 1e-5  # of the largest difference: rounding in another order, and nothing else
# Of the mean difference of quantized weights. Eight bits move single pixels of an edge by a tenth; a mean this large is
# no rounding any more, but another picture, and a file that nobody should be given.
MEAN_TOLERANCE = 0.05


class Check(NamedTuple):
    """One signature of one artefact, compared with the model."""

    artefact: str  # the name of one of `export.artefacts_of`
    signature: str
    difference: float  # the largest over all outputs, in the units of TOLERANCE; infinite where a shape is another
    mean_difference: float  # the same for the mean of an output
    unequal: float  # of outputs that are whole numbers, the largest share of rows that are not equal
    latency: float  # milliseconds for one row (for a static signature, for its whole batch), median
    by_choice: bool = False  # whether its numbers follow from choices

    @property
    def agrees(self):
        """Whether the signature computes what the model computes; with a NaN it does not.

        Whole numbers have to be equal. Where there are choices, of them or on the way, weights in 8 bits make others.
        """
        if self.artefact.endswith(QUANTIZED):
            return self.mean_difference <= (np.finfo(np.float32).max if self.by_choice else MEAN_TOLERANCE)
        return self.difference <= TOLERANCE and self.unequal == 0

    def __str__(self):
        if self.artefact.endswith(QUANTIZED):
            difference = f"{self.mean_difference:.1e} in the mean, more than {MEAN_TOLERANCE}"
        elif self.unequal:
            difference = f"{100 * self.unequal:.3g} % of its rows"
        else:
            difference = f"{self.difference:.1e}"
        return f"{self.artefact} signature {self.signature!r} differs from the model by {difference}"


class Expected(NamedTuple):
    """What a model makes of the examples for one of its endpoints."""

    arguments: dict  # {name: array}
    one_row: dict  # the same, of each that has rows the first one only; all of them where their number is fixed
    outputs: dict  # {name: array}
    by_choice: bool  # see `zoo.Endpoint`


def expected_outputs(model, examples, batch_size=None):
    """Runs every endpoint of a model on examples, on the CPU.

    Args:
        model: a Keras model with `endpoints()`.
        examples: {argument name: array}, real inputs for every argument of every endpoint.
        batch_size: how many rows of them are taken, from the first one on again where there are fewer; all unless
            given, also of an argument whose number of rows the model fixes itself.

    Returns:
        {endpoint name: `Expected`}.

    Raises:
        ExportError: an example is missing, of another shape, or refused by the model.
    """
    expected = {}
    for name, endpoint in model.endpoints().items():
        arguments = {spec.name: _example(examples, spec) for spec in endpoint.inputs}
        batched = [spec.name for spec in endpoint.inputs if spec.shape.rank and spec.shape[0] is None]
        if batch_size:
            arguments |= {key: _rows(arguments[key], batch_size) for key in batched}
        one_row = arguments if batch_size else arguments | {key: arguments[key][:1] for key in batched}
        # A GPU may compute float32 in a shorter format; the comparison is about what was written, not about that.
        with tf.device("CPU"):
            try:
                outputs = endpoint.function(*map(tf.constant, arguments.values()))
            except ValueError as error:
                reason = str(error).partition("\n")[0]
                raise ExportError(f"export: examples: {reason}") from error
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        expected[name] = Expected(
            arguments, one_row, dict(zip(endpoint.outputs, map(np.asarray, outputs))), endpoint.by_choice
        )
    return expected


def verify(expected, directory, artefacts):
    """Loads artefacts from a directory and runs every signature against the model, on the CPU.

    Args:
        expected: of `expected_outputs`.
        directory: where they are.
        artefacts: {name: names of its signatures}.

    Returns:
        A list of `Check`s, one for each artefact and signature.

    Raises:
        ExportError: an artefact can't run a signature.
    """
    checks = []
    with tf.device("CPU"), quiet_stderr():
        for artefact, signatures in artefacts.items():
            loaded = runner.load(Path(directory) / artefact)
            for name in signatures:
                arguments, one_row, wanted, by_choice = expected[name]
                try:
                    outputs = loaded(name, **arguments)
                except (RuntimeError, ValueError, KeyError) as error:  # of LiteRT
                    reason = str(error).strip().partition("\n")[0]
                    raise ExportError(f"export: {artefact} can't run {name!r}: {reason}") from error
                differences = [_differences(outputs[key], value) for key, value in wanted.items()]
                largest, mean, unequal = map(float, np.max(differences, axis=0))  # passes a NaN on
                latency = _milliseconds(functools.partial(loaded.run, name, one_row))
                checks.append(Check(artefact, name, largest, mean, unequal, latency, by_choice))
    return checks


def failures(checks):
    """The checks that don't agree."""
    return [check for check in checks if not check.agrees]


def sizes(directory, names):
    """{name: bytes} of artefacts in a directory."""
    paths = {name: Path(directory) / name for name in names}
    return {
        name: sum(file.stat().st_size for file in [path, *path.rglob("*")] if file.is_file())
        for name, path in paths.items()
    }


def table(checks, directory):
    """The checks and the artefacts' sizes as text for a person."""
    differences = f"{'max abs difference':>20} {'mean':>9} {'unequal':>9}"
    width = max(len(check.artefact) for check in checks)
    lines = [f"{'signature':14} {'artefact':{width}} {differences} {'latency':>12}"]
    for check in sorted(checks, key=lambda check: check.signature):  # a signature's artefacts one below the other
        differences = f"{check.difference:20.1e} {check.mean_difference:9.1e} {100 * check.unequal:7.1f} %"
        latency = f"{check.latency:.2f} ms"
        lines.append(f"{check.signature:14} {check.artefact:{width}} {differences} {latency:>12}")
    names = dict.fromkeys(check.artefact for check in checks)
    lines += [f"{name}: {size / 1e3:,.0f} kB" for name, size in sizes(directory, names).items()]
    return "\n".join(lines)


def _example(examples, spec):
    if examples.get(spec.name) is None:
        raise ExportError(f"export: examples: expected an input for the argument {spec.name!r}; got none.")
    value = np.asarray(examples[spec.name], spec.dtype.as_numpy_dtype)
    if not spec.shape.is_compatible_with(value.shape):
        expected = str(spec.shape.as_list()).replace("None", "n")
        raise ExportError(f"export: examples: {spec.name}: expected shape {expected}; got {list(value.shape)}.")
    return value


def _rows(value, count):
    """The first rows of an array; from the first one on again where there are fewer."""
    return np.resize(value, [count, *value.shape[1:]])


def _differences(actual, expected):
    """(largest, mean) of the absolute difference of two arrays, in the units of TOLERANCE; the share of unequal rows.

    The last is of whole numbers alone, the first two of others.
    """
    if actual.shape != expected.shape or actual.dtype != expected.dtype:
        return float("inf"), float("inf"), 1.0
    if expected.dtype == np.int32:  # choices; bytes are compared as numbers, where one that is another is too many
        return 0.0, 0.0, np.mean(np.any((actual != expected).reshape([len(expected), -1]), axis=1))
    actual, expected = (array.astype(np.float64) if array.dtype == np.uint8 else array for array in (actual, expected))
    difference, scale = np.abs(actual - expected), max(1.0, float(np.max(np.abs(expected))))
    return np.max(difference) / scale, np.mean(difference, dtype=np.float64) / scale, 0.0


def _milliseconds(run, repeats=30, seconds=1.0):
    """The median of some runs, of fewer where they take long."""
    run()  # the first call plans memory
    times, end = [], time.perf_counter() + seconds
    while len(times) < repeats and (not times or time.perf_counter() < end):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return 1e3 * float(np.median(times))
