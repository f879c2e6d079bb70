"""Likelihoods p(x|z): what the decoder's numbers mean.

A likelihood turns the decoder's output, [n, ..., channels * parameters_per_channel], into a `tfd` distribution over
data [n, ..., channels] and into the picture that a person looks at. The data are called images here, [n, h, w, c], but
may have any number of axes. They are float32 and lie in `value_range`; `levels` says how many equally spaced numbers
there are in it of which they can be, None for all.
"""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

tfd = tfp.distributions


@keras.saving.register_keras_serializable("zoo", "BernoulliLikelihood")
class Bernoulli:
    """Each pixel is 0 or 1 and the decoder gives its logit: for binarized images.

    Of a pixel between 0 and 1, `log_prob` is the mean over draws of 0 or 1 that have it as the probability of 1.

    Example:

    >>> likelihood = Bernoulli()
    >>> likelihood.log_prob(tf.zeros([2, 28, 28, 1]), tf.ones([2, 28, 28, 1])).numpy()  # 784 log(1/2) for each of two
    array([-543.4274, -543.4274], dtype=float32)
    """

    parameters_per_channel = 1
    value_range = (0.0, 1.0)
    levels = 2

    def distribution(self, parameters):
        """[n, h, w, c] logits -> a distribution over binary images, batch shape [n], event shape [h, w, c]."""
        return tfd.Independent(tfd.Bernoulli(logits=parameters), len(parameters.shape) - 1)

    def log_prob(self, parameters, images):
        """log p(images | parameters), nats per image: [..., n, h, w, c] and [n, h, w, c] -> [..., n]."""
        _check(parameters, images, self.parameters_per_channel)
        # What `distribution` gives, in the form of the exponential family: a third as many passes over the pixels.
        return _sum_over_items(images * parameters - tf.nn.softplus(parameters), images)

    def picture(self, parameters):
        """[..., h, w, c] logits -> probabilities of the same shape, in [0, 1]."""
        return tf.sigmoid(parameters)

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@keras.saving.register_keras_serializable("zoo", "DiscretizedLogisticLikelihood")
class DiscretizedLogistic:
    """Each of the 256 levels of a channel has the mass that a logistic density puts around it.

    For grey levels and colours. The decoder gives a location and a log-scale per channel; the first and the last
    level take the tails (Kingma et al. 2016, "Improving variational inference with inverse autoregressive flow",
    appendix). Deviation: the scale is kept between a quarter of a level and the whole range, so that no mass
    underflows in float32.
    """

    parameters_per_channel = 2
    value_range = (0.0, 1.0)
    levels = 256

    def distribution(self, parameters):
        """[n, h, w, 2c] -> a distribution over levels 0..255, batch shape [n], event shape [h, w, c]."""
        return tfd.Independent(self._by_number(parameters), len(parameters.shape) - 1)

    def log_prob(self, parameters, images):
        """log P(images | parameters), nats per image: [..., n, h, w, 2c] and [n, h, w, c] -> [..., n]."""
        _check(parameters, images, self.parameters_per_channel)
        return _sum_over_items(self._by_number(parameters).log_prob(tf.round(255.0 * images)), images)

    def _by_number(self, parameters):
        location, log_scale = tf.split(parameters, 2, axis=-1)
        scale = 255.0 * tf.exp(tf.clip_by_value(log_scale - 2.0, -7.0, 0.0))
        # QuantizedDistribution rounds up; half a level less makes that "to the nearest level".
        logistic = tfd.Logistic(255.0 * (location + 0.5) - 0.5, scale)
        return tfd.QuantizedDistribution(logistic, low=0.0, high=255.0)

    def picture(self, parameters):
        """[..., h, w, 2c] -> the locations, [..., h, w, c], clipped to [0, 1]."""
        location, _ = tf.split(parameters, 2, axis=-1)
        return tf.clip_by_value(location + 0.5, 0.0, 1.0)

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def _check(parameters, data, per_channel):
    """Raises a ValueError unless parameters are those of the data: broadcast, they would score something else."""
    count, *item = data.shape
    wanted = [count, *item[:-1], per_channel * item[-1]]
    # More axes may come before these.
    if not tf.TensorShape(wanted).is_compatible_with(parameters.shape[-len(wanted) :]):
        raise ValueError(
            f"parameters: expected [..., {', '.join(map(str, wanted))}], as the data are; got {list(parameters.shape)}."
        )


def _sum_over_items(log_probs, data):
    """Log-probabilities [..., n, *item] of the numbers of data [n, *item] -> of the items, [..., n]."""
    return tf.reduce_sum(log_probs, range(1 - len(data.shape), 0))
