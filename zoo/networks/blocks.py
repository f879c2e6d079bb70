"""What generators and discriminators of images begin and end with."""

import math

from keras import layers

from zoo.layers import BatchNormalization, ConditionalBatchNormalization, SpectralNormalization


def with_hidden_layer(latents, units, dtype):
    """Latents [n, d] -> [n, units + d]: what a hidden layer makes of them, and themselves.

    Images are of kinds with nothing in between, latents are not. Where labels say the kind there is no need of this: a
    discriminator that is conditional could not keep up with such a generator.
    """
    x = layers.Dense(units, use_bias=False, dtype=dtype)(latents)
    x = layers.Reshape([1, 1, units], dtype=dtype)(x)  # the image that the normalization wants
    x = layers.ReLU(dtype=dtype)(normalization(x, None, None, dtype))
    return layers.Concatenate(dtype=dtype)([layers.Flatten(dtype=dtype)(x), latents])


def normalization(x, labels, num_classes, dtype):
    """Batch normalization of x [n, h, w, c], by class where there are classes."""
    if num_classes:
        return ConditionalBatchNormalization(num_classes, dtype=dtype)([x, labels])
    return BatchNormalization(momentum=0.9, dtype=dtype)(x)


def images_of(x, image_shape, dtype):
    """The end of a generator: x [n, at least h, at least w, f] -> images float32 [n, h, w, c] in [0, 1]."""
    height, width, channels = image_shape
    rows, columns = x.shape[1:3]
    x = layers.Conv2D(channels, 3, padding="same", dtype=dtype)(x)
    x = layers.Activation("sigmoid", dtype="float32")(x)
    return layers.Cropping2D([(0, rows - height), (0, columns - width)], dtype="float32")(x)


def logits_of(features, labels, num_classes, num_auxiliary, spectral):
    """The end of a discriminator: features float32 [n, f] -> logits [n, 1], or [logits, auxiliary outputs]."""

    def dense(units, x, use_bias=True):
        layer = layers.Dense(units, use_bias=use_bias, dtype="float32")
        return SpectralNormalization(layer)(x) if spectral else layer(x)

    logits = dense(1, features)
    if num_classes:
        # A matrix times one-hot labels: spectral normalization wants a kernel, which an Embedding has not.
        one_hot = layers.CategoryEncoding(num_classes, output_mode="one_hot", dtype="float32")(labels)
        embedded = dense(features.shape[-1], one_hot, use_bias=False)
        logits = layers.Add(dtype="float32")([logits, layers.Dot(-1, dtype="float32")([embedded, features])])
    return [logits, layers.Dense(num_auxiliary, dtype="float32")(features)] if num_auxiliary else logits


def growth(image_shape):
    """How a generator gets to height x width: (doublings, the rows that it starts with, the columns)."""
    doublings = halvings(image_shape)
    return doublings, *(math.ceil(side / 2**doublings) for side in image_shape[:2])


def halvings(image_shape):
    """How often an image is halved until its shorter side is about 7."""
    shorter = min(image_shape[:2])
    if shorter < 8:
        raise ValueError(f"image_shape: expected sides of at least 8; got {tuple(image_shape)}.")
    return max(1, round(math.log2(shorter / 7)))
