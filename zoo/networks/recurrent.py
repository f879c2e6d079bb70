"""Recurrent networks for sequences of whole numbers, int32 [n, steps]: tokens, notes."""

from collections.abc import Sequence
from typing import ClassVar

import keras
import tensorflow as tf
from keras import layers

from zoo.layers import OneHot
from zoo.numerics.alphabet import Alphabet
from zoo.numerics.choice import chosen
from zoo.sequential import SequentialDecoder


def gru_encoder(
    steps: int, values: int | Sequence[int], num_outputs: int, units: int = 128, name: str = "tokens", dtype=None
) -> keras.Model:
    """A gated recurrent unit over the steps; of its last state, `num_outputs` numbers.

    `values` are those of a `zoo.likelihoods.Categorical`, and `name` is what the data are called.
    """
    tokens = keras.Input([steps], dtype="int32", name=name)
    x = layers.Dense(units, use_bias=False, dtype=dtype)(OneHot(values, dtype=dtype)(tokens))
    # Unrolled, as a loop's lists do not convert to TFLite.
    x = layers.GRU(units, unroll=True, dtype=dtype)(x)
    return keras.Model(tokens, layers.Dense(num_outputs, dtype="float32")(x), name="encoder")


@keras.saving.register_keras_serializable("zoo")
class GRUDecoder(SequentialDecoder):
    """Whole numbers of a latent, each from the latent and from those before it, by a gated recurrent unit.

    Its parameters are the logits of a `zoo.likelihoods.Categorical`, float32 [n, steps, classes]. Cho et al. 2014,
    "Learning phrase representations using RNN encoder-decoder", equations 5 to 8, as Keras has them.

    Args:
        latent_dim: length of z.
        steps: numbers of one item.
        values: as of the `zoo.likelihoods.Categorical`.
        units: of the recurrent layer.

    Example:

    >>> decoder = zoo.networks.GRUDecoder(latent_dim=2, steps=5, values=4, units=8)
    >>> decoder(tf.zeros([3, 2]), tf.zeros([3, 5], tf.int32)).shape
    TensorShape([3, 5, 4])
    >>> decoder.from_noise(tf.zeros([3, 2]), tf.fill([3, 5], 0.5), temperature=1.0).shape
    TensorShape([3, 5])
    """

    renamed: ClassVar[dict[str, str]] = {"num_values": "values"}

    def __init__(self, latent_dim: int, steps: int, values: int | Sequence[int], units: int = 128, **kwargs):
        super().__init__(latent_dim, (steps,), **kwargs)
        self.steps, self.units, self.alphabet = steps, units, Alphabet(values)
        self.values = self.alphabet.values
        num_values = len(self.alphabet)
        self.first_state = layers.Dense(units, activation="tanh", dtype=self.dtype_policy)
        self.embedding = layers.Embedding(num_values + 1, units, dtype=self.dtype_policy)  # the last one: no token yet
        self.cell = layers.GRUCell(units, dtype=self.dtype_policy)
        self.recurrence = layers.RNN(self.cell, return_sequences=True, dtype=self.dtype_policy)
        self.logits = layers.Dense(num_values, dtype=self.dtype_policy)
        self.first_state.build([None, latent_dim])
        self.embedding.build()
        self.recurrence.build([None, steps, units + latent_dim])
        self.logits.build([None, units])
        self.built = True

    def call(self, latents, data):
        latents = tf.cast(latents, self.compute_dtype)
        before = self.alphabet.classes(data[:, :-1])
        before = tf.pad(before, [[0, 0], [1, 0]], constant_values=len(self.alphabet))
        repeated = tf.tile(latents[:, None], [1, self.steps, 1])
        x = tf.concat([self.embedding(before), repeated], axis=-1)
        x = self.recurrence(x, initial_state=[self.first_state(latents)])
        return tf.cast(self.logits(x), tf.float32)

    def from_noise(self, latents, choices, temperature):
        latents, n = tf.cast(latents, self.compute_dtype), tf.shape(latents)[0]

        def step(t, tokens, last, state):
            x = tf.concat([self.embedding(last), latents], axis=-1)
            x, (state,) = self.cell(x, [state])
            last = chosen(tf.cast(self.logits(x), tf.float32), tf.gather(choices, t, axis=1), temperature)
            return t + 1, tokens + last[:, None] * tf.one_hot(t, self.steps, dtype=tf.int32), last, state

        start = (tf.constant(0), tf.zeros([n, self.steps], tf.int32), tf.fill([n], len(self.alphabet)))
        _, tokens, _, _ = tf.while_loop(
            lambda t, *_: t < self.steps, step, (*start, self.first_state(latents)), maximum_iterations=self.steps
        )
        return self.alphabet.numbers(tokens)
