"""What networks make of whole numbers."""

from collections.abc import Sequence

import keras

from zoo.numerics.alphabet import Alphabet
from zoo.part import config_of


@keras.saving.register_keras_serializable("zoo")
class OneHot(keras.layers.Layer):
    """Whole numbers, int32 [...] -> one-hot classes [..., classes], in the type that the layer computes in.

    Args:
        values: the numbers, rising, or how many there are from 0 on; see `zoo.likelihoods.Categorical`.
    """

    def __init__(self, values: int | Sequence[int], **kwargs):
        super().__init__(**kwargs)
        self.alphabet = Alphabet(values)
        self.values = self.alphabet.values

    def call(self, numbers):
        return keras.ops.cast(self.alphabet.one_hot(numbers), self.compute_dtype)

    def compute_output_spec(self, numbers):
        return keras.KerasTensor([*numbers.shape, len(self.alphabet)], self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), **config_of(self)}
