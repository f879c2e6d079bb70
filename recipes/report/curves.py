"""Plots of what a training went through."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib import figure

from recipes.harness.history import History


class Curve(NamedTuple):
    """A plot of some metrics of a history."""

    name: str  # of the file, without its suffix
    labels: dict[str, str]  # {metric: what it is called}
    ylabel: str  # with the unit
    over_minutes: bool = False  # one positive metric over time, on a logarithmic scale, in place of all over the epochs

    def known(self, history: History) -> bool:
        """Whether the history has the metrics, of all epochs."""
        return bool(history.rows) and all(history.column(metric) is not None for metric in self._columns)

    def save(self, history: History, path: Path) -> None:
        """Writes a .png file."""
        columns = {metric: history.column(metric) for metric in self._columns}
        if self.over_minutes:
            (metric,) = self.labels
            save_curve_over_time(path, np.cumsum(columns["seconds"]) / 60, columns[metric], self.ylabel)
        else:
            save_learning_curve(path, {label: columns[metric] for metric, label in self.labels.items()}, self.ylabel)

    @property
    def _columns(self):
        return [*self.labels, *(["seconds"] if self.over_minutes else [])]


def save_curve_over_time(path: Path, minutes: np.ndarray, values: list[float], label: str) -> None:
    """Writes a plot of one positive metric, on a logarithmic scale, over the minutes of a training.

    Args:
        path: a .png file.
        minutes, values: one of each per epoch.
        label: of the values, with the unit.
    """
    canvas = figure.Figure(figsize=(7, 4), layout="constrained")
    axes = canvas.subplots()
    axes.semilogy(minutes, values, marker=".")
    axes.set(xlabel="minutes of training", ylabel=label)
    axes.grid(alpha=0.3, which="both")
    canvas.savefig(path, dpi=120)


def save_learning_curve(path: Path, history: dict[str, list[float]], ylabel: str) -> None:
    """Writes a plot of one or more curves.

    Args:
        path: a .png file.
        history: {label: values}, one value per epoch.
        ylabel: with the unit.
    """
    canvas = figure.Figure(figsize=(7, 4), layout="constrained")
    axes = canvas.subplots()
    for label, values in history.items():
        axes.plot(range(1, len(values) + 1), values, marker=".", label=label)
    axes.set(xlabel="epoch", ylabel=ylabel)
    if all(len(values) > 2 for values in history.values()):
        # The first epoch's mean holds the untrained model; on its scale nothing else could be seen.
        later = [value for values in history.values() for value in values[1:]]
        margin = 0.1 * (max(later) - min(later))
        axes.set_ylim(min(later) - margin, max(later) + margin)
    axes.grid(alpha=0.3)
    axes.legend()
    canvas.savefig(path, dpi=120)
