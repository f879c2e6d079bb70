"""The zoo's side of the comparisons, and what is measured of the zoo alone.

    python -m benchmarks.peers.ours train dense_vae 128 4

Training is `fit` on the recipes' batches. A step is a compiled graph, and TensorFlow does several of them without
asking Python. As recipes do, all train in the precision of `zoo.fastest_policy` and with `zoo.FusedAdam`. XLA compiles
the dense network where that is float32. Each operation of the dense network keeps to one thread, as with
TF_NUM_INTRAOP_THREADS=1: waking a second takes about as long as most of them take. Operations that don't wait for each
other still run side by side.
"""

import os
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import layers

import zoo
from benchmarks.core import measurement, workload
from benchmarks.core.clock import Clock
from benchmarks.core.measurement import Measurement
from benchmarks.core.workload import Workload
from recipes.data.batches import MEMORY_BYTES, training_batches
from recipes.data.data_set import DataSet
from recipes.harness.schedule import execution_for
from zoo.domains import Images
from zoo.networks import blocks

IMAGE_SHAPE = (28, 28, 1)
SCALING_BATCH = 128


# -- models ---------------------------------------------------------------------------------------------------------


def dense_vae(policy: str) -> zoo.VAE:
    """The `zoo.VAE` of two dense networks."""
    latents, widths = workload.VAE_LATENT_DIM, [workload.DENSE_WIDTH]
    return zoo.VAE(
        zoo.networks.dense_encoder(IMAGE_SHAPE, 2 * latents, widths, activation="relu", dtype=policy),
        zoo.networks.dense_decoder(IMAGE_SHAPE, latents, widths, activation="relu", dtype=policy),
    )


def conv_vae(policy: str) -> zoo.VAE:
    """The `zoo.VAE` of two convolutional networks."""
    return zoo.VAE(
        zoo.networks.conv_encoder(IMAGE_SHAPE, 2 * workload.VAE_LATENT_DIM, dtype=policy),
        zoo.networks.conv_decoder(IMAGE_SHAPE, workload.VAE_LATENT_DIM, dtype=policy),
    )


def dcgan(policy: str, latent_dim: int = workload.GAN_LATENT_DIM, width: int = workload.GAN_WIDTH) -> zoo.GAN:
    """The `zoo.GAN` of the two networks of `zoo.networks.dcgan`, with the non-saturating loss."""
    return zoo.GAN(
        zoo.networks.dcgan.generator(IMAGE_SHAPE, latent_dim, width, dtype=policy),
        zoo.networks.dcgan.discriminator(IMAGE_SHAPE, width, dtype=policy),
        ema_halflife=workload.AVERAGE_HALFLIFE,
    )


MODELS = {workload.DENSE_VAE: dense_vae, workload.CONV_VAE: conv_vae, workload.DCGAN: dcgan}


def build(model: str) -> keras.Model:
    """The model of a workload, by its name, in float32."""
    return MODELS[workload.WORKLOADS[model]]("float32")


def optimizers(load: Workload) -> list[keras.optimizers.Optimizer]:
    """What `compile` of the workload's model wants: one, or generator's and discriminator's."""
    if load is workload.DCGAN:
        return [zoo.FusedAdam(workload.GAN_LEARNING_RATE, beta_1=workload.GAN_BETA_1) for _ in range(2)]
    return [zoo.FusedAdam(workload.VAE_LEARNING_RATE)]


# -- benchmarks.training --------------------------------------------------------------------------------------------


def train(model: str, batch_size: int, epochs: int) -> Measurement:
    """Trains one of the `workload.WORKLOADS`, see `timed`."""
    load = workload.WORKLOADS[model]
    if load is workload.DENSE_VAE:  # before TensorFlow does anything; later it refuses
        tf.config.threading.set_intra_op_parallelism_threads(1)
    return timed(load, image_set(load.images()), batch_size, epochs)


def timed(
    load: Workload, images: DataSet, batch_size: int, epochs: int, memory_bytes: int = MEMORY_BYTES
) -> Measurement:
    """Trains what `prepare` makes for a warm-up epoch, which compiles it, and `epochs` timed ones.

    Returns:
        `Measurement`; of a GAN, with the discriminator's loss.
    """
    prepared = prepare(load, images, batch_size, memory_bytes)
    history = prepared.fit(1 + epochs).history
    loss = history["discriminator_loss" if load is workload.DCGAN else "loss"][-1]
    speed = epochs * prepared.steps * batch_size / sum(history["seconds"][1:])
    return Measurement(speed, loss, prepared.setting)


