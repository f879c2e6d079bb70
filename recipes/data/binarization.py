"""Grey levels as probabilities of 0 and 1, for a likelihood of binary images."""

import numpy as np
import tensorflow as tf

from recipes.data.data_set import DataSet, Drawing
from zoo.domains import Domain

_PROTOCOL = {
    "dynamic": "dynamic for training, one fixed draw for evaluation",
    "static": "static",
    "none": "none, 256 levels",
}


def binarization_for(domain: Domain, asked: str) -> str:
    """What --binarization asks for, with `auto` resolved: dynamic for grey images, none for coloured ones."""
    if asked != "auto":
        return asked
    return "dynamic" if domain.shape[-1] == 1 else "none"


def binarized(images: DataSet, asked: str) -> DataSet:
    """Images of which each pixel is drawn as 0 or 1 where a model learns from them.

    Args:
        images: a set of images.
        asked: the value of --binarization, see `recipes.settings.VAESettings`.
    """
    how = binarization_for(images.domain, asked)
    drawing = None if how == "none" else Drawing(binarize, how == "static", binarized_once)
    return images._replace(drawing=drawing, protocol={"binarization": _PROTOCOL[how]})


def binarize(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """float32 images in [0, 1] -> 0 or 1, each pixel 1 with its grey level as the probability; `seed` int32 [2]."""
    return tf.cast(tf.random.stateless_uniform(tf.shape(images), seed) < images, tf.float32)


def binarized_once(images: np.ndarray) -> np.ndarray:
    """The same in NumPy, of a whole array and by a seed of its own."""
    return (np.random.default_rng(0).random(images.shape, np.float32) < images).astype(np.float32)
