"""How the cost of training and measuring grows with the work, on this machine's CPU; Linux.

    python -m benchmarks.scaling

Of the dense VAE of `benchmarks.training`:

    step         seconds of a training step against the images of its batch
    likelihood   largest memory of the process, in MB, against the images whose likelihood is estimated, and against k
    epoch        seconds of an epoch against the number of training images, read anew for each epoch
    memory       largest memory of that
    start        seconds from the start of the process to the end of its second training step

Each point is the median of --rounds processes of its own. Makes in --out_dir: scaling.json, scaling.png, workers.log.
In the picture, seconds are beside a dotted line in proportion to the work, and memory beginning at 0.
"""

import json
import os
import statistics
from pathlib import Path
from typing import NamedTuple

from absl import flags
from matplotlib import figure
from tqdm import tqdm

from benchmarks.core import measurement, session
from recipes.harness.flags import define_path


class Panel(NamedTuple):
    """Measured points, and how they are drawn; without a label for x they are not."""

    lines: dict  # {line: (function of `benchmarks.peers.ours`, [(x, its arguments)])}
    x_label: str = ""
    y_label: str = ""
    in_proportion: bool = False  # what is hoped for; else that it stays the same


MNIST = 60_000
EPOCHS = [(n * MNIST, [n * MNIST]) for n in (1, 2, 5, 10)]
PANELS = {
    "step": Panel(
        {"measured": ("step", [(b, [b]) for b in (32, 64, 128, 256, 512, 1024)])},
        "images in a batch",
        "seconds of a training step",
        in_proportion=True,
    ),
    "likelihood": Panel(
        {
            "images, k = 100": ("likelihood_memory", [(n, [n, 100]) for n in (100, 300, 1000, 3000)]),
            "k, 100 images": ("likelihood_memory", [(k, [100, k]) for k in (100, 300, 1000, 3000)]),
        },
        "images, or k",
        "MB while the likelihood is estimated",
    ),
    "epoch": Panel({"measured": ("epoch", EPOCHS)}, "training images", "seconds of an epoch", in_proportion=True),
    "memory": Panel({"measured": ("epoch_memory", EPOCHS)}, "training images", "MB while training"),
    "start": Panel({"measured": ("start", [(1, [])])}),
}
FLAGS = flags.FLAGS
flags.DEFINE_integer("rounds", 3, "How many processes measure each point.", lower_bound=1)
flags.DEFINE_list("panels", list(PANELS), "What to measure; comma-separated.")
define_path("out_dir", "runs/benchmark_scaling", "Where the results go; replaces those of an earlier run.")
flags.register_validator("panels", lambda names: bool(names) and set(names) <= set(PANELS), f"expected {list(PANELS)}")


def measure(log_path):
    """{panel: {line: [[x, median], ...]}}."""
    results = {panel: {line: [] for line in PANELS[panel].lines} for panel in FLAGS.panels}
    points = [
        (panel, line, x, measurement.call("ours", function, *arguments))
        for panel in FLAGS.panels
        for line, (function, xs) in PANELS[panel].lines.items()
        for x, arguments in xs
    ]
    for panel, line, x, command in tqdm(points, unit=" points", dynamic_ncols=True):
        values = [measurement.run(command, log_path).outcome for _ in range(FLAGS.rounds)]
        results[panel][line].append([x, statistics.median(values)])
        tqdm.write(f"{panel:10} {x:7,} {line:15}  {statistics.median(values):.4g}")
    return results


def save(out_dir, results):
    """Writes scaling.json and scaling.png, each whole."""
    machine = measurement.machine(["numpy", "tensorflow", "keras"])
    with session.whole_files(out_dir) as new:
        text = json.dumps({"machine": machine, "rounds": FLAGS.rounds, "results": results}, indent=2) + "\n"
        (new / "scaling.json").write_text(text, encoding="utf-8")
        draw(machine, results).savefig(new / "scaling.png", dpi=120)


def draw(machine, results):
    """The picture of what `measure` returns."""
    drawn = [name for name in results if PANELS[name].x_label]
    canvas = figure.Figure(figsize=(4 * max(1, len(drawn)), 4), layout="constrained")
    for position, name in enumerate(drawn, start=1):
        panel, axes = PANELS[name], canvas.add_subplot(1, len(drawn), position)
        for line, points in results[name].items():
            xs, ys = zip(*points)
            axes.plot(xs, ys, marker="o", label=line)
        axes.set_xscale("log")
        axes.set_xticks(xs, [f"{x:,}" for x in xs], rotation=30)
        axes.minorticks_off()
        axes.set(xlabel=panel.x_label, ylabel=panel.y_label)
        if panel.in_proportion:
            axes.plot(xs, [ys[-1] * x / xs[-1] for x in xs], ":", color="gray", label="in proportion")
            axes.set_yscale("log")
        else:
            axes.set_ylim(0, 1.3 * max(y for points in results[name].values() for _, y in points))
        axes.grid(alpha=0.3)
        axes.legend()
    canvas.suptitle(f"{machine['cpu']}, {machine['cores']} cores", fontsize="medium")
    return canvas


def main():
    out_dir = Path(FLAGS.out_dir)
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    with session.one_line_errors("scaling", out_dir):
        (out_dir / "workers.log").write_text("", encoding="utf-8")
        save(out_dir, measure(out_dir / "workers.log"))
    print(f"\nMade in {out_dir}: scaling.json, scaling.png.")


if __name__ == "__main__":
    session.start(main)
