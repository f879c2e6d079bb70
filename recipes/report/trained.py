"""What a report is about, and what it is made of."""

import types
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

import zoo
from export import ARTEFACTS
from recipes.data.data_set import Condition, DataSet
from recipes.harness.history import History
from recipes.harness.run_directory import RunDirectory
from recipes.report.curves import Curve

MODEL = "model.keras"  # in the directory of a run


class Trained(NamedTuple):
    """A trained model and all that there is to know of its training."""

    model: keras.Model
    history: History
    data: DataSet
    condition: Condition | None  # where the model was told one: labels or others
    extractor: zoo.FeatureExtractor | None  # in whose features samples are measured
    run: RunDirectory
    settings: Any  # the recipe's
    strategy: tf.distribute.Strategy
    file: str = MODEL  # the model's own, in the run's directory
    sampled: tuple[str, ...] = ARTEFACTS  # the files there whose samples are measured
    shipped: str | None = None  # the name that `zoo.load` takes for the file, where it is one for others

    def address(self, name: str) -> str:
        """What a person types for a file of the run; of a model for others, its name, or where an export puts it."""
        if self.shipped is None:
            return str(self.run.path / name)
        return self.shipped if name == self.file else f"exported/{name}"


class Sheet(NamedTuple):
    """Samples for a person to look at, in one file."""

    name: str  # of the file, without its suffix
    samples: np.ndarray  # [n, *domain.shape]
    columns: int  # samples per row


class Section(NamedTuple):
    """What one measure found."""

    title: str  # in the card; in metrics.json without capitals
    metrics: dict[str, dict[str, Any]]  # {file, or "floor": {metric: value}}; empty where nothing was measured
    note: str  # what they mean, Markdown
    commands: tuple[str, ...] = ()  # that measure them again
    protocol: Mapping[str, Any] = types.MappingProxyType({})  # what they were measured with, beside the training's
    text: str = ""  # the same for the screen
    whole: bool = True  # whether --measure_all would measure with no more
    main: str = ""  # the metric that says most
    unit: str = ""  # of that


class Report(NamedTuple):
    """What a report says of a model, besides what it says of all."""

    shows: tuple[Callable[[Trained], Sheet], ...]
    curves: tuple[Curve, ...]  # of the history
    measures: tuple[Callable[[Trained], Section], ...]  # all workers call them, and share their work
    examples: np.ndarray  # [CHUNK, *domain.shape], see `zoo.generative`: held-out data to try the exports with
    limits: str  # what the model and its metrics are not good for, Markdown
    figure: str  # the title of the section whose main metric stands for the model
    for_others: Callable[[keras.Model], keras.Model] = zoo.in_float32  # the trained model -> what others need of it
