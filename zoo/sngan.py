"""Residual generator and spectrally normalized residual discriminator, for images of any height x width x channels.

After Miyato et al. 2018, "Spectral normalization for generative adversarial networks", appendix B.4, table 4.
Deviations: the spatial size starts at about 7 where theirs starts at 4; elu in place of relu in the discriminator;
images are in [0, 1].

Example:

>>> generator = zoo.sngan.generator([28, 28, 1], latent_dim=64, width=16)
>>> discriminator = zoo.sngan.discriminator([28, 28, 1], width=16)
>>> discriminator(generator(tf.random.normal([8, 64]))).shape
TensorShape([8, 1])
"""

import keras
from keras import layers

from zoo.dcgan import growth, halvings, images_of, logits_of, normalization, normalized
from zoo.networks import DepthToSpace


def generator(image_shape, latent_dim, width=32, classes=None, dtype=None):
    """From latents to images: a dense layer, then residual blocks that each double height and width.

    Args:
        image_shape: (h, w, c); sides of at least 8. What comes out larger is cropped.
        latent_dim: length of the latent vector.
        width: channels of every block.
        classes: with it, the second input is int32 labels [n], which act through the normalization.
        dtype: policy of the layers; the images are float32 in any case.

    Returns:
        Keras model, [n, latent_dim] (or [latents, labels]) -> [n, h, w, c] in [0, 1].
    """
    doublings, rows, columns = growth(image_shape)
    latents = keras.Input([latent_dim], name="latents")
    labels = keras.Input([], dtype="int32", name="labels") if classes else None

    def activated(x):
        return layers.ReLU(dtype=dtype)(normalization(x, labels, classes, dtype))

    def convolution(x, size):
        return layers.Conv2D(width, size, padding="same", dtype=dtype)(x)

    def doubled(x):
        # Each pixel four times. Keras's UpSampling2D loses the shape, which TFLite wants to know.
        return DepthToSpace(dtype=dtype)(layers.Concatenate(dtype=dtype)([x] * 4))  # h and w doubled

    x = layers.Dense(rows * columns * width, dtype=dtype)(latents)
    x = layers.Reshape([rows, columns, width], dtype=dtype)(x)
    for _ in range(doublings):
        residual = convolution(doubled(activated(x)), 3)
        residual = convolution(activated(residual), 3)
        x = layers.Add(dtype=dtype)([doubled(convolution(x, 1)), residual])
    x = images_of(activated(x), image_shape, dtype)
    return keras.Model([latents, labels] if classes else latents, x, name="generator")


def discriminator(image_shape, width=32, classes=None, auxiliary_outputs=0, dtype=None):
    """From images to logits: residual blocks, one for each halving of the size and two more at the end.

    Args:
        image_shape: (h, w, c); sides of at least 8.
        width: channels of every block.
        classes, auxiliary_outputs: as for `zoo.dcgan.discriminator`.
        dtype: policy of the layers; the outputs are float32 in any case.

    Returns:
        As `zoo.dcgan.discriminator`.
    """
    x = images = keras.Input(image_shape, name="images")
    labels = keras.Input([], dtype="int32", name="labels") if classes else None

    def convolution(x, size):
        return normalized(layers.Conv2D(width, size, padding="same", dtype=dtype))(x)

    def activated(x):
        return layers.Activation("elu", dtype=dtype)(x)

    x = layers.Rescaling(2.0, -1.0, dtype=dtype)(x)
    halved = layers.AveragePooling2D(2, padding="same", dtype=dtype)
    # The first block sees pixels, to which no activation belongs.
    residual = halved(convolution(activated(convolution(x, 3)), 3))
    x = layers.Add(dtype=dtype)([convolution(halved(x), 1), residual])  # h/2, w/2
    for _ in range(halvings(image_shape) - 1):
        residual = halved(convolution(activated(convolution(activated(x), 3)), 3))
        x = layers.Add(dtype=dtype)([halved(convolution(x, 1)), residual])  # h and w halved
    for _ in range(2):
        residual = convolution(activated(convolution(activated(x), 3)), 3)
        x = layers.Add(dtype=dtype)([x, residual])
    # A sum and not a mean, or no logit could leave the margin of a hinge.
    features = keras.ops.sum(layers.Activation("elu", dtype="float32")(x), axis=[1, 2])  # [n, width]
    outputs = logits_of(features, labels, classes, auxiliary_outputs, spectral=True)
    return keras.Model([images, labels] if classes else images, outputs, name="discriminator")
