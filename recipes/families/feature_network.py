"""The network in whose features samples are measured, whatever it is trained by."""

import keras
from keras import layers

import zoo


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
