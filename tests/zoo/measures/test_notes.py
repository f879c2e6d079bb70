import numpy as np
import pytest

from zoo.measures.notes import check_notes, sounding


def test_holds_continue_notes_and_rests():
    assert sounding(np.array([[60, -2, -2, 62, -1, -2, 60, -2]])).tolist() == [[60, 60, 60, 62, -1, -1, 60, 60]]


def test_a_hold_of_nothing_is_silence():
    assert sounding(np.array([[-2, -2, 60]])).tolist() == [[-1, -1, 60]]


def test_windows_and_voices_are_apart():
    notes = np.array([[[72, 48], [-2, 50]], [[-1, -2], [70, -2]]])
    assert sounding(notes).tolist() == [[[72, 48], [72, 50]], [[-1, -1], [70, -1]]]


@pytest.mark.parametrize(
    ("notes", "voices", "message"),
    [
        ([60, 62], False, r"notes: expected whole numbers \[n, steps\], none of these 0; got int64 \[2\]\."),
        (np.zeros([2, 0], int), False, r"got int64 \[2, 0\]"),
        ([[60.0]], False, r"got float64 \[1, 1\]"),
        ([[60]], True, r"\[n, steps, voices\].*got int64 \[1, 1\]"),
        ([[-3]], False, r"notes: expected -2 \(hold\), -1 \(rest\) and pitches to 127; got -3 to -3\."),
        ([[128]], False, "got 128 to 128"),
    ],
)
def test_other_notes_are_refused(notes, voices, message):
    with pytest.raises(ValueError, match=message):
        check_notes("notes", notes, voices)


def test_small_types_do_not_overflow():
    assert check_notes("notes", np.array([[127, -2]], np.int8)).dtype == np.int32
