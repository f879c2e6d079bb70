"""The DCGAN of `benchmarks.settings`, with the ways to double the size of what its generator makes."""

import time

import keras
from keras import layers

import zoo
from benchmarks.core import workload
from benchmarks.peers import ours
from recipes.harness import data
from zoo import dcgan
from zoo.networks import DepthToSpace


def depth_to_space(x, filters, dtype):
    """As `zoo.dcgan` has it."""
    x = layers.Conv2D(4 * filters, 3, padding="same", use_bias=False, dtype=dtype)(x)
    return DepthToSpace(dtype=dtype)(x)


def transposed(x, filters, dtype):
    """As Radford et al. 2016 have it, but of 4 x 4: each new pixel comes from 4 places; `depth_to_space`'s from 9."""
    return layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False, dtype=dtype)(x)


def nearest(x, filters, dtype):
    """Each pixel four times, then a convolution: 9 new pixels, which were 4 old ones."""
    x = DepthToSpace(dtype=dtype)(layers.Concatenate(dtype=dtype)([x] * 4))
    return layers.Conv2D(filters, 3, padding="same", use_bias=False, dtype=dtype)(x)


def variant(policy, steps_per_execution, jit_compile=False, upsampling=depth_to_space):
    """A compiled `zoo.GAN`."""
    gan = zoo.GAN(
        generator(upsampling, policy),
        dcgan.discriminator(ours.IMAGE_SHAPE, workload.GAN_WIDTH, dtype=policy),
        average_halflife=workload.AVERAGE_HALFLIFE,
    )
    gan.compile(*ours.gan_optimizers(), steps_per_execution=steps_per_execution, jit_compile=jit_compile)
    return gan


def generator(upsampling, dtype):
    """That of `zoo.dcgan`, but for how it doubles height and width."""
    doublings, rows, columns = dcgan.growth(ours.IMAGE_SHAPE)
    latents = keras.Input([workload.GAN_LATENT_DIM])
    filters = workload.GAN_WIDTH * 2**doublings
    x = dcgan.bent(latents, 16 * workload.GAN_WIDTH, dtype)
    x = layers.Dense(rows * columns * filters, use_bias=False, dtype=dtype)(x)
    x = layers.Reshape([rows, columns, filters], dtype=dtype)(x)
    x = layers.ReLU(dtype=dtype)(dcgan.normalization(x, None, None, dtype))
    for _ in range(doublings):
        filters //= 2
        x = upsampling(x, filters, dtype)
        x = layers.ReLU(dtype=dtype)(dcgan.normalization(x, None, None, dtype))
    return keras.Model(latents, dcgan.images_of(x, ours.IMAGE_SHAPE, dtype))


def images_per_second(gan, batch_size, steps):
    """Trains for so many steps, and says how fast it was."""
    images = ours.image_set(workload.binary_digits(steps * batch_size))
    batches = data.training_batches(images, batch_size, seed=0, binarization="none")
    start = time.perf_counter()
    gan.fit(batches, steps_per_epoch=steps, epochs=1, verbose=0, shuffle=False)
    return steps * batch_size / (time.perf_counter() - start)
