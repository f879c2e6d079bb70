"""Residual generator and spectrally normalized residual discriminator, for images of any height x width x channels.

After Miyato et al. 2018, "Spectral normalization for generative adversarial networks", appendix B.4, table 4.
Deviations: the spatial size starts at about 7 where theirs starts at 4; the channels double where height and width
halve, theirs are as many in every block; a dense layer more in both, as in `zoo.networks.dcgan`, in the discriminator
in place of a sum over the places; elu in place of relu in the discriminator; images are in [0, 1].

Example:

>>> generator = zoo.networks.sngan.generator([28, 28, 1], latent_dim=64, width=16)
>>> discriminator = zoo.networks.sngan.discriminator([28, 28, 1], width=16)
>>> discriminator(generator(tf.random.normal([8, 64]))).shape
TensorShape([8, 1])
"""

import keras
from keras import layers

from zoo.layers import DepthToSpace, SpectralNormalization
from zoo.networks.blocks import growth, halvings, images_of, logits_of, normalization, with_hidden_layer


def generator(image_shape, latent_dim, width=32, num_classes=None, dtype=None):
    """From latents to images: dense layers, then residual blocks that each double height and width.

    Args:
        image_shape: (h, w, c); sides of at least 8. What comes out larger is cropped.
        latent_dim: length of the latent vector.
        width: channels at the full resolution; they double with each halving of it.
        num_classes: with it, the second input is int32 labels [n], which act through the normalization.
        dtype: policy of the layers; the images are float32 in any case.

    Returns:
        Keras model, [n, latent_dim] (or [latents, labels]) -> [n, h, w, c] in [0, 1].
    """
    doublings, rows, columns = growth(image_shape)
    latents = keras.Input([latent_dim], name="latents")
    labels = keras.Input([], dtype="int32", name="labels") if num_classes else None

    def activated(x):
        return layers.ReLU(dtype=dtype)(normalization(x, labels, num_classes, dtype))

    def convolution(x, filters, size):
        return layers.Conv2D(filters, size, padding="same", dtype=dtype)(x)

    def doubled(x):
        # Each pixel four times. Keras's UpSampling2D loses the shape, which TFLite wants to know.
        return DepthToSpace(dtype=dtype)(layers.Concatenate(dtype=dtype)([x] * 4))  # h and w doubled

    filters = width * 2**doublings
    x = latents if num_classes else with_hidden_layer(latents, 16 * width, dtype)
    x = layers.Dense(rows * columns * filters, dtype=dtype)(x)
    x = layers.Reshape([rows, columns, filters], dtype=dtype)(x)
    for _ in range(doublings):
        filters //= 2
        residual = convolution(doubled(activated(x)), filters, 3)
        residual = convolution(activated(residual), filters, 3)
        x = layers.Add(dtype=dtype)([doubled(convolution(x, filters, 1)), residual])
    x = images_of(activated(x), image_shape, dtype)
    return keras.Model([latents, labels] if num_classes else latents, x, name="generator")


def discriminator(image_shape, width=32, num_classes=None, num_auxiliary=0, dtype=None):
    """From images to logits: residual blocks, one for each halving of the size and two more, and two dense layers.

    Args:
        image_shape: (h, w, c); sides of at least 8.
        width: channels of the first block; they double with each further halving.
        num_classes, num_auxiliary: as for `zoo.networks.dcgan.discriminator`.
        dtype: policy of the layers; the outputs are float32 in any case.

    Returns:
        As `zoo.networks.dcgan.discriminator`.
    """
    x = images = keras.Input(image_shape, name="images")
    labels = keras.Input([], dtype="int32", name="labels") if num_classes else None

    def convolution(x, filters, size):
        return SpectralNormalization(layers.Conv2D(filters, size, padding="same", dtype=dtype))(x)

    def activated(x):
        return layers.Activation("elu", dtype=dtype)(x)

    x = layers.Rescaling(2.0, -1.0, dtype=dtype)(x)
    halved = layers.AveragePooling2D(2, padding="same", dtype=dtype)
    # The first block sees pixels, to which no activation belongs.
    residual = halved(convolution(activated(convolution(x, width, 3)), width, 3))
    x = layers.Add(dtype=dtype)([convolution(halved(x), width, 1), residual])  # h/2, w/2
    for level in range(1, halvings(image_shape)):
        filters = width * 2**level
        residual = halved(convolution(activated(convolution(activated(x), filters, 3)), filters, 3))
        x = layers.Add(dtype=dtype)([halved(convolution(x, filters, 1)), residual])  # h and w halved
    filters = x.shape[-1]
    for _ in range(2):
        residual = convolution(activated(convolution(activated(x), filters, 3)), filters, 3)
        x = layers.Add(dtype=dtype)([x, residual])
    x = layers.Flatten(dtype=dtype)(activated(x))
    joining = SpectralNormalization(layers.Dense(8 * width, dtype=dtype))
    features = layers.Activation("elu", dtype="float32")(joining(x))
    outputs = logits_of(features, labels, num_classes, num_auxiliary, spectral=True)
    return keras.Model([images, labels] if num_classes else images, outputs, name="discriminator")
