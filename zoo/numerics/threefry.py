"""Random numbers that are the same on every runtime.

TFLite's random ops take no seed at run time and TensorFlow's stateless ones do not convert to TFLite
built-ins, so the zoo draws its latents from a counter-based generator made of integer ops that every
runtime has: Threefry-2x32 with 20 rounds (Salmon et al. 2011, "Parallel random numbers: as easy as
1, 2, 3"), then Box-Muller for normals. Row i of a draw depends on `(seed, index[i])` alone: a prefix of a
larger batch, a shuffled batch and a single row are all exact.

Example:

>>> seed = tf.constant([0, 7])
>>> normals(seed, tf.constant([0, 1, 2]), 5).shape
TensorShape([3, 5])
"""

import math

import tensorflow as tf

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_KEY_PARITY = 0x1BD11BDA


def threefry2x32(key, counter):
    """Encrypts `counter` under `key`; 20 rounds.

    Only ADD, SUB, MUL, XOR and the arithmetic right shift on int32 are used, because TFLite has no AND, OR,
    NOT or left shift, and an independent runtime returned wrong bits for uint32.

    Args:
        key: a pair of int32 tensors.
        counter: a pair of int32 tensors that broadcast against the key.

    Returns:
        A pair of int32 tensors of the broadcast shape, each uniform over all 2^32 bit patterns.
    """
    keys = (key[0], key[1], key[0] ^ key[1] ^ _KEY_PARITY)
    x0, x1 = counter[0] + keys[0], counter[1] + keys[1]
    for group in range(5):
        for rotation in _ROTATIONS[group % 2]:
            x0 = x0 + x1
            x1 = _rotate_left(x1, rotation) ^ x0
        x0 = x0 + keys[(group + 1) % 3]
        x1 = x1 + (keys[(group + 2) % 3] + (group + 1))
    return x0, x1


def uniforms(seed, index, count, first=0):
    """`count` uniform numbers per row, each strictly between 0 and 1.

    Args:
        seed: int32 tensor of shape [2].
        index: int32 tensor of shape [n], the rows asked for.
        count: how many columns; a Python integer.
        first: the pair of columns to begin with; a Python integer.

    Returns:
        float32 tensor of shape [n, count]; columns 2j and 2j+1 come from the counter (index, first + j).
    """
    evens, odds = _uniform_pairs(seed, index, count, first)
    return _interleave(evens, odds, count)


def normals(seed, index, count, first=0):
    """`count` standard normal numbers per row, by Box-Muller on pairs of uniforms.

    Args and returns as for `uniforms`. The largest magnitude that can occur is 5.9.
    """
    evens, odds = _uniform_pairs(seed, index, count, first)
    radius = tf.sqrt(-2.0 * tf.math.log(evens))
    angle = (2.0 * math.pi) * odds
    return _interleave(radius * tf.cos(angle), radius * tf.sin(angle), count)


def _uniform_pairs(seed, index, count, first):
    columns = tf.range(first, first + (count + 1) // 2, dtype=tf.int32)
    words = threefry2x32((seed[0], seed[1]), (index[:, tf.newaxis], columns[tf.newaxis, :]))
    return _to_uniform(words[0]), _to_uniform(words[1])


def _interleave(even, odd, count):
    pairs = tf.stack([even, odd], axis=-1)
    width = 2 * pairs.shape[1]
    return tf.reshape(pairs, [-1, width])[:, :count]  # [n, pairs, 2] -> [n, count]


def _to_uniform(word):
    # (m + 1/2) / 2^24 with m the upper 24 bits, which the shift takes for a signed number: less 1 where it is negative.
    # For m = 2^24 - 1 float32 rounds it to 1, hence the minimum.
    shifted = (tf.cast(tf.bitwise.right_shift(word, 8), tf.float32) + 0.5) * 2.0**-24
    return tf.minimum(shifted - tf.floor(shifted), 1.0 - 2.0**-24)


def _rotate_left(x, bits):
    # x 2^bits plus the logical shift of x to the right, which is the arithmetic one less `sign` 2^bits. In TFLite each
    # operation costs, and subtractions least.
    sign = tf.bitwise.right_shift(x, 31)  # 0 or -1
    return tf.bitwise.right_shift(x, 32 - bits) - (sign - x) * (1 << bits)
