"""How the cost of training and measuring grows with the work, on this machine's CPU; Linux.

    python -m benchmarks.scaling

Four pictures in one, of the dense VAE of `benchmarks.training`:

    step         seconds of a training step against the images of its batch
    likelihood   largest memory of the process, in MB, against the images whose likelihood is estimated, and against k
    epoch        seconds of an epoch, and memory, against the number of training images, read anew for each epoch
    start        seconds from the start of the process to the end of its second training step

Each point is the median of --rounds processes of its own. Makes in --out_dir: scaling.json, scaling.png, workers.log.
"""

import json
import os
import statistics
import tempfile
from pathlib import Path

from absl import flags
from matplotlib import figure
from tqdm import tqdm

from benchmarks import measurement, session

MNIST = 60_000
SERIES = {  # panel: {line: (part of `benchmarks.scaling_parts`, [(x, its arguments)])}
    "step": {"seconds": ("step", [(b, [b]) for b in (32, 64, 128, 256, 512, 1024)])},
    "likelihood": {
        "MB, k = 100, x images": ("likelihood", [(n, [n, 100]) for n in (100, 300, 1000, 3000)]),
        "MB, 100 images, k = x": ("likelihood", [(k, [100, k]) for k in (100, 300, 1000, 3000)]),
    },
    "epoch": {
        "seconds": ("epoch", [(n * MNIST, [n * MNIST]) for n in (1, 2, 5, 10)]),
        "MB": ("epoch_memory", [(n * MNIST, [n * MNIST]) for n in (1, 2, 5, 10)]),
    },
    "start": {"seconds": ("start", [(1, [])])},
}
FLAGS = flags.FLAGS
flags.DEFINE_integer("rounds", 3, "How many processes measure each point.", lower_bound=1)
flags.DEFINE_list("panels", list(SERIES), "What to measure; comma-separated.")
flags.DEFINE_string("out_dir", "runs/benchmark_scaling", "Where the results go; replaces those of an earlier run.")
flags.register_validator("panels", lambda names: bool(names) and set(names) <= set(SERIES), f"expected {list(SERIES)}")


def measure(log_path):
    """{panel: {line: [[x, median], ...]}}."""
    results = {panel: {line: [] for line in SERIES[panel]} for panel in FLAGS.panels}
    points = [(p, line, part, *xs) for p in FLAGS.panels for line, (part, all_xs) in SERIES[p].items() for xs in all_xs]
    for panel, line, part, x, arguments in tqdm(points, unit=" points", dynamic_ncols=True):
        command = ["-m", "benchmarks.scaling_parts", part, *map(str, arguments)]
        values = [measurement.run(command, log_path).outcome for _ in range(FLAGS.rounds)]
        results[panel][line].append([x, statistics.median(values)])
        tqdm.write(f"{panel}, {line}: {x:,} -> {statistics.median(values):.4g}")
    return results


def save(out_dir, results):
    """Writes scaling.json and scaling.png, each whole."""
    machine = measurement.machine(["numpy", "tensorflow", "keras"])
    canvas = figure.Figure(figsize=(4 * len(results), 4), layout="constrained")
    for axes, (panel, lines) in zip(canvas.subplots(1, len(results), squeeze=False)[0], results.items()):
        for line, points in lines.items():
            axes.plot(*zip(*points), marker="o", label=line)
        axes.set(title=panel, xscale="log", yscale="log")
        axes.grid(alpha=0.3, which="both")
        axes.legend()
    canvas.suptitle(f"{machine['cpu']}, {machine['cores']} cores", fontsize="medium")
    with tempfile.TemporaryDirectory(dir=out_dir) as new:
        text = json.dumps({"machine": machine, "rounds": FLAGS.rounds, "results": results}, indent=2) + "\n"
        Path(new, "scaling.json").write_text(text, encoding="utf-8")
        canvas.savefig(Path(new, "scaling.png"), dpi=120)
        for path in Path(new).iterdir():
            path.replace(out_dir / path.name)


def main():
    out_dir = Path(FLAGS.out_dir)
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    with session.one_line_errors("scaling", out_dir):
        (out_dir / "workers.log").write_text("", encoding="utf-8")
        save(out_dir, measure(out_dir / "workers.log"))
    print(f"\nMade in {out_dir}: scaling.json, scaling.png.")


if __name__ == "__main__":
    session.start(main)
