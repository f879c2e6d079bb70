"""What the two players of a GAN minimize.

A loss sees the discriminator's logits for a batch of real and a batch of generated images, each [n] and float32, and
nothing else; the logit is that of "real". `discriminator` and `generator` give each player's loss, a scalar.

Example:

>>> loss = zoo.losses.Hinge()
>>> float(loss.discriminator(tf.constant([0.5, 2.0]), tf.constant([-3.0, -1.0])))  # only 0.5 is inside the margin
0.25
"""

import keras
import tensorflow as tf

from zoo.numerics import replicas
from zoo.part import Part


class AdversarialLoss(Part):
    """Base of the losses. Abstract."""

    calibrated = False  # whether the sigmoid of a logit is the probability that the image is real

    def discriminator(self, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
        """Logits of real and of generated images, [n] each -> the discriminator's loss, a scalar."""
        raise NotImplementedError

    def generator(self, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
        """Logits of real and of generated images, [n] each -> the generator's loss, a scalar."""
        raise NotImplementedError


@keras.saving.register_keras_serializable("zoo", "MinimaxLoss")
class Minimax(AdversarialLoss):
    """min_G max_D E[log D(x)] + E[log(1 - D(G(z)))]: Goodfellow et al. 2014, equation 1.

    Where the discriminator is sure, the generator's gradient vanishes; `NonSaturating` mends that.
    """

    calibrated = True

    def discriminator(self, real, fake):
        return _cross_entropy(real, fake)

    def generator(self, real, fake):
        return -tf.reduce_mean(tf.nn.softplus(fake))


@keras.saving.register_keras_serializable("zoo", "NonSaturatingLoss")
class NonSaturating(AdversarialLoss):
    """As `Minimax`, but the generator maximizes E[log D(G(z))]: Goodfellow et al. 2014, section 3."""

    calibrated = True

    def discriminator(self, real, fake):
        return _cross_entropy(real, fake)

    def generator(self, real, fake):
        return tf.reduce_mean(tf.nn.softplus(-fake))


@keras.saving.register_keras_serializable("zoo", "LeastSquaresLoss")
class LeastSquares(AdversarialLoss):
    """Real logits go to 1 and generated ones to 0: Mao et al. 2017, "Least squares GANs", equation 9."""

    def discriminator(self, real, fake):
        return 0.5 * tf.reduce_mean(tf.square(real - 1.0)) + 0.5 * tf.reduce_mean(tf.square(fake))

    def generator(self, real, fake):
        return 0.5 * tf.reduce_mean(tf.square(fake - 1.0))


@keras.saving.register_keras_serializable("zoo", "WassersteinLoss")
class Wasserstein(AdversarialLoss):
    """The difference of the means: Arjovsky et al. 2017, equation 2.

    The discriminator must be kept Lipschitz: by `zoo.penalties.GradientPenalty` or spectral normalization. Its loss
    also has `centering`, which is not in the paper.
    """

    def discriminator(self, real, fake):
        return tf.reduce_mean(fake) - tf.reduce_mean(real) + centering(real, fake)

    def generator(self, real, fake):
        return -tf.reduce_mean(fake)


@keras.saving.register_keras_serializable("zoo", "HingeLoss")
class Hinge(AdversarialLoss):
    """Only logits on the wrong side of a margin of 1 count: Lim and Ye 2017; Miyato et al. 2018, equations 16, 17."""

    def discriminator(self, real, fake):
        return tf.reduce_mean(tf.nn.relu(1.0 - real)) + tf.reduce_mean(tf.nn.relu(1.0 + fake))

    def generator(self, real, fake):
        return -tf.reduce_mean(fake)


@keras.saving.register_keras_serializable("zoo", "RelativisticLoss")
class Relativistic(AdversarialLoss):
    """Each real image is to look more real than the generated one it is paired with.

    Jolicoeur-Martineau 2019, "The relativistic discriminator", section 4.2 (RSGAN). The discriminator's loss also has
    `centering`, which is not in the paper.
    """

    calibrated = True  # by the centering

    def discriminator(self, real, fake):
        return tf.reduce_mean(tf.nn.softplus(fake - real)) + centering(real, fake)

    def generator(self, real, fake):
        return tf.reduce_mean(tf.nn.softplus(real - fake))


def _cross_entropy(real, fake):
    return tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(tf.nn.softplus(fake))


def centering(real, fake):
    """0.01 (E[D(x)] + E[D(G(z))])^2: pulls the middle between real and generated logits to 0.

    A loss of differences alone does not know the height of the logits, so their sigmoid would say nothing.
    """
    return 0.01 * tf.square(replicas.mean(tf.reduce_mean(real) + tf.reduce_mean(fake)))
