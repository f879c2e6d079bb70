"""Reading notes on a grid of sixteenths, as the measures of melodies and of chorales need them."""

import numpy as np

from zoo.domains.score import HOLD, REST


def check_notes(name, notes, voices=False):
    """The notes as an array, or a ValueError of one line, which calls them `name`.

    Args:
        name: what the caller calls them.
        notes: whole numbers [n, steps], or [n, steps, voices] where `voices` is true; n and steps at least 1. MIDI
            pitches of 0 to 127, `REST` (-1), `HOLD` (-2).
        voices: whether there is an axis of voices.

    Returns:
        int32 array of the same shape.
    """
    notes, shape = np.asarray(notes), "[n, steps, voices]" if voices else "[n, steps]"
    if notes.ndim != 2 + voices or 0 in notes.shape or not np.issubdtype(notes.dtype, np.integer):
        raise ValueError(
            f"{name}: expected whole numbers {shape}, none of these 0; got {notes.dtype} {list(notes.shape)}."
        )
    if notes.min() < HOLD or notes.max() > 127:
        raise ValueError(
            f"{name}: expected {HOLD} (hold), {REST} (rest) and pitches to 127; got {notes.min()} to {notes.max()}."
        )
    return notes.astype(np.int32)


def sounding(notes):
    """The pitch that sounds at each step, holds filled in.

    A hold with nothing before it is silence.

    Args:
        notes: whole numbers [n, steps] or [n, steps, voices]: a pitch where a note begins, `REST`, `HOLD`.

    Returns:
        array of the same shape and type: pitches, or `REST` where nothing sounds.

    Example:

    >>> sounding(np.array([[60, -2, -1, -2, 64]])).tolist()
    [[60, 60, -1, -1, 64]]
    """
    steps = np.arange(notes.shape[1]).reshape([-1] + [1] * (notes.ndim - 2))
    last = np.maximum.accumulate(np.where(notes == HOLD, 0, steps), axis=1)
    pitches = np.take_along_axis(notes, last, axis=1)
    return np.where(pitches == HOLD, REST, pitches)
