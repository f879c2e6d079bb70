"""Batches of training data that depend on a seed and the number of the step alone."""

import numpy as np
import tensorflow as tf

from recipes.data.data_set import DataSet

MEMORY_BYTES = 2**31  # a larger training set is read again for each epoch
SHUFFLED = 20_000  # items of such a set among which the next one is drawn


def training_batches(
    data: DataSet,
    batch_size: int,
    seed: int,
    first_step: int = 0,
    condition: np.ndarray | None = None,
    memory_bytes: int = MEMORY_BYTES,
) -> tf.data.Dataset:
    """Endless batches of the training data as a model takes them, [batch_size, *shape]; with a condition, pairs.

    What step t yields depends on `(seed, t)` alone, so a resumed run sees what an uninterrupted one would have seen.
    Each epoch has an order of its own; items left over at its end wait for another one.

    Args:
        data: the set.
        batch_size: items per batch.
        seed: of the order, and of what is drawn.
        first_step: the number of the first batch.
        condition: [train_size, ...], labels or others.
        memory_bytes: sets of fewer numbers than this are kept in memory.
    """
    as_data, train, drawing = data.domain.as_data, data.train, data.drawing
    drawn_once = drawing is not None and drawing.once
    if drawn_once:
        train = train.enumerate().map(lambda i, item: drawing.draw(as_data(item), tf.stack([seed, i])))
    parts = [train] if condition is None else [train, tf.data.Dataset.from_tensor_slices(condition)]
    train = tf.data.Dataset.zip(tuple(parts))

    def finish(step, batch):
        items, *told = batch
        if not drawn_once:
            items = as_data(items)
            items = drawing.draw(items, tf.stack([seed, step])) if drawing else items
        return (items, *told) if told else items

    if data.train_size * np.prod(data.domain.shape) < memory_bytes:
        batches = _batches_in_memory(train, data.train_size, batch_size, seed, first_step)
    else:
        batches = train.shuffle(SHUFFLED, seed).batch(batch_size, drop_remainder=True).repeat()
        batches = batches.enumerate().skip(first_step)
    options = tf.data.Options()
    options.experimental_warm_start = True  # reads the data while TensorFlow compiles the training step
    # There is nothing to tune, and the end of `fit` would wait for the tuner's next round, up to a minute later.
    options.autotune.enabled = False
    return batches.map(finish).prefetch(4).with_options(options)


def for_replicas(batches: tf.data.Dataset, batch_size: int, strategy: tf.distribute.Strategy):
    """Batches for `fit`, of which each replica of a `tf.distribute` strategy gets its rows.

    Every worker goes through the same batches in the same order and keeps its part: no item is seen twice in an epoch,
    and a batch is the same for any number of replicas.
    """
    if strategy.num_replicas_in_sync == 1:
        return batches

    def part(context):
        here = batch_size // context.num_input_pipelines
        rows = slice(context.input_pipeline_id * here, (context.input_pipeline_id + 1) * here)
        mine = batches.map(lambda *batch: tuple(whole[rows] for whole in batch) if len(batch) > 1 else batch[0][rows])
        return mine.rebatch(context.get_per_replica_batch_size(batch_size), drop_remainder=True).prefetch(4)

    return strategy.distribute_datasets_from_function(part)


def _batches_in_memory(train, size, batch_size, seed, first_step):
    """Endless (step, batch) from step `first_step` on; a batch is gathered at once, with no work for each item."""
    steps_per_epoch = size // batch_size

    def gather(step, whole):
        epoch, place = step // steps_per_epoch, step % steps_per_epoch * batch_size
        positions = place + tf.range(batch_size, dtype=tf.int64)
        chosen = tf.random.experimental.index_shuffle(positions, tf.stack([seed, epoch]), size - 1)
        return step, tuple(tf.ensure_shape(tf.gather(part, chosen), [batch_size, *part.shape[1:]]) for part in whole)

    whole = train.batch(size).cache().repeat()  # every element is the same: all items, and what is told of them
    return tf.data.Dataset.zip(tf.data.Dataset.range(first_step, tf.int64.max), whole).map(gather)
