"""What one part changes in the quality of a model's samples, all else the same: runs of the recipes, side by side.

    python -m benchmarks.quality --study=losses --data_dir=my_data
    python -m benchmarks.quality --study=small_data

Two studies, each with several seeds:

    losses      recipes.dcgan_mnist with every --loss, and recipes.vae_mnist, for the same number of epochs
    small_data  recipes.dcgan_mnist on the 5,000 embedded digits with every --augmentation

Each run is a recipe's own and has its own folder in --out_dir, named after what varies and the seed: its figures are
those that it measured on the files it exported. Finished runs are not repeated, so the study can be stopped and gone
on with. It may take hours, during which the machine can do other things: no figure is a time.

Makes in --out_dir, besides the runs and their logs: table.md, quality.json and quality.png.
"""

import csv
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
from absl import flags
from matplotlib import figure
from tqdm import tqdm

from benchmarks.core import session
from export import TFLITE
from recipes.harness.flags import define_path

SHOWN = ("fid", "kid", "precision", "recall", "coverage")  # how the names of the figures of the table begin
LOSSES = ("minimax", "non_saturating", "least_squares", "wasserstein", "hinge", "relativistic")
AUGMENTATIONS = ("none", "differentiable", "adaptive")
STUDIES = {  # what varies: the recipe and its flags
    "losses": {
        **{loss: ["recipes.dcgan_mnist", f"--loss={loss}", "--epochs=3"] for loss in LOSSES},
        "vae": ["recipes.vae_mnist", "--epochs=3", "--iw_samples=10"],
    },
    "small_data": {
        name: [
            "recipes.dcgan_mnist",
            "--dataset=mnist-5000",
            f"--augmentation={name}",
            "--epochs=150",  # after 60, one without augmentation has only begun to learn them by heart
            "--quality_images=500",
        ]
        for name in AUGMENTATIONS
    },
}
FLAGS = flags.FLAGS


def define_flags():
    """A function, as the tests import this beside recipes, whose flags have some of the same names."""
    flags.DEFINE_enum("study", "losses", STUDIES, "Which parts to compare.")
    flags.DEFINE_integer("seeds", 3, "How often to train each, with the seeds 0, 1, ...", lower_bound=1)
    define_path("data_dir", None, "Folder with data prepared by TFDS before; default: TFDS's own folder.")
    define_path("out_dir", None, "Where everything goes; default: runs/quality_ and the name of the study.")


def main():
    compared = STUDIES[FLAGS.study]
    out_dir = Path(FLAGS.out_dir or f"runs/quality_{FLAGS.study}")
    with session.one_line_errors("quality", out_dir, "the same command goes on, with the runs that are finished"):
        runs = {name: [] for name in compared}
        # All things with one seed before the next seed: a study that is stopped early still compares.
        todo = [(name, seed) for seed in range(FLAGS.seeds) for name in compared]
        for name, seed in tqdm(todo, unit=" runs", dynamic_ncols=True):
            run = train(compared[name], seed, out_dir / f"{name}_{seed}", FLAGS.data_dir)
            runs[name].append(run)
            tqdm.write(f"{name}, seed {seed}: {run}")
            save(out_dir, runs)
    print(f"\n{table(runs)}\n\nAlso in {out_dir}: table.md, quality.json, quality.png, and the runs.")


class Run(NamedTuple):
    """What one run of a recipe came to."""

    figures: dict  # {metric: value} of its model.tflite; {} where the training broke off
    course: list  # the Frechet distance to training images after each epoch; [] for a recipe that does not measure it
    reason: str  # why the training broke off; "" where it did not

    def __str__(self):
        return (
            ", ".join(f"{name} {value:.4g}" for name, value in self.figures.items() if _is_shown(name)) or self.reason
        )


def train(command, seed, path, data_dir=None):
    """Runs a recipe in the folder `path` unless it is finished there, and returns its `Run`."""
    if not (path / "metrics.json").exists():
        arguments = [f"--seed={seed}", f"--out_dir={path}", "--measure_all"]
        arguments += [f"--data_dir={data_dir}"] if data_dir else []
        arguments += ["--overwrite"]  # one that was interrupted begins anew
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
        figures = json.loads((path / "metrics.json").read_text(encoding="utf-8"))["samples"][TFLITE]
    else:
        reason = path.with_suffix(".log").read_text(encoding="utf-8").strip().rpartition("\n")[2]
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
        cells = [_cell([run.figures[metric] for run in whole if metric in run.figures]) for metric in names]
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
    axes.xaxis.get_major_locator().set_params(integer=True)
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


def save(out_dir, runs):
    """Writes table.md, quality.json and quality.png, each whole."""
    with session.whole_files(out_dir) as new:
        everything = {name: [run._asdict() for run in several] for name, several in runs.items()}
        (new / "quality.json").write_text(json.dumps(everything, indent=2) + "\n", encoding="utf-8")
        (new / "table.md").write_text(table(runs) + "\n", encoding="utf-8")
        save_plot(new / "quality.png", runs)


if __name__ == "__main__":
    define_flags()
    session.start(main)
