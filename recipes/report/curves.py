"""Results for the eye."""

import matplotlib

matplotlib.use("Agg")  # a recipe runs where there is no screen

import numpy as np
from matplotlib import figure
from PIL import Image


def save_grid(path, images, columns, scale=2):
    """Writes images as one picture.

    Args:
        path: a .png file.
        images: float [n, h, w, c] in [0, 1], c of 1 or 3.
        columns: images a row; the last row is filled up with black.
        scale: enlargement, a whole number.
    """
    images = np.asarray(images)
    n, height, width, channels = images.shape
    rows = -(-n // columns)
    grid = np.zeros([rows * columns, height, width, channels])
    grid[:n] = images
    grid = grid.reshape([rows, columns, height, width, channels]).swapaxes(1, 2)  # rows, h, columns, w, c
    grid = grid.reshape([rows * height, columns * width, channels])
    pixels = np.round(255 * grid).astype(np.uint8).repeat(scale, axis=0).repeat(scale, axis=1)
    Image.fromarray(pixels[..., 0] if channels == 1 else pixels).save(path)


def save_curve_over_time(path, minutes, values, label):
    """Writes a plot of one positive figure, on a logarithmic scale, over the minutes of a training.

    Args:
        path: a .png file.
        minutes, values: one of each an epoch.
        label: of the values, with the unit.
    """
    canvas = figure.Figure(figsize=(7, 4), layout="constrained")
    axes = canvas.subplots()
    axes.semilogy(minutes, values, marker=".")
    axes.set(xlabel="minutes of training", ylabel=label)
    axes.grid(alpha=0.3, which="both")
    canvas.savefig(path, dpi=120)


def save_learning_curve(path, history, ylabel):
    """Writes a plot of one or more curves.

    Args:
        path: a .png file.
        history: {label: values}, one value an epoch.
        ylabel: with the unit.
    """
    canvas = figure.Figure(figsize=(7, 4), layout="constrained")
    axes = canvas.subplots()
    for label, values in history.items():
        axes.plot(range(1, len(values) + 1), values, marker=".", label=label)
    axes.set(xlabel="epoch", ylabel=ylabel)
    if all(len(values) > 2 for values in history.values()):
        # The first epoch's mean holds the untrained model; on its scale nothing else could be seen.
        later = [value for values in history.values() for value in values[1:]]
        margin = 0.1 * (max(later) - min(later))
        axes.set_ylim(min(later) - margin, max(later) + margin)
    axes.grid(alpha=0.3)
    axes.legend()
    canvas.savefig(path, dpi=120)
