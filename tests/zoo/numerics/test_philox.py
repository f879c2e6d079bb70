"""Random numbers for training are TensorFlow's own, and the same whichever compiler a training has."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.numerics import philox

SHAPES = [[1], [7], [3, 5, 2], [2, 1000]]


@pytest.mark.parametrize("shape", SHAPES)
def test_they_are_tensorflows(shape):
    seed = [3, 4]
    np.testing.assert_array_equal(philox.uniforms(shape, seed), tf.random.stateless_uniform(shape, seed, alg="philox"))
    np.testing.assert_allclose(
        philox.normals(shape, seed), tf.random.stateless_normal(shape, seed, alg="philox"), atol=1e-5
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_xla_draws_the_same(shape):
    seed = tf.Variable([3, 4])  # of a constant, TensorFlow would draw before XLA sees it

    def drawn():
        return philox.uniforms(shape, seed), philox.normals(shape, seed)

    for plain, compiled in zip(tf.function(drawn)(), tf.function(drawn, jit_compile=True)()):
        np.testing.assert_allclose(plain, compiled, atol=1e-5)


def test_shapes_may_be_known_late():
    late = tf.function(lambda n: philox.normals([2, n, 3], [0, 1]), input_signature=[tf.TensorSpec([], tf.int32)])
    np.testing.assert_array_equal(late(5), philox.normals([2, 5, 3], [0, 1]))
    assert late.get_concrete_function().output_shapes.as_list() == [2, None, 3]
