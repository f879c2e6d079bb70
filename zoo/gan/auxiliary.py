"""Second tasks for the discriminator of a GAN: saying an image's class, or the codes that it was made from.

An auxiliary task looks at the second output of the discriminator, `num_outputs` numbers per row, and adds a term to
both players' losses: here the two play together.
"""

from typing import ClassVar

import keras
import tensorflow as tf

from zoo.numerics.probability import tfd
from zoo.part import Part


class AuxiliaryTask(Part):
    """Base of the tasks. Abstract."""

    @property
    def num_outputs(self) -> int:
        """Numbers per row that the discriminator must give for this task."""
        raise NotImplementedError

    def discriminator_loss(self, real: tf.Tensor, fake: tf.Tensor, labels, latents: tf.Tensor) -> tf.Tensor:
        """The discriminator's outputs for real and generated images, [n, num_outputs] each; the labels of both, or
        None; the latents of the generated ones -> scalar, nats."""
        raise NotImplementedError

    def generator_loss(self, fake: tf.Tensor, labels, latents: tf.Tensor) -> tf.Tensor:
        """As `discriminator_loss`, of the generated images alone."""
        raise NotImplementedError


@keras.saving.register_keras_serializable("zoo")
class ClassPrediction(AuxiliaryTask):
    """The discriminator says the class of each image; the generator makes images of which it can.

    Odena et al. 2017, "Conditional image synthesis with auxiliary classifier GANs", equation 3, the negative of L_C.

    Args:
        num_classes: how many labels there are.
        weight: of the term in both losses.

    Example:

    >>> task = zoo.auxiliary.ClassPrediction(num_classes=10)
    >>> uniform = tf.zeros([4, 10])  # logits
    >>> round(float(task.generator_loss(uniform, labels=tf.constant([1, 2, 3, 4]), latents=None)), 3)  # log 10
    2.303
    """

    renamed: ClassVar[dict[str, str]] = {"classes": "num_classes"}

    def __init__(self, num_classes: int, weight: float = 1.0):
        self.num_classes, self.weight = num_classes, weight

    @property
    def num_outputs(self):
        return self.num_classes

    def discriminator_loss(self, real, fake, labels, latents):
        return self.generator_loss(real, labels, latents) + self.generator_loss(fake, labels, latents)

    def generator_loss(self, fake, labels, latents):
        return -self.weight * tf.reduce_mean(tfd.Categorical(logits=fake).log_prob(labels))


@keras.saving.register_keras_serializable("zoo")
class CodePrediction(AuxiliaryTask):
    """The discriminator says the codes in the latents of a generated image, so that the codes come to mean something.

    Chen et al. 2016, "InfoGAN", equation 5: the negative of L_I without the constant H(c). Categorical codes are
    one-hot, of any scale, and continuous ones standard normal, as `zoo.priors.LatentCodePrior` makes them, the last
    numbers of a latent. The outputs are the logits of the categories, then the means of the continuous codes, whose
    scale is taken as 1. Deviation: the paper's continuous codes are uniform.

    Args:
        num_categories: length of the one-hot code.
        num_continuous: how many continuous codes.
        weight: lambda, of the categorical codes' term in both losses.
        continuous_weight: lambda of the continuous codes' term.
    """

    renamed: ClassVar[dict[str, str]] = {"categories": "num_categories", "continuous": "num_continuous"}

    def __init__(self, num_categories: int, num_continuous: int, weight: float = 1.0, continuous_weight: float = 0.1):
        self.num_categories, self.num_continuous = num_categories, num_continuous
        self.weight, self.continuous_weight = weight, continuous_weight

    @property
    def num_outputs(self):
        return self.num_categories + self.num_continuous

    def discriminator_loss(self, real, fake, labels, latents):
        return self.generator_loss(fake, labels, latents)

    def generator_loss(self, fake, labels, latents):
        sizes = [self.num_categories, self.num_continuous]
        category, continuous = tf.split(latents[:, -self.num_outputs :], sizes, axis=1)
        logits, means = tf.split(fake, sizes, axis=1)
        category_log_prob = tfd.Categorical(logits=logits).log_prob(tf.argmax(category, axis=1))
        continuous_log_prob = tfd.MultivariateNormalDiag(means, tf.ones_like(means)).log_prob(continuous)
        return -tf.reduce_mean(self.weight * category_log_prob + self.continuous_weight * continuous_log_prob)
