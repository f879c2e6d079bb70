"""The `tf.distribute` strategy that a machine's settings ask for."""

import os

import tensorflow as tf

from recipes import UserError
from recipes.machines import cluster
from recipes.settings import Machine


def strategy_for(machine: Machine, batch_size: int) -> tf.distribute.Strategy:
    """The strategy to build, compile and restore a model in the scope of.

    To be called before TensorFlow does anything else: it divides the CPU into `machine.cpu_devices` and meets the other
    workers.

    Raises:
        UserError: this machine can't give it, or its replicas don't divide the batch size.
    """
    if machine.threads:
        _limit_threads(machine.threads)
    if machine.cpu_devices > 1:
        _divide_cpu(machine.cpu_devices)
    several = _multi_worker(machine) or _tpu(machine) or _mirrored(machine)
    if several is None:
        return tf.distribute.get_strategy()
    replicas = several.num_replicas_in_sync
    if batch_size % replicas:
        raise UserError(
            f"batch_size: expected a multiple of the {replicas} replicas, each of which takes an equal part; got "
            f"{batch_size}."
        )
    print(f"Training on {replicas} replicas, {batch_size // replicas} rows of each batch on each.")
    return several


def _limit_threads(threads):
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
    except RuntimeError as error:
        raise UserError(
            "threads: expected a process in which TensorFlow has done nothing yet; start Python again."
        ) from error


def _divide_cpu(devices):
    (cpu,) = tf.config.list_physical_devices("CPU")
    try:
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * devices)
    except RuntimeError as error:
        raise UserError(
            "cpu_devices: expected a process in which TensorFlow has done nothing yet; start Python again."
        ) from error


def _mirrored(machine):
    if machine.strategy not in ("auto", "mirrored"):
        return None
    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    if len(devices) > 1:
        return tf.distribute.MirroredStrategy([device.name for device in devices])
    if machine.strategy == "mirrored":
        raise UserError(
            f"strategy: mirrored expected several devices; this machine has one, {devices[0].name}. To try it out on a "
            "CPU, give --cpu_devices=2."
        )
    return None


def _multi_worker(machine):
    workers = cluster.of(machine)
    if workers is None:
        if machine.strategy == "multi_worker":
            raise UserError(
                "strategy: multi_worker expected several workers, which the environment variable TF_CONFIG names, or "
                "Slurm's srun; found none. See BUILD.md, Several hosts."
            )
        return None
    cluster.wait_for_all(workers, machine.worker_timeout)
    spec = tf.train.ClusterSpec({"worker": workers.workers})
    # The physical ones: to list the logical ones would start TensorFlow before it knows of the others.
    gpus = {"GPU": len(tf.config.list_physical_devices("GPU"))}
    resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
        spec, task_type="worker", task_id=workers.index, num_accelerators=gpus, rpc_layer="grpc"
    )
    return tf.distribute.MultiWorkerMirroredStrategy(resolver)


def _tpu(machine):
    if machine.strategy != "tpu":
        return None
    name = os.environ.get("TPU_NAME", "local")  # that of a TPU virtual machine
    try:
        return tf.distribute.TPUStrategy(tf.distribute.cluster_resolver.TPUClusterResolver.connect(name))
    except (ValueError, tf.errors.OpError) as error:
        raise UserError(f"strategy: tpu expected a TPU; found none ({str(error).partition(chr(10))[0]}).") from error
