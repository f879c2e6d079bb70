"""The zoo's side of `benchmarks.training`: `fit` on the recipes' batches.

    python -m benchmarks.ours dense_vae 128 4

A step is a compiled graph, and TensorFlow does several of them without asking Python. As recipes do, all train in the
precision of `zoo.fastest_policy` and with `zoo.FusedAdam`. XLA compiles the dense network where that is float32.
"""

import keras
import tensorflow as tf

import zoo
from benchmarks import workload
from benchmarks.measurement import Measurement
from recipes.harness import data, training

IMAGE_SHAPE = (28, 28, 1)


def dense_vae(policy):
    """The `zoo.VAE` of two dense networks."""
    latents, widths = workload.VAE_LATENT_DIM, [workload.DENSE_WIDTH]
    return zoo.VAE(
        zoo.networks.dense_encoder(IMAGE_SHAPE, 2 * latents, widths, activation="relu", dtype=policy),
        zoo.networks.dense_decoder(IMAGE_SHAPE, latents, widths, activation="relu", dtype=policy),
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


def vae_optimizers():
    """That of a VAE."""
    return [zoo.FusedAdam(workload.VAE_LEARNING_RATE)]


def gan_optimizers():
    """Generator's and discriminator's."""
    return [zoo.FusedAdam(workload.GAN_LEARNING_RATE, beta_1=workload.GAN_BETA_1) for _ in range(2)]


def train_dense_vae(images, batch_size, epochs):
    policy, images = zoo.fastest_policy(), image_set(images)
    xla = policy == "float32"  # it has no fast products in bfloat16
    return train(dense_vae(policy), vae_optimizers(), policy, images, batch_size, epochs, "loss", xla)


def train_conv_vae(images, batch_size, epochs):
    policy = zoo.fastest_policy()
    return train(conv_vae(policy), vae_optimizers(), policy, image_set(images), batch_size, epochs, "loss")


def train_dcgan(images, batch_size, epochs):
    policy = zoo.fastest_policy()
    return train(dcgan(policy), gan_optimizers(), policy, image_set(images), batch_size, epochs, "discriminator_loss")


def image_set(images):
    """The `data.ImageSet` of images in memory, uint8 [n, 28, 28, 1]."""
    return data.ImageSet("digits", tf.data.Dataset.from_tensor_slices(images), len(images), test=images[:1])


def train(model, optimizers, policy, images, batch_size, epochs, loss, xla=False):
    """Trains a model for a warm-up epoch, which compiles it, and `epochs` timed ones.

    Args:
        optimizers: what its `compile` wants.
        policy: its number format, to be told.
        images: a `data.ImageSet`; an incomplete last batch is left out and not counted.
        loss: name of the loss to report.
        xla: whether XLA compiles the step.

    Returns:
        `Measurement`.
    """
    steps = images.train_size // batch_size
    execution = training.execution_for(steps)
    model.compile(*optimizers, jit_compile=xla, steps_per_execution=execution)
    batches = data.training_batches(images, batch_size, seed=0, binarization="none")
    history = model.fit(
        batches, epochs=1 + epochs, steps_per_epoch=steps, shuffle=False, verbose=0, callbacks=[training.Clock()]
    ).history
    setting = f"{policy}, {'XLA, ' if xla else ''}{execution} steps a call"
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
