import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

import zoo
from zoo.networks import stylegan

STYLE_DIM = 4
NOISE = 7 * 7 + 14 * 14 + 28 * 28


def normal(*shape, seed=0):
    return tf.random.stateless_normal(shape, [seed, 1])


def make_generator(**arguments):
    """A tiny one, in which nothing is at an initial value that would hide it."""
    keras.utils.set_random_seed(0)
    generator = stylegan.generator([28, 28, 1], STYLE_DIM, width=4, **arguments)
    for weight in generator.weights:
        weight.assign_add(0.3 * tf.random.stateless_normal(weight.shape, [3, 4]))
    return generator


def strengths(generator):
    return [weight for weight in generator.weights if weight.path.endswith("strength")]


@pytest.mark.parametrize("size", [1, 3])
def test_demodulation_is_that_of_the_kernel_of_each_example(size):
    layer = stylegan.ModulatedConv2D(6, size)
    x, style = normal(3, 9, 8, 5), 2.0 * normal(3, 4, seed=1)
    layer.build([x.shape, style.shape])
    layer.affine.bias.assign(normal(5))
    output = layer([x, style])
    scales = style.numpy() @ layer.affine.kernel.numpy() + layer.affine.bias.numpy()
    for i in range(3):
        kernel = layer.kernel.numpy() * scales[i][:, None]  # equation 1
        kernel /= np.sqrt(np.sum(kernel**2, axis=(0, 1, 2)) + 1e-8)  # equation 3
        np.testing.assert_allclose(output[i], tf.nn.conv2d(x[i : i + 1], kernel, 1, "SAME")[0], atol=1e-5)


@pytest.mark.parametrize("scale", [0.0, 1.0, 20.0])
@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
def test_outputs_are_of_unit_variance_whatever_the_style(scale, policy):
    keras.utils.set_random_seed(0)
    layer = stylegan.ModulatedConv2D(64, dtype=policy)
    output = tf.cast(layer([normal(4, 18, 18, 32), scale * normal(4, 8, seed=1)]), tf.float32)
    inner = output[:, 1:-1, 1:-1]  # at the edge there are zeros among the inputs
    np.testing.assert_allclose(np.var(inner, axis=(1, 2, 3)), 1, rtol=0.1)


def test_a_style_of_zeros_scales_by_one_at_first():
    layer = stylegan.ModulatedConv2D(3)
    x = normal(2, 5, 5, 2)
    output = layer([x, tf.zeros([2, 4])])
    kernel = layer.kernel.numpy() / np.sqrt(np.sum(layer.kernel.numpy() ** 2, axis=(0, 1, 2)))
    np.testing.assert_allclose(output, tf.nn.conv2d(x, kernel, 1, "SAME"), atol=1e-5)


def test_bfloat16_is_near_float32():
    layer = stylegan.ModulatedConv2D(8, dtype="mixed_bfloat16")
    exact = stylegan.ModulatedConv2D(8)
    x, style = normal(2, 6, 6, 256), 3.0 * normal(2, 4, seed=1)
    output = layer([x, style])
    exact([x, style])
    exact.set_weights(layer.get_weights())
    assert output.dtype == tf.bfloat16
    np.testing.assert_allclose(tf.cast(output, tf.float32), exact([x, style]), atol=0.05)


def test_noise_bias_and_activation():
    layer = stylegan.NoisyActivation()
    x, noise = normal(2, 3, 3, 4), normal(2, 3, 3, 1, seed=1)
    np.testing.assert_allclose(layer([x, noise]), np.sqrt(2) * np.where(x > 0, x, 0.2 * x), rtol=1e-5)
    layer.strength.assign(0.7)
    layer.bias.assign([1.0, 2.0, -1.0, 0.0])
    y = x + 0.7 * noise + np.array([1, 2, -1, 0], np.float32)
    np.testing.assert_allclose(layer([x, noise]), np.sqrt(2) * np.where(y > 0, y, 0.2 * y), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("shape", "noise"),
    [
        ([28, 28, 1], NOISE),
        ([32, 32, 3], 64 + 256 + 1024),
        ([20, 30, 1], 5 * 8 + 10 * 16 + 20 * 32),
        ([8, 8, 1], 16 + 64),
        ([30, 17, 3], 15 * 9 + 30 * 18),
    ],
)
def test_any_size(shape, noise):
    generator = stylegan.generator(shape, STYLE_DIM, width=4)
    assert generator.inputs[0].shape[-1] == STYLE_DIM + noise
    images = generator(normal(2, STYLE_DIM + noise))
    assert images.shape == [2, *shape]
    assert 0 <= np.min(images) < np.max(images) <= 1
    assert zoo.networks.dcgan.discriminator(shape, width=4)(images).shape == [2, 1]


