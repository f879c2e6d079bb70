"""Encoders and decoders: plain Keras models, dense or convolutional, for images of any height x width x channels.

An encoder maps images [n, h, w, c] to `num_outputs` float32 numbers per row (for a diagonal Gaussian posterior, twice
the latent dimension); a decoder maps latents [n, latent_dim] to the parameters of a likelihood, [n, h, w, channels].
What comes out is float32 whatever the `dtype` policy of the layers: a log-likelihood in bfloat16 is worth little.

Example:

>>> encoder = zoo.networks.conv_encoder([28, 28, 1], num_num_outputs=2 * 32)
>>> decoder = zoo.networks.conv_decoder([28, 28, 1], latent_dim=32)
>>> decoder(encoder(tf.zeros([8, 28, 28, 1]))[:, :32]).shape
TensorShape([8, 28, 28, 1])
"""

import math

import keras
from keras import layers

from zoo.layers import DepthToSpace


def dense_encoder(image_shape, num_outputs, widths=(500, 500), activation="elu", dtype=None):
    """Fully connected: flattened pixels, then `widths` units a layer."""
    x = images = keras.Input(image_shape, name="images")
    x = layers.Flatten(dtype=dtype)(x)
    for width in widths:
        x = layers.Dense(width, activation=activation, dtype=dtype)(x)
    return keras.Model(images, layers.Dense(num_outputs, dtype="float32")(x), name="encoder")


def dense_decoder(image_shape, latent_dim, widths=(500, 500), activation="elu", dtype=None):
    """Fully connected: `widths` units a layer, then one number for each entry of `image_shape`."""
    x = latents = keras.Input([latent_dim], name="latents")
    for width in widths:
        x = layers.Dense(width, activation=activation, dtype=dtype)(x)
    x = layers.Dense(math.prod(image_shape), dtype=dtype)(x)
    return keras.Model(latents, layers.Reshape(image_shape, dtype="float32")(x), name="decoder")


def conv_encoder(image_shape, num_outputs, width=16, hidden=208, activation="elu", dtype=None):
    """Two convolutions of stride 2, a 1 x 1 convolution back to `width` channels, one dense layer of `hidden` units."""
    x = images = keras.Input(image_shape, name="images")
    x = layers.Conv2D(width, 5, strides=2, padding="same", activation=activation, dtype=dtype)(x)  # h/2, w/2
    x = layers.Conv2D(2 * width, 3, strides=2, padding="same", activation=activation, dtype=dtype)(x)  # h/4, w/4
    x = layers.Conv2D(width, 1, activation=activation, dtype=dtype)(x)
    x = layers.Flatten(dtype=dtype)(x)
    x = layers.Dense(hidden, activation=activation, dtype=dtype)(x)
    return keras.Model(images, layers.Dense(num_outputs, dtype="float32")(x), name="encoder")


def conv_decoder(image_shape, latent_dim, width=16, hidden=208, activation="elu", dtype=None):
    """Dense layers to h/4 x w/4, then convolutions and depth-to-space up.

    On a CPU a dense layer does more in its time than a convolution at h/4 x w/4 would, so the 3 x 3 convolutions start
    at h/2 x w/2. Heights and widths that 4 does not divide are made larger and cropped.
    """
    *sides, channels = image_shape
    rows, columns = (math.ceil(side / 4) for side in sides)
    x = latents = keras.Input([latent_dim], name="latents")
    x = layers.Dense(hidden, activation=activation, dtype=dtype)(x)
    x = layers.Dense(rows * columns * width, activation=activation, dtype=dtype)(x)
    x = layers.Reshape([rows, columns, width], dtype=dtype)(x)  # h/4, w/4
    x = layers.Conv2D(8 * width, 1, activation=activation, dtype=dtype)(x)
    x = DepthToSpace(dtype=dtype)(x)  # h/2, w/2
    x = layers.Conv2D(2 * width, 3, padding="same", activation=activation, dtype=dtype)(x)
    x = layers.Conv2D(4 * channels, 3, padding="same", dtype=dtype)(x)
    x = DepthToSpace(dtype="float32")(x)  # h, w
    x = layers.Cropping2D([(0, 4 * rows - sides[0]), (0, 4 * columns - sides[1])], dtype="float32")(x)
    return keras.Model(latents, x, name="decoder")
