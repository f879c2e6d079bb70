"""Noise: how many random numbers a row is made of, and of which kind.

Priors say what noise they turn into latents, and decoders that choose say what noise they choose by. It comes in two
ways: `at`, the same on every runtime, for sampling; and `drawn`, TensorFlow's own and faster, for training.
"""

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from zoo.numerics import philox, threefry


class Normal(NamedTuple):
    """Standard normal numbers.

    >>> Normal(3).at(tf.constant([0, 1]), index=tf.constant([5, 6])).shape
    TensorShape([2, 3])
    """

    count: int  # per row

    def at(self, seed, index, first: int = 0) -> tf.Tensor:
        """The rows `index`, int32 [n], of a seed, int32 [2]: float32 [n, count]; see `zoo.numerics.threefry`.

        `first` is the pair of numbers that a row begins with, so that two kinds of noise have nothing in common.
        """
        return threefry.normals(seed, index, self.count, first)

    def drawn(self, rows: Sequence, seed) -> tf.Tensor:
        """float32 [*rows, count] of a stateless seed, int32 [2]."""
        return philox.normals([*rows, self.count], seed)


class Uniform(NamedTuple):
    """Uniform numbers, above 0 and below 1. Its methods are those of `Normal`."""

    count: int

    def at(self, seed, index, first: int = 0) -> tf.Tensor:
        return threefry.uniforms(seed, index, self.count, first)

    def drawn(self, rows: Sequence, seed) -> tf.Tensor:
        return philox.uniforms([*rows, self.count], seed)


class NormalAndUniform(NamedTuple):
    """Standard normal numbers, then uniform ones: what a mixture of normal distributions is drawn with."""

    normals: int  # per row
    uniforms: int

    @property
    def count(self) -> int:
        """Numbers per row; an even number of normal ones, so that the uniform ones begin with a pair of their own."""
        return self.normals + self.normals % 2 + self.uniforms

    def at(self, seed, index, first: int = 0) -> tf.Tensor:
        """float32 [n, normals + uniforms]."""
        normals = Normal(self.normals)
        rest = Uniform(self.uniforms).at(seed, index, first + after(normals))
        return tf.concat([normals.at(seed, index, first), rest], axis=1)

    def drawn(self, rows: Sequence, seed) -> tf.Tensor:
        """float32 [*rows, normals + uniforms]."""
        kinds = (Normal(self.normals), Uniform(self.uniforms))
        drawn = [kind.drawn(rows, tf.random.fold_in(seed, i)) for i, kind in enumerate(kinds)]
        return tf.concat(drawn, axis=-1)


def after(noise: Normal | Uniform | NormalAndUniform) -> int:
    """The first pair of numbers of a row that comes after those of a noise that begins with pair 0."""
    return (noise.count + 1) // 2
