import keras
import numpy as np
import pytest
import tensorflow as tf

import zoo


@pytest.fixture
def layer():
    layer = zoo.layers.ConditionalBatchNormalization(3)
    layer.build([[None, 2, 2, 4], [None]])
    layer.scale.set_weights([np.array([[1] * 4, [2] * 4, [3] * 4], np.float32)])
    layer.offset.set_weights([np.array([[0] * 4, [5] * 4, [7] * 4], np.float32)])
    return layer


def test_statistics_of_the_batch_then_scale_and_offset_of_the_class(layer):
    x = np.random.default_rng(0).normal(3, 2, size=[6, 2, 2, 4]).astype(np.float32)
    labels = np.array([0, 1, 2, 0, 1, 2])
    normalized = (x - x.mean(axis=(0, 1, 2))) / np.sqrt(x.var(axis=(0, 1, 2)) + 1e-3)
    scale, offset = np.array([1, 2, 3])[labels], np.array([0, 5, 7])[labels]
    expected = normalized * scale[:, None, None, None] + offset[:, None, None, None]
    np.testing.assert_allclose(layer([x, tf.constant(labels)], training=True), expected, atol=1e-4)


def test_moving_statistics_where_nothing_is_trained(layer):
    x, labels = tf.ones([2, 2, 2, 4]), tf.constant([0, 1])
    before = layer([x, labels])
    np.testing.assert_allclose(before[0], 1 / np.sqrt(1 + 1e-3), atol=1e-5)  # mean 0, variance 1 at first
    for _ in range(200):
        layer([3 * x, labels], training=True)
    np.testing.assert_allclose(layer([3 * x, labels])[1], 5, atol=1e-3)


def test_config_and_weights_survive_saving(layer, tmp_path):
    x, labels = keras.Input([2, 2, 4]), keras.Input([], dtype="int32")
    model = keras.Model([x, labels], layer([x, labels]))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    inputs = [tf.random.stateless_normal([3, 2, 2, 4], [0, 1]), tf.constant([0, 1, 2])]
    np.testing.assert_allclose(model(inputs), loaded(inputs))


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_the_fused_layer_is_that_of_keras(affine, dtype):
    settings = {"momentum": 0.5, "center": affine, "scale": affine, "dtype": dtype}
    ours, keras_own = zoo.layers.BatchNormalization(**settings), keras.layers.BatchNormalization(**settings)
    x = tf.random.stateless_normal([64, 5, 5, 3], [0, 1]) * [1.0, 2.0, 3.0] + [0.0, 3.0, -1.0]
    towards = tf.random.stateless_normal(x.shape, [0, 2])
    results = []
    for layer in (ours, keras_own):
        layer.build(x.shape)
        layer.set_weights([weight + 0.1 * i for i, weight in enumerate(layer.get_weights(), start=1)])
        with tf.GradientTape() as tape:
            tape.watch(x)
            trained = layer(x, training=True)
            loss = tf.reduce_sum(tf.cast(trained, tf.float32) * towards)
        gradients = tape.gradient(loss, [x, *layer.trainable_variables])
        results.append([trained, *gradients, *layer.get_weights(), layer(x)])
    for actual, expected in zip(*results):
        assert actual.dtype == expected.dtype
        actual, expected = (np.asarray(value, np.float32) for value in (actual, expected))
        # bfloat16 has 8 bits, and sums of 1600 such numbers fewer.
        tolerance = 1e-4 if dtype == "float32" else 2e-2 * np.abs(expected).max()
        np.testing.assert_allclose(actual, expected, atol=tolerance, rtol=1e-5)
