"""A set of data to train on and to measure with, wherever it comes from."""

import types
import zlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from recipes import UserError
from zoo import FeatureExtractor
from zoo.domains import Domain

MOST_HELD_OUT = 10_000


class Condition(NamedTuple):
    """What a model may be told of each item of a `DataSet`, in the order of the items: its class, or something else."""

    train: np.ndarray  # [train_size, ...]; of labels int32 [train_size]
    test: np.ndarray  # [n, ...]
    num_classes: int | None = None  # of labels; None for a condition that is no class
    class_names: tuple[str, ...] = ()  # of labels, where the classes have names
    name: str = "labels"  # what models call it

    def in_rows(self, rows: int, columns: int) -> np.ndarray:
        """A condition for each of rows * columns samples, the same for all of a row, [rows * columns, ...].

        Labels ask for one class after the other; what is no class is that of held-out items from all over the set.
        """
        if self.num_classes:
            return classes_in_rows(self.num_classes, rows, columns)
        some = self.test[some_of(len(self.test), rows)]
        return np.repeat(some[np.arange(rows) % len(some)], columns, axis=0)


class Drawing(NamedTuple):
    """How items are made random before a model learns from them, as grey levels are that stand for probabilities."""

    draw: Callable[[tf.Tensor, tf.Tensor], tf.Tensor]  # (items as a model takes them [..., *shape], seed) -> such items
    once: bool  # whether each item is drawn once, not anew whenever it is trained on
    fixed: Callable[[np.ndarray], np.ndarray]  # one draw, for held-out items, that no setting changes


class DataSet(NamedTuple):
    """Where data come from. The held-out ones are never trained on."""

    name: str
    domain: Domain  # what the items are
    train: tf.data.Dataset  # unbatched [*domain.shape], as `domain.read` gives them, always in the same order
    train_size: int
    test: np.ndarray  # [n, *domain.shape], read whole: a damaged record shows before training, not after
    read_condition: Callable[[], Condition] | None = None  # where the items have labels, or come with something else
    version: str = ""  # changes with what the items are made from; not with how machines round
    default_extractor: Callable[[], FeatureExtractor] | None = None  # what samples are measured with unless told
    drawing: Drawing | None = None
    protocol: Mapping[str, str] = types.MappingProxyType({})  # of what was done to the items, for metrics.json
    kept: str = ""  # what of the source is used and why the rest is not, in lines for a person

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits that change with the data."""
        return f"{zlib.crc32(repr((self.version, self.train_size, self.test.shape)).encode()):08x}"

    @property
    def held_out(self) -> np.ndarray:
        """The held-out items as a model takes them, float32 [n, *domain.shape]."""
        return self.domain.as_data(self.test)

    @property
    def held_out_as_trained(self) -> np.ndarray:
        """The same, drawn as those are that a model learns from."""
        return self.drawing.fixed(self.held_out) if self.drawing else self.held_out


def some_of(total: int, count: int) -> np.ndarray:
    """Which `count` of `total` items to measure with, int [count], rising; the same in every run.

    Not the first, as some sets are sorted by class, and the first thousand digits of MNIST are easier than the rest.
    """
    return np.sort(np.random.default_rng(0).permutation(total)[:count])


def classes_in_rows(num_classes: int, rows: int, columns: int) -> np.ndarray:
    """Labels int [rows * columns] that have each row ask for one class."""
    return np.repeat(np.arange(rows) % num_classes, columns)


def condition_for(data: DataSet) -> Condition:
    """What a model may be told of the items of a data set.

    Raises:
        UserError: there is nothing.
    """
    if data.read_condition is None:
        raise UserError(
            f"{data.name}: has no labels, which this recipe needs; expected a data set that has them, e.g. mnist, or a "
            "folder whose sub-folders are the classes."
        )
    condition = data.read_condition()
    if condition.class_names:
        print(f"{condition.num_classes} classes: {', '.join(condition.class_names)}", flush=True)
    return condition


def trained_on(about: dict[str, Any] | None, flag: str, files: str) -> str:
    """The name of the data set that an artefact says it was trained on.

    Args:
        about: of `zoo.domains.Domain.about`; None where the artefact does not say.
        flag: the setting that names a folder of one's own instead.
        files: what is in such a folder.

    Raises:
        UserError: it does not say, or it was a folder, which nobody else has; one line.
    """
    if about is None:
        raise UserError(f"dataset: the artefact does not say what it was trained on; give --dataset or --{flag}.")
    if about["is_folder"]:
        raise UserError(
            f"{flag}: the artefact was trained on the {files} in a folder, {about['data']!r}; give --{flag}."
        )
    return about["data"]


def damaged(place: str) -> UserError:
    """The error for data that can't be read."""
    return UserError(f"data: a record of {place} is truncated or corrupted; remove that copy and prepare it again.")
