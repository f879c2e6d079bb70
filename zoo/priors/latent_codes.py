"""The prior of an InfoGAN."""

from typing import ClassVar

import keras
import tensorflow as tf

from zoo.priors.prior import Prior


@keras.saving.register_keras_serializable("zoo", "CodePrior")
class LatentCodePrior(Prior):
    """The latents of an InfoGAN: noise, then a one-hot code, then continuous codes; for `zoo.auxiliary.CodePrediction`.

    Chen et al. 2016, "InfoGAN", section 3. All categories have the same probability; noise and continuous codes are
    standard normal. For sampling only: it has no density.

    Args:
        latent_dim: length of all together.
        num_categories: length of the one-hot code.
        num_continuous: how many continuous codes.
        scale: what the one-hot code has in place of 1, so that it weighs as much as many latents that are noise.
    """

    has_density = False
    renamed: ClassVar[dict[str, str]] = {"categories": "num_categories", "continuous": "num_continuous"}

    def __init__(self, latent_dim: int, num_categories: int, num_continuous: int, scale: float = 1.0, **kwargs):
        super().__init__(latent_dim, **kwargs)
        codes = num_categories + num_continuous
        if codes > latent_dim:
            raise ValueError(
                f"latent_dim: expected at least num_categories + num_continuous = {codes}; got {latent_dim}."
            )
        self.num_categories, self.num_continuous, self.scale = num_categories, num_continuous, scale

    def from_noise(self, noise, temperature=1.0):
        rest, scores, continuous = self._parts(temperature * noise)
        # Each of equally distributed scores is as likely to be the largest.
        code = tf.one_hot(tf.argmax(scores, axis=1), self.num_categories, on_value=self.scale)
        return tf.concat([rest, code, continuous], axis=1)

    def categories_of(self, latents: tf.Tensor) -> tf.Tensor:
        """Latents [n, latent_dim] -> which of the categories each has, int64 [n]."""
        return tf.argmax(self._parts(latents)[1], axis=1)

    def _parts(self, latents):
        sizes = [self.latent_dim - self.num_categories - self.num_continuous, self.num_categories, self.num_continuous]
        return tf.split(latents, sizes, axis=1)
