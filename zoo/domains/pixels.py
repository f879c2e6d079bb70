"""Pictures in files as arrays of pixels, as a viewer shows them."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

if TYPE_CHECKING:
    from PIL import Image


def colour_of(text: str) -> tuple[int, int, int]:
    """A colour's name or #rrggbb -> (red, green, blue), 0 to 255 each.

    Raises:
        ValueError: it is none; one line.
    """
    from PIL import ImageColor

    try:
        return ImageColor.getrgb(text)[:3]
    except ValueError:
        raise ValueError(f"background: expected a colour, e.g. white or #202020; got {text!r}.") from None


def pixels(path: str | Path, channels: int, colour: tuple[int, int, int]) -> np.ndarray:
    """The picture in a file as a viewer shows it on a colour: uint8 [h, w, channels].

    It is turned as its camera says, and where it is transparent, the colour is seen.
    """
    from PIL import Image, ImageOps

    with Image.open(path) as picture:
        picture = ImageOps.exif_transpose(picture)
        if picture.mode.startswith("I"):  # 16 bits, which Pillow would cut off at 255
            picture = _in_8_bits(picture)
        if picture.has_transparency_data:
            behind = Image.new("RGBA", picture.size, (*colour, 255))
            picture = Image.alpha_composite(behind, picture.convert("RGBA"))
        values = np.asarray(picture.convert("L" if channels == 1 else "RGB"))
    return values.reshape([*values.shape[:2], channels])


def on_colour(image: tf.Tensor, colour: tuple[int, int, int]) -> tf.Tensor:
    """uint8 [h, w, 1 to 4] -> [h, w, 1 or 3]; what is transparent, by the 2nd or the 4th channel, shows a colour."""

    def blended():
        alpha = tf.cast(image[..., -1:], tf.float32) / 255.0
        return to_uint8(alpha * tf.cast(image[..., :-1], tf.float32) + (1.0 - alpha) * tf.constant(colour, tf.float32))

    if image.shape[2] is None:  # each image may have others
        by_channels = [lambda: tf.repeat(image, 3, axis=2), blended, lambda: image, blended]
        shown = tf.switch_case(tf.shape(image)[2] - 1, by_channels)
        return tf.ensure_shape(shown, [*image.shape[:2], 3])
    return blended() if image.shape[2] in (2, 4) else image


def fit(image: tf.Tensor, size: tuple[int, int]) -> tf.Tensor:
    """The largest piece of the middle of an image [h, w, c] that has the shape of `size`, brought to that; uint8."""
    shape = tf.shape(image)[:2]
    scale = tf.reduce_min(tf.cast(shape, tf.float64) / size)
    piece = tf.clip_by_value(tf.cast(tf.round(scale * size), tf.int32), 1, shape)
    image = tf.image.resize_with_crop_or_pad(image, piece[0], piece[1])
    return to_uint8(tf.image.resize(image, size, antialias=True))


def to_uint8(image: tf.Tensor) -> tf.Tensor:
    """Numbers of any type, rounded and cut off at 0 and 255."""
    return tf.cast(tf.clip_by_value(tf.round(tf.cast(image, tf.float32)), 0, 255), tf.uint8)


def grid(images: np.ndarray, columns: int, scale: int = 2) -> np.ndarray:
    """Images as one picture.

    Args:
        images: float [n, h, w, c] in [0, 1].
        columns: images per row; the last row is filled up with black.
        scale: enlargement.

    Returns:
        uint8 [rows * h * scale, columns * w * scale, c].
    """
    n, height, width, channels = images.shape
    rows = -(-n // columns)
    cells = np.zeros([rows * columns, height, width, channels])
    cells[:n] = images
    cells = cells.reshape([rows, columns, height, width, channels]).swapaxes(1, 2)  # rows, h, columns, w, c
    whole = cells.reshape([rows * height, columns * width, channels])
    return np.round(255 * whole).astype(np.uint8).repeat(scale, axis=0).repeat(scale, axis=1)


def with_palette(picture: "Image.Image") -> "Image.Image":
    """The same picture, pixel for pixel, for a file of about half the bytes, if it has at most 256 colours.

    Pillow's own `quantize` would change some of them.
    """
    from PIL import Image

    red, green, blue = np.moveaxis(np.asarray(picture, np.int32), 2, 0)
    colours, places = np.unique((red << 16) + (green << 8) + blue, return_inverse=True)
    if len(colours) > 256:
        return picture
    reduced = Image.fromarray(places.reshape(red.shape).astype(np.uint8))
    reduced.putpalette(np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1).astype(np.uint8).tobytes())
    return reduced


def _in_8_bits(picture):
    """A grey picture of 16 bits, in which one level may stand for transparent pixels -> of 8 bits, mode L or LA."""
    from PIL import Image

    levels = np.asarray(picture).astype(np.int32)
    grey = Image.fromarray(((levels + 128) // 257).astype(np.uint8))
    key = picture.info.get("transparency")
    if key is None:
        return grey
    return Image.merge("LA", [grey, Image.fromarray(np.where(levels == key, 0, 255).astype(np.uint8))])
