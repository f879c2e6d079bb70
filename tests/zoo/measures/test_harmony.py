import numpy as np
import pytest

from zoo.measures.harmony import (
    chord_changes,
    chords,
    consecutives,
    crossings,
    harmony_difference,
    known_chords,
    out_of_range,
    pitch_classes_per_bar,
)

C3, E3, G3, C4, D4, E4, F4, G4, A4, C5, D5 = 48, 52, 55, 60, 62, 64, 65, 67, 69, 72, 74
HOLD, REST = -2, -1


def voices(*rows):
    """One window of voices that are written as rows, the highest first; [1, steps, voices]."""
    return np.array(rows).T[None]


def counted(*rows):
    """Consecutives as counts: parallel fifths and octaves, contrary fifths and octaves."""
    notes = voices(*rows)
    return tuple(np.round(np.array(consecutives(notes)) * chord_changes(notes).sum() / 1000, 9))


@pytest.mark.parametrize(
    ("upper", "lower", "counts"),
    [
        ([G4, A4], [C4, D4], (1, 0, 0, 0)),
        ([A4, G4], [D4, C4], (1, 0, 0, 0)),
        ([G4 + 12, A4 + 12], [C4, D4], (1, 0, 0, 0)),  # a twelfth is a fifth
        ([G4, A4 + 12], [C4, D4], (1, 0, 0, 0)),  # from a fifth to a twelfth, upwards both
        ([G4, A4 + 12], [C4, D4 - 12], (0, 0, 1, 0)),  # in contrary motion, no parallels
        ([G4, HOLD, A4], [C4, HOLD, D4], (1, 0, 0, 0)),
        ([G4, G4], [C4, C4], (0, 0, 0, 0)),  # repeated
        ([G4, HOLD], [C4, HOLD], (0, 0, 0, 0)),
        ([E4, A4], [C4, D4], (0, 0, 0, 0)),  # hidden
        ([G4, F4], [C4, D4], (0, 0, 0, 0)),
        ([G4, A4, HOLD], [C4, HOLD, D4], (0, 0, 0, 0)),  # one after the other
        ([G4, REST, A4], [C4, REST, D4], (0, 0, 0, 0)),  # a rest between them
        ([F4, G4], [C4, D4], (0, 0, 0, 0)),  # fourths
        ([C5, D5], [C4, D4], (0, 1, 0, 0)),
        ([C4, D4], [C4, D4], (0, 1, 0, 0)),  # unisons
        ([C4, C5], [C4, C4 - 12], (0, 0, 0, 1)),
        ([C4, D4], [G4, A4], (1, 0, 0, 0)),  # crossed voices
        ([C5, G4], [C4, C4], (0, 0, 0, 0)),
    ],
)
def test_consecutives_of_two_voices(upper, lower, counts):
    assert counted(upper, lower) == counts


def test_consecutives_of_every_pair_of_voices_count():
    assert counted([C5, D5], [G4, A4], [C4, D4], [C3, D4 - 12]) == (2, 3, 0, 0)
    assert counted([G4, A4], [E4, F4], [REST, HOLD], [C4, D4]) == (1, 0, 0, 0)


def test_consecutives_are_per_thousand_changes_of_all_windows():
    parallel = voices([G4, A4, A4, A4, A4], [C4, D4, E4, F4, F4])  # three changes
    still = voices([G4] * 5, [C4] * 5)
    other = voices([G4, HOLD, HOLD, HOLD, HOLD], [C4, D4, C4, HOLD, REST])  # three
    assert consecutives(np.concatenate([parallel, still, other])).parallel_fifths == pytest.approx(1000 / 6)
    assert consecutives(still) == (0, 0, 0, 0)


def test_chord_changes():
    notes = voices([G4, HOLD, G4, A4, HOLD, REST], [C4, D4, HOLD, E4, E4, HOLD])
    assert chord_changes(notes).tolist() == [[False, True, False, True, False, True]]


def test_crossings_of_any_two_voices():
    assert crossings(voices([C5, HOLD, REST, G4], [G4, C5, HOLD, REST], [C4, HOLD, D5, A4])) == 2 / 4


