"""How fast a decoder draws digits in LiteRT, ONNX Runtime and PyTorch, on this machine's CPU, in images/s.

    pip install --constraint constraints.txt ".[benchmarks]"
    python -m benchmarks.sampling

The decoders of the two VAEs of `benchmarks.training`, with 20 latents and the weights they begin with, draw 64 digits
in one call, and one digit, again and again:

    tflite        the signature `sample` of an exported model: from a seed, the random numbers in it
    tflite bare   its signature `decode`: latents that are there already
    onnxruntime   the same layers as PyTorch exports them; latents from NumPy
    torch         the same in PyTorch, eager, in inference mode; latents from torch.randn

Each runtime has as many threads as there are cores. Each measurement is a process of its own, and the sides take turns,
see benchmarks/core/measurement.py. For one digit, 1000 over the images/s is the latency in ms.

Makes in --out_dir: sampling.json, sampling.png, and workers.log with all that the frameworks had to say. The `outcome`
of a measurement is the mean of the pixels: about a half, as the decoders are not trained.
"""

from absl import flags

from benchmarks.core import session
from benchmarks.core.measurement import Comparison, Side, call
from recipes.harness.flags import define_path

PACKAGES = ("numpy", "tensorflow", "ai_edge_litert", "onnxruntime", "torch")
SIDES = {  # the peer and its function
    "tflite": ("ours", "sample"),
    "tflite bare": ("ours", "decode"),
    "onnxruntime": ("torch", "sample_in_onnxruntime"),
    "torch": ("torch", "sample"),
}
COUNTS = (64, 1)

FLAGS = flags.FLAGS
flags.DEFINE_integer("rounds", 3, "How often to measure each side; another one begins each time.", lower_bound=1)
flags.DEFINE_integer("calls", 2000, "Timed calls of a measurement, after a tenth as many to warm up.", lower_bound=10)
define_path("out_dir", "runs/benchmark_sampling", "Where the results go; replaces those of an earlier run.")


def comparisons():
    """The `Comparison`s: each decoder, each number of digits."""
    return [
        Comparison(decoder, f"{count} at once", sides(f"{decoder}_vae", count))
        for decoder in ("dense", "conv")
        for count in COUNTS
    ]


def sides(model, count):
    """All that draw so many digits at once."""
    return [Side(name, call(*function, model, count, FLAGS.calls)) for name, function in SIDES.items()]


def main():
    session.run("sampling", comparisons(), FLAGS.rounds, FLAGS.out_dir, PACKAGES, {"timed_calls": FLAGS.calls})


if __name__ == "__main__":
    session.start(main)
