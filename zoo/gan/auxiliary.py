"""Second tasks for the discriminator of a GAN: saying an image's class, or the codes that it was made from.

An auxiliary task looks at the second output of the discriminator, `outputs` numbers a row, and adds a term to both
players' losses: here the two play together.
"""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

tfd = tfp.distributions


@keras.saving.register_keras_serializable("zoo")
class ClassPrediction:
    """The discriminator says the class of each image; the generator makes images of which it can.

    Odena et al. 2017, "Conditional image synthesis with auxiliary classifier GANs", equation 3, the negative of L_C.

    Args:
        num_classes: how many labels there are.
        weight: of the term in both losses.

    Example:

    >>> task = ClassPrediction(num_classes=10)
    >>> uniform = tf.zeros([4, 10])  # logits
    >>> round(float(task.generator_loss(uniform, labels=tf.constant([1, 2, 3, 4]), latents=None)), 3)  # log 10
    2.303
    """

    def __init__(self, num_classes, weight=1.0):
        self.num_classes, self.weight = num_classes, weight

    @property
    def outputs(self):
        """Numbers a row that the discriminator must give for this task."""
        return self.num_classes

    def discriminator_loss(self, real, fake, labels, latents):
        """real, fake: logits [n, classes]; labels: int32 [n], of both -> scalar, nats."""
        return self.generator_loss(real, labels, latents) + self.generator_loss(fake, labels, latents)

    def generator_loss(self, fake, labels, latents):
        """fake: logits [n, classes]; labels: int32 [n] -> scalar, nats."""
        return -self.weight * tf.reduce_mean(tfd.Categorical(logits=fake).log_prob(labels))

    def get_config(self):
        return {"num_classes": self.num_classes, "weight": self.weight}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@keras.saving.register_keras_serializable("zoo")
class CodePrediction:
    """The discriminator says the codes in the latents of a generated image, so that the codes come to mean something.

    Chen et al. 2016, "InfoGAN", equation 5: the negative of L_I without the constant H(c). Categorical codes are
    one-hot, of any scale, and continuous ones standard normal, as `zoo.priors.LatentCodes` makes them; of a continuous one the
    mean is said and the scale is taken as 1. Deviation: the paper's continuous codes are uniform.

    Args:
        categories: length of the one-hot code.
        continuous: how many continuous codes.
        weight: lambda, of the categorical codes' term in both losses.
        continuous_weight: lambda of the continuous codes' term.
    """

    def __init__(self, categories, continuous, weight=1.0, continuous_weight=0.1):
        self.categories, self.continuous = categories, continuous
        self.weight, self.continuous_weight = weight, continuous_weight

    @property
    def outputs(self):
        """Numbers a row that the discriminator must give for this task: logits, then means."""
        return self.categories + self.continuous

    def discriminator_loss(self, real, fake, labels, latents):
        """real: not used; fake: [n, outputs]; latents: [n, latent_dim], the codes last -> scalar, nats."""
        return self.generator_loss(fake, labels, latents)

    def generator_loss(self, fake, labels, latents):
        """fake: [n, outputs]; latents: [n, latent_dim], the codes last -> scalar, nats."""
        category, continuous = tf.split(latents[:, -self.outputs :], [self.categories, self.continuous], axis=1)
        logits, means = tf.split(fake, [self.categories, self.continuous], axis=1)
        category_log_prob = tfd.Categorical(logits=logits).log_prob(tf.argmax(category, axis=1))
        continuous_log_prob = tfd.MultivariateNormalDiag(means, tf.ones_like(means)).log_prob(continuous)
        return -tf.reduce_mean(self.weight * category_log_prob + self.continuous_weight * continuous_log_prob)

    def get_config(self):
        config = {"categories": self.categories, "continuous": self.continuous}
        return {**config, "weight": self.weight, "continuous_weight": self.continuous_weight}

    @classmethod
    def from_config(cls, config):
        return cls(**config)
