"""How fast models train here and elsewhere, side by side on this machine's CPU, in images/s.

    pip install --constraint constraints.txt ".[benchmarks]"
    python -m benchmarks.training
    python -m benchmarks.training --models=dense_vae --batch_sizes=128 --rounds=5 --out_dir=runs/benchmark_128

Three models. All sides of one train the same networks with Adam on the same images with the same batch size:

    dense_vae   784 -> 512 -> 20 latents -> 512 -> 784, relu
    conv_vae    `zoo.networks.conv_encoder` and `conv_decoder` at their defaults, 20 latents; both VAEs have a Bernoulli
                likelihood (binary cross entropy summed over the pixels) and a standard normal prior
    dcgan       `zoo.networks.dcgan` of width 32 with 64 latents, without spectral normalization and penalties, with the
                loss, one update of the discriminator for one of the generator, average of the generator's weights

Five sides; the table and training.json say in which setting each ran:

    ours        the training of the recipes, by their own functions, see benchmarks/peers/ours.py
    keras       models written as Keras's own examples are, see benchmarks/peers/keras.py
    pythae      its trainer as it comes (VAEs only), see benchmarks/peers/pythae.py
    plain       a PyTorch loop without a library around it, float32 and eager, see benchmarks/peers/torch.py
    tuned       the same loop in the setting that was fastest for PyTorch; compiling the VAEs needs a C++ compiler

Each measurement is a process of its own, and the sides take turns, see benchmarks/core/measurement.py. The clock is
read at the start and the end of each epoch; loading the data is part of an epoch, a warm-up epoch is not counted.
Nothing else should run meanwhile: PyTorch's threads wait for each other, so a busy core holds up all of them.

With ZOO_DTYPE_POLICY=float32, all sides leave out bfloat16, as on a processor without it.

Makes in --out_dir: training.json, training.png, ways/ (what was fastest for ours), and workers.log with all that the
frameworks had to say. The `outcome` of a measurement is the loss of its last epoch: -ELBO in nats per image, for dcgan
that of the discriminator. It shows that all sides learn, and the same; the number is no result, and ours has the
recipes' schedule of learning rates.
"""

import os
from pathlib import Path

from absl import flags

from benchmarks.core import session, workload
from benchmarks.core.measurement import Comparison, Side, call
from recipes.harness.flags import define_path

PACKAGES = ("numpy", "tensorflow", "keras", "torch", "pythae")
SIDES = {  # the peer and its function
    "ours": ("ours", "train"),
    "keras": ("keras", "train"),
    "pythae": ("pythae", "train"),
    "plain": ("torch", "train_plain"),
    "tuned": ("torch", "train_tuned"),
}
LOADS = workload.WORKLOADS.values()
NAMES = list(workload.WORKLOADS)
LARGEST_BATCH = min(load.image_count for load in LOADS)
OWN_SIZES = "; ".join(f"{load.name}: {','.join(map(str, load.batch_sizes))}" for load in LOADS)

FLAGS = flags.FLAGS
flags.DEFINE_list("models", NAMES, "What to train; comma-separated, one after the other.")
flags.DEFINE_list("batch_sizes", None, f"Images in a step; all are measured, for each model. Default: {OWN_SIZES}.")
flags.DEFINE_integer("rounds", 3, "How often to measure each side; another one begins each time.", lower_bound=1)
flags.DEFINE_integer("epochs", 4, "Timed epochs of a measurement, after one warm-up epoch.", lower_bound=1)
define_path("out_dir", "runs/benchmark_training", "Where the results go; replaces those of an earlier run.")
flags.register_validator(
    "models",
    lambda names: bool(names) and set(names) <= set(NAMES),
    message=f"expected some of {','.join(NAMES)}",
)
flags.register_validator(
    "batch_sizes",
    lambda sizes: sizes is None or all(s.isdecimal() and 1 <= int(s) <= LARGEST_BATCH for s in sizes or [""]),
    message=f"expected whole numbers from 1 to {LARGEST_BATCH}, such as 32,128,512",
)


def comparisons():
    """The `Comparison`s that the flags ask for."""
    return [
        Comparison(load.name, f"batch {size}", sides(load, size))
        for load in LOADS
        if load.name in FLAGS.models
        for size in sorted({int(size) for size in FLAGS.batch_sizes or load.batch_sizes})
    ]


def sides(load, batch_size):
    """All that train a model; pythae has no GAN."""
    return [
        Side(
            name,
            call(*function, load.name, batch_size, FLAGS.epochs),
            first=call("ours", "choose", load.name, batch_size) if name == "ours" else None,
        )
        for name, function in SIDES.items()
        if name != "pythae" or load is not workload.DCGAN
    ]


def main():
    os.environ["ZOO_CACHE_DIR"] = str(Path(FLAGS.out_dir, "ways"))  # not what was fastest some other day
    images = {load.name: load.image_count for load in LOADS}
    protocol = {"timed_epochs": FLAGS.epochs, "images_of_an_epoch": images}
    session.run("training", comparisons(), FLAGS.rounds, FLAGS.out_dir, PACKAGES, protocol)


if __name__ == "__main__":
    session.start(main)
