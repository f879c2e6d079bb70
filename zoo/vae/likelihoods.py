"""Likelihoods p(x|z): what the decoder's numbers mean.

A likelihood turns the decoder's output into a `tfd` distribution over data [n, *shape], and into one datum that a
person looks at. Data may have any number of axes. What data there are, a likelihood says by its `dtype`, its
`value_range`, and `levels`: how many equally spaced numbers of that range there are, None for all; of whole numbers,
which need not be equally spaced, by `values`.
"""

from collections.abc import Sequence
from typing import ClassVar

import keras
import tensorflow as tf

from zoo.numerics.alphabet import Alphabet
from zoo.numerics.probability import tfb, tfd
from zoo.part import Part

LARGEST_PRODUCT = 120  # factors of at most 2 whose product is finite in float32, with room to spare
SMALLEST_SCALE = -6.0  # the logarithm of what a mark's scale is at least, as a share of its range


class Likelihood(Part):
    """Base of the likelihoods. Abstract."""

    dtype = "float32"  # of the data
    value_range: tuple[float, float]
    levels: int | None
    values: tuple[int, ...] | None = None  # the numbers themselves, where they are whole

    def parameters_shape(self, shape: tuple) -> tuple:
        """The shape of one item's data -> of what the decoder gives for it."""
        raise NotImplementedError

    def distribution(self, parameters: tf.Tensor) -> "tfd.Distribution":
        """Parameters [n, ...] -> a distribution with batch shape [n]; of what, each class says."""
        raise NotImplementedError

    def log_prob(self, parameters: tf.Tensor, data: tf.Tensor) -> tf.Tensor:
        """log p(data | parameters), nats per item: [..., n, *parameters_shape] and [n, *shape] -> [..., n].

        What `distribution` would say, for parameters that may have more axes before those of the data.
        """
        raise NotImplementedError

    def point_estimate(self, parameters: tf.Tensor) -> tf.Tensor:
        """[..., *parameters_shape] -> data [..., *shape] that stand for the distribution: its mean or its mode."""
        raise NotImplementedError

    def _check(self, parameters, data):
        """Raises a ValueError unless parameters are those of the data: broadcast, they would score something else."""
        count, *item = data.shape
        wanted = [count, *self.parameters_shape(tuple(item))]
        if not tf.TensorShape(wanted).is_compatible_with(parameters.shape[-len(wanted) :]):
            text = ", ".join(map(str, wanted))
            raise ValueError(f"parameters: expected [..., {text}], as the data are; got {list(parameters.shape)}.")


@keras.saving.register_keras_serializable("zoo", "BernoulliLikelihood")
class Bernoulli(Likelihood):
    """Each pixel is 0 or 1 and the decoder gives its logit: for binarized images.

    Of a pixel between 0 and 1, `log_prob` is the mean over draws of 0 or 1 that have it as the probability of 1.

    Example:

    >>> likelihood = zoo.likelihoods.Bernoulli()
    >>> likelihood.log_prob(tf.zeros([2, 28, 28, 1]), tf.ones([2, 28, 28, 1])).numpy().round(1)  # 784 log(1/2)
    array([-543.4, -543.4], dtype=float32)
    """

    value_range = (0.0, 1.0)
    levels = 2

    def parameters_shape(self, shape):
        return shape

    def distribution(self, parameters):
        """[n, *shape] logits -> a distribution over data of 0 and 1, batch shape [n], event shape `shape`."""
        return tfd.Independent(tfd.Bernoulli(logits=parameters), len(parameters.shape) - 1)

    def log_prob(self, parameters, data):
        self._check(parameters, data)
        # What `distribution` gives, in the form of the exponential family: a third as many passes over the pixels.
        return _bernoulli_log_prob(tf.convert_to_tensor(parameters), tf.convert_to_tensor(data))

    def point_estimate(self, parameters):
        """The means: probabilities of 1, in [0, 1]."""
        return tf.sigmoid(parameters)


