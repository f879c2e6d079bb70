"""Posteriors q(z|x): what the encoder's numbers mean.

A posterior says how many numbers it needs for a latent vector, and makes a `tfd` distribution of them, from which
latents are drawn by noise that comes from elsewhere: so gradients flow through the draw, and a seed fixes it.
"""

import math

import keras
import tensorflow as tf

from zoo.numerics.probability import tfd
from zoo.part import Part


class Posterior(Part):
    """Base of the posteriors. Abstract."""

    def num_parameters(self, latent_dim: int) -> int:
        """How many numbers per row the encoder gives."""
        raise NotImplementedError

    def distribution(self, parameters: tf.Tensor) -> "tfd.Distribution":
        """float32 [n, num_parameters] -> a distribution with batch shape [n] and event shape [latent_dim]."""
        raise NotImplementedError

    def from_noise(self, distribution: "tfd.Distribution", noise: tf.Tensor) -> tf.Tensor:
        """Standard normal noise [..., n, latent_dim] -> draws of one of its distributions, of the same shape."""
        raise NotImplementedError


@keras.saving.register_keras_serializable("zoo")
class DiagonalNormal(Posterior):
    """Independent normals: a mean for each latent, then a number that softplus makes its scale.

    Kingma and Welling 2014, "Auto-encoding variational Bayes", equation 9. Deviation: a softplus in place of an
    exponential, so that gradients stay small.

    Example:

    >>> posterior = zoo.posteriors.DiagonalNormal().distribution(tf.zeros([1, 2 * 3]))
    >>> posterior.stddev().numpy().round(3)
    array([[1., 1., 1.]], dtype=float32)
    """

    def num_parameters(self, latent_dim):
        return 2 * latent_dim

    def distribution(self, parameters):
        mean, raw_scale = tf.split(parameters, 2, axis=-1)
        # softplus(log(e - 1)) = 1, so that zeros from the encoder mean the unit scale; the floor keeps q a density.
        return tfd.MultivariateNormalDiag(mean, tf.nn.softplus(raw_scale + math.log(math.e - 1.0)) + 1e-4)

    def from_noise(self, distribution, noise):
        return distribution.bijector.forward(noise)
