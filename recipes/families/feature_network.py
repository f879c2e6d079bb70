"""The networks in whose features samples are measured, whatever they are trained by."""

from collections.abc import Sequence

import keras
from keras import layers

import zoo

BEAT = 4  # steps of a sixteenth


def images_and_features(image_shape: tuple[int, int, int], policy: str) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Convolutions, and of the last ones the mean over all places.

    Args:
        image_shape: (h, w, c).
        policy: Keras dtype policy of the hidden layers.

    Returns:
        (Keras tensor of the images [n, h, w, c] in [0, 1], Keras tensor of their features, float32 [n, 128])
    """

    def convolution(x, filters):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False, dtype=policy)(x)
        return layers.ReLU(dtype=policy)(zoo.layers.BatchNormalization(momentum=0.9, dtype=policy)(x))

    x = images = keras.Input(image_shape, name="images")
    for filters in (24, 48):
        x = convolution(convolution(x, filters), filters)
        x = layers.MaxPooling2D(dtype=policy)(x)  # h and w halved
    x = convolution(x, 128)
    return images, layers.GlobalAveragePooling2D(dtype="float32", name="features")(x)


def notes_and_features(
    shape: tuple[int, ...], values: Sequence[int], policy: str
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Convolutions over the steps, then over the beats, and of the last ones the mean over all beats.

    Args:
        shape: [steps] or [steps, voices], of whole beats.
        values: what a step may be, rising, see `zoo.domains.Music`.
        policy: Keras dtype policy of the hidden layers.

    Returns:
        (Keras tensor of the notes, int32 [n, *shape], Keras tensor of their features, float32 [n, 64])
    """

    def convolution(x, filters, size, **options):
        x = layers.Conv1D(filters, size, padding="same", use_bias=False, dtype=policy, **options)(x)
        return layers.ReLU(dtype=policy)(zoo.layers.BatchNormalization(momentum=0.9, dtype=policy)(x))

    notes = keras.Input(shape, dtype="int32", name="notes")
    x = zoo.layers.OneHot(values, dtype=policy)(notes)
    x = layers.Reshape([shape[0], -1], dtype=policy)(x)  # the voices of a step beside each other
    x = convolution(convolution(x, 48, 1), 48, BEAT)
    x = convolution(x, 48, BEAT, strides=BEAT)
    x = convolution(convolution(x, 48, 3), 48, 3, dilation_rate=2)
    x = convolution(x, 64, 3)
    return notes, layers.GlobalAveragePooling1D(dtype="float32", name="features")(x)
