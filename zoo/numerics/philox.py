"""Random numbers for training: those of `tf.random.stateless_uniform` and `stateless_normal`, also under XLA.

XLA draws the same integers but makes other floats of them, so that a training would depend on its compiler. Here the
floats are made of the integers as TensorFlow's own kernels do it. Sampling has other random numbers, which runtimes
without TensorFlow can make: `zoo.numerics.threefry`.
"""

import math

import tensorflow as tf


def uniforms(shape, seed) -> tf.Tensor:
    """float32 numbers in [0, 1) of a shape, the same for the same seed, int32 [2].

    Example:

    >>> bool(tf.reduce_all(uniforms([4], [0, 1]) == tf.random.stateless_uniform([4], [0, 1], alg="philox")))
    True
    """
    return _floats(_integers(shape, seed))


def normals(shape, seed) -> tf.Tensor:
    """float32 standard normal numbers of a shape, the same for the same seed, int32 [2].

    By Box and Muller 1958, from pairs of neighbouring uniforms.

    Example:

    >>> difference = normals([1000], [0, 1]) - tf.random.stateless_normal([1000], [0, 1], alg="philox")
    >>> bool(tf.reduce_max(tf.abs(difference)) < 1e-5)
    True
    """
    count = tf.reduce_prod(shape)
    pairs = _floats(_integers([(count + 1) // 2, 2], seed))
    radius = tf.sqrt(-2.0 * tf.math.log(tf.maximum(pairs[:, 0], 1e-7)))
    angle = 2.0 * math.pi * pairs[:, 1]
    both = tf.stack([radius * tf.sin(angle), radius * tf.cos(angle)], axis=1)
    return tf.reshape(tf.reshape(both, [-1])[:count], shape)


def _integers(shape, seed):
    return tf.random.stateless_uniform(shape, seed, None, None, tf.int32, alg="philox")


def _floats(integers):
    """int32 of all bits -> float32 in [0, 1): the last 23 bits are the mantissa of a number in [1, 2)."""
    return tf.bitcast((integers & 0x7FFFFF) | 0x3F800000, tf.float32) - 1.0
