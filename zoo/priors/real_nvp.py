"""A normalizing flow as a prior."""

import keras
import tensorflow as tf

from zoo.numerics.probability import tfb, tfd
from zoo.priors.prior import Prior


@keras.saving.register_keras_serializable("zoo")
class RealNVPPrior(Prior):
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

    def __init__(self, latent_dim: int, couplings: int = 4, width: int = 96, **kwargs):
        super().__init__(latent_dim, **kwargs)
        if latent_dim % 2:
            raise ValueError(
                f"latent_dim: RealNVPPrior splits z into halves and needs an even number; got {latent_dim}."
            )
        self.couplings, self.width = couplings, width
        self.networks = [self._coupling_network() for _ in range(couplings)]

    def distribution(self):
        noise = tfd.MultivariateNormalDiag(tf.zeros(self.latent_dim), tf.ones(self.latent_dim))
        return tfd.TransformedDistribution(noise, self._bijector())

    def from_noise(self, noise, temperature=1.0):
        return self._bijector().forward(temperature * noise)

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
