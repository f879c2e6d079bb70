"""Deep convolutional generator and discriminator for images of any height x width x channels.

After Radford et al. 2016, "Unsupervised representation learning with DCGANs". Deviations: depth-to-space instead of
transposed convolutions; smaller kernels, but a dense layer more in both: the generator's, where it has no classes,
bends the space of latents before they become an image, the discriminator's joins what all places have seen; the
discriminator has no batch normalization, so that it judges the images of a batch one by one, but spectral normalization
(Miyato et al. 2018) if told so; images are in [0, 1].

Example:

>>> generator = zoo.networks.dcgan.generator([28, 28, 1], latent_dim=64)
>>> discriminator = zoo.networks.dcgan.discriminator([28, 28, 1])
>>> discriminator(generator(tf.random.normal([8, 64]))).shape
TensorShape([8, 1])
"""

import keras
from keras import layers

from zoo.layers import DepthToSpace, SpectralNormalization
from zoo.networks.blocks import growth, halvings, images_of, logits_of, normalization, with_hidden_layer


def generator(image_shape, latent_dim, width=32, num_classes=None, dtype=None):
    """From latents to images: dense layers, then convolutions that each double height and width.

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

    x = latents if num_classes else with_hidden_layer(latents, 16 * width, dtype)
    filters = width * 2**doublings
    x = layers.Dense(rows * columns * filters, use_bias=False, dtype=dtype)(x)
    x = layers.Reshape([rows, columns, filters], dtype=dtype)(x)
    x = layers.ReLU(dtype=dtype)(normalization(x, labels, num_classes, dtype))
    for _ in range(doublings):
        filters //= 2
        x = layers.Conv2D(4 * filters, 3, padding="same", use_bias=False, dtype=dtype)(x)
        x = DepthToSpace(dtype=dtype)(x)  # h and w doubled
        x = layers.ReLU(dtype=dtype)(normalization(x, labels, num_classes, dtype))
    x = images_of(x, image_shape, dtype)
    return keras.Model([latents, labels] if num_classes else latents, x, name="generator")


def discriminator(image_shape, width=32, num_classes=None, num_auxiliary=0, spectral=False, dtype=None):
    """From images to logits: convolutions of stride 2, a dense layer over what they found, and one for the logit.

    Args:
        image_shape: (h, w, c); sides of at least 8.
        width: channels after the first convolution; they double with each further one.
        num_classes: with it, the second input is int32 labels [n], and the logit is that of an image with its label:
            the projection of Miyato and Koyama 2018, "cGANs with projection discriminator", equation 4.
        num_auxiliary: with it, a second output of as many numbers per row, for `GAN(auxiliary=...)`.
        spectral: whether weights are spectrally normalized; not together with a penalty that wants gradients of norm 1.
        dtype: policy of the layers; the outputs are float32 in any case.

    Returns:
        Keras model, [n, h, w, c] in [0, 1] (or [images, labels]) -> [n, 1] (or [logits, auxiliary outputs]).
    """
    x = images = keras.Input(image_shape, name="images")
    labels = keras.Input([], dtype="int32", name="labels") if num_classes else None
    x = layers.Rescaling(2.0, -1.0, dtype=dtype)(x)
    for level in range(halvings(image_shape) + 1):
        filters, size = width * 2**level, 5 if level == 0 else 3
        # No biases: TensorFlow's optimizer fails, and logs it, where a leaky unit follows a biased convolution.
        convolution = layers.Conv2D(filters, size, strides=2, padding="same", use_bias=False, dtype=dtype)
        x = SpectralNormalization(convolution)(x) if spectral else convolution(x)
        x = layers.LeakyReLU(0.2, dtype=dtype)(x)  # h and w halved
    # Each place has seen 17 x 17 pixels; only a layer over all of them can tell whether they are of one thing.
    x = layers.Flatten(dtype=dtype)(x)
    joining = layers.Dense(8 * width, use_bias=False, dtype=dtype)
    x = SpectralNormalization(joining)(x) if spectral else joining(x)
    features = layers.LeakyReLU(0.2, dtype="float32")(x)
    outputs = logits_of(features, labels, num_classes, num_auxiliary, spectral)
    return keras.Model([images, labels] if num_classes else images, outputs, name="discriminator")
