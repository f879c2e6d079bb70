"""Beats: two bars of a drum kit, as hits in time and as the numbers that models are trained on."""

from collections.abc import Iterable
from math import floor
from typing import NamedTuple

import numpy as np

from zoo.domains.windows import STEPS

DRUMS = ("kick", "snare", "closed hi-hat", "open hi-hat", "low tom", "mid tom", "high tom", "crash", "ride")
COLUMNS = 3 * len(DRUMS)  # hits, velocities, offsets


class Hit(NamedTuple):
    """One stroke on one drum."""

    onset: float  # sixteenths from the beginning
    drum: int  # of `DRUMS`
    velocity: float  # how loud: MIDI's velocity divided by 127, in [0, 1]


def beat_of(hits: Iterable[Hit], first: int = 0) -> np.ndarray:
    """Hits on the grid: those that are nearest to one of 32 sixteenths.

    Of several strokes on one drum in one sixteenth, the loudest is kept (Gillick et al. 2019, "Learning to groove with
    inverse sequence transformations").

    Args:
        hits: in any order; those that are nearest to no step of the beat are left out.
        first: the step that it begins with, in sixteenths.

    Returns:
        float32 [32, 27]. Of each sixteenth and drum: 1 for a hit or 0, in columns 0 to 8; its velocity in [0, 1], in
        columns 9 to 17; and by how much of a sixteenth it comes late, in [-0.5, 0.5), early below 0, in columns 18 to
        26. Both are 0 where there is no hit.

    Example:

    >>> beat = beat_of([Hit(onset=4.25, drum=1, velocity=0.5)])
    >>> beat[4, [1, 10, 19]].tolist()
    [1.0, 0.5, 0.25]
    """
    beat = np.zeros([3, STEPS, len(DRUMS)], np.float32)
    for hit in sorted(hits, key=lambda hit: hit.velocity):
        step = floor(hit.onset - first + 0.5)
        if 0 <= step < STEPS:
            beat[:, step, hit.drum] = 1.0, hit.velocity, hit.onset - first - step
    return np.concatenate(beat, axis=-1)


def hits_of(beat: np.ndarray, first: float = 0.0) -> list[Hit]:
    """What `beat_of` would make a beat [32, 27] of, in the order of their onsets; `first`: where the beat begins."""
    hits, velocities, offsets = np.split(np.asarray(beat, np.float64), 3, axis=-1)
    found = [
        Hit(first + step + offsets[step, drum], int(drum), velocities[step, drum]) for step, drum in np.argwhere(hits)
    ]
    return sorted(found)


def check_beats(name: str, beats: np.ndarray) -> None:
    """Looks at all numbers of beats [..., 32, 27]; `name` is what the caller calls them.

    Raises:
        ValueError: they are of another shape or no numbers as `beat_of` has them; one line.
    """
    if beats.shape[-2:] != (STEPS, COLUMNS):
        raise ValueError(f"{name}: expected shape [..., {STEPS}, {COLUMNS}]; got {list(beats.shape)}.")
    hits, velocities, offsets = np.split(beats, 3, axis=-1)
    for what, wanted, numbers, fits in (
        ("hits", "0 or 1", hits, (hits == 0) | (hits == 1)),
        ("velocities", "0 to 1", velocities, (velocities >= 0) & (velocities <= 1)),
        ("offsets", "-0.5 to 0.5 of a sixteenth", offsets, (offsets >= -0.5) & (offsets <= 0.5)),
        ("velocities", "0 where there is no hit", velocities, (hits == 1) | (velocities == 0)),
        ("offsets", "0 where there is no hit", offsets, (hits == 1) | (offsets == 0)),
    ):
        if not fits.all():
            raise ValueError(f"{name}: expected {what} of {wanted}; got {numbers[~fits].flat[0]:g}.")
