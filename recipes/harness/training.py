"""Training a compiled Keras model in a run directory."""

import csv
import math
import time

import keras
import tensorflow as tf
from absl import flags
from tqdm import tqdm

import zoo
from export import UNREADABLE
from recipes.harness import data, distribution, pictures
from recipes.harness.errors import UserError

FLAGS = flags.FLAGS
HISTORY = "history.csv"
ENOUGH = 16  # steps at once, so that what Python does between them takes no time to speak of


def steps_per_epoch(images):
    """Steps that go through the training images once, or through --epoch_images of them, or all that --steps allows.

    Up to a thirtieth fewer where TensorFlow can then do enough of them at once; the next epoch begins with what this
    one left out. MNIST has 937 batches of 64, a prime number: a dense VAE does 936 in two thirds of the time.

    Raises:
        UserError: there are fewer images than --batch_size.
    """
    if images.train_size < FLAGS.batch_size:
        raise UserError(f"batch_size: {FLAGS.batch_size} is more than the {images.train_size} training images.")
    steps = (FLAGS.epoch_images or images.train_size) // FLAGS.batch_size
    if not steps:
        raise UserError(
            f"epoch_images: expected at least the batch size, {FLAGS.batch_size}; got {FLAGS.epoch_images}."
        )
    fewer = range(steps, steps - steps // 30 - 1, -1)
    steps = next((count for count in fewer if execution_for(count) >= ENOUGH), steps)
    return min(steps, FLAGS.steps or steps)


def steps_per_execution(images):
    """For `compile`: steps that TensorFlow does without asking Python.

    One on several replicas, as Keras's loop over more fails there ("You must feed a value for placeholder", 3.15).
    """
    several = tf.distribute.get_strategy().num_replicas_in_sync > 1
    return 1 if several else execution_for(steps_per_epoch(images))


def execution_for(epoch_steps):
    """The largest divisor of an epoch's steps that is at most 32.

    Keras always does a whole execution: with one that does not divide an epoch, epochs would be longer than they say.
    """
    return max(divisor for divisor in range(1, 33) if epoch_steps % divisor == 0)


def optimizer_for(images, beta_1=0.9, beta_2=0.999, updates=1):
    """Adam, warmed up over the first steps and then decayed to 0 along a cosine (the schedule of the flags).

    `updates`: how often a step of the training uses it; the learning rate counts those.
    """
    steps = total_steps(images) * updates
    warmup = min(200 * updates, steps // 10)
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0 if warmup else FLAGS.learning_rate,
        max(1, steps - warmup),
        warmup_target=FLAGS.learning_rate if warmup else None,
        warmup_steps=warmup,
    )
    return zoo.FusedAdam(schedule, beta_1=beta_1, beta_2=beta_2)


def policy():
    """The Keras dtype policy that --precision asks for."""
    return zoo.fastest_policy() if FLAGS.precision == "auto" else FLAGS.precision


def total_steps(images):
    """How many steps the flags ask for."""
    steps = FLAGS.epochs * steps_per_epoch(images)
    return min(steps, FLAGS.steps or steps)


def train(model, images, binarization, run, draw=None, labels=None, callbacks=()):
    """Trains a compiled model to the end that the flags set, from the run's checkpoint if there is one.

    After each epoch it saves a checkpoint, logs for TensorBoard, and a picture of what `draw(model)` returns, if given:
    images [n, h, w, c] from latents that stay the same. Of several workers only the first one does. Before that come
    the `callbacks`, Keras's, on every worker; what they add to the logs of an epoch is in its history. With labels,
    int32 [train_size], the model is given pairs. A loss that is not a number ends the run; the last good checkpoint
    stays.

    Returns:
        The trained model.
    """
    steps, epoch_steps = total_steps(images), steps_per_epoch(images)
    epochs = math.ceil(steps / epoch_steps)
    run.begin(f"{images.train_size:,} images of {images.name}", images.fingerprint)
    if run.checkpoints:
        with model.distribute_strategy.scope():
            model = _restored(run.checkpoints, model)
    done = int(model.optimizer.iterations.numpy())
    work = (
        run.settings,
        policy(),
        images.name,
        images.train_size,
        f"images {images.fingerprint}",
        f"{done} steps done",
    )
    distribution.agree(model.distribute_strategy, work)
    # Only now has the worker that writes begun for certain.
    distribution.agree(model.distribute_strategy, (f"run {run.id}", f"in {run.path}"))
    first_epoch = done // epoch_steps
    if done + model.steps_per_execution > steps:
        return model
    if first_epoch:
        print(f"Going on after epoch {first_epoch} of {epochs}.")
    first_step = first_epoch * epoch_steps
    batches = data.training_batches(images, FLAGS.batch_size, FLAGS.seed, binarization, first_step, labels)
    progress = _Progress(epoch_steps, epochs, FLAGS.batch_size)
    written = [
        progress,
        _WriteHistory(run, first_epoch),
        keras.callbacks.TensorBoard(str(run.path / "logs"), write_graph=False),
        _AfterEpoch(run, draw),
    ]
    try:
        model.fit(
            data.for_replicas(batches, FLAGS.batch_size, model.distribute_strategy),
            epochs=epochs,
            initial_epoch=first_epoch,
            steps_per_epoch=epoch_steps,
            shuffle=False,  # the data set does
            verbose=0,
            callbacks=[_StopOnNaN(run), _StopAfter(steps), Clock(), *callbacks, *(written if run.writes else [])],
        )
    except tf.errors.DataLossError as error:
        raise data.damaged(images.name) from error
    finally:
        progress.close()
    return model


def history(run, name):
    """A column of the run's history, one value an epoch, over all of its sessions.

    Raises:
        KeyError: it has no such column.
    """
    return [float(row[name]) for row in _rows_of_history(run)]


def _rows_of_history(run):
    with open(run.path / HISTORY, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def protocol(model, images, run):
    """What a trained model was trained on and for how long, for metrics.json.

    `training_seconds` are those of the finished epochs, compiling among them, pictures and checkpoints not; None for a
    run that was begun before its history held them.
    """
    try:
        seconds = round(sum(history(run, "seconds")), 1)
    except KeyError:
        seconds = None
    return {
        "data": images.name,
        "train_images": images.train_size,
        "seed": FLAGS.seed,
        "epochs": FLAGS.epochs,
        "steps": int(model.optimizer.iterations.numpy()),
        "batch_size": FLAGS.batch_size,
        "training_seconds": seconds,
        "precision": "float32",
    }


def _restored(checkpoints, like):
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


class _Progress(keras.callbacks.Callback):
    """One bar over the whole training: images a second, remaining time, and how the epoch's means stand."""

    def __init__(self, steps_per_epoch, epochs, batch_size):
        super().__init__()
        self.steps_per_epoch, self.epochs, self.batch_size = steps_per_epoch, epochs, batch_size
        self.bar = None

    def on_train_begin(self, logs=None):
        print("Compiling the training step (some seconds) ...", flush=True)

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch, self.done = epoch, 0

    def on_train_batch_end(self, batch, logs=None):
        if self.bar is None:
            first = (self.epoch * self.steps_per_epoch + batch + 1) * self.batch_size
            total = self.epochs * self.steps_per_epoch * self.batch_size
            self.bar = tqdm(total=total, initial=first, unit=" images", unit_scale=True, dynamic_ncols=True)
        else:
            self.bar.update((batch + 1 - self.done) * self.batch_size)
        self.done = batch + 1
        means = " ".join(f"{name} {float(value):.2f}" for name, value in logs.items() if name != "loss")
        self.bar.set_description_str(f"epoch {self.epoch + 1}/{self.epochs} {means}", refresh=False)

    def close(self):
        """Leaves the bar as it is, so that what is said next has a line of its own, an error too."""
        if self.bar is not None:
            self.bar.close()


class _WriteHistory(keras.callbacks.Callback):
    """Keeps a row for each epoch in the run's history.

    Keras's CSVLogger gives every figure a second column, for a validation that there is none of.

    Args:
        run: the `RunDirectory`.
        epochs: of an earlier session, after which this one goes on; what came later is forgotten.
    """

    def __init__(self, run, epochs):
        super().__init__()
        self.run, self.rows = run, _rows_of_history(run)[:epochs] if epochs else []

    def on_epoch_end(self, epoch, logs=None):
        self.rows.append({"epoch": epoch, **logs})
        with self.run.new_file(HISTORY) as path, open(path, "w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, self.rows[-1], extrasaction="ignore")
            table.writeheader()
            table.writerows(self.rows)


class Clock(keras.callbacks.Callback):
    """Gives the callbacks after it the seconds that an epoch took."""

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        logs["seconds"] = time.perf_counter() - self.start


class _StopOnNaN(keras.callbacks.Callback):
    def __init__(self, run):
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


class _StopAfter(keras.callbacks.Callback):
    """Ends the training before a number of steps would be exceeded."""

    def __init__(self, steps):
        super().__init__()
        self.steps = steps

    def on_train_batch_end(self, batch, logs=None):
        if int(self.model.optimizer.iterations.numpy()) + self.model.steps_per_execution > self.steps:
            self.model.stop_training = True


class _AfterEpoch(keras.callbacks.Callback):
    """The epoch's checkpoint and picture."""

    def __init__(self, run, draw):
        super().__init__()
        self.run, self.draw = run, draw

    def on_epoch_end(self, epoch, logs=None):
        with self.run.new_checkpoint(epoch + 1) as path:
            self.model.save(path)
        if self.draw is None:
            return
        with self.run.new_file(f"progress/epoch_{epoch + 1:04}.png") as path:
            pictures.save_grid(path, self.draw(self.model), columns=8)
