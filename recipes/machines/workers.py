"""What the workers and the replicas of one training say to each other, and the work that they share."""

import contextlib
import functools
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from recipes import UserError
from recipes.machines import cluster
from recipes.settings import Machine


@contextlib.contextmanager
def naming_lost_workers(machine: Machine) -> Iterator[None]:
    """Ends a training with one line when another worker is gone."""
    try:
        yield
    except tf.errors.OpError as error:
        workers = cluster.of(machine)
        named = {int(index) for index in re.findall(r"/job:worker\S*/task:(\d+)", error.message)}
        gone = named - {workers.index} if workers else None  # its own devices are in the message, too
        if not gone:
            raise
        names = ", ".join(f"worker {index} ({workers.workers[index]})" for index in sorted(gone))
        raise UserError(
            f"workers: {names} stopped answering. The checkpoint of the last finished epoch, if any, is kept; to go "
            "on from there, start all workers again with --resume."
        ) from error


def barrier(strategy: tf.distribute.Strategy) -> None:
    """Returns when every worker of a strategy has called it; at once where there are no several workers."""
    _exchanged(strategy, 0)


def check_same(strategy: tf.distribute.Strategy, work: Any) -> None:
    """Checks that all workers of a strategy are about to do the same.

    Args:
        strategy: that of the training.
        work: what they are about to do; anything with a `repr`.

    Raises:
        UserError: it is not the same for all.
    """
    if len(set(_exchanged(strategy, zlib.crc32(repr(work).encode())))) > 1:
        raise UserError(
            "workers: expected the same command, data and --out_dir, which they share, on all of them; this one has "
            f"{work}. Look at what the others say."
        )


def as_the_first(strategy: tf.distribute.Strategy, number: int) -> int:
    """The number of a strategy's first worker, for all of them, where each has found another; below 2^32."""
    return _exchanged(strategy, number)[0]


def split_work(strategy: tf.distribute.Strategy, count: int, work: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
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


def _exchanged(strategy, number):
    """What the workers tell each other, this one a number below 2^32: a list with an item of each of their replicas."""
    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return [number]
    halves = tf.constant([[number >> 16, number & 0xFFFF]])
    parts = strategy.experimental_distribute_values_from_function(lambda context: halves)
    return [int(high) << 16 | int(low) for high, low in _gather(strategy)(parts).numpy()]
