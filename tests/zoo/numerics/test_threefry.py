import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from zoo.numerics import threefry

SEED = tf.constant([7, -3])


def int32(word):
    return tf.constant(np.uint32(word).view(np.int32))


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [  # the published answers of the Random123 library
        ((0x00000000, 0x00000000), (0x00000000, 0x00000000), (0x6B200159, 0x99BA4EFE)),
        ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
        ((0x243F6A88, 0x85A308D3), (0x13198A2E, 0x03707344), (0xC4923A9C, 0x483DF7A0)),
    ],
)
def test_known_answers(counter, key, expected):
    words = threefry.threefry2x32([int32(k) for k in key], [int32(c) for c in counter])
    assert tuple(int(word.numpy().view(np.uint32)) for word in words) == expected


def test_a_row_depends_on_seed_and_index_alone():
    many = threefry.normals(SEED, tf.range(100), 5).numpy()
    np.testing.assert_array_equal(threefry.normals(SEED, tf.constant([70, 3]), 5), many[[70, 3]])
    # More columns leave the first ones as they were.
    np.testing.assert_array_equal(threefry.normals(SEED, tf.range(100), 6)[:, :5], many)


@pytest.mark.parametrize("other", [[8, -3], [7, -2]])
def test_each_half_of_the_seed_changes_the_numbers(other):
    a = threefry.uniforms(SEED, tf.range(50), 4).numpy()
    b = threefry.uniforms(tf.constant(other), tf.range(50), 4).numpy()
    assert np.all(a != b)


def test_uniforms_by_formula():
    first, second = threefry.threefry2x32((SEED[0], SEED[1]), (tf.constant(5), tf.constant(1)))
    upper = np.array([first, second]).view(np.uint32) >> 8
    expected = (upper + 0.5) * 2.0**-24
    np.testing.assert_allclose(threefry.uniforms(SEED, tf.constant([5]), 4)[0, 2:], expected, rtol=1e-6)


def test_uniforms_stay_inside_the_open_interval():
    extreme = threefry._to_uniform(tf.constant([0, -1, 255, -(2**31)])).numpy()
    assert np.all(extreme > 0)
    assert np.all(extreme < 1)


def test_a_million_normals():
    rows, columns = 100_000, 10
    x = threefry.normals(SEED, tf.range(rows), columns).numpy().astype(np.float64)
    n = x.size
    assert abs(x.mean()) < 4 / np.sqrt(n)
    assert abs(x.var() - 1) < 4 * np.sqrt(2 / n)
    assert abs((x**3).mean()) < 4 * np.sqrt(15 / n)
    assert abs((x**4).mean() - 3) < 4 * np.sqrt(96 / n)
    for tail in (2.0, 3.0, 4.0):
        p = 2 * stats.norm.sf(tail)
        assert abs((abs(x) > tail).mean() - p) < 4 * np.sqrt(p / n)
    assert stats.kstest(x.ravel(), "norm").pvalue > 1e-4
    # between columns, neighbouring rows, and neighbouring seeds
    limit = 5 / np.sqrt(rows)
    assert np.abs(np.corrcoef(x.T) - np.eye(columns)).max() < limit
    assert np.abs([np.corrcoef(x[:-1, j], x[1:, j])[0, 1] for j in range(columns)]).max() < limit
    other = threefry.normals(SEED + [0, 1], tf.range(rows), columns).numpy()
    assert np.abs([np.corrcoef(x[:, j], other[:, j])[0, 1] for j in range(columns)]).max() < limit
    # Box-Muller's two halves share a radius; their squares would betray a mistake in the angle.
    squares = x**2
    assert np.abs(np.corrcoef(squares.T) - np.eye(columns)).max() < limit
