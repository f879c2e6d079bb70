"""What all priors have."""

import tensorflow as tf

from zoo.numerics.noise import Normal
from zoo.numerics.probability import tfd
from zoo.part import WeightedPart


class Prior(WeightedPart):
    """Base of the priors of one latent vector. Abstract.

    Args:
        latent_dim: length of the vector.
    """

    has_density = True  # without one, a prior is for sampling only, as a GAN does it
    chooses = False  # whether noise chooses among alternatives, so that a little rounding may make other latents
    conditional = False  # whether it is p(z|y): its methods then take the model's condition y as their last argument

    def __init__(self, latent_dim: int, **kwargs):
        super().__init__(**{"dtype": "float32", **kwargs})
        self.latent_dim = latent_dim
        self.built = True

    @property
    def noise(self):
        """What a latent vector is made of: of `zoo.numerics.noise`, unless overridden standard normal and as long."""
        return Normal(self.latent_dim)

    def distribution(self) -> "tfd.Distribution":
        """A distribution with event shape [latent_dim]."""
        raise NotImplementedError

    def from_noise(self, noise: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """Noise of the kind that `noise` says, [n, ...] -> latents [n, latent_dim]; temperature: see `sample`."""
        raise NotImplementedError
