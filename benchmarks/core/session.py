"""How benchmarks start, what they do with their comparisons, and how they end when that fails."""

import contextlib
import importlib.util
import os
import sys
from pathlib import Path

import absl.app

from benchmarks.core import measurement, report


def start(program):
    """Parses the flags, which are all that the command line may hold, and calls `program()`."""

    def main(argv):
        if len(argv) > 1:
            raise absl.app.UsageError(f"expected flags only, got {argv[1]!r}")
        program()

    absl.app.run(main)


@contextlib.contextmanager
def one_line_errors(name, out_dir, stopped="no results were written"):
    """Makes `out_dir`; what fails in there, or Ctrl-C, ends the process with one line."""
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        yield
    except measurement.WorkerError as error:
        sys.exit(f"{name}: {error}")
    except OSError as error:
        sys.exit(f"{name}: can't write to {out_dir}: {error.strerror}.")
    except KeyboardInterrupt:
        print(f"\nStopped; {stopped}.", file=sys.stderr)
        sys.exit(130)


def run(name, compared, rounds, out_dir, packages, protocol):
    """Measures, and writes `name`.json, `name`.png and workers.log; ends the process with one line if that fails.

    Args:
        name: of the benchmark.
        compared: `measurement.Comparison`s.
        rounds: how often to measure each side.
        out_dir: where to; made if missing.
        packages: what is compared; their versions are noted.
        protocol: what else is noted beside the results, e.g. the amount of work.
    """
    if missing := [package for package in packages if not importlib.util.find_spec(package)]:
        sys.exit(f"{name}: {', '.join(missing)} missing; install the extra [benchmarks] as BUILD.md says.")
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # all sides on the CPU
    os.environ["TQDM_DISABLE"] = "1"  # pythae's trainer has no switch for its progress bar, which would cost it time
    machine = measurement.machine(packages)
    hardware = f"{machine['cpu']}, {machine['cores']} cores"
    to_do = rounds * sum(len(comparison.sides) for comparison in compared)
    out_dir = Path(out_dir)
    log_path = out_dir / "workers.log"
    with one_line_errors(name, out_dir):
        log_path.write_text("", encoding="utf-8")
        if (machine["load"] or 0) > machine["cores"] / 2:
            print(f"NOTE: the machine is busy (load {machine['load']:.1f}). That slows PyTorch's side down most.")
        print(f"{hardware}. {to_do} measurements to do; one may take a minute.", flush=True)
        measurement.measure_all(compared, rounds, log_path)
        names = report.save(out_dir, name, compared, {"machine": machine, **protocol}, hardware)
    print(f"\n{report.table(compared)}\n\nAlso in {out_dir}: {', '.join(names)}.")
