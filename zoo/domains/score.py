"""Notes as a file of music has them, before they are brought to a grid."""

from fractions import Fraction
from typing import NamedTuple

REST = -1  # in a model's data: from this step on nothing sounds
HOLD = -2  # in a model's data: what sounded, or did not, goes on


class Note(NamedTuple):
    """One note of a voice; times are in sixteenth notes from the beginning of the piece."""

    onset: Fraction
    duration: Fraction
    pitch: int  # MIDI number, 60 is middle C


class Bar(NamedTuple):
    """Where a bar begins, in sixteenth notes, and the metre that is written for it."""

    onset: Fraction
    beats: int
    beat_unit: int  # 4 for quarter notes, 8 for eighths

    @property
    def duration(self) -> Fraction:
        """Sixteenth notes that the metre gives a bar; an upbeat has fewer."""
        return Fraction(16 * self.beats, self.beat_unit)


class Score(NamedTuple):
    """A piece: its voices in the order of the file, each a row of notes in the order of their onsets, and its bars."""

    title: str
    voices: tuple[tuple[Note, ...], ...]
    bars: tuple[Bar, ...]
    end: Fraction | None = None  # where the last bar ends; None: where its metre says
