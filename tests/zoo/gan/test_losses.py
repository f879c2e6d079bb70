import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.special import expit

import zoo

REAL, FAKE = np.array([0.5, 2.0, -1.0]), np.array([-3.0, 0.25, 1.5])
LOSSES = [
    zoo.losses.Minimax,
    zoo.losses.NonSaturating,
    zoo.losses.LeastSquares,
    zoo.losses.Wasserstein,
    zoo.losses.Hinge,
    zoo.losses.Relativistic,
]


def expected(loss):
    """(the discriminator's, the generator's) from the papers' formulas, in probabilities where they have them."""
    p_real, p_fake = expit(REAL), expit(FAKE)
    centering = 0.01 * (np.mean(REAL) + np.mean(FAKE)) ** 2  # in losses that see differences alone
    cross_entropy = -np.mean(np.log(p_real)) - np.mean(np.log(1 - p_fake))
    return {
        zoo.losses.Minimax: (cross_entropy, np.mean(np.log(1 - p_fake))),
        zoo.losses.NonSaturating: (cross_entropy, -np.mean(np.log(p_fake))),
        zoo.losses.LeastSquares: (np.mean((REAL - 1) ** 2 + FAKE**2) / 2, np.mean((FAKE - 1) ** 2) / 2),
        zoo.losses.Wasserstein: (np.mean(FAKE) - np.mean(REAL) + centering, -np.mean(FAKE)),
        zoo.losses.Hinge: (np.mean(np.maximum(0, 1 - REAL)) + np.mean(np.maximum(0, 1 + FAKE)), -np.mean(FAKE)),
        zoo.losses.Relativistic: (
            -np.mean(np.log(expit(REAL - FAKE))) + centering,
            -np.mean(np.log(expit(FAKE - REAL))),
        ),
    }[loss]


@pytest.mark.parametrize("loss", LOSSES)
def test_against_numpy(loss):
    real, fake = tf.constant(REAL, tf.float32), tf.constant(FAKE, tf.float32)
    assert float(loss().discriminator(real, fake)) == pytest.approx(expected(loss)[0], rel=1e-5)
    assert float(loss().generator(real, fake)) == pytest.approx(expected(loss)[1], rel=1e-5)


@pytest.mark.parametrize("loss", LOSSES)
def test_sure_logits_give_finite_losses(loss):
    sure = tf.constant([200.0])
    for value in (loss().discriminator(-sure, sure), loss().generator(sure, -sure)):
        assert np.isfinite(value)


@pytest.mark.parametrize("loss", LOSSES)
def test_each_loss_pulls_a_generator_to_the_data(loss):
    # Two Gaussians: the generator moves one onto the other. The discriminator is kept smooth by a penalty.
    rng = np.random.default_rng(0)
    data = tf.constant(rng.normal(2.0, 0.5, size=[4096, 8, 8, 1]).astype(np.float32)) * tf.ones([1, 8, 8, 1])
    latents, images = keras.Input([1]), keras.Input([8, 8, 1])
    keras.utils.set_random_seed(1)
    spread = keras.layers.Reshape([8, 8, 1])(keras.layers.RepeatVector(64)(latents))
    generator = keras.Model(latents, _Shift()(spread))
    mean = keras.layers.GlobalAveragePooling2D()(images)
    hidden = keras.layers.Dense(32, activation="tanh")(mean)
    discriminator = keras.Model(images, keras.layers.Dense(1)(hidden))
    anything = {"value_range": (-np.inf, np.inf), "ema_halflife": 2000}
    gan = zoo.GAN(generator, discriminator, loss=loss(), penalties=[zoo.penalties.GradientPenalty(1.0)], **anything)
    gan.compile(keras.optimizers.Adam(0.02, beta_1=0.5), keras.optimizers.Adam(0.02, beta_1=0.5))
    gan.fit(data, batch_size=64, epochs=6, verbose=0)
    assert float(gan.generator_ema.weights[0]) == pytest.approx(2.0, abs=0.3)


@keras.saving.register_keras_serializable("test")
class _Shift(keras.layers.Layer):
    """0.5 x + shift, the shift a weight."""

    def build(self, shape):
        self.shift = self.add_weight(shape=(), initializer="zeros")

    def call(self, x):
        return 0.5 * x + self.shift
