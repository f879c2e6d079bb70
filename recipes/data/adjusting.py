"""Bringing the images of a data set to one size, to grey or colour, and to 8 bits."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from recipes import UserError
from zoo.domains.pixels import colour_of, fit, on_colour, to_uint8


def adjusting(
    name: str,
    shape: tuple[int | None, ...],
    dtype: np.dtype,
    size: tuple[int, int] | None = None,
    channels: int | None = None,
    background: str = "white",
) -> tuple[tuple[int, int, int], Callable[[tf.Tensor], tf.Tensor]]:
    """How the images of a set come to the size and the channels asked for, as a viewer shows them.

    Args:
        name: of the data set.
        shape, dtype: of its images, [h, w, c], where a side that differs is None.
        size: (height, width); their own unless given.
        channels: 1 or 3; unless given, 1 where they are grey.
        background: colour behind transparent images.

    Returns:
        ((height, width, channels), a function: image of the set -> uint8 of this shape).

    Raises:
        UserError: their numbers are not of 8 or 16 bits, or there is no size.
        ValueError: the background is no colour.
    """
    bits = {np.dtype(np.uint8): 8, np.dtype(np.uint16): 16}.get(np.dtype(dtype))
    if bits is None:
        raise UserError(f"dataset: expected images of 8 or 16 bits; those of {name!r} are {np.dtype(dtype).name}.")
    if size is None and None in shape[:2]:
        raise UserError(f"image_size: the images of {name!r} differ in size; give the size to bring them to.")
    size, colour = tuple(size or shape[:2]), colour_of(background)
    channels = channels or (1 if shape[2] == 1 else 3)

    def adjust(image):
        if bits == 16:
            image = to_uint8(tf.cast(image, tf.float32) / 257.0)
        image = on_colour(image, colour)
        if channels == 1 and image.shape[2] != 1:
            image = tf.image.rgb_to_grayscale(image)
        if channels == 3 and image.shape[2] == 1:
            image = tf.image.grayscale_to_rgb(image)
        if size != tuple(shape[:2]):
            image = fit(image, size)
        return tf.ensure_shape(image, [*size, channels])

    return (*size, channels), adjust