class Prepared(NamedTuple):
    """A compiled model with its endless batches."""

    model: keras.Model
    batches: tf.data.Dataset
    steps: int  # of an epoch; an incomplete last batch is left out
    setting: str  # in a person's words

    def fit(self, epochs: int) -> keras.callbacks.History:
        """Trains; the history has the `seconds` of each epoch, too."""
        clock = Clock()
        return self.model.fit(
            self.batches, epochs=epochs, steps_per_epoch=self.steps, shuffle=False, verbose=0, callbacks=[clock]
        )


def prepare(load: Workload, images: DataSet, batch_size: int, memory_bytes: int = MEMORY_BYTES) -> Prepared:
    """The model of a workload in the setting that was fastest for it; larger sets than so many bytes are read anew."""
    policy = zoo.fastest_policy()
    xla = load is workload.DENSE_VAE and policy == "float32"  # XLA has no fast products in bfloat16
    steps = images.train_size // batch_size
    execution = execution_for(steps)
    model = MODELS[load](policy)
    model.compile(*optimizers(load), jit_compile=xla, steps_per_execution=execution)
    batches = training_batches(images, batch_size, seed=0, memory_bytes=memory_bytes)
    one_thread = tf.config.threading.get_intra_op_parallelism_threads() == 1
    setting = [
        policy,
        "XLA" if xla else "",
        "one thread an operation" if one_thread else "",
        f"{execution} steps a call",
    ]
    return Prepared(model, batches, steps, ", ".join(filter(None, setting)))


def image_set(images: np.ndarray) -> DataSet:
    """That of images in memory, uint8 [n, 28, 28, 1]."""
    train = tf.data.Dataset.from_tensor_slices(images)
    return DataSet("digits", Images(*IMAGE_SHAPE), train, len(images), test=images[:1])


# -- benchmarks.sampling --------------------------------------------------------------------------------------------


def sample(model: str, count: int, calls: int) -> Measurement:
    """Draws digits by the signature `sample` of an exported VAE, from a seed."""
    return workload.time_draws(sampler(model, count), count, calls)


def decode(model: str, count: int, calls: int) -> Measurement:
    """Draws digits by the signature `decode` of an exported VAE, from latents that are there already."""
    return workload.time_draws(decoder(model, count), count, calls)


def sampler(model, count):
    """What `workload.time_draws` calls for `sample`."""
    run, index, one = in_litert(model, "sample"), np.arange(count, dtype=np.int32), np.float32(1)
    return lambda number: run(seed=np.array([0, number], np.int32), index=index, temperature=one)["images"]


def decoder(model, count):
    """What `workload.time_draws` calls for `decode`: always the same digits."""
    run = in_litert(model, "decode")
    latents = np.random.default_rng(0).standard_normal([count, workload.VAE_LATENT_DIM], np.float32)
    return lambda number: run(latents=latents)["images"]


def in_litert(model, signature):
    """One signature of an exported VAE, as a function."""
    # Imported only here: the other measurements, some of memory and of starting, do without.
    from ai_edge_litert.interpreter import Interpreter

    from export.saved_model import write_saved_model
    from export.tflite import write_tflite

    with tempfile.TemporaryDirectory() as folder:
        write_saved_model(build(model), Path(folder, "saved_model"))
        write_tflite(Path(folder, "saved_model"), Path(folder, "model.tflite"), ["sample", "decode"])
        content = Path(folder, "model.tflite").read_bytes()
    return Interpreter(model_content=content, num_threads=measurement.CORES).get_signature_runner(signature)


# -- benchmarks.likelihood ------------------------------------------------------------------------------------------


def likelihood(model: str, images: int, samples: int) -> Measurement:
    """Estimates the likelihood of so many images; compiling is part of its time."""
    return workload.time_estimate(estimator(model), images, samples)


def estimator(model):
    """What `workload.time_estimate` calls."""
    vae = build(model)
    return lambda images, samples: zoo.estimate_likelihood(vae, images.astype(np.float32) / 255, samples).nll


# -- benchmarks.scaling: the outcome is a point, in seconds or MB; Linux ----------------------------------------------


def step(batch_size: int) -> Measurement:
    """Seconds of a training step."""
    images = workload.binary_digits(max(12_800, 10 * batch_size))
    speed = timed(workload.DENSE_VAE, image_set(images), batch_size, epochs=2).images_per_second
    return Measurement(speed, batch_size / speed, "seconds")


