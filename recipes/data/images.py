"""Images to train on: of TFDS, of a folder, or the digits that are embedded in a package."""

import dataclasses
from pathlib import Path
from typing import Any

import zoo
from recipes import UserError
from recipes.data import embedded_digits, folder
from recipes.data.data_set import DataSet, trained_on
from recipes.settings import ImageData
from zoo.domains.pixels import colour_of


def load(settings: ImageData) -> DataSet:
    """The images that the settings ask for; uint8.

    Raises:
        UserError: unknown or unreachable data set, damaged record, bad folder of pictures; one line.
    """
    size = parse_size(settings.image_size)
    channels = None if settings.channels is None else int(settings.channels)
    background = settings.background or "white"
    try:
        colour_of(background)
    except ValueError as error:
        raise UserError(str(error)) from error
    if settings.image_dir:
        data = folder.load(Path(settings.image_dir), size, channels, background)
    elif settings.dataset is None:
        raise UserError("dataset: expected the name of a data set, or an image_dir; got neither.")
    elif settings.dataset == embedded_digits.NAME:
        data = embedded_digits.load(size, channels)
    else:
        from recipes.data import tfds_images  # takes 0.2 s, for which the others need not wait

        data = tfds_images.load(settings.dataset, settings.data_dir, size, channels, background)
    digits = data.name.startswith("mnist") and data.domain.shape == (28, 28, 1)
    return data._replace(default_extractor=zoo.digit_classifier) if digits else data


def load_for(settings: ImageData, about: dict[str, Any] | None) -> DataSet:
    """The images to compare an artefact's with: `load` of what `completed` gives; raises as both."""
    return load(completed(settings, about))


def completed(data: ImageData, about: dict[str, Any] | None) -> ImageData:
    """The settings, with what is None in them as an artefact says that it was trained on.

    Args:
        data: what a person gave.
        about: of `zoo.domains.Images.about`; None where the artefact does not say.

    Raises:
        UserError: it does not say what it was trained on and nobody else does.
    """
    known = {"background": ImageData(dataset=None).background}
    if about is not None:
        height, width, channels = about["shape"]
        known = {"background": about["background"], "image_size": f"{height}x{width}", "channels": str(channels)}
    if data.dataset is None and data.image_dir is None:
        known["dataset"] = trained_on(about, "image_dir", "pictures")
    return dataclasses.replace(data, **{name: value for name, value in known.items() if getattr(data, name) is None})


def parse_size(text: str | None) -> tuple[int, int] | None:
    """HEIGHTxWIDTH, or the side of a square -> (height, width).

    Raises:
        UserError: it is neither.
    """
    if text is None:
        return None
    try:
        sides = [int(side) for side in text.split("x")]
        height, width = sides * 2 if len(sides) == 1 else sides
    except ValueError:
        raise UserError(f"image_size: expected a number or HEIGHTxWIDTH, e.g. 28x28; got {text!r}.") from None
    if min(height, width) < 1:
        raise UserError(f"image_size: expected positive numbers; got {text!r}.")
    return height, width
