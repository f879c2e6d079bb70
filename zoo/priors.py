"""Priors p(z).

A prior hands out a `tfd` distribution for the objective and turns standard normal noise into latents for the
portable sampler, so that one seed draws the same latents in Keras, in a SavedModel and in TFLite.
"""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

tfb, tfd = tfp.bijectors, tfp.distributions


@keras.saving.register_keras_serializable("zoo", "StandardNormalPrior")
class StandardNormal(keras.layers.Layer):
    """p(z) = N(0, I). Its KL from a Gaussian posterior has a closed form."""

    def __init__(self, latent_dim, **kwargs):
        super().__init__(**{"dtype": "float32", **kwargs})
        self.latent_dim = latent_dim
        self.built = True

    def distribution(self):
        """A distribution with event shape [latent_dim]."""
        return tfd.MultivariateNormalDiag(tf.zeros(self.latent_dim), tf.ones(self.latent_dim))

    def from_noise(self, noise):
        """Standard normal noise [n, latent_dim] -> latents [n, latent_dim]; here they are the same."""
        return noise

    def get_config(self):
        return {**super().get_config(), "latent_dim": self.latent_dim}


@keras.saving.register_keras_serializable("zoo", "CodePrior")
class LatentCodes(keras.layers.Layer):
    """The latents of an InfoGAN: noise, then a one-hot code, then continuous codes; for `zoo.auxiliary.CodePrediction`.

    Chen et al. 2016, "InfoGAN", section 3. All categories have the same probability; noise and continuous codes are
    standard normal. For sampling only: it has no density.

    Args:
        latent_dim: length of all together.
        categories: length of the one-hot code.
        continuous: how many continuous codes.
        scale: what the one-hot code has in place of 1, so that it weighs as much as many latents that are noise.
    """

    def __init__(self, latent_dim, categories, continuous, scale=1.0, **kwargs):
        super().__init__(**{"dtype": "float32", **kwargs})
        if categories + continuous > latent_dim:
            raise ValueError(
                f"latent_dim: expected at least categories + continuous = {categories + continuous}; got {latent_dim}."
            )
        self.latent_dim, self.categories, self.continuous = latent_dim, categories, continuous
        self.scale = scale
        self.built = True

    def from_noise(self, noise):
        """Standard normal noise [n, latent_dim] -> latents [n, latent_dim]."""
        rest, scores, continuous = self._parts(noise)
        # Each of equally distributed scores is as likely to be the largest.
        code = tf.one_hot(tf.argmax(scores, axis=1), self.categories, on_value=self.scale)
        return tf.concat([rest, code, continuous], axis=1)

    def categories_of(self, latents):
        """Latents [n, latent_dim] -> which of the categories each has, int64 [n]."""
        return tf.argmax(self._parts(latents)[1], axis=1)

    def _parts(self, latents):
        sizes = [self.latent_dim - self.categories - self.continuous, self.categories, self.continuous]
        return tf.split(latents, sizes, axis=1)

    def get_config(self):
        config = {"latent_dim": self.latent_dim, "categories": self.categories, "continuous": self.continuous}
        return {**super().get_config(), **config, "scale": self.scale}


@keras.saving.register_keras_serializable("zoo", "RealNVPPrior")
class RealNVP(keras.layers.Layer):
    """A learned prior: a normalizing flow over N(0, I), trained together with the VAE.

    z = f(u), u ~ N(0, I), f a stack of affine couplings with the two halves swapped between them (Dinh et al.
    2017, "Density estimation using Real NVP", equations 7 and 8; as a VAE's prior: arXiv 1905.13452). It starts
    as the standard normal. The direction that training needs (z -> u, for log p(z)) and the one that sampling needs
    cost the same.

    Args:
        latent_dim: length of z; even.
        couplings: number of affine couplings.
        width: units of the two hidden layers of each coupling's network.
    """

    def __init__(self, latent_dim, couplings=4, width=96, **kwargs):
        super().__init__(**{"dtype": "float32", **kwargs})
        if latent_dim % 2:
            raise ValueError(f"latent_dim: RealNVP splits z into halves and needs an even number; got {latent_dim}.")
        self.latent_dim, self.couplings, self.width = latent_dim, couplings, width
        self.networks = [self._coupling_network() for _ in range(couplings)]
        self.built = True

    def distribution(self):
        """A distribution with event shape [latent_dim]."""
        noise = tfd.MultivariateNormalDiag(tf.zeros(self.latent_dim), tf.ones(self.latent_dim))
        return tfd.TransformedDistribution(noise, self._bijector())

    def from_noise(self, noise):
        """Standard normal noise [n, latent_dim] -> latents [n, latent_dim]."""
        return self._bijector().forward(noise)

    def get_config(self):
        config = {"latent_dim": self.latent_dim, "couplings": self.couplings, "width": self.width}
        return {**super().get_config(), **config}

    def _coupling_network(self):
        half = self.latent_dim // 2
        return keras.Sequential(
            [
                keras.Input([half]),
                keras.layers.Dense(self.width, activation="swish", dtype=self.dtype_policy),
                keras.layers.Dense(self.width, activation="swish", dtype=self.dtype_policy),
                # Zeros make every coupling start as the identity.
                keras.layers.Dense(2 * half, kernel_initializer="zeros", dtype=self.dtype_policy),
            ]
        )

    def _bijector(self):
        swap_halves = tfb.Permute(list(range(self.latent_dim))[::-1])
        steps = []
        for network in self.networks:
            coupling = tfb.RealNVP(self.latent_dim // 2, shift_and_log_scale_fn=_shift_and_log_scale(network))
            steps += [coupling, swap_halves]
        return tfb.Chain(steps)


def _shift_and_log_scale(network):
    def function(half, units, **_):
        rows = tf.reshape(half, [-1, half.shape[-1]])  # Keras wants rank 2, TFP passes any
        output = tf.reshape(network(rows), tf.concat([tf.shape(half)[:-1], [2 * units]], axis=0))
        shift, log_scale = tf.split(output, 2, axis=-1)
        return shift, 2.0 * tf.tanh(0.5 * log_scale)  # a coupling scales by e^2 at most

    return function
