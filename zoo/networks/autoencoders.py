"""Encoders and decoders: plain Keras models, dense or convolutional, for images of any height x width x channels.

An encoder maps images [n, h, w, c] to `num_outputs` float32 numbers per row (for a diagonal Gaussian posterior, twice
the latent dimension); a decoder maps latents [n, latent_dim] to the parameters of a likelihood, [n, h, w, channels].
With `num_classes`, both have int32 labels [n] as a second input. What comes out is float32 whatever the `dtype` policy
of the layers: a log-likelihood in bfloat16 is worth little.

Example:

>>> encoder = zoo.networks.conv_encoder([28, 28, 1], num_outputs=2 * 32)
>>> decoder = zoo.networks.conv_decoder([28, 28, 1], latent_dim=32)
>>> decoder(encoder(tf.zeros([8, 28, 28, 1]))[:, :32]).shape
TensorShape([8, 28, 28, 1])
"""

import math

import keras
from keras import layers

from zoo.layers import DepthToSpace


def dense_encoder(
    image_shape, num_outputs, widths=(500, 500), activation="elu", num_classes=None, dtype=None
) -> keras.Model:
    """Fully connected: flattened pixels, then `widths` units per layer."""
    images, labels = keras.Input(image_shape, name="images"), _labels(num_classes)
    x = _joined(layers.Flatten(dtype=dtype)(images), labels, num_classes, dtype)
    for width in widths:
        x = layers.Dense(width, activation=activation, dtype=dtype)(x)
    return keras.Model(_inputs(images, labels), layers.Dense(num_outputs, dtype="float32")(x), name="encoder")


def dense_decoder(
    image_shape, latent_dim, widths=(500, 500), activation="elu", num_classes=None, dtype=None
) -> keras.Model:
    """Fully connected: `widths` units per layer, then one number for each entry of `image_shape`."""
    latents, labels = keras.Input([latent_dim], name="latents"), _labels(num_classes)
    x = _joined(latents, labels, num_classes, dtype)
    for width in widths:
        x = layers.Dense(width, activation=activation, dtype=dtype)(x)
    x = layers.Dense(math.prod(image_shape), dtype=dtype)(x)
    return keras.Model(_inputs(latents, labels), layers.Reshape(image_shape, dtype="float32")(x), name="decoder")


def conv_encoder(
    image_shape, num_outputs, width=16, hidden=208, activation="elu", num_classes=None, dtype=None
) -> keras.Model:
    """Two convolutions of stride 2, a 1 x 1 convolution back to `width` channels, one dense layer of `hidden` units."""
    images, labels = keras.Input(image_shape, name="images"), _labels(num_classes)
    x = layers.Conv2D(width, 5, strides=2, padding="same", activation=activation, dtype=dtype)(images)  # h/2, w/2
    x = layers.Conv2D(2 * width, 3, strides=2, padding="same", activation=activation, dtype=dtype)(x)  # h/4, w/4
    x = layers.Conv2D(width, 1, activation=activation, dtype=dtype)(x)
    x = _joined(layers.Flatten(dtype=dtype)(x), labels, num_classes, dtype)
    x = layers.Dense(hidden, activation=activation, dtype=dtype)(x)
    return keras.Model(_inputs(images, labels), layers.Dense(num_outputs, dtype="float32")(x), name="encoder")


def conv_decoder(
    image_shape, latent_dim, width=16, hidden=208, activation="elu", num_classes=None, dtype=None
) -> keras.Model:
    """Dense layers to h/4 x w/4, then convolutions and depth-to-space up.

    On a CPU a dense layer does more in its time than a convolution at h/4 x w/4 would, so the 3 x 3 convolutions start
    at h/2 x w/2. Heights and widths that 4 does not divide are made larger and cropped.
    """
    *sides, channels = image_shape
    rows, columns = (math.ceil(side / 4) for side in sides)
    latents, labels = keras.Input([latent_dim], name="latents"), _labels(num_classes)
    x = _joined(latents, labels, num_classes, dtype)
    x = layers.Dense(hidden, activation=activation, dtype=dtype)(x)
    x = layers.Dense(rows * columns * width, activation=activation, dtype=dtype)(x)
    x = layers.Reshape([rows, columns, width], dtype=dtype)(x)  # h/4, w/4
    x = layers.Conv2D(8 * width, 1, activation=activation, dtype=dtype)(x)
    x = DepthToSpace(dtype=dtype)(x)  # h/2, w/2
    x = layers.Conv2D(2 * width, 3, padding="same", activation=activation, dtype=dtype)(x)
    x = layers.Conv2D(4 * channels, 3, padding="same", dtype=dtype)(x)
    x = DepthToSpace(dtype="float32")(x)  # h, w
    x = layers.Cropping2D([(0, 4 * rows - sides[0]), (0, 4 * columns - sides[1])], dtype="float32")(x)
    return keras.Model(_inputs(latents, labels), x, name="decoder")


def _labels(num_classes):
    return keras.Input([], dtype="int32", name="labels") if num_classes else None


def _joined(x, labels, num_classes, dtype):
    """x [n, d], with one-hot labels behind it where there are classes."""
    if labels is None:
        return x
    one_hot = layers.CategoryEncoding(num_classes, output_mode="one_hot", dtype="float32")(labels)
    return layers.Concatenate(dtype=dtype)([x, one_hot])


def _inputs(first, labels):
    return first if labels is None else [first, labels]
