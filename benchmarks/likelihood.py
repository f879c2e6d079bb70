"""How fast the likelihood of held-out images is estimated here and by pythae, side by side on this machine's CPU.

    pip install --constraint constraints.txt ".[benchmarks]"
    python -m benchmarks.likelihood

Both estimate the importance-weighted bound of the dense and the convolutional VAE of `benchmarks.training`, with the
weights they begin with, for binary digits with k = 1000 latents each, in float32; ours by `zoo.estimate_likelihood`,
pythae by `VAE.get_nll` with its default batches of 100 latents. Speed is in images/s; ours has --images of them to do,
pythae, which goes through them one by one, a fiftieth. Each measurement is a process of its own, and the sides take
turns, see benchmarks/core/measurement.py.

Makes in --out_dir: likelihood.json, likelihood.png, and workers.log with all that the frameworks had to say. The
`outcome` of a measurement is the estimate in nats, about 28 * 28 log 2 = 543 where all pixels are as good as guessed.
"""

from absl import flags

from benchmarks.core import session
from benchmarks.core.measurement import Comparison, Side, call
from recipes.harness.flags import define_path

PACKAGES = ("numpy", "tensorflow", "keras", "torch", "pythae")
FEWER = 50  # images for ours for each one of pythae's

FLAGS = flags.FLAGS
flags.DEFINE_integer("rounds", 3, "How often to measure each side; another one begins each time.", lower_bound=1)
flags.DEFINE_integer("images", 1000, "Images that ours estimates; pythae does a fiftieth.", lower_bound=FEWER)
flags.DEFINE_integer("samples", 1000, "k, latents of an image; pythae wants a multiple of 100.", lower_bound=100)
define_path("out_dir", "runs/benchmark_likelihood", "Where the results go; replaces those of an earlier run.")
flags.register_validator("samples", lambda k: k % 100 == 0, message="expected a multiple of 100")


def comparisons():
    """The `Comparison`s, one for each model."""
    return [Comparison(model, f"k {FLAGS.samples}", sides(model)) for model in ("dense_vae", "conv_vae")]


def sides(model):
    """Both that estimate the likelihood of a model."""
    images = {"ours": FLAGS.images, "pythae": FLAGS.images // FEWER}
    return [Side(peer, call(peer, "likelihood", model, count, FLAGS.samples)) for peer, count in images.items()]


def main():
    session.run("likelihood", comparisons(), FLAGS.rounds, FLAGS.out_dir, PACKAGES, {"images": FLAGS.images})


if __name__ == "__main__":
    session.start(main)
