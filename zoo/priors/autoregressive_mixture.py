"""A prior of latents in groups: each latent from a mixture of normal distributions that knows those before it."""

import math
from collections.abc import Callable

import keras
import tensorflow as tf

from zoo.checks import shapes_of, text_of
from zoo.numerics.choice import chosen
from zoo.numerics.noise import NormalAndUniform
from zoo.numerics.probability import tfd
from zoo.priors.prior import Prior

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
        return _distribution_of(lambda latents: self.log_prob(latents, condition), self.latent_dim)

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
        told = self._told(condition)
        if told is not None:
            # Of n conditions, for [..., n] latents: again and again.
            told = tf.reshape(tf.tile(told, [count // tf.shape(told)[0], 1, 1]), [-1, told.shape[2]])
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
        told = self._told(condition)

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

    def _told(self, condition):
        """What the network says of a condition, [n, groups, any number]; None without a network."""
        return tf.cast(self.network(condition), tf.float32) if self.conditional else None

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


def _distribution_of(log_prob: Callable[[tf.Tensor], tf.Tensor], latent_dim: int) -> "tfd.Distribution":
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
