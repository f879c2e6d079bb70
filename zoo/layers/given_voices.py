"""Voices that are given, beside those that a network makes."""

import keras

SURE = 1e4  # the logit of what is given; of all else it is 0


@keras.saving.register_keras_serializable("zoo")
class GivenVoices(keras.layers.Layer):
    """A given voice and logits of others -> logits of all, the given one first.

    Takes [one-hot [n, steps, classes], logits of k others [n, steps, k, classes]]; gives [n, steps, 1 + k, classes].
    The given voice is as good as certain: whatever is made of the logits, it comes back untouched.
    """

    def call(self, inputs):
        given, logits = inputs
        given = SURE * keras.ops.cast(given, "float32")
        return keras.ops.concatenate([given[:, :, None], keras.ops.cast(logits, "float32")], axis=2)

    def compute_output_spec(self, inputs):
        n, steps, voices, classes = inputs[1].shape
        return keras.KerasTensor([n, steps, 1 + voices, classes], "float32")
