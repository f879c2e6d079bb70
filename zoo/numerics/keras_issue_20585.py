"""What `fit` of Keras 3.15 needs under `tf.distribute.MultiWorkerMirroredStrategy`; remove it when Keras doesn't.

https://github.com/keras-team/keras/issues/20585. tests/zoo/test_workers.py fails on the day that Keras mends it.
"""

import tensorflow as tf


def mend(model):
    """Lets a built model train and evaluate on several workers; does nothing under another strategy.

    Keras would build the model once more, from a batch that is in parts, which it can't; and it takes the mean over the
    replicas for one over a first axis, which the numbers in the logs don't have.
    """
    if not isinstance(model.distribute_strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return
    model._maybe_symbolic_build = lambda **batch: None
    for name in ("train_step", "test_step"):
        setattr(model, name, _with_an_axis(getattr(model, name)))


def _with_an_axis(step):
    return lambda data: {name: tf.reshape(value, [1]) for name, value in step(data).items()}
