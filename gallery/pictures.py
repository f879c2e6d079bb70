"""Pictures that the page shows before a model is there, and of how it learned."""

import numpy as np
from PIL import Image

SHOWN = 16  # samples of a seed
SEED = 0  # of the poster: the seed that the page opens with
SIDE = 224  # of an epoch's picture: 8 x 8 digits


def labels_shown(num_classes):
    """The classes of a seed's samples where no single one was asked for."""
    return [row % num_classes for row in range(SHOWN)]


def poster(model, path):
    """Writes the samples of the first seed below each other, as 28 x 448 grey pixels."""
    asked = {"labels": labels_shown(model.num_classes)} if model.num_classes else {}
    write_grey(path, np.asarray(model.sample(SHOWN, SEED, **asked)).reshape([-1, 28]))


def write_grey(path, intensities):
    """Writes intensities [h, w] in [0, 1] as a picture without loss."""
    Image.fromarray(levels(intensities)).save(path, lossless=True)


def levels(intensities):
    """Intensities in [0, 1] -> uint8, as the page rounds them: in float32, halves to even."""
    return np.round(np.float32(255) * np.asarray(intensities, np.float32)).astype(np.uint8)


def progress(pictures, path):
    """Writes the pictures of the epochs below each other, each 224 x 224 pixels."""
    epochs = []
    for picture in pictures:
        pixels = np.asarray(Image.open(picture).convert("L"))
        step = len(pixels) // SIDE  # recipes enlarge them
        epochs.append(pixels[::step, ::step])
    Image.fromarray(np.concatenate(epochs)).save(path, lossless=True)
