"""One of several processes that train together: python worker_program.py OUT, with TF_CONFIG set.

Writes the weights of some models after a training, and what Keras says without zoo/numerics/keras_issue_20585.py.
"""

import pickle
import sys
from pathlib import Path

from export.startup import start_tensorflow

start_tensorflow()

import keras
import tensorflow as tf

strategy = tf.distribute.MultiWorkerMirroredStrategy()  # before anything else is asked of TensorFlow

from models import CASES, trained


class Plain(keras.Model):
    """A built model with a training step of its own, as Keras alone would train it."""

    def __init__(self):
        super().__init__()
        self.layer = keras.layers.Dense(1)
        self.layer.build([None, 1])
        self.built = True

    def train_step(self, data):
        return {"loss": tf.reduce_mean(data)}


def without_mending():
    with strategy.scope():
        model = Plain()
        model.compile(keras.optimizers.SGD())
    try:
        model.fit(tf.data.Dataset.from_tensors(tf.ones([4, 1])).repeat(), steps_per_epoch=1, verbose=0)
    except (ValueError, TypeError) as error:
        return str(error)
    return ""


if __name__ == "__main__":
    names = ("vae_with_free_bits", "conditional_gan", "classifier")
    results = {
        "replicas": strategy.num_replicas_in_sync,
        "trained": {name: trained(CASES[name], strategy) for name in names},
        "without_mending": without_mending(),
    }
    Path(sys.argv[1]).write_bytes(pickle.dumps(results))
