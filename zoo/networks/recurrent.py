"""Recurrent networks for sequences of tokens, int32 [n, steps]."""

import keras
import tensorflow as tf
from keras import layers

from zoo.numerics.choice import chosen
from zoo.sequential import SequentialDecoder


def gru_encoder(steps: int, num_values: int, num_outputs: int, units: int = 128, dtype=None) -> keras.Model:
    """A gated recurrent unit over the tokens, each 0 to num_values - 1; of its last state, `num_outputs` numbers."""
    x = tokens = keras.Input([steps], dtype="int32", name="tokens")
    x = layers.Embedding(num_values, units, dtype=dtype)(x)
    # Unrolled, as a loop's lists do not convert to TFLite.
    x = layers.GRU(units, unroll=True, dtype=dtype)(x)
    return keras.Model(tokens, layers.Dense(num_outputs, dtype="float32")(x), name="encoder")


@keras.saving.register_keras_serializable("zoo")
class GRUDecoder(SequentialDecoder):
    """Tokens of a latent, each from the latent and from the tokens before it, by a gated recurrent unit.

    Its parameters are the logits of a `zoo.likelihoods.Categorical`, float32 [n, steps, num_values]. Cho et al. 2014,
    "Learning phrase representations using RNN encoder-decoder", equations 5 to 8, as Keras has them.

    Args:
        latent_dim: length of z.
        steps: tokens of one item.
        num_values: how many tokens there are.
        units: of the recurrent layer.

    Example:

    >>> decoder = zoo.networks.GRUDecoder(latent_dim=2, steps=5, num_values=4, units=8)
    >>> decoder(tf.zeros([3, 2]), tf.zeros([3, 5], tf.int32)).shape
    TensorShape([3, 5, 4])
    >>> decoder.from_noise(tf.zeros([3, 2]), tf.fill([3, 5], 0.5), temperature=1.0).shape
    TensorShape([3, 5])
    """

    def __init__(self, latent_dim: int, steps: int, num_values: int, units: int = 128, **kwargs):
        super().__init__(latent_dim, (steps,), **kwargs)
        self.steps, self.num_values, self.units = steps, num_values, units
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
        before = tf.pad(data[:, :-1], [[0, 0], [1, 0]], constant_values=self.num_values)
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

        start = (tf.constant(0), tf.zeros([n, self.steps], tf.int32), tf.fill([n], self.num_values))
        _, tokens, _, _ = tf.while_loop(
            lambda t, *_: t < self.steps, step, (*start, self.first_state(latents)), maximum_iterations=self.steps
        )
        return tokens
