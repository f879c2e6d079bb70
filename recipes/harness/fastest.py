"""The fastest way to train on this machine: number format and compiler, found by trying them, and remembered.

Which way is fastest depends on the processor and on the networks: XLA makes convolutions 1.4 times as fast on one
processor and half as fast on another. Results differ by rounding only. How many steps TensorFlow does without asking
Python, and the threads of an operation, need no trial: as many as divide an epoch, and as many as there are cores.
"""

import contextlib
import importlib.metadata
import json
import os
import random
import re
import statistics
import time
import zlib
from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from recipes import UserError
from recipes.data.batches import training_batches
from recipes.data.data_set import DataSet
from recipes.harness.clock import Clock
from recipes.harness.run_directory import RunDirectory
from recipes.harness.schedule import Schedule
from recipes.machines import processor
from recipes.settings.field import replaced
from zoo.cache import cache_dir
from zoo.domains import Domain

LONG = 3_000  # steps of a training from which on trying pays
WORTH = 20  # and so many times as long as the trial of the first way it has to take
ROUNDS, SECONDS = 3, 0.4  # of the timing of each way; the ways take turns
CLEARLY = 0.97  # of the time that the usual way needs, what another one may need to be chosen


class Way(NamedTuple):
    """How the steps of a training are computed."""

    precision: str  # Keras dtype policy of the hidden layers
    xla: bool | str  # whether XLA compiles the step; "auto": as Keras has it

    def __str__(self):
        return f"{self.precision} with XLA" if self.xla is True else self.precision


def compiled(
    build_model: Callable[[Domain, Any], keras.Model],
    optimizers: Callable[[keras.Model], list[keras.optimizers.Optimizer]],
    data: DataSet,
    condition: np.ndarray | None,
    settings: Any,
    schedule: Schedule,
    run: RunDirectory,
) -> keras.Model:
    """The model to train, compiled in the fastest way.

    To be called in the scope of the training's strategy, after `keras.utils.set_random_seed`.

    A run that is gone on with keeps the way that it began in, `run.way`. Where the settings leave a choice, it is what
    was fastest when these networks were last tried on this machine; else, for a long training on one CPU, they are
    tried; else it goes by the processor.

    Args:
        build_model: (what the data are of, the settings) -> the model.
        optimizers: the model -> what its `compile` takes.
        data, condition: what it is trained on, and what it is told of that, [train_size, ...], or None.
        settings: the recipe's, with `training` among them.
        schedule: of the training.
        run: its directory; gets to know the way.

    Raises:
        UserError: the settings don't fit the data or the machine; one line.
    """
    training = settings.training
    begun = random.getstate(), np.random.get_state()

    def make(way):
        # Every one begins with the same weights, those that it would have had if nothing had been built before.
        random.setstate(begun[0])
        np.random.set_state(begun[1])
        try:
            model = build_model(data.domain, replaced(settings, {"precision": way.precision}))
        except ValueError as error:
            raise UserError(str(error)) from error
        execution = schedule.steps_per_execution
        model.compile(*optimizers(model), jit_compile=way.xla, steps_per_execution=execution)
        return model

    ways = _ways(training)
    way = Way(**run.way) if run.way else ways[0]
    model = make(way)
    if not run.resume and len(ways) > 1 and training.fastest != "rule":
        kept = cache_dir() / f"fastest-{_fingerprint(model, ways, training.batch_size)}.json"
        seconds = _remembered(kept, ways) if training.fastest == "auto" else None
        if seconds is None and (training.fastest == "measure" or schedule.steps >= LONG):
            seconds = _tried(make, ways, _few(data, condition, training), schedule, training, data.domain.items)
            _remember(kept, seconds)
        way = first_to_the_end(seconds, schedule.steps) if seconds else ways[0]
        model = model if way == ways[0] else make(way)
    if run.writes:
        print(f"Training in {way}.", flush=True)
    run.way = {"precision": way.precision, "xla": bool(model.jit_compile)}
    return model


def _ways(training):
    """Those that the settings leave open, the usual one first."""
    usual = Way(training.policy, {"auto": "auto", "on": True, "off": False}[training.xla])
    if tf.distribute.get_strategy().num_replicas_in_sync > 1 or tf.config.list_physical_devices("GPU"):
        if training.fastest == "measure":
            raise UserError("fastest: measure expected one CPU; several replicas and GPUs go by the rule.")
        return [usual]
    formats = [usual.precision]
    if training.precision == "auto" and usual.precision != "float32":
        formats.append("float32")
    compilers = ["auto", True] if training.xla == "auto" else [usual.xla]
    return [Way(precision, xla) for precision in formats for xla in compilers]


