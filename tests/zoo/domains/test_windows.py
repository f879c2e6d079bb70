"""Windows of two bars: which there are, why others are not, and the way back."""

import re
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from zoo.domains.score import HOLD, REST, Bar, Note, Score
from zoo.domains.windows import as_score, windows


def score(*voices, bars=((4, 4), (4, 4)), end=None):
    """A piece of voices, lists of (onset, duration, pitch), in bars (beats, beat unit) of full length."""
    onset, made = Fraction(0), []
    for beats, beat_unit in bars:
        made.append(Bar(onset, beats, beat_unit))
        onset += made[-1].duration
    rows = tuple(tuple(Note(Fraction(on), Fraction(long), pitch) for on, long, pitch in voice) for voice in voices)
    return Score("", rows, tuple(made), end)


def quarters(count, pitch=60):
    return [(4 * i, 4, pitch + i) for i in range(count)]


def test_two_bars_by_hand():
    melody = [(0, 3, 60), (3, 1, 62), (4, 4, 64), (10, 6, 65), (16, 12, 67)]
    (window,), left_out = windows(score(melody))
    assert window.dtype == np.int32
    _ = HOLD
    assert window.tolist() == [
        *(60, _, _, 62, 64, _, _, _, REST, _, 65, _, _, _, _, _),
        *(67, _, _, _, _, _, _, _, _, _, _, _, REST, _, _, _),
    ]
    assert left_out == Counter()


def test_a_window_begins_at_each_bar():
    kept, _ = windows(score(quarters(16), bars=[(4, 4)] * 4))
    assert [window[0] for window in kept] == [60, 64, 68]


def test_what_is_held_over_the_beginning_begins_again():
    kept, _ = windows(score([(0, 4, 60), (4, 20, 62), (24, 4, 64), (28, 4, 65), (32, 16, 67)], bars=[(4, 4)] * 3), 1)
    # The first has 60, 62, 64, 65; the second 62 again, 64, 65, 67.
    assert [window[window >= 0].tolist() for window in kept] == [[60, 62, 64, 65], [62, 64, 65, 67]]
    assert kept[1][:8].tolist() == [62] + [HOLD] * 7


def test_a_window_may_begin_with_a_rest():
    (window,), _ = windows(score([(4 + on, long, pitch) for on, long, pitch in quarters(4)]))
    assert window[:5].tolist() == [REST, HOLD, HOLD, HOLD, 60]


def test_an_upbeat_is_no_bar():
    bars = (Bar(Fraction(0), 4, 4), Bar(Fraction(4), 4, 4), Bar(Fraction(20), 2, 2), Bar(Fraction(36), 2, 2))
    melody = tuple(Note(Fraction(on), Fraction(long), pitch) for on, long, pitch in quarters(12))
    kept, left_out = windows(Score("", (melody,), bars, Fraction(48)))
    assert [window[0] for window in kept] == [61]
    assert left_out == {"incomplete bar": 2}  # with the upbeat, and with the last bar


def test_without_an_end_the_last_bar_is_full():
    assert len(windows(score(quarters(5)))[0]) == 1
    assert windows(score(quarters(5), end=Fraction(20)))[1] == {"incomplete bar": 1}


@pytest.mark.parametrize(
    ("piece", "reason"),
    [
        (score(quarters(7), bars=[(4, 4), (3, 4)]), "metre"),
        (score(quarters(8), bars=[(8, 8), (8, 8)]), "metre"),
        (score(quarters(8), bars=[(0, 4), (0, 4)]), "metre"),
        (score(quarters(8), quarters(8)), "voices"),
        (score([*quarters(7), (26, 4, 70)]), "polyphonic"),
        (score([*quarters(7), (28, 4, 70), (28, 4, 74)]), "polyphonic"),
        (score([*quarters(7), (Fraction(57, 2), 1, 70)]), "grid"),
        (score([*quarters(7), (28, Fraction(1, 3), 70)]), "grid"),
        (score([*quarters(7), (28, 4, 49)]), "range"),
        (score([*quarters(7), (28, 4, 91)]), "range"),
        (score(quarters(3)), "too few notes"),
        (score([]), "too few notes"),
    ],
)
def test_why_a_window_is_left_out(piece, reason):
    assert windows(piece, lowest=50, highest=90) == ([], {reason: 1})


