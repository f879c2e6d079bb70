"""Whole numbers from a generator."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import zoo

NOTES = (-2, -1, 60, 62, 65)


def networks(steps=4, classes=5):
    latents = keras.Input([3], name="latents")
    logits = keras.layers.Reshape([steps, classes])(keras.layers.Dense(steps * classes)(latents))
    seen = keras.Input([steps, classes], name="notes")
    return keras.Model(latents, logits), keras.Model(seen, keras.layers.Dense(1)(keras.layers.Flatten()(seen)))


def test_the_discriminator_sees_of_real_and_of_generated_data_the_same_kind():
    relaxation = zoo.relaxations.StraightThrough(NOTES)
    logits = tf.random.stateless_normal([6, 4, 5], [0, 1])
    seen = relaxation.relaxed(logits)
    assert set(np.unique(seen)) == {0.0, 1.0}
    np.testing.assert_array_equal(seen, relaxation.embedded(relaxation.chosen(logits)))


def test_the_gradient_is_that_of_the_softmax():
    relaxation = zoo.relaxations.StraightThrough(NOTES, temperature=0.7)
    logits, weights = tf.constant([[0.3, -1.0, 2.0, 0.0, 0.1]]), tf.constant([[1.0, -2.0, 0.5, 3.0, 0.0]])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = tf.reduce_sum(weights * relaxation.relaxed(logits))
    p = np.exp(logits / 0.7) / np.exp(logits / 0.7).sum()
    wanted = p * (weights - (p * weights).numpy().sum()) / 0.7
    np.testing.assert_allclose(tape.gradient(loss, logits), wanted, rtol=1e-5, atol=1e-6)


def test_what_the_generator_chose_is_left_as_it_is():
    relaxation = zoo.relaxations.Chosen(NOTES)
    one_hot = tf.one_hot([[3, 0, 4, 1]], 5)
    assert relaxation.relaxed(one_hot) is one_hot
    np.testing.assert_array_equal(relaxation.chosen(one_hot), [[62, -2, 65, -1]])


def test_a_gan_gives_and_takes_the_numbers_themselves():
    gan = zoo.GAN(*networks(), relaxation=zoo.relaxations.StraightThrough(NOTES))
    assert (gan.datum.name, gan.datum.shape, gan.datum.dtype, gan.datum.values) == ("notes", (4,), "int32", NOTES)
    samples = gan.sample(20, seed=0)
    assert samples.dtype == tf.int32
    assert set(np.unique(samples)) <= set(NOTES)
    logits, _ = gan.score(samples)
    np.testing.assert_allclose(logits, gan.discriminate(gan.relaxation.embedded(samples))[0])
    with pytest.raises(ValueError, match="notes: expected numbers of -2, -1, 60, 62 or 65; got 61"):
        gan.score(np.int32([[61, -2, -2, -2]]))


def test_the_generator_learns_through_the_choice():
    """A discriminator that likes class 3, and is held fast, gets it."""
    keras.utils.set_random_seed(0)
    generator, discriminator = networks()
    likes = np.zeros([4, 5, 1], np.float32)
    likes[:, 3] = 1
    discriminator.set_weights([likes.reshape([20, 1]), np.float32([0])])
    gan = zoo.GAN(generator, discriminator, relaxation=zoo.relaxations.StraightThrough(NOTES), ema_halflife=None)
    gan.compile(keras.optimizers.Adam(0.03), keras.optimizers.SGD(0.0))
    gan.fit(np.full([320, 4], 60, np.int32), batch_size=8, epochs=3, verbose=0)
    assert np.mean(gan.sample(50) == NOTES[3]) > 0.95


def test_a_generator_of_other_classes_and_what_is_no_relaxation_are_refused():
    with pytest.raises(ValueError, match=r"generator: expected logits \[n, ..., 5\], .* got \[n, 4, 6\]"):
        zoo.GAN(*networks(classes=6), relaxation=zoo.relaxations.StraightThrough(NOTES))
    with pytest.raises(ValueError, match="relaxation: expected a zoo.relaxations.Relaxation; got str"):
        zoo.GAN(*networks(), relaxation="gumbel")
    with pytest.raises(ValueError, match="temperature: expected a positive number; got 0"):
        zoo.relaxations.StraightThrough(NOTES, temperature=0)