def _few(data, condition, training):
    """Batches of a few of the training data, on the way that all of them go."""
    count = min(data.train_size, 4 * training.batch_size)
    few = data._replace(train=data.train.take(count), train_size=count)
    told = None if condition is None else condition[:count]
    return training_batches(few, training.batch_size, training.seed, condition=told)


class _Trial:
    """One way, compiled; `seconds` has what a step took, one number a round."""

    def __init__(self, model, batches):
        self.model, self.batches, self.seconds = model, batches, []
        start = time.perf_counter()
        self._train(1)
        self.compiling = time.perf_counter() - start
        step = self._train(1) / model.steps_per_execution
        self.executions = max(1, round(SECONDS / step / model.steps_per_execution))

    def time(self):
        self.seconds.append(self._train(self.executions) / (self.executions * self.model.steps_per_execution))

    @property
    def step(self):
        return statistics.median(self.seconds)

    def _train(self, executions):
        """Trains for so many executions; the seconds that they took."""
        steps = executions * self.model.steps_per_execution
        done = self.model.fit(self.batches, steps_per_epoch=steps, shuffle=False, verbose=0, callbacks=[Clock()])
        return done.history["seconds"][0]


def _tried(make, ways, batches, schedule, training, items):
    """{way: (seconds of compiling, of a step)}; None where trying all would not pay."""
    print("Trying which way is fastest on this machine (some seconds; --fastest=rule skips it) ...", flush=True)
    start = time.perf_counter()
    trials = {}
    for way in ways:
        # XLA is left out in the second format where it was of no use in the first.
        plain, with_xla = (Way(ways[0].precision, xla) for xla in ("auto", True))
        second = way.precision != ways[0].precision
        if second and way.xla is True and plain in trials and not _saves(trials, with_xla, plain):
            continue
        try:
            trials[way] = _Trial(make(way), batches)
        except tf.errors.OpError:
            if way == ways[0]:
                raise
            continue  # it has an operation that XLA doesn't know
        trials[way].time()
        whole, tried = trials[ways[0]].step * schedule.steps, time.perf_counter() - start
        if training.fastest == "auto" and len(trials) == 1 and whole < WORTH * tried:
            print(f"The training takes about {whole:.0f} s: too short for trying others to pay.", flush=True)
            return None
    for _ in range(ROUNDS - 1):
        for trial in trials.values():
            trial.time()
    told = ", ".join(f"{way} {training.batch_size / trial.step:,.0f}" for way, trial in trials.items())
    print(f"Tried for {time.perf_counter() - start:.0f} s, {items}/s: {told}.", flush=True)
    return {way: (trial.compiling, trial.step) for way, trial in trials.items()}


def first_to_the_end(seconds: dict[Way, tuple[float, float]], steps: int) -> Way:
    """The way in which a training of so many steps ends first; the first of them unless another one is clearly faster.

    Args:
        seconds: {way: (of compiling, of a step)}, the usual way first.
        steps: of the training.
    """
    totals = {way: compiling + steps * step for way, (compiling, step) in seconds.items()}
    usual, best = next(iter(totals)), min(totals, key=totals.get)
    return best if totals[best] < CLEARLY * totals[usual] else usual


def _saves(trials, way, other):
    """Whether steps of a way take less than those of another one; false where it could not be compiled."""
    return way in trials and trials[way].step < trials[other].step


def _fingerprint(model, ways, batch_size):
    """Changes with all that the speed of a way depends on."""
    network = json.dumps({**model.get_config(), "seed": None}, default=repr)
    network = re.sub(r"_\d+\b", "", network)  # the numbers in layers' names, which count all layers of the process
    versions = [importlib.metadata.version(package) for package in ("tensorflow", "keras")]
    threads = tf.config.threading.get_intra_op_parallelism_threads(), os.environ.get("TF_NUM_INTRAOP_THREADS")
    text = repr((_machine(), threads, versions, type(model).__name__, network, [*map(str, ways)], batch_size))
    return f"{zlib.crc32(text.encode()):08x}"


def _machine():
    return f"{processor.name()}, {processor.cores()} cores"


def _remembered(path, ways):
    """What `_tried` has found in an earlier run; None where nothing is to be read."""
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))["seconds"]
        found = {way: tuple(map(float, saved[str(way)])) for way in ways if str(way) in saved}
        return found if ways[0] in found and all(len(numbers) == 2 for numbers in found.values()) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(path, seconds):
    if seconds is None:
        return
    found = {"processor": _machine(), "seconds": {str(way): numbers for way, numbers in seconds.items()}}
    with contextlib.suppress(OSError):  # it can be tried again
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
        new.replace(path)
