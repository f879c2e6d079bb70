"""The seconds of each epoch of a `fit`."""

import time

import keras


class Clock(keras.callbacks.Callback):
    """Adds the seconds that an epoch took to its logs, and so to the history."""

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        logs["seconds"] = time.perf_counter() - self.start
