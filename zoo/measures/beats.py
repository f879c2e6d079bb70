"""Measuring how beats are played: the hits that are right, their velocities and their timing."""

from typing import NamedTuple

import numpy as np

PER_SIXTEENTH = 15_000  # milliseconds of a sixteenth times quarter notes per minute


class Playing(NamedTuple):
    """How beats compare with those that they stand for."""

    hits_f1: float  # the harmonic mean of the shares of hits that are right, of those made and of those real; 1 is best
    hits_right: float  # the share of all places on the grid, most of them empty, where there is rightly a hit or none
    whole_beats: float  # the share of beats all of whose hits are right, and no more
    velocity_error: float  # mean absolute error of a velocity in [0, 1]; NaN where no hit is in both
    timing_error: float  # of a hit's time, in milliseconds; NaN as above


def compare(real: np.ndarray, made: np.ndarray, tempos: np.ndarray) -> Playing:
    """How well beats are played.

    Velocities and times are compared at the hits that are in both, and each such hit weighs the same.

    Args:
        real, made: [n, steps, 3 drums]: hits, 0 or 1, then their velocities in [0, 1], then their offsets in
            sixteenths.
        tempos: [n], quarter notes per minute.

    Raises:
        ValueError: the shapes don't fit together, or a tempo is not positive; one line.

    Example:

    >>> real, made = np.float32([[[1, 1, 0.75, 0.5, 0, 0.25]]]), np.float32([[[1, 0, 0.5, 0, 0, 0]]])
    >>> compare(real, made, np.array([150]))
    Playing(hits_f1=0.6666666666666666, hits_right=0.5, whole_beats=0.0, velocity_error=0.25, timing_error=0.0)
    """
    real, made, tempos = np.asarray(real, np.float64), np.asarray(made, np.float64), np.asarray(tempos, np.float64)
    if real.ndim != 3 or real.shape != made.shape or 0 in real.shape or real.shape[-1] % 3:
        raise ValueError(
            f"real, made: expected the same shape [n, steps, 3 drums]; got {list(real.shape)} and {list(made.shape)}."
        )
    if tempos.shape != real.shape[:1] or not (tempos > 0).all():
        raise ValueError(f"tempos: expected {len(real)} positive numbers, one for each beat; got {tempos.shape}.")
    hits, velocities, offsets = np.split(real, 3, axis=-1)
    hits_made, velocities_made, offsets_made = np.split(made, 3, axis=-1)
    both = (hits == 1) & (hits_made == 1)
    right = hits == hits_made
    milliseconds = np.abs(offsets - offsets_made) * (PER_SIXTEENTH / tempos)[:, None, None]
    return Playing(
        hits_f1=float(2 * both.sum() / max(hits.sum() + hits_made.sum(), 1)),
        hits_right=float(right.mean()),
        whole_beats=float(right.all(axis=(1, 2)).mean()),
        velocity_error=_mean(np.abs(velocities - velocities_made)[both]),
        timing_error=_mean(milliseconds[both]),
    )


def on_the_grid(beats: np.ndarray, velocity: float) -> np.ndarray:
    """Beats [n, steps, 3 drums] as a machine plays them: each hit on its sixteenth and as loud as the others."""
    hits = np.split(np.asarray(beats), 3, axis=-1)[0]
    return np.concatenate([hits, hits * velocity, np.zeros_like(hits)], axis=-1).astype(np.float32)


def mean_velocity(beats: np.ndarray) -> float:
    """The mean velocity of all hits of beats [n, steps, 3 drums]; 0 where there are none."""
    hits, velocities, _ = np.split(np.asarray(beats, np.float64), 3, axis=-1)
    return float(velocities.sum() / max(hits.sum(), 1))


def _mean(numbers):
    return float(numbers.mean()) if numbers.size else float("nan")
