"""The `tf.distribute` strategy that the flags ask for."""

import contextlib
import functools
import os
import re
import zlib

import numpy as np
import tensorflow as tf
from absl import flags

from recipes.harness import cluster
from recipes.harness.errors import UserError

FLAGS = flags.FLAGS


def strategy():
    """The strategy of --strategy, to build, compile and restore the model in the scope of.

    To be called before TensorFlow does anything else: it divides the CPU into --cpu_devices and meets the other
    workers.

    Raises:
        UserError: this machine can't give it, or its replicas don't divide --batch_size.
    """
    if FLAGS.cpu_devices > 1:
        (cpu,) = tf.config.list_physical_devices("CPU")
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * FLAGS.cpu_devices)
    several = _multi_worker() or _tpu() or _mirrored()
    if several is None:
        return tf.distribute.get_strategy()
    replicas = several.num_replicas_in_sync
    if FLAGS.batch_size % replicas:
        raise UserError(
            f"batch_size: expected a multiple of the {replicas} replicas, each of which takes an equal part; got "
            f"{FLAGS.batch_size}."
        )
    print(f"Training on {replicas} replicas, {FLAGS.batch_size // replicas} of each batch's images on each.")
    return several


@contextlib.contextmanager
def naming_lost_workers():
    """Ends the run with one line when another worker is gone."""
    try:
        yield
    except tf.errors.OpError as error:
        workers = cluster.from_environment() if FLAGS.strategy in ("auto", "multi_worker") else None
        named = {int(index) for index in re.findall(r"/job:worker\S*/task:(\d+)", error.message)}
        gone = named - {workers.index} if workers else None  # its own devices are in the message, too
        if not gone:
            raise
        names = ", ".join(f"worker {index} ({workers.workers[index]})" for index in sorted(gone))
        raise UserError(
            f"workers: {names} stopped answering. The checkpoint of the last finished epoch, if any, is kept; to go "
            "on from there, start all workers again with --resume."
        ) from error


def meet(strategy):
    """Returns when every worker of a strategy has called it; at once where there are no several workers."""
    _tell(strategy, 0)


def agree(strategy, work):
    """Checks that all workers of a strategy are about to do the same.

    Args:
        work: what that is; anything with a `repr`.

    Raises:
        UserError: it is not the same for all.
    """
    if len(set(_tell(strategy, zlib.crc32(repr(work).encode())))) > 1:
        raise UserError(
            "workers: expected the same command, data and --out_dir, which they share, on all of them; this one has "
            f"{work}. Look at what the others say."
        )


def share(strategy, count, work):
    """Has each replica of a strategy do its part of some work; all workers call this, and get all of it.

    Args:
        strategy: that of the training; the default one does it all.
        count: how many rows there are to make.
        work: a function, positions int [m] in 0 ... count - 1 -> array [m, ...], a row for each.

    Returns:
        array [count, ...], the rows in the order of their positions.
    """
    each = -(-count // strategy.num_replicas_in_sync)

    def part(context):
        first = context.replica_id_in_sync_group * each
        return tf.constant(work(np.arange(first, first + each) % count))  # at the end, some once more

    parts = strategy.experimental_distribute_values_from_function(part)
    return _gather(strategy)(parts).numpy()[:count]


@functools.cache  # TensorFlow compiles it once
def _gather(strategy):
    """A function, the rows of each replica -> the rows of all, one after the other."""
    return tf.function(lambda parts: strategy.gather(parts, axis=0), reduce_retracing=True)


def _tell(strategy, number):
    """What the workers tell each other, this one a number below 2^32: a list with an item of each of their replicas."""
    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return [number]
    halves = tf.constant([[number >> 16, number & 0xFFFF]])
    parts = strategy.experimental_distribute_values_from_function(lambda context: halves)
    return [tuple(pair) for pair in _gather(strategy)(parts).numpy()]


def _mirrored():
    if FLAGS.strategy not in ("auto", "mirrored"):
        return None
    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    if len(devices) > 1:
        return tf.distribute.MirroredStrategy([device.name for device in devices])
    if FLAGS.strategy == "mirrored":
        raise UserError(
            f"strategy: mirrored expected several devices; this machine has one, {devices[0].name}. To try it out on a "
            "CPU, give --cpu_devices=2."
        )
    return None


def _multi_worker():
    workers = cluster.from_environment() if FLAGS.strategy in ("auto", "multi_worker") else None
    if workers is None:
        if FLAGS.strategy == "multi_worker":
            raise UserError(
                "strategy: multi_worker expected several workers, which the environment variable TF_CONFIG names, or "
                "Slurm's srun; found none. See BUILD.md, Several hosts."
            )
        return None
    cluster.wait_for_all(workers, FLAGS.worker_timeout)
    spec = tf.train.ClusterSpec({"worker": workers.workers})
    # The physical ones: to list the logical ones would start TensorFlow before it knows of the others.
    gpus = {"GPU": len(tf.config.list_physical_devices("GPU"))}
    resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
        spec, task_type="worker", task_id=workers.index, num_accelerators=gpus, rpc_layer="grpc"
    )
    return tf.distribute.MultiWorkerMirroredStrategy(resolver)


def _tpu():
    if FLAGS.strategy != "tpu":
        return None
    name = os.environ.get("TPU_NAME", "local")  # that of a TPU virtual machine
    try:
        return tf.distribute.TPUStrategy(tf.distribute.cluster_resolver.TPUClusterResolver.connect(name))
    except (ValueError, tf.errors.OpError) as error:
        raise UserError(f"strategy: tpu expected a TPU; found none ({str(error).partition(chr(10))[0]}).") from error
