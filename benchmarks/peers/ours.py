"""The zoo's side of `benchmarks.training`: `fit` on the recipes' batches.

    python -m benchmarks.peers.ours dense_vae 128 4

A step is a compiled graph, and TensorFlow does several of them without asking Python. As recipes do, all train in the
precision of `zoo.fastest_policy` and with `zoo.FusedAdam`. XLA compiles the dense network where that is float32.
Each operation of the dense network keeps to one thread, as with TF_NUM_INTRAOP_THREADS=1: waking a second takes about
as long as most of them take. Operations that don't wait for each other still run side by side.
"""

import sys
from typing import NamedTuple

import keras
import tensorflow as tf

import zoo
from benchmarks.core import workload
from benchmarks.core.measurement import Measurement
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
        zoo.dcgan.discriminator(IMAGE_SHAPE, width, dtype=policy),
        average_halflife=workload.AVERAGE_HALFLIFE,
    )


def vae_optimizers():
    """That of a VAE."""
    return [zoo.FusedAdam(workload.VAE_LEARNING_RATE)]


def gan_optimizers():
    """Generator's and discriminator's."""
    return [zoo.FusedAdam(workload.GAN_LEARNING_RATE, beta_1=workload.GAN_BETA_1) for _ in range(2)]


class Prepared(NamedTuple):
    """A compiled model with its endless batches."""

    model: keras.Model
    batches: tf.data.Dataset
    steps: int  # of an epoch; an incomplete last batch is left out
    setting: str  # in a person's words

    def fit(self, epochs):
        """Trains; returns Keras's `History`, with `seconds` of each epoch."""
        clock = training.Clock()
        return self.model.fit(
            self.batches, epochs=epochs, steps_per_epoch=self.steps, shuffle=False, verbose=0, callbacks=[clock]
        )


def prepare(load, images, batch_size):
    """One of the `workload.WORKLOADS` in the setting that was fastest for it; images: a `data.ImageSet`."""
    build, optimizers = {
        workload.DENSE_VAE: (dense_vae, vae_optimizers),
        workload.CONV_VAE: (conv_vae, vae_optimizers),
        workload.DCGAN: (dcgan, gan_optimizers),
    }[load]
    policy = zoo.fastest_policy()
    xla = load is workload.DENSE_VAE and policy == "float32"  # XLA has no fast products in bfloat16
    steps = images.train_size // batch_size
    execution = training.execution_for(steps)
    model = build(policy)
    model.compile(*optimizers(), jit_compile=xla, steps_per_execution=execution)
    batches = data.training_batches(images, batch_size, seed=0, binarization="none")
    one_thread = tf.config.threading.get_intra_op_parallelism_threads() == 1
    setting = [
        policy,
        "XLA" if xla else "",
        "one thread an operation" if one_thread else "",
        f"{execution} steps a call",
    ]
    return Prepared(model, batches, steps, ", ".join(filter(None, setting)))


def image_set(images):
    """The `data.ImageSet` of images in memory, uint8 [n, 28, 28, 1]."""
    return data.ImageSet("digits", tf.data.Dataset.from_tensor_slices(images), len(images), test=images[:1])


def train(load, images, batch_size, epochs):
    """Trains what `prepare` makes for a warm-up epoch, which compiles it, and `epochs` timed ones.

    Returns:
        `Measurement`; of a GAN, with the discriminator's loss.
    """
    prepared = prepare(load, images, batch_size)
    history = prepared.fit(1 + epochs).history
    loss = history["discriminator_loss" if load is workload.DCGAN else "loss"][-1]
    speed = epochs * prepared.steps * batch_size / sum(history["seconds"][1:])
    return Measurement(speed, loss, prepared.setting)


def trained_by(load):
    """The function that `workload.run` wants for a workload."""
    return lambda images, batch_size, epochs: train(load, image_set(images), batch_size, epochs)


if __name__ == "__main__":
    if workload.DENSE_VAE.name in sys.argv:  # before TensorFlow does anything; later it refuses
        tf.config.threading.set_intra_op_parallelism_threads(1)
    keras.utils.set_random_seed(0)
    workload.run({load: trained_by(load) for load in workload.WORKLOADS})
