"""What ends a training before all of its epochs are done."""

import math

import keras

from recipes import UserError
from recipes.harness.run_directory import RunDirectory


class StopOnNaN(keras.callbacks.Callback):
    """Ends a training whose loss is not a number; its last good checkpoint stays.

    Args:
        run: where the checkpoints are.
    """

    def __init__(self, run: RunDirectory):
        super().__init__()
        self.run = run

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        for name, value in logs.items():
            if "loss" in name and not math.isfinite(float(value)):
                kept = "; the checkpoint of the last good epoch is kept" if self.run.can_be_resumed else ""
                raise UserError(
                    f"training: the {name} became {float(value)} in epoch {self.epoch + 1}, by step {batch + 1}{kept}. "
                    "Try a smaller --learning_rate or --precision=float32."
                )


class StopAfter(keras.callbacks.Callback):
    """Ends a training before a number of steps would be exceeded."""

    def __init__(self, steps: int):
        super().__init__()
        self.steps = steps

    def on_train_batch_end(self, batch, logs=None):
        if int(self.model.optimizer.iterations.numpy()) + self.model.steps_per_execution > self.steps:
            self.model.stop_training = True
