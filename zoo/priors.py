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

import math
from collections.abc import Callable
from typing import ClassVar

import keras
import tensorflow as tf

from zoo.checks import shapes_of, text_of
from zoo.numerics.choice import chosen
from zoo.numerics.noise import Normal, NormalAndUniform, Uniform
from zoo.numerics.probability import tfb, tfd
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


FAR = 9.0  # the mean squared distance of a group that is not there
NEVER = -1e4  # the logit of what can't be


@keras.saving.register_keras_serializable("zoo")
class AutoregressiveMixturePrior(Prior):
    """A learned prior of latents in groups, one after the other, and in each group one latent after the other.

    p(z) = prod_g prod_i p(z_gi | z_g1, ..., z_g(i-1), z_1, ..., z_(g-1)). A gated recurrent unit goes over the groups.
    Of its state and of the latents of the group before it, a small network for each place in a group makes a mixture of
    normal distributions, p(z_gi | ...) = sum_k w_k N(z_gi; m_k, s_k^2): a mixture density network (Bishop 1994,
    "Mixture density networks", equations 22 and 23). All groups share the networks, so that what is learned of one is
    known of all. For log p(z) all latents are known, and the recurrence is the only thing that waits; sampling goes
    latent by latent.

    What was there may come again, as the motifs of a tune do: the latent of each group before is the mean of one
    component more, and the networks also see these groups, how far the last one is from each of the others, and how
    like each of them what there is of this one is. What came after the one that it is like is then likely to come
    again.

    Args:
        latent_dim: length of z.
        groups: in how many groups of equal length it is cut.
        components: of each mixture, besides one for each group before.
        units: of the recurrent unit.
        width: units of the hidden layer that all places in a group share; each one's own has half as many.
        network: for a prior p(z|y) of a VAE with a condition y, a Keras model, y -> [n, groups, any number]: what the
            mixtures of each group are told of it.

    Raises:
        ValueError: z can't be cut into as many groups, or the network gives another number of them; one line.

    Example:

    >>> prior = zoo.priors.AutoregressiveMixturePrior(8, groups=4, components=3, units=16)
    >>> prior.distribution().log_prob(tf.zeros([5, 8])).shape
    TensorShape([5])
    """

    chooses = True

    def __init__(
        self,
        latent_dim: int,
        groups: int,
        components: int = 10,
        units: int = 256,
        width: int = 192,
        network: keras.Model | None = None,
        **kwargs,
    ):
        super().__init__(latent_dim, **kwargs)
        if groups < 2 or latent_dim % groups:
            raise ValueError(f"groups: expected a divisor of latent_dim, {latent_dim}, from 2 on; got {groups}.")
        if components < 1:
            raise ValueError(f"components: expected at least 1; got {components}.")
        self.groups, self.components, self.units, self.width = groups, components, units, width
        self.network, self.conditional = network, network is not None
        told = 0
        if network is not None:
            _, (features,) = shapes_of("network", network)
            if len(features) != 2 or features[0] != groups:
                raise ValueError(f"network: expected an output [n, {groups}, any number]; got {text_of(features)}.")
            told = features[1]
        self.size, self.earlier = latent_dim // groups, groups - 1
        self.cell = keras.layers.GRUCell(units, dtype=self.dtype_policy)
        self.cell.build([None, self.size])
        self.place = self.add_weight(shape=[groups, units], initializer="zeros", name="place")
        self.hidden = keras.layers.Dense(width, activation="swish", dtype=self.dtype_policy)
        self.hidden.build([None, units + self.earlier * (self.size + 2) + told])
        # Of each component the logit and the log-scale; of those that are no group before also the mean.
        self.sizes = [components] * 3 + [self.earlier] * 2
        self.own_hidden, self.own_mixture = [], []  # of each place in a group
        for known in range(self.size):
            hidden = keras.layers.Dense(max(1, width // 2), activation="swish", dtype=self.dtype_policy)
            hidden.build([None, width + known * (1 + self.earlier)])
            small = keras.initializers.RandomNormal(stddev=0.05)
            mixture = keras.layers.Dense(sum(self.sizes), kernel_initializer=small, dtype=self.dtype_policy)
            mixture.build([None, hidden.units])
            self.own_hidden.append(hidden)
            self.own_mixture.append(mixture)
        apart = keras.initializers.RandomNormal()  # components that begin alike would stay alike
        self.centres = self.add_weight(shape=[self.size, components], initializer=apart, name="centres")

    @property
    def noise(self):
        """Normal numbers as long as z, then as many uniform ones, which choose the components."""
        return NormalAndUniform(self.latent_dim, self.latent_dim)

    def distribution(self, condition=None):
        return distribution_of(lambda latents: self.log_prob(latents, condition), self.latent_dim)

    def log_prob(self, latents: tf.Tensor, condition: tf.Tensor | None = None) -> tf.Tensor:
        """log p(z), nats, of latents [..., latent_dim]: [...]; of p(z|y), [..., n, latent_dim] and y [n, ...]."""
        groups = tf.reshape(latents, [-1, self.groups, self.size])
        count = tf.shape(groups)[0]
        state = tf.zeros([count, self.units])
        states = [state]  # each knows the groups before its own
        for group in range(self.earlier):
            state, _ = self.cell(groups[:, group], [state])
            states.append(state)
        states = tf.stack(states, axis=1) + self.place
        padded = tf.pad(groups, [[0, 0], [self.earlier, 0], [0, 0]])
        before = tf.stack([padded[:, i : i + self.earlier][:, ::-1] for i in range(self.groups)], axis=1)
        before = tf.reshape(before, [-1, self.earlier, self.size])
        there = self._there(tf.tile(tf.range(self.groups), [count]))
        told = self._told(condition, lambda told: tf.reshape(_repeated(told, count), [-1, told.shape[2]]))
        context = self._context(tf.reshape(states, [-1, self.units]), before, there, told)
        rows, total = tf.reshape(groups, [-1, self.size]), 0.0
        for known in range(self.size):
            logits, means, log_scales = self._mixture(known, context, rows[:, :known], before, there)
            units = (rows[:, known, None] - means) * tf.exp(-log_scales)
            log_probs = -0.5 * tf.square(units) - log_scales - 0.5 * math.log(2.0 * math.pi)
            total += tf.reduce_logsumexp(tf.nn.log_softmax(logits) + log_probs, axis=1)
        total = tf.reduce_sum(tf.reshape(total, [-1, self.groups]), axis=1)
        return tf.reshape(total, tf.shape(latents)[:-1])

    def from_noise(self, noise, temperature=1.0, condition=None):
        """See `Prior`; a lower temperature also has the likelier components come more often."""
        noise = tf.reshape(noise, [-1, 2, self.groups, self.size])
        count = tf.shape(noise)[0]
        told = self._told(condition, lambda told: told)

        def step(group, latents, before, state):
            normal, uniform = tf.unstack(tf.gather(noise, group, axis=2), axis=1)
            there = self._there(tf.fill([count], group))
            known = None if told is None else tf.gather(told, group, axis=1)
            context = self._context(state + tf.gather(self.place, group), before, there, known)
            drawn = None  # not of width 0, which XNNPACK refuses
            for place in range(self.size):
                logits, means, log_scales = self._mixture(place, context, drawn, before, there)
                # A sum over all components, of which one counts: TFLite gathers rows of batches slowly.
                one = tf.one_hot(chosen(logits, uniform[:, place], temperature), logits.shape[1])
                mean = tf.reduce_sum(one * means, axis=1, keepdims=True)
                scale = tf.exp(tf.reduce_sum(one * log_scales, axis=1, keepdims=True))
                number = mean + temperature * scale * normal[:, place, None]
                drawn = tf.concat([drawn, number], axis=1) if place else number
            # Not into a list of tensors, which does not convert to TFLite.
            latents += tf.one_hot(group, self.groups)[:, None] * drawn[:, None]
            before = tf.concat([drawn[:, None], before[:, :-1]], axis=1)
            return group + 1, latents, before, self.cell(drawn, [state])[0]

        start = (
            tf.constant(0),
            tf.zeros([count, self.groups, self.size]),
            tf.zeros([count, self.earlier, self.size]),
            tf.zeros([count, self.units]),
        )
        _, latents, *_ = tf.while_loop(
            lambda group, *_: group < self.groups, step, start, maximum_iterations=self.groups
        )
        return tf.ensure_shape(tf.reshape(latents, [-1, self.latent_dim]), [None, self.latent_dim])

    def _told(self, condition, chosen):
        """What `chosen` takes of what the network says of a condition; None without a network."""
        return chosen(tf.cast(self.network(condition), tf.float32)) if self.conditional else None

    def _there(self, places):
        """Which of the groups before there are, the last one first, bool [n, earlier]; `places`, [n], says how many."""
        return tf.range(self.earlier)[None] < places[:, None]

    def _context(self, states, before, there, told):
        """What is known before a group's first latent, [n, width].

        Args:
            states: [n, units].
            before: [n, earlier, size], the groups before, the last one first, then zeros.
            there: bool [n, earlier].
            told: [n, any number], of the condition, or None.
        """
        apart = tf.reduce_mean(tf.square(before - before[:, :1]), axis=2)
        apart = tf.where(there, apart, FAR)
        known = [states, tf.reshape(before, [-1, self.earlier * self.size]), apart, tf.math.log(apart + 0.05)]
        return self.hidden(tf.concat(known if told is None else [*known, told], axis=1))

    def _mixture(self, place, context, latents, before, there):
        """The mixture for the latent at a place in its group, 0 for the first; `latents` are those before it there.

        Returns:
            (logits, means, log-scales), each [n, c]; c are the components and those of the groups before.
        """
        known = [context]
        if place:
            alike = tf.exp(-4.0 * tf.square(before[:, :, :place] - latents[:, None]))
            alike = tf.where(there[:, :, None], alike, 0.0)
            known += [latents, tf.reshape(alike, [-1, self.earlier * place])]
        parameters = self.own_mixture[place](self.own_hidden[place](tf.concat(known, axis=1)))
        logits, means, log_scales, of_copies, scales_of_copies = tf.split(parameters, self.sizes, axis=1)
        logits = tf.concat([logits, tf.where(there, of_copies - 1.0, NEVER)], axis=1)
        means = tf.concat([2.0 * means + self.centres[place], before[:, :, place]], axis=1)
        log_scales = tf.concat([log_scales, scales_of_copies], axis=1) - 0.7
        return logits, means, 4.0 * tf.tanh(log_scales / 4.0)  # scales of e^-4 to e^4


def _repeated(rows, count):
    """Rows [n, ...] -> [count, ...]: all of them one after the other, as often as it takes."""
    return tf.tile(rows, [count // tf.shape(rows)[0], *[1] * (len(rows.shape) - 1)])


def distribution_of(log_prob: Callable[[tf.Tensor], tf.Tensor], latent_dim: int) -> "tfd.Distribution":
    """A `tfd` distribution over vectors that is known by its log-density alone."""

    class Known(tfd.Distribution):
        def __init__(self):
            super().__init__(tf.float32, tfd.FULLY_REPARAMETERIZED, False, True, parameters={})

        def _log_prob(self, value):
            return log_prob(value)

        def _event_shape(self):
            return tf.TensorShape([latent_dim])

        def _batch_shape(self):
            return tf.TensorShape([])

    return Known()


def _shift_and_log_scale(network):
    def function(half, units, **_):
        rows = tf.reshape(half, [-1, half.shape[-1]])  # Keras wants rank 2, TFP passes any
        output = tf.reshape(network(rows), tf.concat([tf.shape(half)[:-1], [2 * units]], axis=0))
        shift, log_scale = tf.split(output, 2, axis=-1)
        return shift, 2.0 * tf.tanh(0.5 * log_scale)  # a coupling scales by e^2 at most

    return function
