"""Keras's side of `benchmarks.training`: a subclass for each model, as its own examples have it, and `fit` on an array.

    python -m benchmarks.peers.keras train dense_vae 128 4

The networks are those of benchmarks/peers/ours.py. As usual they train in float32, with Keras's Adam, and without XLA,
which Keras leaves out on a CPU unless asked; the average of a generator's weights is the optimizer's.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from benchmarks.core import measurement, workload
from benchmarks.core.measurement import Measurement
from benchmarks.peers import ours
from recipes.harness.clock import Clock


class VAE(keras.Model):
    """Encoder, Gaussian latents, decoder; the loss is -ELBO in nats per image."""

    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.noise = keras.random.SeedGenerator(0)
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]

    def train_step(self, images):
        with tf.GradientTape() as tape:
            mean, log_variance = ops.split(self.encoder(images, training=True), 2, axis=1)
            noise = keras.random.normal(ops.shape(mean), seed=self.noise)
            logits = self.decoder(mean + ops.exp(0.5 * log_variance) * noise, training=True)
            cross_entropy = keras.losses.binary_crossentropy(images, logits, from_logits=True)
            kl = -0.5 * (1.0 + log_variance - ops.square(mean) - ops.exp(log_variance))
            loss = ops.mean(ops.sum(cross_entropy, axis=(1, 2)) + ops.sum(kl, axis=1))
        self.optimizer.apply(tape.gradient(loss, self.trainable_weights), self.trainable_weights)
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}


class GAN(keras.Model):
    """Two networks that learn in turns, each from latents of its own."""

    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.noise = keras.random.SeedGenerator(0)
        self.cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]

    def compile(self, generator_optimizer, discriminator_optimizer):
        super().compile()
        self.generator_optimizer, self.discriminator_optimizer = generator_optimizer, discriminator_optimizer

    def generate(self, count):
        latents = keras.random.normal([count, workload.GAN_LATENT_DIM], seed=self.noise)
        return self.generator(latents, training=True)

    def train_step(self, real):
        count = ops.shape(real)[0]
        fake = self.generate(count)
        ones, zeros = ops.ones([count, 1]), ops.zeros([count, 1])
        with tf.GradientTape() as tape:
            logits = self.discriminator(ops.concatenate([real, fake]), training=True)
            loss = self.cross_entropy(ones, logits[:count]) + self.cross_entropy(zeros, logits[count:])
        weights = self.discriminator.trainable_weights
        self.discriminator_optimizer.apply(tape.gradient(loss, weights), weights)
        self.loss_tracker.update_state(loss)
        with tf.GradientTape() as tape:
            loss = self.cross_entropy(ones, self.discriminator(self.generate(count), training=True))
        weights = self.generator.trainable_weights
        self.generator_optimizer.apply(tape.gradient(loss, weights), weights)
        return {"loss": self.loss_tracker.result()}


def train(model: str, batch_size: int, epochs: int) -> Measurement:
    """Trains one of the `workload.WORKLOADS` for a warm-up epoch and `epochs` timed ones."""
    load = workload.WORKLOADS[model]
    pixels, clock = load.images().astype(np.float32) / 255.0, Clock()
    learner = gan(batch_size) if load is workload.DCGAN else vae(model)
    history = learner.fit(pixels, batch_size=batch_size, epochs=1 + epochs, verbose=0, callbacks=[clock]).history
    speed = epochs * len(pixels) / sum(history["seconds"][1:])
    return Measurement(speed, history["loss"][-1], "float32, as it comes")


def vae(model):
    networks = ours.build(model)
    learner = VAE(networks.encoder, networks.decoder)
    learner.compile(keras.optimizers.Adam(workload.VAE_LEARNING_RATE))
    return learner


def gan(batch_size):
    networks = ours.build(workload.DCGAN.name)
    learner = GAN(networks.generator, networks.discriminator)
    momentum = 0.5 ** (batch_size / workload.AVERAGE_HALFLIFE)
    adam = {"learning_rate": workload.GAN_LEARNING_RATE, "beta_1": workload.GAN_BETA_1}
    generator_optimizer = keras.optimizers.Adam(**adam, use_ema=True, ema_momentum=momentum)
    learner.compile(generator_optimizer, keras.optimizers.Adam(**adam))
    return learner


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    measurement.report_one(train)
