"""Likelihoods p(x|z): what the decoder's numbers mean.

A likelihood turns the decoder's output, [..., height, width, channels * parameters_per_channel], into a `tfd`
distribution over images and into the picture that a person looks at. Images are float32 in [0, 1] throughout.
"""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

tfd = tfp.distributions


@keras.saving.register_keras_serializable("zoo")
class BernoulliLikelihood:
    """Each pixel is 0 or 1 and the decoder gives its logit: for binarized images.

    Example:

    >>> likelihood = BernoulliLikelihood()
    >>> float(likelihood.log_prob(tf.zeros([28, 28, 1]), tf.ones([28, 28, 1])))  # 784 log(1/2)
    -543.4274291992188
    """

    parameters_per_channel = 1

    def distribution(self, parameters):
        """[..., h, w, c] logits -> a distribution over binary images, event shape [h, w, c]."""
        return tfd.Independent(tfd.Bernoulli(logits=parameters), reinterpreted_batch_ndims=3)

    def log_prob(self, parameters, images):
        """log p(images | parameters), nats an image (summed over pixels), shape [...]."""
        # What `distribution` gives, in the form of the exponential family: a third as many passes over the pixels.
        return tf.reduce_sum(images * parameters - tf.nn.softplus(parameters), [-3, -2, -1])

    def picture(self, parameters):
        """[..., h, w, c] logits -> probabilities of the same shape, in [0, 1]."""
        return tf.sigmoid(parameters)

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@keras.saving.register_keras_serializable("zoo")
class DiscretizedLogisticLikelihood:
    """Each of the 256 levels of a channel has the mass that a logistic density puts around it.

    For grey levels and colours. The decoder gives a location and a log-scale per channel; the first and the last
    level take the tails (Kingma et al. 2016, "Improving variational inference with inverse autoregressive flow",
    appendix). Deviation: the scale is kept between a quarter of a level and the whole range, so that no mass
    underflows in float32.
    """

    parameters_per_channel = 2

    def distribution(self, parameters):
        """[..., h, w, 2c] -> a distribution over levels 0..255, event shape [h, w, c]."""
        location, log_scale = tf.split(parameters, 2, axis=-1)
        scale = 255.0 * tf.exp(tf.clip_by_value(log_scale - 2.0, -7.0, 0.0))
        # QuantizedDistribution rounds up; half a level less makes that "to the nearest level".
        logistic = tfd.Logistic(255.0 * (location + 0.5) - 0.5, scale)
        levels = tfd.QuantizedDistribution(logistic, low=0.0, high=255.0)
        return tfd.Independent(levels, reinterpreted_batch_ndims=3)

    def log_prob(self, parameters, images):
        """log P(images | parameters), nats an image (summed over pixels and channels), shape [...]."""
        return self.distribution(parameters).log_prob(tf.round(255.0 * images))

    def picture(self, parameters):
        """[..., h, w, 2c] -> the locations, [..., h, w, c], clipped to [0, 1]."""
        location, _ = tf.split(parameters, 2, axis=-1)
        return tf.clip_by_value(location + 0.5, 0.0, 1.0)

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)
