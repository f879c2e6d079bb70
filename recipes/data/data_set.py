"""A set of images to train on and to measure with, wherever it comes from."""

import zlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from recipes.harness.errors import UserError

MOST_HELD_OUT = 10_000


class Labels(NamedTuple):
    """The classes of an `ImageSet`, in the order of its images."""

    train: np.ndarray  # int32 [train_size]
    test: np.ndarray  # int32 [n]
    num_classes: int
    names: tuple = ()  # of the classes, where they have names


class ImageSet(NamedTuple):
    """Where images come from. The held-out ones are never trained on."""

    name: str
    train: tf.data.Dataset  # unbatched uint8 [h, w, c], always in the same order
    train_size: int
    test: np.ndarray  # uint8 [n, h, w, c], read whole: a damaged record shows before training, not after
    read_labels: Callable | None = None  # () -> `Labels`, where the images have labels
    version: str = ""  # changes with what the images are made from; not with how machines round

    @property
    def image_shape(self):
        """(h, w, c)."""
        return self.test.shape[1:]

    @property
    def fingerprint(self):
        """Eight hexadecimal digits that change with the images."""
        return f"{zlib.crc32(repr((self.version, self.train_size, self.test.shape)).encode()):08x}"


def resized(name, size, shape):
    """(height, width) to bring images of a shape [h, w, ...] to: `size`, or that of the shape itself.

    Raises:
        UserError: there is no size, and the shape says none.
    """
    if size is None and None in shape[:2]:
        raise UserError(f"image_size: the images of {name!r} differ in size; give the size to bring them to.")
    return tuple(size or shape[:2])


def fit(image, size):
    """The largest piece of the middle of an image [h, w, c] that has the shape of `size`, brought to that; uint8."""
    shape = tf.shape(image)[:2]
    scale = tf.reduce_min(tf.cast(shape, tf.float64) / size)
    piece = tf.clip_by_value(tf.cast(tf.round(scale * size), tf.int32), 1, shape)
    image = tf.image.resize_with_crop_or_pad(image, piece[0], piece[1])
    return to_uint8(tf.image.resize(image, size, antialias=True))


def to_uint8(image):
    """Numbers of any type, rounded and cut off at 0 and 255."""
    return tf.cast(tf.clip_by_value(tf.round(tf.cast(image, tf.float32)), 0, 255), tf.uint8)
