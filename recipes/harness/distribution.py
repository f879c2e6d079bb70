"""The `tf.distribute` strategy that the flags ask for."""

import tensorflow as tf
from absl import flags

from recipes.harness.errors import UserError

FLAGS = flags.FLAGS


def strategy():
    """The strategy of --strategy, to build, compile and restore the model in the scope of.

    To be called before TensorFlow does anything else: it divides the CPU into --cpu_devices.

    Raises:
        UserError: this machine can't give it, or its replicas don't divide --batch_size.
    """
    if FLAGS.cpu_devices > 1:
        (cpu,) = tf.config.list_physical_devices("CPU")
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * FLAGS.cpu_devices)
    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    if FLAGS.strategy == "one_device" or (FLAGS.strategy == "auto" and len(devices) == 1):
        return tf.distribute.get_strategy()
    if len(devices) == 1:
        raise UserError(
            f"strategy: mirrored expected several devices; this machine has one, {devices[0].name}. To try it out on a "
            "CPU, give --cpu_devices=2."
        )
    if FLAGS.batch_size % len(devices):
        raise UserError(
            f"batch_size: expected a multiple of the {len(devices)} replicas, each of which takes an equal part; got "
            f"{FLAGS.batch_size}."
        )
    print(f"Training on {len(devices)} replicas, {FLAGS.batch_size // len(devices)} of each batch's images on each.")
    return tf.distribute.MirroredStrategy([device.name for device in devices])