@keras.saving.register_keras_serializable("zoo", "DiscretizedLogisticLikelihood")
class DiscretizedLogistic(Likelihood):
    """Each of the 256 levels of a channel has the mass that a logistic density puts around it.

    For grey levels and colours, [n, ..., channels]. The decoder gives a location and a log-scale per channel, [n, ...,
    2 channels]; the first and the last level take the tails (Kingma et al. 2016, "Improving variational inference with
    inverse autoregressive flow", appendix). Deviation: the scale is kept between a quarter of a level and the whole
    range, so that no mass underflows in float32.
    """

    value_range = (0.0, 1.0)
    levels = 256

    def parameters_shape(self, shape):
        return (*shape[:-1], shape[-1] and 2 * shape[-1])

    def distribution(self, parameters):
        """[n, ..., 2c] -> a distribution over levels 0..255, batch shape [n], event shape [..., c]."""
        return tfd.Independent(self._by_number(parameters), len(parameters.shape) - 1)

    def log_prob(self, parameters, data):
        self._check(parameters, data)
        return _sum_over_items(self._by_number(parameters).log_prob(tf.round(255.0 * data)), data)

    def _by_number(self, parameters):
        location, log_scale = tf.split(parameters, 2, axis=-1)
        scale = 255.0 * tf.exp(tf.clip_by_value(log_scale - 2.0, -7.0, 0.0))
        # QuantizedDistribution rounds up; half a level less makes that "to the nearest level".
        logistic = tfd.Logistic(255.0 * (location + 0.5) - 0.5, scale)
        return tfd.QuantizedDistribution(logistic, low=0.0, high=255.0)

    def point_estimate(self, parameters):
        """The locations, clipped to [0, 1]."""
        location, _ = tf.split(parameters, 2, axis=-1)
        return tf.clip_by_value(location + 0.5, 0.0, 1.0)


@keras.saving.register_keras_serializable("zoo")
class Categorical(Likelihood):
    """Each number is one of some whole numbers that have no order; the decoder gives the logit of each.

    For tokens or notes, int32 [n, *shape]; the decoder gives [n, *shape, classes].

    Args:
        values: the numbers, rising: class k is the k-th of them; or how many there are, which stands for 0, 1, 2, ...

    Raises:
        ValueError: there are fewer than two, or they do not rise; one line.

    Example:

    >>> likelihood = zoo.likelihoods.Categorical(4)
    >>> likelihood.log_prob(tf.zeros([1, 3, 4]), tf.constant([[0, 3, 1]])).numpy().round(3)  # 3 log(1/4)
    array([-4.159], dtype=float32)
    >>> notes = zoo.likelihoods.Categorical([-2, -1, 60, 62])
    >>> notes.point_estimate(tf.constant([[[0.0, 0.1, 0.2, 0.3]]])).numpy()
    array([[62]], dtype=int32)
    """

    dtype = "int32"
    renamed: ClassVar[dict[str, str]] = {"num_values": "values"}

    def __init__(self, values: int | Sequence[int]):
        self.alphabet = Alphabet(values)
        self.values = self.alphabet.values

    @property
    def value_range(self):
        return self.alphabet.value_range

    @property
    def levels(self):
        return len(self.alphabet)

    def parameters_shape(self, shape):
        return (*shape, len(self.alphabet))

    def distribution(self, parameters):
        """[n, *shape, classes] logits -> a distribution over the classes 0, 1, ..., batch shape [n], event `shape`."""
        return tfd.Independent(tfd.Categorical(logits=parameters), len(parameters.shape) - 2)

    def log_prob(self, parameters, data):
        self._check(parameters, data)
        chosen = self.alphabet.one_hot(data)
        return _sum_over_items(tf.reduce_sum(chosen * tf.nn.log_softmax(parameters), axis=-1), data)

    def point_estimate(self, parameters):
        """The modes, int32."""
        return self.alphabet.numbers(tf.argmax(parameters, axis=-1, output_type=tf.int32))


