"""Whole numbers that stand for something, pitches say, as the classes 0, 1, ... of a categorical distribution."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf


class Alphabet:
    """Some whole numbers, rising; the class of a number is its place among them.

    Args:
        values: the numbers, rising; or how many there are, which stands for 0, 1, 2, ...

    Raises:
        ValueError: there are fewer than two, or they do not rise; one line.

    Example:

    >>> notes = Alphabet([-2, -1, 60, 62])
    >>> notes.classes(tf.constant([62, -2, 61])).numpy()  # the last is none of them
    array([ 3,  0, -1], dtype=int32)
    >>> notes.numbers(tf.constant([3, 0])).numpy()
    array([62, -2], dtype=int32)
    """

    def __init__(self, values: int | Sequence[int]):
        self.values = tuple(range(values)) if isinstance(values, int | np.integer) else tuple(map(int, values))
        if len(self.values) < 2 or any(a >= b for a, b in zip(self.values, self.values[1:])):
            raise ValueError(f"values: expected at least two whole numbers, rising; got {_shortened(values)}.")

    def __len__(self):
        return len(self.values)

    @property
    def value_range(self) -> tuple[int, int]:
        """The least and the largest."""
        return self.values[0], self.values[-1]

    @property
    def has_gaps(self) -> bool:
        """Whether there are other whole numbers between the least and the largest."""
        return self.values[-1] - self.values[0] >= len(self)

    def classes(self, numbers: tf.Tensor) -> tf.Tensor:
        """int32 [...] -> their classes, int32 [...]; -1 for what is none of the numbers."""
        before = self.values[0] - 1
        places = np.full(self.values[-1] - before + 2, -1, np.int32)  # also for one number below and one above
        places[np.asarray(self.values) - before] = np.arange(len(self))
        return tf.gather(tf.constant(places), tf.clip_by_value(numbers, before, self.values[-1] + 1) - before)

    def numbers(self, classes: tf.Tensor) -> tf.Tensor:
        """Classes, int32 [...] -> the numbers that they stand for, int32 [...]."""
        if not self.has_gaps:
            return classes + self.values[0] if self.values[0] else classes
        return tf.gather(tf.constant(self.values, tf.int32), classes)

    def one_hot(self, numbers: tf.Tensor) -> tf.Tensor:
        """int32 [...] -> float32 [..., classes]; all zeros for what is none of the numbers."""
        return tf.one_hot(self.classes(numbers), len(self))


def as_text(values: Sequence[int]) -> str:
    """Whole numbers, rising, for a person: "-2, -1 or 48 to 84"."""
    runs = []
    for value in values:
        if runs and value == runs[-1][1] + 1:
            runs[-1][1] = value
        else:
            runs.append([value, value])
    words = [str(a) if a == b else f"{a}, {b}" if b == a + 1 else f"{a} to {b}" for a, b in runs]
    return f"{', '.join(words[:-1])} or {words[-1]}" if words[1:] else words[0]


def _shortened(values):
    text = str(values)
    return text if len(text) < 60 else f"{text[:57]}..."
