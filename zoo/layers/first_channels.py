"""What a network is not to see."""

import keras

from zoo.part import config_of


@keras.saving.register_keras_serializable("zoo")
class FirstChannels(keras.layers.Layer):
    """The first `count` numbers of the last axis: [..., channels] -> [..., count]; what follows them is not seen.

    Args:
        count: how many, at least 1.

    Raises:
        ValueError: it is less, or the input has fewer; one line.

    Example:

    >>> zoo.layers.FirstChannels(2)(tf.constant([[1.0, 2.0, 3.0]])).numpy()
    array([[1., 2.]], dtype=float32)
    """

    def __init__(self, count: int, **kwargs):
        super().__init__(**kwargs)
        if count < 1:
            raise ValueError(f"count: expected at least 1; got {count}.")
        self.count = count

    def call(self, numbers):
        return numbers[..., : self.count]

    def compute_output_shape(self, shape):
        if shape[-1] is not None and shape[-1] < self.count:
            raise ValueError(f"count: expected at most the {shape[-1]} channels that there are; got {self.count}.")
        return (*shape[:-1], self.count)

    def get_config(self):
        return {**super().get_config(), **config_of(self)}
