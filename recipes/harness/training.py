"""Training a compiled Keras model in a run directory."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from export import UNREADABLE
from recipes import UserError
from recipes.data.batches import for_replicas, training_batches
from recipes.data.data_set import DataSet, damaged
from recipes.harness.ending import StopAfter, StopOnNaN
from recipes.harness.history import History
from recipes.harness.progress import TrainingBar
from recipes.harness.run_directory import RunDirectory
from recipes.harness.schedule import Schedule
from recipes.machines.workers import check_same
from recipes.settings import Training

# (the model, the history up to the epoch that has just ended) -> what it adds to that epoch's metrics.
Watcher = Callable[[keras.Model, History], dict[str, float]]
# (the model, the number of the epoch, from 1 on): shows a person how the model stands, e.g. in a file.
Show = Callable[[keras.Model, int], None]


def train(
    model: keras.Model,
    data: DataSet,
    run: RunDirectory,
    training: Training,
    schedule: Schedule,
    condition: np.ndarray | None = None,
    watchers: Sequence[Watcher] = (),
    show: Show | None = None,
) -> tuple[keras.Model, History]:
    """Trains a compiled model to the end of its schedule, from the run's checkpoint if there is one.

    After each epoch, in this order: the watchers, in theirs, on every worker; then, on the first worker, the history, a
    checkpoint, `show`, and TensorBoard's log. What raises in this row keeps what follows from happening. A loss that is
    not a number ends the run; the last good checkpoint stays.

    Args:
        model: compiled, in the scope of its strategy, with the `schedule`'s optimizers and steps per execution.
        data: what it learns from.
        run: where all goes; begins here.
        training, schedule: the settings, and the steps that they come to.
        condition: [train_size, ...], labels or others; with it, the model is given pairs.
        watchers: see `Watcher`.
        show: see `Show`.

    Returns:
        (the trained model, the history of all its epochs).
    """
    run.begin(f"{data.train_size:,} {data.domain.items} of {data.name}", data.fingerprint)
    if run.checkpoints:
        with model.distribute_strategy.scope():
            model = _restored(run.checkpoints, model)
    done = int(model.optimizer.iterations.numpy())
    _check_workers(model, data, run, training, done)
    first_epoch = done // schedule.epoch_steps
    history = History.read(run, first_epoch)
    if done + model.steps_per_execution > schedule.steps:
        return model, History.read(run, schedule.epochs)
    if first_epoch:
        print(f"Going on after epoch {first_epoch} of {schedule.epochs}.")
    first_step = first_epoch * schedule.epoch_steps
    batches = training_batches(data, training.batch_size, training.seed, first_step, condition)
    bar = TrainingBar(data.domain.items, schedule.epoch_steps, schedule.epochs, training.batch_size)
    # TensorBoard's comes after what adds to the logs of an epoch, and writes them as they are by then.
    written = [bar, keras.callbacks.TensorBoard(str(run.path / "logs"), write_graph=False)]
    if run.writes:
        run.written.claim("logs/")
    try:
        model.fit(
            for_replicas(batches, training.batch_size, model.distribute_strategy),
            epochs=schedule.epochs,
            initial_epoch=first_epoch,
            steps_per_epoch=schedule.epoch_steps,
            shuffle=False,  # the data set does
            verbose=0,
            callbacks=[
                StopOnNaN(run),
                StopAfter(schedule.steps),
                _AfterEpoch(run, history, watchers, show),
                *(written if run.writes else []),
            ],
        )
    except tf.errors.DataLossError as error:
        raise damaged(data.name) from error
    finally:
        bar.close()
    return model, history


class _AfterEpoch(keras.callbacks.Callback):
    """All that happens after an epoch, in its order."""

    def __init__(self, run, history, watchers, show):
        super().__init__()
        self.run, self.history, self.watchers, self.show = run, history, watchers, show

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        row = {"epoch": epoch, **logs, "seconds": time.perf_counter() - self.start}
        self.history.rows.append(row)
        for watcher in self.watchers:
            row |= watcher(self.model, self.history)
        logs.update({name: value for name, value in row.items() if name != "epoch"})
        if not self.run.writes:
            return
        self.history.write(self.run)
        with self.run.new_checkpoint(epoch + 1) as path:
            self.model.save(path)
        if self.show is not None:
            self.show(self.model, epoch + 1)


def _check_workers(model, data, run, training, done):
    of_data = (data.name, data.train_size, f"{data.domain.items} {data.fingerprint}")
    check_same(model.distribute_strategy, (run.settings, run.way, *of_data, f"{done} steps done"))
    # Only now has the worker that writes begun for certain.
    check_same(model.distribute_strategy, (f"run {run.id}", f"in {run.path}"))


def _restored(checkpoints: list[Path], like: keras.Model) -> keras.Model:
    """The model in the first of the checkpoints that is whole, to be executed as a compiled model is."""
    for path in checkpoints:
        try:
            model = keras.models.load_model(path)
        except UNREADABLE as error:
            reason = str(error).strip().partition("\n")[0]
            print(f"NOTE: {path} can't be loaded ({reason}); trying the checkpoint before it.", flush=True)
            continue
        if type(model) is not type(like):
            expected, got = type(like).__name__, type(model).__name__
            raise UserError(f"resume: expected a checkpoint of a {expected}; {path} has a {got}.")
        if [weight.shape for weight in model.weights] != [weight.shape for weight in like.weights]:
            raise UserError(f"resume: the checkpoint {path} is of networks that are not those of this version.")
        # What is fast, and works, depends on the strategy, which may be another one than before.
        model.steps_per_execution, model.jit_compile = like.steps_per_execution, like.jit_compile
        return model
    raise UserError(f"resume: none of the checkpoints in {checkpoints[0].parent} can be loaded; give --overwrite.")
