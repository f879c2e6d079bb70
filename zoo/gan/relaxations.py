"""Relaxations: how a generator's numbers become data where data are whole numbers, from which no gradient flows.

The generator gives a logit for each class of each number, and the discriminator sees one-hot classes, of real data and
of generated ones alike. What a person gets are the whole numbers.
"""

from collections.abc import Sequence

import keras
import tensorflow as tf

from zoo.numerics.alphabet import Alphabet
from zoo.numerics.choice import one_hot_with_gradient
from zoo.part import Part


class Relaxation(Part):
    """Base of the relaxations. Abstract.

    Args:
        values: the whole numbers that the data may be, rising: class k is the k-th of them; or how many there are,
            which stands for 0, 1, 2, ...
    """

    def __init__(self, values: int | Sequence[int]):
        self.alphabet = Alphabet(values)
        self.values = self.alphabet.values

    def embedded(self, data: tf.Tensor) -> tf.Tensor:
        """Data, int32 [n, ...] -> what the discriminator sees of them, one-hot float32 [n, ..., classes]."""
        return self.alphabet.one_hot(data)

    def relaxed(self, logits: tf.Tensor) -> tf.Tensor:
        """The generator's logits [n, ..., classes] -> what the discriminator sees, one-hot, with a gradient."""
        raise NotImplementedError

    def chosen(self, logits: tf.Tensor) -> tf.Tensor:
        """The generator's logits [n, ..., classes] -> data, int32 [n, ...]: the same choice as `relaxed` makes."""
        return self.alphabet.numbers(tf.argmax(logits, axis=-1, output_type=tf.int32))


@keras.saving.register_keras_serializable("zoo")
class StraightThrough(Relaxation):
    """The largest logit is chosen; the gradient is that of the softmax, as if it had been what the discriminator saw.

    Bengio, Léonard and Courville 2013, "Estimating or propagating gradients through stochastic neurons for conditional
    computation", section 4; for categories Jang, Gu and Poole 2017, "Categorical reparameterization with
    Gumbel-softmax", section 2.2. Deviation from the latter: no Gumbel noise is added, so that all that is random comes
    from the latents, and neighbouring numbers, which are chosen at once, agree with each other.

    Args:
        values: see `Relaxation`.
        temperature: of the softmax; the lower, the more of the gradient goes to the classes that are nearly chosen.

    Example:

    >>> relaxation = zoo.relaxations.StraightThrough([-2, -1, 60, 62])
    >>> relaxation.relaxed(tf.constant([[0.0, 0.1, 0.4, 0.3]])).numpy()
    array([[0., 0., 1., 0.]], dtype=float32)
    >>> relaxation.chosen(tf.constant([[0.0, 0.1, 0.4, 0.3]])).numpy()
    array([60], dtype=int32)
    """

    def __init__(self, values: int | Sequence[int], temperature: float = 1.0):
        if temperature <= 0:
            raise ValueError(f"temperature: expected a positive number; got {temperature}.")
        super().__init__(values)
        self.temperature = temperature

    def relaxed(self, logits):
        return one_hot_with_gradient(tf.argmax(logits, axis=-1), logits / self.temperature)


@keras.saving.register_keras_serializable("zoo")
class Chosen(Relaxation):
    """The generator chooses by itself, as one that goes step after step must: what it gives is one-hot already.

    With a gradient: see `zoo.numerics.choice.one_hot_with_gradient`.

    Args:
        values: see `Relaxation`.
    """

    def relaxed(self, logits):
        return logits
