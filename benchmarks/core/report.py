"""What `benchmarks.core.measurement` saw: for a terminal, for a program, as a picture."""

import json
import tempfile
from pathlib import Path

from matplotlib import figure


def table(comparisons):
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


def as_json(comparisons):
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


def save_plot(path, comparisons, title):
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


def save(out_dir, name, comparisons, protocol, title):
    """Writes `name`.json and `name`.png into `out_dir`, whole or not at all, and returns the names of the two.

    Args:
        protocol: what goes into the JSON file beside the results: the machine, the amount of work, ...
        title: of the picture.
    """
    with tempfile.TemporaryDirectory(dir=out_dir) as new:
        results = json.dumps({**protocol, "results": as_json(comparisons)}, indent=2) + "\n"
        Path(new, f"{name}.json").write_text(results, encoding="utf-8")
        save_plot(Path(new, f"{name}.png"), comparisons, title)
        names = sorted(path.name for path in Path(new).iterdir())
        for name in names:
            Path(new, name).replace(Path(out_dir, name))
    return names
