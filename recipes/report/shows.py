"""Samples as files that a person opens, while training and after it."""

import itertools
from collections.abc import Callable, Sequence

import keras
import numpy as np

from recipes.data.data_set import Condition
from recipes.harness.run_directory import RunDirectory
from recipes.harness.training import Show
from recipes.report.trained import Sheet
from zoo.domains import Domain


def sampled(model: keras.Model, seed: int, index: np.ndarray, condition: np.ndarray | None = None) -> np.ndarray:
    """Samples of a model, [n, ...]; row i depends on `(seed, index[i], condition[i])` alone.

    Args:
        model: a model of the zoo.
        seed: of the run.
        index: int [n], which samples.
        condition: [n, ...], for a model that is told one: labels or others.
    """
    return np.asarray(model.sample_at([0, seed], index, **named(model, condition)))


def named(model: keras.Model, condition: np.ndarray | None) -> dict[str, np.ndarray]:
    """A condition by the name that a model has for it; {} of None."""
    return {} if condition is None else {model.condition.name: condition}


def asked_in_rows(condition: Condition | None, rows: int, columns: int) -> np.ndarray | None:
    """What to ask a model for, see `Condition.in_rows`; None of one that is told nothing."""
    return None if condition is None else condition.in_rows(rows, columns)


def square(model: keras.Model, seed: int, condition: Condition | None, side: int) -> np.ndarray:
    """Samples of a model, in as many rows as each has samples; with a condition, each row of one."""
    return sampled(model, seed, range(side * side), asked_in_rows(condition, side, side))


def write(run: RunDirectory, domain: Domain, sheet: Sheet, suffixes: Sequence[str]) -> list[str]:
    """Writes a sheet of samples into the directory of a run, a file for each suffix; the names of the files."""
    names = [f"{sheet.name}{suffix}" for suffix in suffixes]
    for name in names:
        with run.new_file(name) as path:
            domain.write(path, np.asarray(sheet.samples), sheet.columns)
    return names


def after_epochs(run: RunDirectory, domain: Domain, sample: Callable[[keras.Model], np.ndarray]) -> Show:
    """For `train`: writes what `sample` gives after each epoch, 8 samples per row, in the file that one looks at."""

    def show(model, epoch):
        write(run, domain, Sheet(f"progress/epoch_{epoch:04}", sample(model), columns=8), domain.suffixes[:1])

    return show


def first(rows: np.ndarray, count: int) -> np.ndarray:
    """The first `count` rows, [n, ...]; where there are fewer, they come again."""
    return rows[np.arange(count) % len(rows)]


def pairs(rows: np.ndarray, count: int, cyclic: bool = False) -> list[tuple[np.ndarray, np.ndarray]]:
    """At most `count` pairs of neighbours among rows; with `cyclic`, the last row and the first are neighbours, too."""
    ends = [*rows, rows[0]] if cyclic else rows
    return list(itertools.islice(itertools.pairwise(ends), count))
