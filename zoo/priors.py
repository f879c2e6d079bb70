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

from zoo.numerics.noise import Normal
from zoo.numerics.probability import tfb, tfd
from zoo.part import WeightedPart


class Prior(WeightedPart):
    """Base of the priors of one latent vector. Abstract.

    Args:
        latent_dim: length of the vector.
    """

    has_density = True  # without one, a prior is for sampling only, as a GAN does it

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


@keras.saving.register_keras_serializable("zoo")
class AutoregressiveFlowPrior(Prior):
    """A learned prior of latents in groups, one after the other: p(z) = prod_g p(z_g | z_1, ..., z_(g-1)).

    A gated recurrent unit goes over the groups, and its state says how standard normal noise u_g becomes z_g: an affine
    map, then affine couplings as those of `RealNVPPrior`, reversed between them. All groups share the networks, so that
    what is learned of one is known of all. An autoregressive flow over blocks (Papamakarios et al. 2017, "Masked
    autoregressive flow for density estimation", section 3.1, where a block is one number and there are no couplings).
    For log p(z) all groups are known, and the recurrence is the only thing that waits; sampling goes group by group.

    Args:
        latent_dim: length of z.
        groups: in how many groups of equal length it is cut, at least 2 numbers each.
        units: of the recurrent unit.
        couplings: affine couplings within a group.
        width: units of the hidden layer of each coupling's network.

    Raises:
        ValueError: z can't be cut into as many groups of at least 2 numbers; one line.

    Example:

    >>> prior = zoo.priors.AutoregressiveFlowPrior(8, groups=4, units=16)
    >>> prior.distribution().log_prob(tf.zeros([5, 8])).shape
    TensorShape([5])
    """

    def __init__(self, latent_dim: int, groups: int, units: int = 256, couplings: int = 4, width: int = 128, **kwargs):
        super().__init__(latent_dim, **kwargs)
        if groups < 1 or latent_dim % groups or latent_dim < 2 * groups:
            raise ValueError(f"groups: expected {latent_dim} to be a multiple, at least twofold; got {groups}.")
        self.groups, self.units, self.couplings, self.width = groups, units, couplings, width
        self.size = latent_dim // groups
        self.half = self.size // 2  # the numbers of a group that a coupling leaves as they are
        self.cell = keras.layers.GRUCell(units, dtype=self.dtype_policy)
        self.cell.build([None, self.size])
        self.place = self.add_weight(shape=[groups, units], initializer="zeros", name="place")
        self.affine = self._network([], 2 * self.size, inputs=units)
        self.networks = [
            self._network([width], 2 * (self.size - self.half), inputs=self.half + units) for _ in range(couplings)
        ]

    def distribution(self):
        return distribution_of(self.log_prob, self.latent_dim)

    def log_prob(self, latents: tf.Tensor) -> tf.Tensor:
        """log p(z), nats, of latents [..., latent_dim]: [...]."""
        groups = tf.reshape(latents, [-1, self.groups, self.size])
        state = tf.zeros([tf.shape(groups)[0], self.units])
        states = [state]  # each knows the groups before its own
        for group in range(self.groups - 1):
            state, _ = self.cell(groups[:, group], [state])
            states.append(state)
        states = tf.reshape(tf.stack(states, axis=1) + self.place, [-1, self.units])
        noise, log_scale = self._to_noise(tf.reshape(groups, [-1, self.size]), states)
        log_probs = -0.5 * tf.reduce_sum(tf.square(noise) + math.log(2 * math.pi), axis=1) - log_scale
        log_probs = tf.reduce_sum(tf.reshape(log_probs, [-1, self.groups]), axis=1)
        return tf.reshape(log_probs, tf.shape(latents)[:-1])

    def from_noise(self, noise, temperature=1.0):
        noise = tf.reshape(temperature * noise, [-1, self.groups, self.size])
        state, latents = tf.zeros([tf.shape(noise)[0], self.units]), []
        for group in range(self.groups):
            latents.append(self._from_noise(noise[:, group], state + self.place[group]))
            state, _ = self.cell(latents[-1], [state])
        return tf.concat(latents, axis=1)

    def _from_noise(self, numbers, states):
        """The noise of one group, [n, size] -> its latents."""
        shift, log_scale = self._shift_and_log_scale(self.affine, states)
        numbers = numbers * tf.exp(log_scale) + shift
        for network in self.networks:
            kept, moved = numbers[:, : self.half], numbers[:, self.half :]
            shift, log_scale = self._shift_and_log_scale(network, tf.concat([kept, states], axis=1))
            numbers = tf.concat([kept, moved * tf.exp(log_scale) + shift], axis=1)[:, ::-1]
        return numbers

    def _to_noise(self, numbers, states):
        """The inverse of `_from_noise`, and the sum of the log-scales, [n]."""
        total = 0.0
        for network in reversed(self.networks):
            numbers = numbers[:, ::-1]
            kept, moved = numbers[:, : self.half], numbers[:, self.half :]
            shift, log_scale = self._shift_and_log_scale(network, tf.concat([kept, states], axis=1))
            numbers = tf.concat([kept, (moved - shift) * tf.exp(-log_scale)], axis=1)
            total += tf.reduce_sum(log_scale, axis=1)
        shift, log_scale = self._shift_and_log_scale(self.affine, states)
        return (numbers - shift) * tf.exp(-log_scale), total + tf.reduce_sum(log_scale, axis=1)

    def _network(self, widths, num_outputs, inputs):
        hidden = [keras.layers.Dense(width, activation="swish", dtype=self.dtype_policy) for width in widths]
        # Zeros make all of it start as the identity.
        last = keras.layers.Dense(num_outputs, kernel_initializer="zeros", dtype=self.dtype_policy)
        return keras.Sequential([keras.Input([inputs]), *hidden, last])

    @staticmethod
    def _shift_and_log_scale(network, known):
        shift, log_scale = tf.split(network(known), 2, axis=1)
        return shift, 3.0 * tf.tanh(log_scale / 3.0)  # scales by e^3 at most


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
