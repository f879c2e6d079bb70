"""One of several processes that train together: python worker_program.py DIGITS OUT, with TF_CONFIG set.

Writes the weights of the VAE, the GAN and the classifier of test_replicas.py, and what Keras says without
zoo/keras_issue_20585.py.
"""

import pickle
import sys
from pathlib import Path

from export.startup import start_tensorflow

start_tensorflow()

import keras
import numpy as np
import tensorflow as tf

strategy = tf.distribute.MultiWorkerMirroredStrategy()  # before anything else is asked of TensorFlow

from test_replicas import small_classifier, small_gan, small_vae, trained


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
    digits, out = map(Path, sys.argv[1:])
    results = [trained(make, strategy, np.load(digits)) for make in (small_vae, small_gan, small_classifier)]
    out.write_bytes(pickle.dumps([strategy.num_replicas_in_sync, *results, without_mending()]))
