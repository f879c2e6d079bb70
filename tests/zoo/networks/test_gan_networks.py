from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf

import zoo

FAMILIES = pytest.mark.parametrize("family", [zoo.networks.dcgan, zoo.networks.sngan], ids=["dcgan", "sngan"])


@FAMILIES
@pytest.mark.parametrize("shape", [[28, 28, 1], [32, 32, 3], [8, 8, 1], [30, 17, 3], [64, 64, 3]])
def test_any_size(family, shape):
    images = family.generator(shape, latent_dim=4, width=4)(tf.random.stateless_normal([2, 4], [0, 1]))
    assert images.shape == [2, *shape]
    assert 0 <= np.min(images) < np.max(images) <= 1
    assert family.discriminator(shape, width=4)(images).shape == [2, 1]


def test_sizes_that_are_too_small():
    with pytest.raises(ValueError, match=r"image_shape: expected sides of at least 8; got \(7, 28, 1\)"):
        zoo.networks.dcgan.generator([7, 28, 1], latent_dim=4)


@FAMILIES
def test_outputs_are_float32_under_any_policy(family):
    generator = family.generator([28, 28, 1], 4, width=4, dtype="mixed_bfloat16")
    discriminator = family.discriminator([28, 28, 1], width=4, num_auxiliary=3, dtype="mixed_bfloat16")
    images = generator(tf.zeros([2, 4]))
    assert images.dtype == tf.float32
    assert [(output.dtype, output.shape[-1]) for output in discriminator(images)] == [(tf.float32, 1), (tf.float32, 3)]


@FAMILIES
def test_the_discriminator_judges_images_one_by_one(family):
    discriminator = family.discriminator([28, 28, 1], width=4)
    images = tf.random.stateless_uniform([4, 28, 28, 1], [0, 1])
    np.testing.assert_allclose(discriminator(images)[:1], discriminator(images[:1]), atol=1e-6)


@FAMILIES
def test_the_discriminator_joins_what_is_far_apart(family):
    # In a sum over places, what one pixel adds would not depend on another that is far away.
    discriminator = family.discriminator([28, 28, 1], width=8)
    images = np.full([4, 28, 28, 1], 0.5, np.float32)
    images[[1, 3], 1:4, 1:4] = images[[2, 3], 24:27, 24:27] = 1.0
    neither, one, other, both = np.squeeze(discriminator(images))
    assert abs(both - one - other + neither) > 1e-5 * np.ptp([neither, one, other, both])


@FAMILIES
def test_the_projection_is_linear_in_the_embedding_of_the_label(family):
    discriminator = family.discriminator([28, 28, 1], width=4, num_classes=10)
    images, labels = tf.random.stateless_uniform([4, 28, 28, 1], [0, 1]), tf.constant([0, 1, 2, 3])
    (embedding,) = [w for w in discriminator.trainable_variables if w.shape[0] == 10]
    logits = discriminator([images, labels])
    embedding.assign(tf.zeros_like(embedding))
    without = discriminator([images, labels])
    embedding.assign(tf.zeros_like(embedding))
    assert np.ptp(discriminator([images[:1], labels[:1]]) - discriminator([images[:1], labels[1:2]])) == 0
    assert np.abs(logits - without).max() > 1e-6


def scaled(discriminator, image_shape):
    """Its logits with the kernels as they are, and with kernels of three times that; the biases are 0."""
    images = tf.random.stateless_uniform([4, *image_shape], [0, 1])
    logits = []
    for scale in (1.0, 3.0):
        for weight in discriminator.trainable_variables:
            weight.assign(scale * weight if weight.path.endswith("kernel") else tf.zeros_like(weight))
        logits.append(discriminator(images).numpy())
    return logits


@pytest.mark.parametrize(
    "network",
    [partial(zoo.networks.dcgan.discriminator, spectral=True), zoo.networks.sngan.discriminator],
    ids=["dcgan", "sngan"],
)
def test_spectral_normalization_is_of_every_layer(network):
    discriminator = network([28, 28, 1], width=4)
    discriminator(tf.zeros([1, 28, 28, 1]), training=True)
    one, three = scaled(discriminator, [28, 28, 1])
    np.testing.assert_allclose(one, three, rtol=1e-4)


def test_without_spectral_normalization_the_size_of_the_kernels_counts():
    one, three = scaled(zoo.networks.dcgan.discriminator([28, 28, 1], width=4), [28, 28, 1])
    assert np.all(np.abs(three) > 3 * np.abs(one))


def test_without_classes_the_generator_bends_its_latents():
    # Before the first image all is linear in the latents, unless a hidden layer comes before.
    def bend(num_classes):
        generator = zoo.networks.dcgan.generator([8, 8, 1], latent_dim=4, width=4, num_classes=num_classes)
        (first,) = [
            layer for layer in generator.layers if layer.output.shape[1:] == (4, 4, 8) and "reshape" in layer.name
        ]
        image = keras.Model(generator.inputs, first.output)
        one, other = tf.random.stateless_normal([2, 1, 4], [0, 1])
        labels = [tf.zeros([1], tf.int32)] if num_classes else []
        a, b, both = (image([latents, *labels]) for latents in (one, other, one + other))
        return np.abs(both - a - b).max()

    assert bend(num_classes=None) > 1e-3
    assert bend(num_classes=10) < 1e-5
