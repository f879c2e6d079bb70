"""How benchmarks start, what they make of their comparisons, and how they end when that fails."""

import contextlib
import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import absl.app
from matplotlib import figure

from benchmarks.core import measurement
from benchmarks.core.measurement import Comparison


def start(program: Callable[[], None]) -> None:
    """Parses the flags, which are all that the command line may hold, and calls `program()`."""

    def main(argv):
        if len(argv) > 1:
            raise absl.app.UsageError(f"expected flags only, got {argv[1]!r}")
        program()

    absl.app.run(main)


@contextlib.contextmanager
def one_line_errors(name: str, out_dir: Path, stopped: str = "no results were written") -> Iterator[None]:
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


@contextlib.contextmanager
def whole_files(out_dir: Path) -> Iterator[Path]:
    """A new folder; what is in it at the end goes to `out_dir`, in place of what was there, or not at all."""
    with tempfile.TemporaryDirectory(dir=out_dir) as new:
        yield Path(new)
        for path in Path(new).iterdir():
            path.replace(Path(out_dir, path.name))


def run(
    name: str, compared: list[Comparison], rounds: int, out_dir: str, packages: Sequence[str], protocol: dict
) -> None:
    """Measures, and writes `name`.json, `name`.png and workers.log; ends the process with one line if that fails.

    Args:
        name: of the benchmark.
        compared: ours and its peers.
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
        save(out_dir, name, compared, {"machine": machine, **protocol}, hardware)
    print(f"\n{table(compared)}\n\nAlso in {out_dir}: {name}.json, {name}.png.")


def save(out_dir: Path, name: str, comparisons: list[Comparison], protocol: dict, title: str) -> None:
    """Writes `name`.json and `name`.png into `out_dir`, whole or not at all.

    Args:
        protocol: what goes into the JSON file beside the results: the machine, the amount of work, ...
        title: of the picture.
    """
    with whole_files(out_dir) as new:
        results = json.dumps({**protocol, "results": as_json(comparisons)}, indent=2) + "\n"
        (new / f"{name}.json").write_text(results, encoding="utf-8")
        save_plot(new / f"{name}.png", comparisons, title)


def table(comparisons: list[Comparison]) -> str:
    """The results for a terminal, a line a side: speed as "median (slowest-fastest)", how many times faster ours is."""
    head = ["model", "case", "side", "images/s", "ours is faster by (rounds)", "setting"]
    rows = [head]
    for comparison in comparisons:
        for side in comparison.sides:
            speed = f"{_speed(side.median())} ({_speed(min(side.speeds))}-{_speed(max(side.speeds))})"
            ratio = ""
            if side in comparison.peers:
                ratios = comparison.ratios(side)
                ratio = f"{comparison.ratio(side):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
            rows.append([comparison.model, comparison.case, side.name, speed, ratio, side.setting])
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)


def _speed(images_per_second):
    return f"{images_per_second:,.0f}" if images_per_second >= 100 else f"{images_per_second:.3g}"


def as_json(comparisons: list[Comparison]) -> list[dict]:
    """The results for a program: of each side, one number a round."""
    return [
        {
            "model": comparison.model,
            "case": comparison.case,
            "sides": {
                side.name: {
                    "images_per_second": side.speeds,
                    "median_images_per_second": side.median(),
                    "outcome": side.outcomes,
                    "setting": side.setting,
                }
                for side in comparison.sides
            },
            "ratio_of_medians": {peer.name: comparison.ratio(peer) for peer in comparison.peers},
            "ratios": {peer.name: comparison.ratios(peer) for peer in comparison.peers},
        }
        for comparison in comparisons
    ]


def save_plot(path: Path, comparisons: list[Comparison], title: str) -> None:
    """Writes a picture of images/s, one panel a model: medians, with bars from the slowest to the fastest round."""
    models = list(dict.fromkeys(comparison.model for comparison in comparisons))
    names = list(dict.fromkeys(side.name for comparison in comparisons for side in comparison.sides))
    canvas = figure.Figure(figsize=(1.5 + 3.5 * len(models), 4), layout="constrained")
    for axes, model in zip(canvas.subplots(1, len(models), squeeze=False)[0], models):
        shown = [comparison for comparison in comparisons if comparison.model == model]
        sides = [name for name in names if any(name == side.name for side in shown[0].sides)]
        width = 0.8 / len(sides)
        for place, name in enumerate(sides):
            bars = [side for comparison in shown for side in comparison.sides if side.name == name]
            medians = [side.median() for side in bars]
            below = [side.median() - min(side.speeds) for side in bars]
            above = [max(side.speeds) - side.median() for side in bars]
            left = [number + (place - (len(sides) - 1) / 2) * width for number in range(len(bars))]
            colour = f"C{names.index(name)}"  # the same in all panels
            axes.bar(left, medians, width, yerr=[below, above], capsize=3, color=colour, label=name)
        axes.set_xticks(range(len(shown)), [comparison.case for comparison in shown])
        axes.set(title=model)
        axes.grid(axis="y", alpha=0.3)
        axes.set_axisbelow(True)
        axes.legend()
    canvas.axes[0].set_ylabel("images/s")
    canvas.suptitle(title, fontsize="medium")
    canvas.savefig(path, dpi=120)
