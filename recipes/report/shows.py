"""Samples as files that a person opens, while training and after it."""

import itertools
from collections.abc import Callable, Sequence

import keras
import numpy as np

from recipes.harness.run_directory import RunDirectory
from recipes.harness.training import Show
from recipes.report.trained import Sheet
from zoo.domains import Domain


def sampled(model: keras.Model, seed: int, index: np.ndarray, labels: np.ndarray | None = None) -> np.ndarray:
    """Samples of a model, [n, ...]; row i depends on `(seed, index[i], labels[i])` alone.

    Args:
        model: a model of the zoo.
        seed: of the run.
        index: int [n], which samples.
        labels: int [n], for a model that is asked for classes.
    """
    return np.asarray(model.sample_at([0, seed], index, **({} if labels is None else {"labels": labels})))


def in_rows(num_classes: int | None, rows: int, columns: int) -> np.ndarray | None:
    """Labels int [rows * columns] that have each row ask for one class; None for a model without classes."""
    return np.repeat(np.arange(rows) % num_classes, columns) if num_classes else None


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
