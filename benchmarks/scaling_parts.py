"""One point of `benchmarks.scaling`, in a process of its own, on Linux: seconds, or MB, as the `outcome`.

    python -m benchmarks.scaling_parts step 128

`benchmarks.scaling` starts it.
"""

import os
import resource
import sys
import time

import keras
import numpy as np
import tensorflow as tf

import zoo
from benchmarks.core import measurement, workload
from benchmarks.core.measurement import Measurement
from benchmarks.peers import ours
from recipes.harness import data

BATCH = 128


def step(batch_size):
    """Seconds of a training step."""
    images = workload.binary_digits(max(12_800, 10 * batch_size))
    return batch_size / ours.train(workload.DENSE_VAE, ours.image_set(images), batch_size, epochs=2).images_per_second


def likelihood(images, samples):
    """Largest memory, in MB, while the likelihood of so many images is estimated with so many latents each."""
    zoo.estimate_likelihood(ours.dense_vae("float32"), workload.binary_digits(images).astype(np.float32) / 255, samples)
    return largest_memory()


def epoch(images):
    """Seconds of an epoch, after the one that compiles; images are read anew for each epoch, as large sets are."""
    data.MEMORY_BYTES = 0
    digits = tf.constant(workload.binary_digits(5000))
    train = tf.data.Dataset.range(images).map(lambda i: digits[i % len(digits)])
    image_set = data.ImageSet("digits", train, images, test=digits[:1].numpy())
    return images // BATCH * BATCH / ours.train(workload.DENSE_VAE, image_set, BATCH, epochs=1).images_per_second


def epoch_memory(images):
    """Largest memory of `epoch`, in MB."""
    epoch(images)
    return largest_memory()


def start():
    """Seconds from the start of the process to the end of its second training step."""
    images = ours.image_set(workload.binary_digits(BATCH))
    ours.train(workload.DENSE_VAE, images, BATCH, epochs=1)  # each of one step
    with open("/proc/self/stat", encoding="utf-8") as file:
        started = int(file.read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started


def largest_memory():
    """Of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    parts = {function.__name__: function for function in (step, likelihood, epoch, epoch_memory, start)}
    part, *numbers = sys.argv[1:]
    measurement.report(lambda: Measurement(0.0, parts[part](*map(int, numbers)), part))
