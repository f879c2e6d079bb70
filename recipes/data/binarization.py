"""Grey levels as probabilities of 0 and 1, for a likelihood of binary images."""

import numpy as np
import tensorflow as tf

from recipes.data.data_set import DataSet
from zoo.domains import Domain


def binarization_for(domain: Domain, asked: str) -> str:
    """What --binarization asks for, with `auto` resolved: dynamic for grey images, none for coloured ones."""
    if asked != "auto":
        return asked
    return "dynamic" if domain.shape[-1] == 1 else "none"


def binarize(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """float32 images in [0, 1] -> 0 or 1, each pixel 1 with its grey level as the probability; `seed` int32 [2]."""
    return tf.cast(tf.random.stateless_uniform(tf.shape(images), seed) < images, tf.float32)


def held_out_images(data: DataSet, binarization: str) -> np.ndarray:
    """The held-out images, float32 [n, h, w, c] in [0, 1]; binarized by one fixed draw that no setting changes."""
    test = data.held_out
    if binarization == "none":
        return test
    return (np.random.default_rng(0).random(test.shape, np.float32) < test).astype(np.float32)
