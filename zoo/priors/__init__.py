"""Priors p(z): what the latents are before anything is seen.

A prior hands out a `tfd` distribution for the objective of a VAE. For sampling it says what noise it is made of, and
turns that into latents, so that one seed draws the same latents in Keras, in a SavedModel and in TFLite. A prior that
needs another part of the model, as an encoder, is given it in its constructor. Keras's files know the weights of a
prior by the name of its class.

One of your own, of a normal distribution that learns how wide it is:

>>> @keras.saving.register_keras_serializable("mine")
... class Wide(zoo.priors.Prior):
...     def __init__(self, latent_dim, **kwargs):
...         super().__init__(latent_dim, **kwargs)
...         self.scale = self.add_weight(shape=[latent_dim], initializer="ones")
...
...     def distribution(self):
...         return tfp.distributions.MultivariateNormalDiag(tf.zeros(self.latent_dim), tf.convert_to_tensor(self.scale))
...
...     def from_noise(self, noise, temperature=1.0):
...         return temperature * noise * self.scale
>>> Wide(2).from_noise(tf.constant([[1.0, -2.0]]), temperature=0.5).numpy()
array([[ 0.5, -1. ]], dtype=float32)
"""

from zoo.priors.autoregressive_mixture import AutoregressiveMixturePrior
from zoo.priors.latent_codes import LatentCodePrior
from zoo.priors.prior import Prior
from zoo.priors.real_nvp import RealNVPPrior
from zoo.priors.standard import StandardNormalPrior, UniformPrior

__all__ = [
    "AutoregressiveMixturePrior",
    "LatentCodePrior",
    "Prior",
    "RealNVPPrior",
    "StandardNormalPrior",
    "UniformPrior",
]