def test_ranges_have_their_ends():
    lowest, highest = [60, 55, 48, 41], [79, 74, 67, 62]
    assert out_of_range([[lowest, highest]]) == 0
    assert out_of_range([[np.subtract(lowest, [1, 0, 0, 1]), np.add(highest, [0, 1, 1, 0])]]) == 4 / 8
    assert out_of_range([[[REST] * 4, [HOLD] * 4]]) == 0
    with pytest.raises(ValueError, match=r"notes: expected 4 voices, soprano first; got 3\."):
        out_of_range([[[60, 60, 60]]])


def test_pitch_classes_per_bar():
    first = [C4] + [HOLD] * 15, [E4, G4, E4 + 12] + [REST] + [HOLD] * 12  # C, E, G
    second = [HOLD] * 16, [HOLD] * 16  # C, held over
    assert pitch_classes_per_bar(voices(first[0] + second[0], first[1] + second[1])) == 2
    with pytest.raises(ValueError, match="notes: expected full bars, a multiple of 16 steps; got 20"):
        pitch_classes_per_bar(np.full([1, 20, 2], 60))


def test_kinds_of_chords():
    root = chords(voices([C5], [G4], [E4], [C3]))
    for same in ([G4], [E4], [C4], [C3]), ([C5 + 2], [A4], [F4 + 1], [D4]), ([E4], [C5], [C3], [G3]):
        assert chords(voices(*same)) == root == 1 + 2**4 + 2**7
    assert chords(voices([C5], [G4], [C4], [E3])) == 1 + 2**3 + 2**8  # first inversion
    assert chords(voices([REST], [C4])) == 1


def test_known_chords_are_the_frequent_ones():
    triad, sixth, clash = [64, 55, 48], [60, 55, 52], [61, 60, 59]
    reference = np.array([[triad]] * 60 + [[sixth]] * 38 + [[clash]] * 2)
    assert known_chords(reference, [[triad, sixth, triad, clash]]) == 3 / 4
    assert known_chords(np.array([[triad]] * 60 + [[sixth]] * 37 + [[clash]] * 3), [[clash]]) == 1
    held = [triad, [HOLD] * 3, [HOLD] * 3, clash]
    assert known_chords(reference, [held]) == 1 / 2  # a chord counts once
    assert np.isnan(known_chords(reference, [[[REST] * 3]]))
    with pytest.raises(ValueError, match="reference: expected notes; got rests alone"):
        known_chords([[[REST] * 3]], reference)


def test_harmony_difference():
    melody = [C5, HOLD, D5, HOLD]
    notes = voices(melody, [G4, HOLD, HOLD, HOLD], [E4, HOLD, D4, HOLD], [C4, HOLD, G3, HOLD])
    voiced = voices(melody, [E4, HOLD, D4, HOLD], [G3, HOLD, HOLD, HOLD], [C3, HOLD, G3 - 12, HOLD])
    assert harmony_difference(notes, notes) == harmony_difference(notes, voiced) == 0
    inverted = voices(melody, [G4, HOLD, HOLD, HOLD], [C4, HOLD, D4, HOLD], [E3, HOLD, G3, HOLD])
    assert harmony_difference(notes, inverted) == 1 / 2
    passing = voices(melody, [G4, HOLD, HOLD, HOLD], [E4, HOLD, D4, HOLD], [C4, HOLD, G3, F4 - 12])
    assert harmony_difference(notes, passing) == 1 / 3
    transposed = voices([C5, HOLD], [A4, HOLD]), voices([C5, HOLD], [G4, HOLD])
    assert harmony_difference(*transposed) == 1


def test_harmonies_of_other_melodies_are_refused():
    notes = voices([C5, D5], [C4, D4])
    with pytest.raises(ValueError, match=r"other: expected the first voice of notes; got another in 1 of 1 rows\."):
        harmony_difference(notes, voices([C5, C5], [C4, D4]))
    with pytest.raises(ValueError, match=r"other: expected the shape of notes, \[1, 2, 2\]; got \[1, 1, 2\]\."):
        harmony_difference(notes, notes[:, :1])