def test_sizes_that_are_too_small():
    with pytest.raises(ValueError, match=r"image_shape: expected sides of at least 8; got \(7, 28, 1\)"):
        stylegan.generator([7, 28, 1], STYLE_DIM)


def test_channels_double_with_each_halving():
    generator = stylegan.generator([28, 28, 1], STYLE_DIM, width=4)
    outputs = [layer.output.shape[1:] for layer in generator.layers if isinstance(layer, stylegan.NoisyActivation)]
    assert outputs == [(7, 7, 16), (14, 14, 8), (28, 28, 4)]


def test_noise_is_silent_at_first():
    generator = stylegan.generator([28, 28, 1], STYLE_DIM, width=4)
    style = normal(2, STYLE_DIM)
    images = [generator(tf.concat([style, normal(2, NOISE, seed=seed)], axis=1)) for seed in (1, 2)]
    np.testing.assert_array_equal(*images)


@pytest.mark.parametrize("level", [0, 1, 2])
def test_each_strength_is_that_of_the_map_of_its_resolution(level):
    generator = make_generator()
    for i, strength in enumerate(strengths(generator)):
        strength.assign(0.5 * (i == level))
    ends = STYLE_DIM + np.cumsum([0, 7 * 7, 14 * 14, 28 * 28])
    latents = normal(1, STYLE_DIM + NOISE)
    images = generator(latents)
    for i, (start, end) in enumerate(itertools.pairwise(ends)):
        others = tf.concat([latents[:, :start], normal(1, end - start, seed=5), latents[:, end:]], axis=1)
        assert (np.abs(generator(others) - images).max() > 1e-4) == (i == level)


def test_a_number_of_noise_is_of_one_place():
    generator = make_generator()
    latents = normal(1, STYLE_DIM + NOISE).numpy()
    images = generator(latents).numpy()
    latents[0, -28 * 28 + 28 * 3 + 20] += 5.0  # row 3, column 20 of the largest map
    changed = np.argwhere(np.abs(generator(latents).numpy() - images)[0, :, :, 0] > 0)
    assert changed.min(axis=0).tolist() == [2, 19]
    assert changed.max(axis=0).tolist() == [4, 21]


def test_the_style_changes_the_image_and_rows_are_by_themselves():
    generator = make_generator()
    noise = tf.tile(normal(1, NOISE), [3, 1])
    latents = tf.concat([normal(3, STYLE_DIM), noise], axis=1)
    images = generator(latents)
    assert np.abs(images[1:] - images[:1]).max(axis=(1, 2, 3)).min() > 1e-3
    np.testing.assert_allclose(generator(latents[1:2]), images[1:2], atol=1e-6)


def test_the_class_changes_the_image():
    generator = make_generator(num_classes=3)
    latents = tf.tile(normal(1, STYLE_DIM + NOISE), [3, 1])
    images = generator([latents, tf.constant([0, 1, 2])])
    assert min(np.abs(images[i] - images[j]).max() for i, j in [(0, 1), (1, 2), (2, 0)]) > 1e-3


def test_bfloat16_trains_and_float32_is_what_is_kept():
    generator = make_generator(dtype="mixed_bfloat16")
    latents = normal(3, STYLE_DIM + NOISE)
    exact = zoo.in_float32(generator)
    assert all(layer.compute_dtype == "float32" for layer in exact.layers)
    images = generator(latents)
    assert images.dtype == tf.float32
    np.testing.assert_allclose(images, exact(latents), atol=0.05)
    np.testing.assert_array_equal(exact(latents), make_generator()(latents))


@pytest.fixture
def gan():
    keras.utils.set_random_seed(0)
    discriminator = zoo.networks.dcgan.discriminator([28, 28, 1], width=4)
    gan = zoo.GAN(
        stylegan.generator([28, 28, 1], STYLE_DIM, width=4), discriminator, penalties=[zoo.penalties.R1(every=1)]
    )
    gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
    return gan


def test_truncation_acts_on_the_style(gan):
    full, half, none = (gan.sample_at([0, 1], range(3), temperature) for temperature in (1.0, 0.5, 0.0))
    assert np.abs(full - half).max() > 1e-3
    np.testing.assert_array_equal(none[:1], none[1:2])
    assert np.var(full, axis=0).mean() > np.var(half, axis=0).mean() > 0
