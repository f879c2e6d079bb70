"""The zoo's side of `benchmarks.training`: `fit` on the recipes' batches.

    python -m benchmarks.ours dense_vae 128 4

A step is a compiled graph, and TensorFlow does several of them without asking Python. The dense network is compiled by
XLA, in float32; the convolutional ones run as their recipes have them, in the precision of `zoo.fastest_policy` and
without XLA.
"""

import keras
import tensorflow as tf

import zoo
from benchmarks import workload
from benchmarks.measurement import Measurement
from recipes.harness import data, training

IMAGE_SHAPE = (28, 28, 1)


def dense_vae():
    """The `zoo.VAE` of two dense networks."""
    latents, widths = workload.VAE_LATENT_DIM, [workload.DENSE_WIDTH]
    return zoo.VAE(
        zoo.networks.dense_encoder(IMAGE_SHAPE, 2 * latents, widths, activation="relu"),
        zoo.networks.dense_decoder(IMAGE_SHAPE, latents, widths, activation="relu"),
    )


def conv_vae(policy):
    """The `zoo.VAE` of two convolutional networks."""
    return zoo.VAE(
        zoo.networks.conv_encoder(IMAGE_SHAPE, 2 * workload.VAE_LATENT_DIM, dtype=policy),
        zoo.networks.conv_decoder(IMAGE_SHAPE, workload.VAE_LATENT_DIM, dtype=policy),
    )


def dcgan(policy, latent_dim=workload.GAN_LATENT_DIM, width=workload.GAN_WIDTH):
    """The `zoo.GAN` of the two networks of `zoo.dcgan`, with the non-saturating loss."""
    return zoo.GAN(
        zoo.dcgan.generator(IMAGE_SHAPE, latent_dim, width, dtype=policy),
        zoo.dcgan.discriminator(IMAGE_SHAPE, width, spectral=False, dtype=policy),
        average_halflife=workload.AVERAGE_HALFLIFE,
    )


def gan_optimizers():
    """Generator's and discriminator's."""
    return [keras.optimizers.Adam(workload.GAN_LEARNING_RATE, workload.GAN_BETA_1) for _ in range(2)]


def train_dense_vae(images, batch_size, epochs):
    model = dense_vae()
    optimizer = keras.optimizers.Adam(workload.VAE_LEARNING_RATE)
    steps = training.execution_for(len(images) // batch_size)
    model.compile(optimizer, jit_compile=True, steps_per_execution=steps)
    return fit(model, images, batch_size, epochs, "loss", f"float32, XLA, {steps} steps a call")


def train_conv_vae(images, batch_size, epochs):
    policy = zoo.fastest_policy()
    model = conv_vae(policy)
    optimizer = keras.optimizers.Adam(workload.VAE_LEARNING_RATE)
    steps = training.execution_for(len(images) // batch_size)
    model.compile(optimizer, steps_per_execution=steps)
    return fit(model, images, batch_size, epochs, "loss", f"{policy}, {steps} steps a call")


def train_dcgan(images, batch_size, epochs):
    policy = zoo.fastest_policy()
    model = dcgan(policy)
    steps = training.execution_for(len(images) // batch_size)
    model.compile(*gan_optimizers(), steps_per_execution=steps)
    return fit(model, images, batch_size, epochs, "discriminator_loss", f"{policy}, {steps} steps a call")


def fit(model, images, batch_size, epochs, loss, setting):
    """Trains a compiled model for a warm-up epoch, which compiles it, and `epochs` timed ones.

    Args:
        images: uint8 [n, 28, 28, 1]; an incomplete last batch is left out and not counted.
        loss: name of the loss to report.

    Returns:
        `Measurement`.
    """
    train = tf.data.Dataset.from_tensor_slices(images)
    image_set = data.ImageSet("digits", train, len(images), test=images[:1])
    batches = data.training_batches(image_set, batch_size, seed=0, binarization="none")
    steps = len(images) // batch_size
    history = model.fit(
        batches, epochs=1 + epochs, steps_per_epoch=steps, shuffle=False, verbose=0, callbacks=[training.Clock()]
    ).history
    return Measurement(epochs * steps * batch_size / sum(history["seconds"][1:]), history[loss][-1], setting)


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    workload.run(
        {
            workload.DENSE_VAE: train_dense_vae,
            workload.CONV_VAE: train_conv_vae,
            workload.DCGAN: train_dcgan,
        }
    )
