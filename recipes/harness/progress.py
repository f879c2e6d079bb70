"""Bars on the screen."""

from collections.abc import Iterable

import keras
from tqdm import tqdm


def bar(batches: Iterable) -> Iterable:
    """The batches, with a bar on the screen that goes on with them."""
    return tqdm(batches, unit=" batches", dynamic_ncols=True)


class TrainingBar(keras.callbacks.Callback):
    """One bar over a whole training: items per second, remaining time, and how the epoch's means stand.

    Args:
        items: what the data are called.
        steps_per_epoch, epochs, batch_size: of the training.
    """

    def __init__(self, items: str, steps_per_epoch: int, epochs: int, batch_size: int):
        super().__init__()
        self.items, self.steps_per_epoch, self.epochs, self.batch_size = items, steps_per_epoch, epochs, batch_size
        self.bar = None

    def on_train_begin(self, logs=None):
        print("Compiling the training step (some seconds) ...", flush=True)

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch, self.done = epoch, 0

    def on_train_batch_end(self, batch, logs=None):
        if self.bar is None:
            first = (self.epoch * self.steps_per_epoch + batch + 1) * self.batch_size
            total = self.epochs * self.steps_per_epoch * self.batch_size
            self.bar = tqdm(total=total, initial=first, unit=f" {self.items}", unit_scale=True, dynamic_ncols=True)
        else:
            self.bar.update((batch + 1 - self.done) * self.batch_size)
        self.done = batch + 1
        means = " ".join(f"{name} {float(value):.2f}" for name, value in logs.items() if name != "loss")
        self.bar.set_description_str(f"epoch {self.epoch + 1}/{self.epochs} {means}", refresh=False)

    def close(self) -> None:
        """Leaves the bar as it is, so that what is said next has a line of its own, an error too."""
        if self.bar is not None:
            self.bar.close()
