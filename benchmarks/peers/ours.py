"""The zoo's side of the comparisons, and what is measured of the zoo alone.

    python -m benchmarks.peers.ours train dense_vae 128 4

Training is that of the recipes, by their own functions: the way that they choose on this machine (`choose` has it tried
and kept), their batches, optimizers and schedule, the bar, the history. As for every side, checkpoints are not timed.
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
from benchmarks.core.measurement import Measurement
from benchmarks.core.workload import Workload
from recipes.data.batches import MEMORY_BYTES, training_batches
from recipes.data.data_set import DataSet
from recipes.harness import fastest as recipe_fastest
from recipes.harness import training as recipe_training
from recipes.harness.clock import Clock
from recipes.harness.run_directory import RunDirectory
from recipes.harness.schedule import schedule_for
from recipes.settings import Training, group
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
LOSSES = {workload.DENSE_VAE: "loss", workload.CONV_VAE: "loss", workload.DCGAN: "discriminator_loss"}


def build(model: str) -> keras.Model:
    """The model of a workload, by its name, in float32."""
    return MODELS[workload.WORKLOADS[model]]("float32")


def optimizers(load: Workload) -> list[keras.optimizers.Optimizer]:
    """Of one learning rate: one, or generator's and discriminator's."""
    if load is workload.DCGAN:
        return [zoo.FusedAdam(workload.GAN_LEARNING_RATE, beta_1=workload.GAN_BETA_1) for _ in range(2)]
    return [zoo.FusedAdam(workload.VAE_LEARNING_RATE)]


# -- benchmarks.training --------------------------------------------------------------------------------------------


LONG = 500  # epochs: the way and the learning rate are those of a training as long as a recipe's


@group
class Settings:
    """Those of a recipe that matter here."""

    training: Training


def train(model: str, batch_size: int, epochs: int) -> Measurement:
    """Trains one of the `workload.WORKLOADS` as recipes do, for a warm-up epoch and `epochs` timed ones.

    Returns:
        `Measurement`; of a GAN, with the discriminator's loss.
    """
    load = workload.WORKLOADS[model]
    images = image_set(load.images())
    settings = settings_for(load, batch_size, LONG)
    schedule = schedule_for(settings.training, images.train_size)
    schedule = schedule._replace(steps=(1 + epochs) * schedule.epoch_steps)
    with tempfile.TemporaryDirectory() as folder:
        run = RunDirectory(Path(folder, "run"), {})
        learner = compiled(load, images, settings, run)
        _, history = recipe_training.train(learner, images, run, settings.training, schedule)
    seconds = history.column("seconds")[1:]
    speed = epochs * schedule.epoch_steps * batch_size / sum(seconds)
    return Measurement(speed, history.column(LOSSES[load])[-1], setting_of(learner, run))


def choose(model: str, batch_size: int) -> Measurement:
    """Has the fastest way to train one of the workloads found and kept, as a recipe does before a long training."""
    load = workload.WORKLOADS[model]
    settings = settings_for(load, batch_size, LONG, fastest="measure")
    with tempfile.TemporaryDirectory() as folder:
        run = RunDirectory(Path(folder, "run"), {})
        learner = compiled(load, image_set(load.images()), settings, run)
    return Measurement(0.0, 0.0, setting_of(learner, run))


def settings_for(load: Workload, batch_size: int, epochs: int, fastest: str = "auto") -> Settings:
    """A recipe's settings for a workload."""
    rate = workload.GAN_LEARNING_RATE if load is workload.DCGAN else workload.VAE_LEARNING_RATE
    return Settings(training=Training(epochs=epochs, batch_size=batch_size, learning_rate=rate, fastest=fastest))


def compiled(load: Workload, images: DataSet, settings: Settings, run: RunDirectory) -> keras.Model:
    """The model of a workload, compiled by what recipes are compiled by."""
    schedule = schedule_for(settings.training, images.train_size)

    def build_model(domain, settings):
        return MODELS[load](settings.training.policy)

    def optimizers_of(model):
        if load is workload.DCGAN:
            return [schedule.optimizer(workload.GAN_BETA_1) for _ in range(2)]
        return [schedule.optimizer()]

    return recipe_fastest.compiled(build_model, optimizers_of, images, None, settings, schedule, run)


def setting_of(model: keras.Model, run: RunDirectory) -> str:
    """How a model is trained, in a person's words."""
    one_thread = ", one thread an operation" if tf.config.threading.get_intra_op_parallelism_threads() == 1 else ""
    return f"{recipe_fastest.Way(**run.way)}{one_thread}, {model.steps_per_execution} steps a call"


# -- training without a run directory: benchmarks.scaling and benchmarks.profile -------------------------------------


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


def prepare(
    load: Workload, images: DataSet, batch_size: int, memory_bytes: int = MEMORY_BYTES, fastest: str = "rule"
) -> Prepared:
    """The model of a workload, compiled as in `train`; larger sets than so many bytes are read anew."""
    settings = settings_for(load, batch_size, 1, fastest)
    schedule = schedule_for(settings.training, images.train_size)
    with tempfile.TemporaryDirectory() as folder:
        run = RunDirectory(Path(folder, "run"), {})
        model = compiled(load, images, settings, run)
    batches = training_batches(images, batch_size, seed=0, memory_bytes=memory_bytes)
    return Prepared(model, batches, schedule.epoch_steps, setting_of(model, run))


def timed(
    load: Workload, images: DataSet, batch_size: int, epochs: int, memory_bytes: int = MEMORY_BYTES
) -> Measurement:
    """Trains what `prepare` makes for a warm-up epoch, which compiles it, and `epochs` timed ones."""
    prepared = prepare(load, images, batch_size, memory_bytes)
    history = prepared.fit(1 + epochs).history
    speed = epochs * prepared.steps * batch_size / sum(history["seconds"][1:])
    return Measurement(speed, history[LOSSES[load]][-1], prepared.setting)


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
    of_scaling = (step, epoch, epoch_memory, likelihood_memory, start)
    measurement.report_one(train, choose, sample, decode, likelihood, *of_scaling)
