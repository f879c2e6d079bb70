"""What the sides of `benchmarks.likelihood` have in common: the command line, the images, and timing."""

import argparse
import time

from benchmarks.core import measurement, workload
from benchmarks.core.measurement import Measurement


def run(make_estimate):
    """Does what the command line asks for, and reports it.

    Args:
        make_estimate: (model name) -> a function (images, samples) -> -log p(x) in nats an image, their mean; images
            uint8 [n, 28, 28, 1], each 0 or 255.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("model", choices=["dense_vae", "conv_vae"])
    parser.add_argument("images", type=int)
    parser.add_argument("samples", type=int)
    asked = parser.parse_args()

    def measure():
        estimate = make_estimate(asked.model)
        images = workload.binary_digits(asked.images)
        estimate(images[:1], 100)
        start = time.perf_counter()
        nll = estimate(images, asked.samples)
        return Measurement(asked.images / (time.perf_counter() - start), float(nll), "float32")

    measurement.report(measure)