@keras.saving.register_keras_serializable("zoo")
class MarkedEvents(Likelihood):
    """At each of c places there is an event or not; an event has marks, real numbers, each kind in a range of its own.

    Data are [n, ..., (1 + m) c] for m kinds of marks: c numbers that are 1 where there is an event and 0 elsewhere,
    then c of each kind of mark, 0 where there is no event. With e of them and marks y_1, ..., y_m at each place,

        log p(x|z) = sum over places of log Bernoulli(e) + e (log p(y_1) + ... + log p(y_m)):

    a mark counts only where there is an event. p(y) is a logistic density with a location in the range of the mark,
    truncated to this range: that density, divided by its mass in there. The decoder gives (1 + 2m) c numbers: c logits
    of events, then for each kind of mark c locations and c scales, before they are brought to where they belong. The
    scale is kept between e^-6 of the range and all of it, as a density could grow without end on numbers that repeat.

    `log_prob` is minus infinity where the data are none of the kind. It is the logarithm of a density, in nats, and
    compares only with those of marks in the same units.

    Args:
        ranges: (lowest, highest) of each kind of mark; 0 has to lie in it.

    Raises:
        ValueError: there is none, or one is no range with 0 in it; one line.

    Example:

    >>> likelihood = zoo.likelihoods.MarkedEvents([(0, 1)])
    >>> likelihood.parameters_shape((32, 2 * 9))
    (32, 27)
    >>> likelihood.log_prob(tf.zeros([1, 3]), tf.constant([[0.0, 0.0]])).numpy().round(3)  # log(1/2): no event
    array([-0.693], dtype=float32)
    >>> likelihood.point_estimate(tf.constant([[2.0, 0.0, 0.0], [-2.0, 0.0, 0.0]])).numpy()
    array([[1. , 0.5],
           [0. , 0. ]], dtype=float32)
    """

    levels = None

    def __init__(self, ranges: Sequence[tuple[float, float]]):
        self.ranges = tuple((float(low), float(high)) for low, high in ranges)
        if not self.ranges or not all(low <= 0.0 <= high and low < high for low, high in self.ranges):
            raise ValueError(f"ranges: expected (lowest, highest) of each mark, with 0 in it; got {list(ranges)}.")

    @property
    def value_range(self):
        lowest, highest = zip(*self.ranges)
        return min(0.0, *lowest), max(1.0, *highest)

    def parameters_shape(self, shape):
        if shape[-1] is None:
            return shape
        kinds = 1 + len(self.ranges)
        if shape[-1] % kinds:
            raise ValueError(
                f"ranges: expected data of events and {len(self.ranges)} marks, whose last axis {kinds} divides; got "
                f"{list(shape)}."
            )
        return (*shape[:-1], shape[-1] // kinds * (kinds + len(self.ranges)))

    def distribution(self, parameters):
        """[n, ..., (1 + 2m) c] -> a joint distribution: of events, then of each kind of mark that they would have.

        Each part has batch shape [n] and event shape [..., c]; the marks are of all places, with an event or not.
        """
        logits, marks = self._parts(parameters)
        axes = len(parameters.shape) - 1
        parts = [tfd.Independent(tfd.Bernoulli(logits=logits, dtype=tf.float32), axes)]
        for (location, scale), (low, high) in zip(marks, self.ranges):
            below, upto = (tfd.Logistic(location, scale).cdf(bound) for bound in (low, high))
            to_mark = tfb.Chain([tfb.Shift(location), tfb.Scale(scale), tfb.Invert(tfb.Sigmoid())])
            parts.append(tfd.Independent(tfd.TransformedDistribution(tfd.Uniform(below, upto), to_mark), axes))
        return tfd.JointDistributionSequential(parts)

    def log_prob(self, parameters, data):
        self._check(parameters, data)
        logits, marks = self._parts(tf.convert_to_tensor(parameters))
        events, *given = tf.split(tf.convert_to_tensor(data), 1 + len(self.ranges), axis=-1)
        there = events == 1.0
        fits, of_marks = tf.logical_or(there, events == 0.0), tf.zeros_like(logits)
        for (location, scale), (low, high), mark in zip(marks, self.ranges, given):
            fits &= tf.where(there, tf.logical_and(low <= mark, mark <= high), mark == 0.0)
            logistic = tfd.Logistic(location, scale)
            of_marks += logistic.log_prob(mark) - tf.math.log(logistic.cdf(high) - logistic.cdf(low))
        of_marks = tf.where(there, of_marks, 0.0)
        total = Bernoulli().log_prob(logits, events) + _sum_over_items(of_marks, events)
        return tf.where(tf.reduce_all(fits, range(1 - len(data.shape), 0)), total, -float("inf"))

    def point_estimate(self, parameters):
        """Events where their probability is above one half, with the means of their marks; 0 elsewhere."""
        logits, marks = self._parts(parameters)
        events = tf.cast(logits > 0.0, tf.float32)
        means = [_mean(*mark, *bounds) for mark, bounds in zip(marks, self.ranges)]
        return tf.concat([events, *(events * mean for mean in means)], axis=-1)

    def _parts(self, parameters):
        """The logits of events [..., c] and, of each kind of mark, (location, scale), both [..., c]."""
        logits, *raw = tf.split(parameters, 1 + 2 * len(self.ranges), axis=-1)
        marks = []
        for location, log_scale, (low, high) in zip(raw[::2], raw[1::2], self.ranges):
            scale = (high - low) * tf.exp(tf.clip_by_value(log_scale - 2.0, SMALLEST_SCALE, 0.0))
            marks.append((low + (high - low) * tf.sigmoid(location), scale))
        return logits, marks


def _bernoulli_log_prob(logits, data):
    """Logits [..., n, *item], data [n, *item] -> sum over the item of data * logit - log(1 + exp(logit)), [..., n].

    log(1 + e^l) = max(l, 0) + log(1 + e^-|l|), and a sum of logarithms is the logarithm of a product. Each factor lies
    between 1 and 2, so that the product of a hundred is finite: one logarithm for a hundred pixels in place of one each
    makes this, and its gradient, data - sigmoid(logits), up to twice as fast.
    """
    rank = len(data.shape) - 1
    size = data.shape[1:].num_elements() or 1  # None where an axis of the data may have any length
    factors = next(count for count in range(min(size, LARGEST_PRODUCT), 0, -1) if size % count == 0)

    @tf.custom_gradient
    def log_prob(logits, data):
        batch = tf.shape(logits)[: len(logits.shape) - rank]
        products = tf.reshape(1.0 + tf.exp(-tf.abs(logits)), tf.concat([batch, [-1, factors]], axis=0))
        small = tf.reduce_sum(tf.math.log(tf.reduce_prod(products, axis=-1)), axis=-1)

        def gradient(upstream):
            upstream = tf.reshape(upstream, tf.concat([batch, [1] * rank], axis=0))
            of_data = upstream * logits
            return upstream * (data - tf.sigmoid(logits)), tf.reduce_sum(of_data, range(len(logits.shape) - rank - 1))

        return _sum_over_items(data * logits - tf.nn.relu(logits), data) - small, gradient

    return log_prob(logits, data)


def _mean(location, scale, low, high):
    """The mean of a logistic distribution that is truncated to [low, high], in which its location lies.

    By parts: with F its distribution function, (high F(high) - low F(low) - integral of F) / (F(high) - F(low)), and
    F's integral is that of a sigmoid, a softplus.
    """
    begin, end = (low - location) / scale, (high - location) / scale
    below, upto = tf.sigmoid(begin), tf.sigmoid(end)
    integral = scale * (_softplus(end) - _softplus(begin))
    return tf.clip_by_value((high * upto - low * below - integral) / (upto - below), low, high)


def _softplus(x):
    """log(1 + e^x), of operations that TFLite has."""
    return tf.nn.relu(x) + tf.math.log(1.0 + tf.exp(-tf.abs(x)))


def _sum_over_items(log_probs, data):
    """Log-probabilities [..., n, *item] of the numbers of data [n, *item] -> of the items, [..., n]."""
    return tf.reduce_sum(log_probs, range(1 - len(data.shape), 0))
