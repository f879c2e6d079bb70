"""Measuring memorization: whether samples are copies of training items, or nearer to them than new data are."""

from typing import NamedTuple

import numpy as np

ROWS, COLUMNS = 16, 4096  # items compared at once: 64 kB of one-byte results, which stay in a processor's cache


class Memorization(NamedTuple):
    """Shares in [0, 1]; a model that repeats its data is above the floor, the same numbers of held-out items."""

    copies: float  # of the samples, those that are equal to a training item
    nearer: float  # of the samples, those nearer to a training item than the median of the held-out items is
    held_out_copies: float
    held_out_nearer: float  # below a half where several held-out items are just as far as the median
    held_out_distance: float  # that median: of how many entries differ from the nearest training item


def estimate_memorization(samples, training, held_out) -> Memorization:
    """How many samples are copies of training items, and how many are nearer to one than new data are.

    Near is what differs in few entries: the distance of an item is the smallest number of entries in which it differs
    from a training item (Hamming distance). Leave transposed or otherwise augmented copies in `training` if samples may
    be copies of them. Time grows with (n + k) m, memory does not: 2,000 samples and as many held-out items of 32
    entries against 300,000 take some seconds.

    Args:
        samples: whole numbers [n, ...].
        training: whole numbers [m, ...], the same axes after the first.
        held_out: whole numbers [k, ...], of the same kind as `training`, but not of it.

    Returns:
        `Memorization`.

    Raises:
        ValueError: an array is not of whole numbers or is empty, or the shapes of the items differ.

    Example:

    >>> training = np.array([[60, -2, 62, -2], [60, 62, 64, 65]])
    >>> held_out = np.array([[60, -2, 64, -2], [72, 71, 69, 67]])
    >>> estimate_memorization(training[:1], training, held_out)
    Memorization(copies=1.0, nearer=1.0, held_out_copies=0.0, held_out_nearer=0.5, held_out_distance=2.5)
    """
    training, samples, held_out = _codes(training=training, samples=samples, held_out=held_out)
    distances, floor = (_nearest_distances(items, training) for items in (samples, held_out))
    median = float(np.median(floor))
    return Memorization(
        copies=float(np.mean(distances == 0)),
        nearer=float(np.mean(distances < median)),
        held_out_copies=float(np.mean(floor == 0)),
        held_out_nearer=float(np.mean(floor < median)),
        held_out_distance=median,
    )


def _nearest_distances(items, training):
    """[n, entries] and [m, entries] -> how many entries of each item differ from the nearest training item; [n]."""
    entries = items.shape[1]
    count = np.min_scalar_type(entries)
    nearest = np.full(len(items), entries)
    columns = [
        np.ascontiguousarray(training[start : start + COLUMNS].T) for start in range(0, len(training), COLUMNS)
    ]  # one row an entry: a processor compares many training items with one number at once
    for start in range(0, len(items), ROWS):
        rows = items[start : start + ROWS]
        for part in columns:
            different = np.zeros([len(rows), part.shape[1]], count)
            for entry in range(entries):
                different += rows[:, entry, None] != part[entry]
            nearest[start : start + ROWS] = np.minimum(nearest[start : start + ROWS], different.min(axis=1))
    return nearest


def _codes(**arrays):
    """Arrays of whole numbers [n, ...] -> [n, entries], in the smallest type that holds all their differences."""
    arrays = {name: np.asarray(values) for name, values in arrays.items()}
    shape = next(iter(arrays.values())).shape[1:]
    for name, values in arrays.items():
        if values.ndim < 2 or 0 in values.shape or not np.issubdtype(values.dtype, np.integer):
            raise ValueError(
                f"{name}: expected whole numbers [n, ...], at least one; got {values.dtype} {list(values.shape)}."
            )
        if values.shape[1:] != shape:
            raise ValueError(
                f"{name}: expected items of the shape {list(shape)}, as in training; got {list(values.shape[1:])}."
            )
    lowest = min(int(values.min()) for values in arrays.values())
    highest = max(int(values.max()) for values in arrays.values())
    smallest = np.min_scalar_type(highest - lowest)
    return [
        (values.astype(np.int64) - lowest).astype(smallest).reshape([len(values), -1]) for values in arrays.values()
    ]
