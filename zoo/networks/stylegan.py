"""Style-based generator for images of any height x width x channels.

After Karras et al. 2019, "A style-based generator architecture for generative adversarial networks", and 2020,
"Analyzing and improving the image quality of StyleGAN": a mapping network makes a style of the latent, and the style
scales the channels that each convolution of a learned constant sees. Deviations:

- one convolution for each resolution, which makes four times the channels for a depth-to-space: as many
  multiplications as a convolution of the doubled image, but the modulation is of a quarter of the numbers. No blur;
- the image is made of the last resolution alone, as in 2019, by a plain 3 x 3 convolution, not by a sum over all;
- the mapping network has two layers, as in Karras et al. 2020, "Training generative adversarial networks with limited
  data", for small images, and elu units; it and all else learn at one rate, without rescaled ("equalized") weights;
- its input is not normalized to the sphere, so that `temperature` in `zoo.GAN.sample`, which scales the latent and not
  the style, acts; nor is the embedding of a class;
- the noise is a part of the latent, so that one seed gives one image everywhere. The temperature scales it, too;
- no mixing of styles and no path length penalty.

The discriminator is that of `zoo.networks.dcgan`; StyleGAN's has no spectral normalization, but a lazy
`zoo.penalties.R1`.

Example:

>>> generator = zoo.networks.stylegan.generator([28, 28, 1], style_dim=64)
>>> latent_dim = generator.inputs[0].shape[-1]  # 64 + 7 * 7 + 14 * 14 + 28 * 28
>>> generator(tf.random.normal([8, latent_dim])).shape
TensorShape([8, 28, 28, 1])
>>> discriminator = zoo.networks.dcgan.discriminator([28, 28, 1])
>>> gan = zoo.GAN(generator, discriminator, penalties=[zoo.penalties.R1()])
"""

import itertools
import math

import keras
import tensorflow as tf
from keras import layers

from zoo.layers import DepthToSpace
from zoo.networks.blocks import growth, images_of


@keras.saving.register_keras_serializable("zoo")
class ModulatedConv2D(layers.Layer):
    """A convolution whose kernel is scaled by a style: Karras et al. 2020, "Analyzing and improving", equations 1, 3.

    Called with [x, style], x [n, h, w, c] and style [n, style_dim], it gives [n, h, w, filters]. With w the kernel and
    s [n, c] an affine function of the style, equal to 1 for a style of zeros at first, the kernel of example n is
    w'' = w s / sqrt(sum (w s)^2 + 1e-8), the sum over places and input channels. So if the inputs are independent and
    of unit variance, then the outputs are of unit variance whatever the style.

    Computed as in the paper's section 2.2 by scaling the numbers that go into one convolution for all examples, and
    those that come out: there are no kernels by example, which few runtimes can convolve with.

    Args:
        filters: channels of the output.
        size: height and width of the kernel.
    """

    def __init__(self, filters, size=3, **kwargs):
        super().__init__(**kwargs)
        self.filters, self.size = filters, size

    def build(self, shapes):
        channels = shapes[0][-1]
        self.kernel = self.add_weight(
            shape=[self.size, self.size, channels, self.filters], initializer="lecun_normal", name="kernel"
        )
        self.affine = layers.Dense(
            channels, kernel_initializer="lecun_normal", bias_initializer="ones", dtype=self.dtype_policy
        )
        self.affine.build(shapes[1])

    def call(self, inputs):
        x, style = inputs
        kernel, scales = tf.convert_to_tensor(self.kernel), self.affine(style)  # [n, c]
        energies = tf.reduce_sum(tf.square(tf.cast(kernel, tf.float32)), axis=[0, 1])  # [c, filters]
        norms = tf.matmul(tf.square(tf.cast(scales, tf.float32)), energies)  # [n, filters]
        x = tf.nn.conv2d(x * scales[:, None, None], kernel, 1, "SAME")
        return x * tf.cast(tf.math.rsqrt(norms + 1e-8), x.dtype)[:, None, None]

    def compute_output_shape(self, shapes):
        return (*shapes[0][:-1], self.filters)

    def get_config(self):
        return {**super().get_config(), "filters": self.filters, "size": self.size}


