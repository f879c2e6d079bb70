"""Priors of independent latents with nothing to learn."""

import keras
import tensorflow as tf

from zoo.numerics.noise import Uniform
from zoo.numerics.probability import tfd
from zoo.priors.prior import Prior


@keras.saving.register_keras_serializable("zoo")
class StandardNormalPrior(Prior):
    """p(z) = N(0, I). Its KL from a Gaussian posterior has a closed form."""

    def distribution(self):
        return tfd.MultivariateNormalDiag(tf.zeros(self.latent_dim), tf.ones(self.latent_dim))

    def from_noise(self, noise, temperature=1.0):
        return temperature * noise


@keras.saving.register_keras_serializable("zoo")
class UniformPrior(Prior):
    """p(z) = U(0, 1) in each of the latents: what a generator chooses by; see `zoo.sequential.SequentialChoices`.

    A temperature t below 1 leaves the middle of it, U((1 - t) / 2, (1 + t) / 2): of values in a row, as pitches are,
    those at both ends are chosen less often. Above 1 it is as at 1. For sampling only.
    """

    has_density = False

    @property
    def noise(self):
        return Uniform(self.latent_dim)

    def from_noise(self, noise, temperature=1.0):
        return 0.5 + tf.minimum(tf.cast(temperature, tf.float32), 1.0) * (noise - 0.5)
