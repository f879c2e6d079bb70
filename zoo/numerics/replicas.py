"""Training on several replicas of `tf.distribute`, so that the result is that of one."""

import tensorflow as tf


def rows(count):
    """Where the `count` rows of this replica's part of a batch stand in the whole batch.

    Random numbers drawn for the whole batch, of which each replica takes its rows, do not depend on how many replicas
    there are. All replicas have the same number of rows.

    Returns:
        (rows of the whole batch, slice of those that are this replica's)

    >>> total, mine = rows(8)
    >>> tf.random.stateless_normal([total, 64], seed=[0, 1])[mine].shape
    TensorShape([8, 64])
    """
    replica = _one_of_several()
    if not replica:
        return count, slice(None)
    start = replica.replica_id_in_sync_group * count
    return replica.num_replicas_in_sync * count, slice(start, start + count)


def mean(x):
    """The mean of x over the replicas, each of which has its own; gradients flow through it. Not inside `tf.cond`."""
    replica = _one_of_several()
    return replica.all_reduce(tf.distribute.ReduceOp.MEAN, x) if replica else x


def gather(x):
    """The rows of x, [n, ...], of all replicas, in their order; gradients flow through it. Not inside `tf.cond`."""
    replica = _one_of_several()
    return replica.all_gather(x, axis=0) if replica else x


def assign(variables, values):
    """Gives variables, Keras's, values that are the same on every replica."""

    def update(strategy, variables, values):
        for variable, value in zip(variables, values):
            strategy.extended.update(variable, lambda one, new: one.assign(new), args=(value,), group=False)

    variables = [variable.value for variable in variables]
    tf.distribute.get_replica_context().merge_call(update, args=(variables, list(values)))


def _one_of_several():
    """The context of the replica that this runs on, if there are others; else None."""
    replica = tf.distribute.get_replica_context()
    return replica if replica and replica.num_replicas_in_sync > 1 else None
