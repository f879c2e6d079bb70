"""What one part changes in the quality of a model's samples, all else the same: runs of the recipes, side by side.

    python -m benchmarks.quality --study=losses --data_dir=my_data
    python -m benchmarks.quality --study=small_data

Two studies, each with several seeds:

    losses      recipes.dcgan_mnist with every --loss, and recipes.vae_mnist, for the same number of epochs
    small_data  recipes.dcgan_mnist on the 5,000 embedded digits with every --augmentation

Each run is a recipe's own and has its own folder in --out_dir, named after what varies and the seed: its figures are
those that it measured on the files it exported. Runs that are there already are not repeated, so the study can be
stopped and gone on with. It may take hours, during which the machine can do other things: no figure is a time.

Makes in --out_dir, besides the runs and their logs: table.md, quality.json and quality.png.
"""

import csv
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import absl.app
import numpy as np
from absl import flags
from matplotlib import figure
from tqdm import tqdm

from export import TFLITE

LOSSES = ("minimax", "non_saturating", "least_squares", "wasserstein", "hinge", "relativistic")
AUGMENTATIONS = ("none", "differentiable", "adaptive")
STUDIES = {  # what varies: the recipe and its flags
    "losses": {
        **{loss: ["recipes.dcgan_mnist", f"--loss={loss}", "--epochs=2"] for loss in LOSSES},
        "vae": ["recipes.vae_mnist", "--epochs=2", "--iw_samples=10"],
    },
    "small_data": {
        name: [
            "recipes.dcgan_mnist",
            "--dataset=mnist-5000",
            f"--augmentation={name}",
            "--epochs=60",
            "--quality_images=500",
        ]
        for name in AUGMENTATIONS
    },
}
SHOWN = ("fid", "kid", "precision", "recall", "coverage")

FLAGS = flags.FLAGS
flags.DEFINE_enum("study", "losses", STUDIES, "Which parts to compare.")
flags.DEFINE_integer("seeds", 3, "How often to train each, with the seeds 0, 1, ...", lower_bound=1)
flags.DEFINE_string("data_dir", None, "Folder with data prepared by TFDS before; default: TFDS's own folder.")
flags.DEFINE_string("out_dir", None, "Where everything goes; default: runs/quality_ and the name of the study.")


class Run(NamedTuple):
    """What one run of a recipe came to."""

    figures: dict  # {metric: value} of its model.tflite; {} where the training broke off
    course: list  # the Frechet distance to training images after each epoch; [] for a recipe that does not measure it
    reason: str  # why the training broke off; "" where it did not


def train(command, seed, path, data_dir=None):
    """Runs a recipe in the folder `path` unless it is finished there, and returns its `Run`."""
    if not (path / "metrics.json").exists():
        arguments = [f"--seed={seed}", f"--out_dir={path}"]
        arguments += [f"--data_dir={data_dir}"] if data_dir else []
        arguments += ["--resume"] if (path / "run.json").exists() else []
        with open(path.with_suffix(".log"), "w", encoding="utf-8") as log:
            subprocess.run([sys.executable, "-m", *command, *arguments], stdout=log, stderr=log, check=False)
    return read(path)


def read(path):
    """The `Run` that lies in a folder, finished or not."""
    course, figures, reason = [], {}, ""
    if (path / "history.csv").exists():
        with open(path / "history.csv", newline="", encoding="utf-8") as file:
            # A resumed run has the columns that it began with.
            course = [float(row[name]) for row in csv.DictReader(file) for name in row if name.startswith("fid")]
    if (path / "metrics.json").exists():
        figures = json.loads((path / "metrics.json").read_text(encoding="utf-8"))[TFLITE]
    else:
        reason = path.with_suffix(".log").read_text(encoding="utf-8").strip().splitlines()[-1]
    return Run(figures, course, reason)


def table(runs):
    """Markdown, a line for each thing compared: means and standard deviations over the seeds.

    Args:
        runs: {name: [`Run`, one a seed]}.
    """
    finished = [run for several in runs.values() for run in several if run.figures]
    names = [name for name in (finished[0].figures if finished else []) if _is_shown(name)]
    rows = [["", "seeds", "best epoch", "last epoch", *(f"`{name}`" for name in names)], ["---"] * (4 + len(names))]
    for name, several in runs.items():
        whole = [run for run in several if run.figures]
        courses = [run.course for run in whole if run.course]
        best, last = [min(course) for course in courses], [course[-1] for course in courses]
        cells = [_cell([run.figures[metric] for run in whole]) for metric in names]
        rows.append([name, f"{len(whole)} of {len(several)}", _cell(best), _cell(last), *cells])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def save_plot(path, runs):
    """Writes a picture of how the distance to training images falls: means over the seeds, bands from best to worst."""
    canvas = figure.Figure(figsize=(7, 4), layout="constrained")
    axes = canvas.subplots()
    for name, several in runs.items():
        courses = [run.course for run in several if run.course]
        epochs = min(map(len, courses), default=0)
        if not epochs:
            continue
        values = np.array([course[:epochs] for course in courses])
        (line,) = axes.plot(range(1, epochs + 1), values.mean(axis=0), marker="." if epochs < 10 else "", label=name)
        axes.fill_between(
            range(1, epochs + 1), values.min(axis=0), values.max(axis=0), alpha=0.2, color=line.get_color()
        )
    axes.set(xlabel="epoch", ylabel="Frechet distance to training images", yscale="log")
    axes.grid(alpha=0.3)
    axes.legend()
    canvas.savefig(path, dpi=120)


def _is_shown(name):
    return name.startswith(SHOWN) and not name.endswith("deviation")


def _cell(values):
    if not values:
        return ""
    spread = f" +- {statistics.stdev(values):.2g}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.3g}{spread}"


def _save(out_dir, runs):
    with tempfile.TemporaryDirectory(dir=out_dir) as new:
        everything = {name: [run._asdict() for run in several] for name, several in runs.items()}
        Path(new, "quality.json").write_text(json.dumps(everything, indent=2) + "\n", encoding="utf-8")
        Path(new, "table.md").write_text(table(runs) + "\n", encoding="utf-8")
        save_plot(Path(new, "quality.png"), runs)
        for path in Path(new).iterdir():
            path.replace(out_dir / path.name)


def main(argv):
    if len(argv) > 1:
        raise absl.app.UsageError(f"expected flags only, got {argv[1]!r}")
    study = STUDIES[FLAGS.study]
    out_dir = Path(FLAGS.out_dir or f"runs/quality_{FLAGS.study}")
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        runs = {name: [] for name in study}
        # All things with one seed before the next seed: a study that is stopped early still compares.
        todo = [(name, seed) for seed in range(FLAGS.seeds) for name in study]
        for name, seed in tqdm(todo, unit=" runs", dynamic_ncols=True):
            run = train(study[name], seed, out_dir / f"{name}_{seed}", FLAGS.data_dir)
            runs[name].append(run)
            outcome = ", ".join(f"{metric} {run.figures[metric]:.4g}" for metric in run.figures if _is_shown(metric))
            tqdm.write(f"{name}, seed {seed}: {outcome or run.reason}")
        _save(out_dir, runs)
    except OSError as error:
        sys.exit(f"quality: can't write to {out_dir}: {error.strerror}.")
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on; finished runs are kept.", file=sys.stderr)
        sys.exit(130)
    print(f"\n{table(runs)}\n\nAlso in {out_dir}: table.md, quality.json, quality.png, and the runs.")


if __name__ == "__main__":
    absl.app.run(main)
