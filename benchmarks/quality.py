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

from pathlib import Path

from absl import flags
from tqdm import tqdm

from benchmarks import study
from benchmarks.core import session
from recipes.harness.flags import define_path

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
            run = study.train(compared[name], seed, out_dir / f"{name}_{seed}", FLAGS.data_dir)
            runs[name].append(run)
            tqdm.write(f"{name}, seed {seed}: {run}")
            study.save(out_dir, runs)
    print(f"\n{study.table(runs)}\n\nAlso in {out_dir}: table.md, quality.json, quality.png, and the runs.")


if __name__ == "__main__":
    session.start(main)
