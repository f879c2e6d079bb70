"""Measuring several sides of a comparison fairly on one machine: processes, order, statistics.

What is measured is a `Side`: a function of one of `benchmarks.peers` that does some work and returns its `Measurement`.
Sides that do the same work make a `Comparison`. `measure_all` goes through all comparisons again and again:

    round 1               round 2               round 3
    ours   A      B       A      B      ours    B      ours   A        for each comparison
    [....] [....] [....]  [....] [....] [....]  [....] [....] [....]

A bracket is a process of its own, so that no thread of one framework spins while another is timed, and each has all the
cores. A machine that gets slower or faster within a round does so to all sides of it, and none of them is always first.
"""

import argparse
import dataclasses
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from recipes.machines import processor

CORES = processor.cores()


class Measurement(NamedTuple):
    """What one process saw."""

    images_per_second: float
    outcome: float  # what the work came to, in a unit of the benchmark's: shows that all sides did the same
    setting: str  # how it was done: number format, compiler, ...


class WorkerError(Exception):
    """A process came to no measurement; the message is one line."""


@dataclasses.dataclass
class Side:
    """One way of doing some work.

    Args:
        name: for tables and legends.
        command: arguments for Python, see `call`; what they start ends with `report`.
        measurements: one a round.
        first: arguments for Python, what is run once before the first round; None for nothing.
    """

    name: str
    command: list[str]
    measurements: list[Measurement] = dataclasses.field(default_factory=list)
    first: list[str] | None = None

    @property
    def speeds(self) -> list[float]:
        """images/s, one a round."""
        return [measurement.images_per_second for measurement in self.measurements]

    @property
    def outcomes(self) -> list[float]:
        """What the work came to, one a round."""
        return [measurement.outcome for measurement in self.measurements]

    @property
    def setting(self) -> str:
        """How the work was done; the same in all rounds."""
        return self.measurements[0].setting

    def median(self) -> float:
        """Median images/s."""
        return statistics.median(self.speeds)


@dataclasses.dataclass
class Comparison:
    """Sides that do the same work.

    Args:
        model: what works; comparisons of one model are shown together.
        case: what tells them apart, e.g. "batch 128".
        sides: ours, then its peers.
    """

    model: str
    case: str
    sides: list[Side]

    @property
    def peers(self) -> list[Side]:
        return self.sides[1:]

    def ratio(self, peer: Side) -> float:
        """Median images/s of ours over that of a peer: above 1, ours is faster."""
        return self.sides[0].median() / peer.median()

    def ratios(self, peer: Side) -> list[float]:
        """images/s of ours over that of a peer, one a round."""
        return [ours / theirs for ours, theirs in zip(self.sides[0].speeds, peer.speeds)]


def call(peer: str, function: str, *arguments: str | int) -> list[str]:
    """The arguments for Python that have a function of benchmarks/peers/`peer`.py called and its result reported."""
    return ["-m", f"benchmarks.peers.{peer}", function, *map(str, arguments)]


def measure_all(comparisons: list[Comparison], rounds: int, log_path: Path) -> None:
    """Measures all sides of all comparisons, interleaved, and adds what came out to each `Side`.

    Raises:
        WorkerError: a process failed; the measurement ends with it.
    """
    for number in range(rounds):
        for comparison in comparisons:
            first = number % len(comparison.sides)
            for side in comparison.sides[first:] + comparison.sides[:first]:
                case = f"{comparison.model}, {comparison.case}, {side.name}"
                try:
                    if number == 0 and side.first:
                        run(side.first, log_path)
                    measurement = run(side.command, log_path)
                except WorkerError as error:
                    raise WorkerError(f"{case} failed ({error}); see {log_path}.") from None
                side.measurements.append(measurement)
                speed = f"{measurement.images_per_second:9,.0f} images/s"
                print(f"round {number + 1}/{rounds}  {case:36} {speed}", flush=True)


def run(command: list[str], log_path: Path) -> Measurement:
    """Runs Python with the arguments `command` in a process of its own and returns the `Measurement` it reports.

    What else it has to say is added to the log.
    """
    with open(log_path, "a+", encoding="utf-8", errors="replace") as log:
        print("==", *command, file=log, flush=True)
        start = log.tell()
        program = [sys.executable, *command]
        done = subprocess.run(program, stdout=subprocess.PIPE, stderr=log, text=True, errors="replace", check=False)
        log.seek(start)
        said = log.read().strip().splitlines()
        *chatter, last = done.stdout.strip().splitlines() or [""]
        log.writelines(f"{line}\n" for line in chatter)
    if done.returncode < 0:
        raise WorkerError(f"killed by signal {-done.returncode}")
    if done.returncode > 0:
        raise WorkerError(said[-1] if said else f"exit status {done.returncode}")
    try:
        return Measurement(**json.loads(last))
    except (ValueError, TypeError):
        raise WorkerError(f"expected a measurement in its last line; got {last!r}") from None


def report_one(*functions: Callable[..., Measurement]) -> None:
    """What a peer's program ends with: calls the one of its functions that the command line names, and reports it.

    What else is on the command line are the arguments of the function; what looks like a number is an `int`.
    """
    names = {function.__name__: function for function in functions}
    parser = argparse.ArgumentParser()
    parser.add_argument("function", choices=names)
    parser.add_argument("arguments", nargs="*", type=lambda text: int(text) if text.isdecimal() else text)
    asked = parser.parse_args()
    report(lambda: names[asked.function](*asked.arguments))


def report(measure: Callable[[], Measurement]) -> None:
    """Prints the `Measurement` that `measure()` returns, for `run` to read.

    Ends the process with one line about what went wrong, if anything does, after its traceback.
    """
    try:
        measurement = measure()
    except Exception as error:
        traceback.print_exc()
        reason = (str(error).strip() or "no message").splitlines()[0]
        sys.exit(f"{type(error).__name__}: {reason}")
    print(f"\n{json.dumps(measurement._asdict())}", flush=True)


def machine(packages: Sequence[str]) -> dict:
    """The CPU, its cores that this process may use, how busy it is, and the versions of Python and of `packages`."""
    return {
        "cpu": processor.name(),
        "cores": CORES,
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,  # programs that want a core, last minute
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{package: importlib.metadata.version(package) for package in packages},
    }
