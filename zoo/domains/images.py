"""Images: pictures in files, intensities in a model."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from zoo.domains.domain import Domain
from zoo.domains.pixels import colour_of, fit, grid, pixels


@keras.saving.register_keras_serializable("zoo")
class Images(Domain):
    """Images of one size, grey or in colour: uint8 in data sets, intensities in [0, 1] in a model.

    Args:
        height, width: in pixels.
        channels: 1, grey, or 3, red, green and blue.
        source: the name of the data set, or of the folder, that the images are from.
        is_folder: whether it is a folder of a person's own.
        background: what is seen where a picture is transparent; a colour by name or as #rrggbb.
        class_names: of the classes that the images have, in the order of their labels.

    Raises:
        ValueError: the shape is none; one line.

    Example:

    >>> Images(28, 28, 1, source="mnist").about()["shape"]
    [28, 28, 1]
    """

    name = "images"
    item, items, datum, suffixes, columns = "image", "images", "images", (".png",), 10
    unit, value_range = "intensity", (0.0, 1.0)
    hub_task = "unconditional-image-generation"

    def __init__(
        self,
        height: int,
        width: int,
        channels: int,
        source: str = "",
        is_folder: bool = False,
        background: str = "white",
        class_names: Sequence[str] = (),
    ):
        if min(height, width) < 1:
            raise ValueError(f"height, width: expected positive numbers of pixels; got {height} and {width}.")
        if channels not in (1, 3):
            raise ValueError(f"channels: expected 1 or 3; got {channels}.")
        self.height, self.width, self.channels = int(height), int(width), int(channels)
        self.source, self.is_folder, self.background = source, bool(is_folder), background
        self.class_names = tuple(class_names)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(height, width, channels)."""
        return self.height, self.width, self.channels

    def read(self, path: str | Path) -> np.ndarray:
        """The picture in a file as a viewer shows it, the middle of it brought to the size: uint8 [h, w, c].

        Raises:
            ValueError: it can't be read as a picture, or the background is no colour; one line.
        """
        colour = colour_of(self.background)
        try:
            picture = pixels(path, self.channels, colour)
        except (OSError, SyntaxError, ValueError) as error:
            raise ValueError(f"path: expected a picture; {path} can't be read: {error}") from error
        return fit(picture, (self.height, self.width)).numpy()

    def as_data(self, stored: Any) -> Any:
        """uint8 [..., h, w, c] -> float32 in [0, 1]; an array or a tensor, as it was."""
        return (tf.cast(stored, tf.float32) if tf.is_tensor(stored) else np.asarray(stored, np.float32)) / 255.0

    def write(self, path: str | Path, samples: np.ndarray, columns: int) -> None:
        """Writes images float [n, h, w, c] in [0, 1] as one picture of twice the size, `columns` of them to a row.

        Raises:
            ValueError: they are of another shape, or the suffix says no kind of picture that Pillow writes; one line.
        """
        from PIL import Image

        samples = np.asarray(samples)
        if samples.shape[1:] != self.shape:
            raise ValueError(f"samples: expected shape [n, {', '.join(map(str, self.shape))}]; got {samples.shape}.")
        picture = grid(samples, columns)
        Image.fromarray(picture[..., 0] if self.channels == 1 else picture).save(path)

    def about(self) -> dict[str, Any]:
        return {**super().about(), "background": self.background}
