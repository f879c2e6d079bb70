"""Windows of music: two bars of 4/4 in steps of a sixteenth, out of scores and back."""

import itertools
import math
from collections import Counter
from fractions import Fraction

import numpy as np

from zoo.domains.score import HOLD, REST, Bar, Note, Score

BAR = 16  # steps
BARS = 2
STEPS = BARS * BAR
FEWEST_NOTES = 4


def windows(score: Score, voices: int = 1, *, lowest: int = 0, highest: int = 127) -> tuple[list[np.ndarray], Counter]:
    """The windows of a piece: each two neighbouring full bars of 4/4, so that the next one begins a bar later.

    A note that is held over the beginning of a window is begun again there: a window stands for itself.

    Args:
        score: the piece.
        voices: how many voices the piece must have, in the order of the score.
        lowest, highest: MIDI numbers of the notes that are taken.

    Returns:
        The windows, int32 [32], or [32, voices] for more than one voice: MIDI pitches, `REST` and `HOLD`; and how many
        pairs of bars were left out, by reason. The reasons: "metre", another than 4/4 (2/2 counts as 4/4);
        "incomplete bar"; "voices", the piece has another number; "polyphonic", notes at the same time in a voice;
        "grid", a note that begins or ends between sixteenths; "range"; "too few notes", less than 4. A pair is counted
        once, for the first of these.

    >>> quarters = tuple(Note(Fraction(4 * i), Fraction(4), 60 + i) for i in range(12))
    >>> bars = (Bar(Fraction(0), 4, 4), Bar(Fraction(16), 4, 4), Bar(Fraction(32), 3, 4))
    >>> kept, left_out = windows(Score("", (quarters,), bars, Fraction(44)))
    >>> [window[window >= 0].tolist() for window in kept], left_out
    ([[60, 61, 62, 63, 64, 65, 66, 67]], Counter({'metre': 1}))
    """
    kept, left_out = [], Counter()
    ends = [bar.onset for bar in score.bars[1:]] + [_end(score)]
    full = [end - bar.onset == BAR for bar, end in zip(score.bars, ends, strict=True)]
    in_four = [(bar.beats, bar.beat_unit) in ((4, 4), (2, 2)) for bar in score.bars]
    starts = []
    for i in range(len(score.bars) - BARS + 1):
        if not all(in_four[i : i + BARS]):
            left_out["metre"] += 1
        elif not all(full[i : i + BARS]):
            left_out["incomplete bar"] += 1
        elif len(score.voices) != voices:
            left_out["voices"] += 1
        else:
            starts.append(score.bars[i].onset)
    if not starts:
        return kept, left_out
    # From here on in whole numbers, `unit` of them to a sixteenth: fractions are slow.
    unit = math.lcm(*{t.denominator for voice in score.voices for note in voice for t in note[:2]})
    unit = math.lcm(unit, *{start.denominator for start in starts})

    def whole(time):
        return time.numerator * (unit // time.denominator)

    rows = [
        [(onset := whole(note.onset), onset + whole(note.duration), note.pitch) for note in voice]
        for voice in score.voices
    ]
    first = [0] * voices  # of each voice, the first note that this window or a later one can hold
    for start in map(whole, starts):
        try:
            columns = []
            for v, row in enumerate(rows):
                while first[v] < len(row) and row[first[v]][1] <= start:
                    first[v] += 1
                columns.append(_column(itertools.islice(row, first[v], None), start, unit, lowest, highest))
        except _LeftOut as reason:
            left_out[str(reason)] += 1
            continue
        notes = np.stack(columns, axis=-1)
        if (notes >= 0).sum() < FEWEST_NOTES:
            left_out["too few notes"] += 1
        else:
            kept.append(notes[:, 0] if voices == 1 else notes)
    return kept, left_out


def as_score(notes: np.ndarray, title: str = "") -> Score:
    """The piece that notes of a model stand for, in bars of 4/4; what `windows` undoes.

    Args:
        notes: whole numbers [steps] or [steps, voices], a step for each sixteenth: MIDI pitches, `REST`, `HOLD`.
            A HOLD at the beginning is silence.

    Raises:
        ValueError: another shape or number.

    >>> as_score([60, -2, -1, 67]).voices[0][0]
    Note(onset=Fraction(0, 1), duration=Fraction(2, 1), pitch=60)
    """
    notes = np.asarray(notes)
    if notes.ndim not in (1, 2) or not notes.size or notes.dtype.kind not in "iu":
        raise ValueError(
            f"notes: expected whole numbers [steps] or [steps, voices]; got {notes.dtype} {list(notes.shape)}."
        )
    if (wrong := notes[(notes < HOLD) | (notes > 127)]).size:
        raise ValueError(f"notes: expected MIDI pitches of 0 to 127, -1 (rest) or -2 (hold); got {wrong[0]}.")
    steps = len(notes)
    voices = []
    for column in notes.reshape(steps, -1).T:
        changes = [*np.flatnonzero(column != HOLD), steps]
        voices.append(
            tuple(
                Note(Fraction(int(onset)), Fraction(int(end - onset)), int(column[onset]))
                for onset, end in itertools.pairwise(changes)
                if column[onset] != REST
            )
        )
    bars = tuple(Bar(Fraction(onset), 4, 4) for onset in range(0, steps, BAR))
    return Score(title, tuple(voices), bars, Fraction(steps))


class _LeftOut(Exception):
    """Why a window is not taken."""


def _column(notes, start, unit, lowest, highest):
    """A voice's notes (onset, end, pitch) from `start` on, with `unit` to a step -> int32 [STEPS]."""
    column = [HOLD] * STEPS
    sounds_to = 0
    for onset, end, pitch in notes:
        if onset >= start + STEPS * unit:
            break
        if end <= start:
            continue
        onset, end = max(onset - start, 0), min(end - start, STEPS * unit)
        if onset < sounds_to:
            raise _LeftOut("polyphonic")
        if onset % unit or end % unit:
            raise _LeftOut("grid")
        if not lowest <= pitch <= highest:
            raise _LeftOut("range")
        if onset > sounds_to:
            column[sounds_to // unit] = REST
        column[onset // unit] = pitch
        sounds_to = end
    if sounds_to < STEPS * unit:
        column[sounds_to // unit] = REST
    return np.array(column, np.int32)


def _end(score):
    """Where the last bar ends."""
    if score.end is not None or not score.bars:
        return score.end
    return score.bars[-1].onset + score.bars[-1].duration