def epoch(images: int) -> Measurement:
    """Seconds of an epoch, after the one that compiles; images are read anew for each epoch, as large sets are."""
    digits = tf.constant(workload.binary_digits(5000))
    train = tf.data.Dataset.range(images).map(lambda i: digits[i % len(digits)])
    read_anew = DataSet("digits", Images(*IMAGE_SHAPE), train, images, test=digits[:1].numpy())
    speed = timed(workload.DENSE_VAE, read_anew, SCALING_BATCH, epochs=1, memory_bytes=0).images_per_second
    return Measurement(speed, images // SCALING_BATCH * SCALING_BATCH / speed, "seconds")


def epoch_memory(images: int) -> Measurement:
    """Largest memory of `epoch`."""
    return Measurement(epoch(images).images_per_second, largest_memory(), "MB")


def likelihood_memory(images: int, samples: int) -> Measurement:
    """Largest memory while the likelihood of so many images is estimated with so many latents each."""
    estimator(workload.DENSE_VAE.name)(workload.binary_digits(images), samples)
    return Measurement(0.0, largest_memory(), "MB")


def start() -> Measurement:
    """Seconds from the start of the process to the end of its second training step."""
    images = image_set(workload.binary_digits(SCALING_BATCH))
    speed = timed(workload.DENSE_VAE, images, SCALING_BATCH, epochs=1).images_per_second  # each epoch of one step
    with open("/proc/self/stat", encoding="utf-8") as file:
        started = int(file.read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return Measurement(speed, time.clock_gettime(time.CLOCK_BOOTTIME) - started, "seconds")


def largest_memory():
    """Of this process so far, in MB."""
    import resource  # Windows has none

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


# -- benchmarks.settings: the DCGAN with one thing changed ------------------------------------------------------------


def dcgan_variant(policy, steps_per_execution, jit_compile=False, upsampling=None) -> zoo.GAN:
    """The DCGAN, compiled.

    Args:
        upsampling: `depth_to_space`, which is the default, `transposed` or `nearest`.
    """
    gan = zoo.GAN(
        dcgan_generator(upsampling or depth_to_space, policy),
        zoo.networks.dcgan.discriminator(IMAGE_SHAPE, workload.GAN_WIDTH, dtype=policy),
        ema_halflife=workload.AVERAGE_HALFLIFE,
    )
    gan.compile(*optimizers(workload.DCGAN), steps_per_execution=steps_per_execution, jit_compile=jit_compile)
    return gan


def depth_to_space(x, filters, dtype):
    """As `zoo.networks.dcgan` has it."""
    x = layers.Conv2D(4 * filters, 3, padding="same", use_bias=False, dtype=dtype)(x)
    return zoo.layers.DepthToSpace(dtype=dtype)(x)


def transposed(x, filters, dtype):
    """As Radford et al. 2016 have it, but of 4 x 4: each new pixel comes from 4 places; `depth_to_space`'s from 9."""
    return layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False, dtype=dtype)(x)


def nearest(x, filters, dtype):
    """Each pixel four times, then a convolution: 9 new pixels, which were 4 old ones."""
    x = zoo.layers.DepthToSpace(dtype=dtype)(layers.Concatenate(dtype=dtype)([x] * 4))
    return layers.Conv2D(filters, 3, padding="same", use_bias=False, dtype=dtype)(x)


def dcgan_generator(upsampling, dtype) -> keras.Model:
    """That of `zoo.networks.dcgan`, but for how it doubles height and width."""
    doublings, rows, columns = blocks.growth(IMAGE_SHAPE)
    latents = keras.Input([workload.GAN_LATENT_DIM])
    filters = workload.GAN_WIDTH * 2**doublings
    x = blocks.with_hidden_layer(latents, 16 * workload.GAN_WIDTH, dtype)
    x = layers.Dense(rows * columns * filters, use_bias=False, dtype=dtype)(x)
    x = layers.Reshape([rows, columns, filters], dtype=dtype)(x)
    x = layers.ReLU(dtype=dtype)(blocks.normalization(x, None, None, dtype))
    for _ in range(doublings):
        filters //= 2
        x = upsampling(x, filters, dtype)
        x = layers.ReLU(dtype=dtype)(blocks.normalization(x, None, None, dtype))
    return keras.Model(latents, blocks.images_of(x, IMAGE_SHAPE, dtype))


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    measurement.report_one(train, sample, decode, likelihood, step, epoch, epoch_memory, likelihood_memory, start)