def test_a_triplet_costs_the_windows_that_hold_it():
    third = Fraction(4, 3)
    melody = [*quarters(8), (32, third, 70), (32 + third, third, 71), (32 + 2 * third, third, 72), *quarters(20)[9:]]
    kept, left_out = windows(score(melody, bars=[(4, 4)] * 5))
    assert [window[0] for window in kept] == [60, 72]
    assert left_out == {"grid": 2}


def test_beyond_a_window_nothing_matters():
    # What sounds before and after is off the grid and out of range.
    melody = [(0, Fraction(1, 3), 20), *((16 + on, long, pitch) for on, long, pitch in quarters(8)), (48, 16, 120)]
    kept, left_out = windows(score(melody, bars=[(4, 4)] * 4), lowest=50, highest=90)
    assert [window[0] for window in kept] == [60]
    assert left_out == {"grid": 1, "range": 1}


def test_voices_are_columns():
    kept, _ = windows(score(quarters(8, 70), [(0, 32, 50)]), 2)
    assert kept[0].shape == (32, 2)
    assert kept[0][0].tolist() == [70, 50]
    assert kept[0][4].tolist() == [71, HOLD]
    assert windows(score(quarters(8), quarters(8)), 4) == ([], {"voices": 1})


@pytest.mark.parametrize("shape", [(32,), (32, 1), (32, 4)])
def test_there_and_back(shape):
    random = np.random.default_rng(0)
    for _ in range(50):
        notes = random.choice([HOLD, HOLD, REST, 60, 64, 67], shape).astype(np.int32)
        notes[0] = random.choice([REST, 60, 72], shape[1:])
        # After a rest, another rest says nothing.
        rows = notes.reshape(32, -1)
        for column in rows.T:
            silent = False
            for step, value in enumerate(column):
                column[step] = HOLD if silent and value == REST else value
                silent = value == REST or (silent and value == HOLD)
        voices = rows.shape[1]
        if (notes >= 0).sum() >= 4:
            (window,), left_out = windows(as_score(notes, "Back"), voices)
            np.testing.assert_array_equal(window, notes.reshape(window.shape))
            assert not left_out


def test_a_score_of_notes():
    piece = as_score(np.array([[60, 48], [HOLD, REST], [62, HOLD], [REST, 50]]), "Four steps")
    assert piece == Score(
        "Four steps",
        (
            (Note(Fraction(0), Fraction(2), 60), Note(Fraction(2), Fraction(1), 62)),
            (Note(Fraction(0), Fraction(1), 48), Note(Fraction(3), Fraction(1), 50)),
        ),
        (Bar(Fraction(0), 4, 4),),
        Fraction(4),
    )
    assert [bar.onset for bar in as_score([60] * 33).bars] == [0, 16, 32]


def test_a_hold_at_the_beginning_is_silence():
    assert as_score([HOLD, 60]).voices == ((Note(Fraction(1), Fraction(1), 60),),)


@pytest.mark.parametrize(
    ("notes", "complaint"),
    [
        ([60, -3], "notes: expected MIDI pitches of 0 to 127, -1 (rest) or -2 (hold); got -3."),
        ([60, 128], "notes: expected MIDI pitches of 0 to 127, -1 (rest) or -2 (hold); got 128."),
        ([60.0], "notes: expected whole numbers [steps] or [steps, voices]; got float64 [1]."),
        (np.zeros([2, 3, 4], int), "notes: expected whole numbers [steps] or [steps, voices]; got int64 [2, 3, 4]."),
        (np.zeros([0], int), "notes: expected whole numbers [steps] or [steps, voices]; got int64 [0]."),
    ],
)
def test_what_is_no_music(notes, complaint):
    with pytest.raises(ValueError, match=f"^{re.escape(complaint)}$"):
        as_score(notes)
