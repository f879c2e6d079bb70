"""Work that the replicas of a strategy share."""

import numpy as np
import pytest
import tensorflow as tf

from recipes.machines.workers import as_the_first, split_work


def squares(asked):
    """Work that writes down what it was asked for."""

    def work(positions):
        asked.append(len(positions))
        return np.stack([positions, positions**2], axis=1).astype(np.float32)

    return work


@pytest.mark.parametrize(("replicas", "parts"), [(1, [10]), (2, [5, 5]), (4, [3, 3, 3, 3])])
def test_replicas_share_the_work(replicas, parts):
    devices, reduction = [f"CPU:{i}" for i in range(replicas)], tf.distribute.ReductionToOneDevice()
    strategy = tf.distribute.MirroredStrategy(devices, cross_device_ops=reduction)
    asked = []
    rows = split_work(strategy, 10, squares(asked))
    assert asked == parts
    np.testing.assert_array_equal(rows, [[i, i * i] for i in range(10)])


def test_alone_one_does_it_all():
    asked = []
    rows = split_work(tf.distribute.get_strategy(), 3, squares(asked))
    assert asked == [3]
    np.testing.assert_array_equal(rows, [[0, 0], [1, 1], [2, 4]])


def test_alone_one_is_the_first():
    assert as_the_first(tf.distribute.get_strategy(), 500) == 500
