import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from zoo.layers.spectral_normalization import SpectralNormalization

KINDS = pytest.mark.parametrize(
    "make", [lambda: layers.Dense(5), lambda: layers.Conv2D(5, 3, padding="same")], ids=["dense", "convolution"]
)


def settled(layer, x, calls=600):
    """The layer, normalized, after many power iterations; its bias is not 0."""
    keras.utils.set_random_seed(0)
    normalized = SpectralNormalization(layer)
    for _ in range(calls):
        normalized(x, training=True)
    layer.bias.assign(tf.random.stateless_normal([5], [1, 2]))
    return normalized


def inputs():
    return tf.random.stateless_normal([4, 6, 6, 3], [0, 1])


@KINDS
def test_it_computes_with_the_kernel_divided_by_its_largest_singular_value(make):
    x, layer, plain = inputs(), make(), make()
    normalized = settled(layer, x)
    before = layer.kernel.numpy()
    plain.build(x.shape)
    largest = np.linalg.svd(before.reshape([-1, 5]), compute_uv=False)[0]
    plain.set_weights([before / largest, layer.bias])
    np.testing.assert_allclose(normalized(x), plain(x), atol=1e-5)
    np.testing.assert_allclose(normalized(x, training=True), normalized(x), atol=1e-5)
    np.testing.assert_array_equal(layer.kernel, before)  # Keras's own would divide it


@KINDS
def test_its_gradient_is_that_through_the_singular_value(make):
    x, layer = inputs(), make()
    normalized = settled(layer, x)

    def loss():
        return tf.reduce_sum(tf.sin(normalized(x)))

    with tf.GradientTape() as tape:
        value = loss()
    gradient = tape.gradient(value, layer.kernel.value)
    # The size of the kernel does not matter, so the gradient has no part along it,
    assert abs(np.vdot(gradient, layer.kernel)) < 1e-3 * np.linalg.norm(gradient) * np.linalg.norm(layer.kernel)
    # and in another direction it is that of a small difference.
    kernel, small = layer.kernel.numpy(), 1e-2
    along = np.random.default_rng(0).normal(size=kernel.shape).astype(np.float32)
    ends = []
    for sign in (1, -1):
        layer.kernel.assign(kernel + sign * small * along)
        for _ in range(200):
            normalized(x, training=True)
        ends.append(float(loss()))
    assert (ends[0] - ends[1]) / (2 * small) == pytest.approx(float(np.vdot(gradient, along)), rel=0.02)


def test_only_training_looks_for_the_singular_value():
    normalized = SpectralNormalization(layers.Dense(5))
    x = inputs()
    first = normalized(x).numpy()
    np.testing.assert_array_equal(normalized(x), first)
    normalized(x, training=True)
    assert np.any(normalized(x) != first)


def test_it_is_saved_with_what_it_has_found(tmp_path):
    x = inputs()
    normalized = settled(layers.Conv2D(5, 3), x, calls=3)
    model = keras.Sequential([keras.Input(x.shape[1:]), normalized])
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "model.keras")(x), model(x))


def test_a_layer_with_an_activation_is_refused():
    with pytest.raises(ValueError, match="layer: expected one without an activation; got relu"):
        SpectralNormalization(layers.Dense(5, activation="relu"))