@keras.saving.register_keras_serializable("zoo")
class NoisyActivation(layers.Layer):
    """sqrt(2) leaky_relu(x + strength noise + bias), slope 0.2: Karras et al. 2020, figure 2c.

    Called with [x, noise], x [n, h, w, c] and noise [n, h, w, 1]. The strength, one number, and the biases, one a
    channel, are learned and 0 at first. The square root keeps the mean square of x, if x is normal, at 1.04 of what it
    was.
    """

    def build(self, shapes):
        self.strength = self.add_weight(shape=[], initializer="zeros", name="strength")
        self.bias = self.add_weight(shape=[shapes[0][-1]], initializer="zeros", name="bias")

    def call(self, inputs):
        x, noise = inputs
        return math.sqrt(2.0) * tf.nn.leaky_relu(x + self.strength * noise + self.bias, 0.2)

    def compute_output_shape(self, shapes):
        return shapes[0]


@keras.saving.register_keras_serializable("zoo")
class LearnedConstant(layers.Layer):
    """[n, ...] -> [n, *shape], for each of the n rows the same learned numbers, standard normal at first.

    Args:
        shape: of the numbers.
    """

    def __init__(self, shape, **kwargs):
        super().__init__(**kwargs)
        self.shape = tuple(shape)

    def build(self, shape):
        normal = keras.initializers.RandomNormal(stddev=1.0)
        self.constant = self.add_weight(shape=self.shape, initializer=normal, name="constant")

    def call(self, x):
        constant = tf.convert_to_tensor(self.constant)
        return tf.tile(constant[None], [tf.shape(x)[0]] + [1] * len(self.shape))

    def compute_output_shape(self, shape):
        return (shape[0], *self.shape)

    def get_config(self):
        return {**super().get_config(), "shape": self.shape}


def generator(image_shape, style_dim, width=32, num_classes=None, dtype=None):
    """From latents to images: a learned constant, then convolutions in a style, all but the first of which double.

    Args:
        image_shape: (h, w, c); sides of at least 8. What comes out larger is cropped.
        style_dim: how many numbers of the latent go into the mapping network, and units of each of its layers. The
            rest of the latent is the noise: one map for each resolution, row by row, the smallest first.
        width: channels at the full resolution; they double with each halving of it.
        num_classes: with it, the second input is int32 labels [n], which go into the mapping network, too.
        dtype: policy of the layers; the images are float32 in any case.

    Returns:
        Keras model, [n, latent_dim] (or [latents, labels]) -> [n, h, w, c] in [0, 1]; latent_dim is style_dim and the
        pixels of all resolutions.
    """
    doublings, rows, columns = growth(image_shape)
    sizes = [(rows * 2**level, columns * 2**level) for level in range(doublings + 1)]
    ends = list(itertools.accumulate((math.prod(size) for size in sizes), initial=style_dim))
    latents = keras.Input([ends[-1]], name="latents")
    labels = keras.Input([], dtype="int32", name="labels") if num_classes else None

    first, *noise = keras.ops.split(latents, ends[:-1], axis=1)
    style = mapping(first, labels, style_dim, num_classes, dtype)
    filters = width * 2**doublings
    x = LearnedConstant([rows, columns, filters], dtype=dtype)(style)
    for level, (size, numbers) in enumerate(zip(sizes, noise)):
        if level == 0:
            x = ModulatedConv2D(filters, dtype=dtype)([x, style])
        else:
            filters //= 2
            x = ModulatedConv2D(4 * filters, dtype=dtype)([x, style])
            x = DepthToSpace(dtype=dtype)(x)  # h and w doubled
        x = NoisyActivation(dtype=dtype)([x, layers.Reshape([*size, 1], dtype=dtype)(numbers)])
    x = images_of(x, image_shape, dtype)
    return keras.Model([latents, labels] if num_classes else latents, x, name="generator")


def mapping(x, labels, style_dim, num_classes, dtype):
    """The mapping network: x [n, style_dim], labels int32 [n] where there are classes -> styles [n, style_dim]."""
    if num_classes:
        one_hot = layers.CategoryEncoding(num_classes, output_mode="one_hot", dtype="float32")(labels)
        # As large as x, which is standard normal.
        normal = keras.initializers.RandomNormal(stddev=1.0)
        embedded = layers.Dense(style_dim, use_bias=False, kernel_initializer=normal, dtype=dtype)(one_hot)
        x = layers.Concatenate(dtype=dtype)([x, embedded])
    for _ in range(2):
        x = layers.Dense(style_dim, activation="elu", kernel_initializer="he_normal", dtype=dtype)(x)
    return x
