"""How many steps a training has, and the learning rate over them."""

from typing import NamedTuple

import keras
import tensorflow as tf

import zoo
from recipes import UserError
from recipes.settings import Training

ENOUGH = 16  # steps at once, so that what Python does between them takes no time to speak of


class Schedule(NamedTuple):
    """The steps of a training. An epoch may be a part of the training data, or go through them several times."""

    epoch_steps: int
    steps: int  # in all; the last epoch may have fewer than the others
    learning_rate: float

    @property
    def epochs(self) -> int:
        return -(-self.steps // self.epoch_steps)

    @property
    def steps_per_execution(self) -> int:
        """For `compile`, in the scope of the training's strategy: steps that TensorFlow does without asking Python.

        One on several replicas, as Keras's loop over more fails there ("You must feed a value for placeholder", 3.15).
        """
        several = tf.distribute.get_strategy().num_replicas_in_sync > 1
        return 1 if several else execution_for(self.epoch_steps)

    def optimizer(
        self, beta_1: float = 0.9, beta_2: float = 0.999, updates: int = 1, clip_norm: float | None = None
    ) -> keras.optimizers.Optimizer:
        """Adam, warmed up over the first steps and then decayed to 0 along a cosine.

        `updates`: how often a step of the training uses it; the learning rate counts those. `clip_norm`: the largest
        norm of all gradients together.
        """
        steps = self.steps * updates
        warmup = min(200 * updates, steps // 10)
        rate = keras.optimizers.schedules.CosineDecay(
            0.0 if warmup else self.learning_rate,
            max(1, steps - warmup),
            warmup_target=self.learning_rate if warmup else None,
            warmup_steps=warmup,
        )
        return zoo.FusedAdam(rate, beta_1=beta_1, beta_2=beta_2, global_clipnorm=clip_norm)


def schedule_for(training: Training, train_size: int) -> Schedule:
    """The `Schedule` that the settings ask for, of `train_size` training items.

    An epoch goes through the training data once, or through `training.epoch_images` of them, or takes all that
    `training.steps` allows. It is up to a thirtieth shorter where TensorFlow can then do enough steps at once; the next
    epoch begins with what this one left out. MNIST has 937 batches of 64, a prime number: a dense VAE does 936 in two
    thirds of the time.

    Raises:
        UserError: there are fewer items than the batch size, or an epoch has.
    """
    if train_size < training.batch_size:
        raise UserError(f"batch_size: {training.batch_size} is more than the {train_size} training items.")
    steps = (training.epoch_images or train_size) // training.batch_size
    if not steps:
        raise UserError(
            f"epoch_images: expected at least the batch size, {training.batch_size}; got {training.epoch_images}."
        )
    fewer = range(steps, steps - steps // 30 - 1, -1)
    steps = next((count for count in fewer if execution_for(count) >= ENOUGH), steps)
    steps = min(steps, training.steps or steps)
    whole = training.epochs * steps
    return Schedule(steps, min(whole, training.steps or whole), training.learning_rate)


def execution_for(epoch_steps: int) -> int:
    """The largest divisor of an epoch's steps that is at most 32.

    Keras always does a whole execution: with one that does not divide an epoch, epochs would be longer than they say.
    """
    return max(divisor for divisor in range(1, 33) if epoch_steps % divisor == 0)
