import numpy as np
import pytest
from scipy import integrate, stats

from zoo.measures import melodies
from zoo.measures.melodies import (
    attributes,
    average_inter_onset_interval,
    average_interval,
    blemishes,
    histogram_overlaps,
    note_count,
    note_length_histogram,
    note_length_transition_matrix,
    overlaps,
    pitch_class_histogram,
    pitch_class_transition_matrix,
    pitch_count,
    pitch_range,
    reconstruction,
    statistics,
    syncopation,
)

HALF, QUARTER, EIGHTH, SIXTEENTH = 8, 4, 2, 1


def window(*notes):
    """[steps] of notes and rests, each a pair of a pitch, or -1, and a length in sixteenths."""
    return np.concatenate([[pitch] + [-2] * (length - 1) for pitch, length in notes])


# Two bars: C4 quarter, E4 eighth, G4 eighth, C5 half; rest of a quarter, E4 dotted quarter, C4 eighth, C4 quarter.
TUNE = window((60, 4), (64, 2), (67, 2), (72, 8), (-1, 4), (64, 6), (60, 2), (60, 4))
SILENCE = window((-1, 32))
ONE_NOTE = window((62, 32))
WINDOWS = np.stack([TUNE, SILENCE, ONE_NOTE])


def random_windows(count, pitches=(60, 62, 64, 65, 67), seed=0):
    return np.random.default_rng(seed).choice([-2, -2, -2, -1, *pitches], [count, 32])


def test_scalars_by_hand():
    assert pitch_count(WINDOWS).tolist() == [4, 0, 1]
    assert pitch_range(WINDOWS).tolist() == [12, 0, 0]
    assert note_count(WINDOWS).tolist() == [7, 0, 1]
    # 4 + 3 + 5 + 8 + 4 + 0 semitones; the last of seven notes begins at step 28
    assert average_interval(WINDOWS).tolist() == [24 / 6, 0, 0]
    assert average_inter_onset_interval(WINDOWS).tolist() == [28 / 6, 32, 32]


def test_pitch_classes_by_hand():
    histogram = pitch_class_histogram(WINDOWS)
    assert histogram[0, [0, 4, 7]].tolist() == [18 / 28, 8 / 28, 2 / 28]
    np.testing.assert_allclose(histogram.sum(axis=1), [1, 0, 1])
    assert histogram[2, 2] == 1
    transitions = pitch_class_transition_matrix(WINDOWS).reshape([3, 12, 12])
    assert {(a, b): transitions[0, a, b] for a, b in np.argwhere(transitions[0])} == {
        (0, 4): 2,  # the second over a rest
        (4, 7): 1,
        (7, 0): 1,
        (4, 0): 1,
        (0, 0): 1,
    }
    assert not transitions[1:].any()


def test_note_lengths_by_hand():
    # LENGTHS: 1, 2, 3, 4, 6, 8, 12, 16
    histogram = note_length_histogram(WINDOWS)
    np.testing.assert_allclose(histogram[0] * 7, [0, 3, 0, 2, 1, 1, 0, 0])
    assert not histogram[1].any()
    assert histogram[2].tolist() == [0, 0, 0, 0, 0, 0, 0, 1]  # two bars count as one
    transitions = note_length_transition_matrix(WINDOWS).reshape([3, 8, 8])
    assert {(a, b): transitions[0, a, b] for a, b in np.argwhere(transitions[0])} == {
        (3, 1): 1,  # quarter, eighth
        (1, 1): 1,
        (1, 5): 1,  # eighth, half
        (5, 4): 1,  # half, dotted quarter, over a rest
        (4, 1): 1,
        (1, 3): 1,
    }


@pytest.mark.parametrize(("length", "counts_as"), [(5, 4), (7, 6), (9, 8), (10, 8), (11, 12), (14, 12), (15, 16)])
def test_other_lengths_count_as_the_nearest_class(length, counts_as):
    histogram = note_length_histogram([window((60, length), (-1, 16 - length))])
    assert melodies.LENGTHS[histogram[0].argmax()] == counts_as


def test_statistics_do_not_depend_on_the_other_windows():
    windows = random_windows(20)
    together = statistics(windows)
    assert len(together) == 9
    for row, notes in enumerate(windows):
        for name, values in statistics(notes[None]).items():
            np.testing.assert_allclose(values[0], together[name][row], err_msg=name)


def test_overlaps_of_one_set_and_another_of_the_same_kind_are_near_one():
    areas = overlaps(random_windows(400), random_windows(400, seed=1))
    assert all(0.95 < area <= 1 for area in areas.values()), areas


def test_each_overlap_sees_what_it_is_for():
    tunes, others = random_windows(400), random_windows(400, seed=1)
    same = overlaps(tunes, others)
    transposed = overlaps(tunes, np.where(others >= 0, others + 6, others))
    for name in ("pitch_class_histogram", "pitch_class_transition_matrix"):
        assert transposed[name] < same[name] - 0.2
    for name in set(same) - {"pitch_class_histogram", "pitch_class_transition_matrix"}:
        assert transposed[name] == same[name]
    sparse = overlaps(tunes, np.where(np.arange(32) % 4, -2, others))
    for name in ("note_count", "average_inter_onset_interval", "note_length_histogram"):
        assert sparse[name] < same[name] - 0.2


def test_the_overlapping_area_is_that_of_two_kernel_density_estimates():
    random = np.random.default_rng(0)
    reference, other = random.normal(size=[40, 3]), random.normal(0.7, 1.4, size=[50, 3])
    within = [np.linalg.norm(a - b) for i, a in enumerate(reference) for b in reference[:i]]
    between = [np.linalg.norm(a - b) for a in reference for b in other]
    bandwidth = np.std(within + between) * len(within + between) ** -0.2
    at = np.linspace(-3, 15, 20001)
    densities = [stats.gaussian_kde(x, bandwidth / np.std(x, ddof=1))(at) for x in (within, between)]
    expected = integrate.trapezoid(np.minimum(*densities), at)
    assert melodies._overlapping_area(reference, other) == pytest.approx(expected, abs=0.003)


def test_overlaps_of_equal_windows():
    equal, lower = np.tile(TUNE, [30, 1]), np.tile(window((50, 32)), [30, 1])
    assert set(overlaps(equal, equal).values()) == {1.0}
    areas = overlaps(equal, lower)
    assert all(area < 1e-3 for area in areas.values()), areas


def test_of_many_windows_evenly_spaced_ones_are_compared(monkeypatch):
    monkeypatch.setattr(melodies, "WINDOWS", 5)
    windows = random_windows(41)
    assert overlaps(windows, windows) == overlaps(windows[::10], windows[::10])


def test_overlaps_refuse_too_few_windows():
    with pytest.raises(ValueError, match=r"reference: expected at least 3 windows; got 2\."):
        overlaps(WINDOWS[:2], WINDOWS)
    with pytest.raises(ValueError, match=r"notes: expected at least 2 windows; got 1\."):
        overlaps(WINDOWS, WINDOWS[:1])


def test_histogram_overlaps_by_hand():
    # against TUNE: notes C E G C E C C, intervals +4 +3 +5 -8 -4 0, lengths 4 2 2 8 6 2 4
    other = window((60, 4), (64, 4), (-1, 8), (55, 16))  # C E G, +4 -9, lengths 4 4 16
    shares = histogram_overlaps(TUNE[None], other[None])
    classes = 1 / 3 + 2 / 7 + 1 / 7
    expected = {"note_count": 0, "pitch_range": 0, "pitch_class": classes, "interval": 1 / 6, "note_length": 2 / 7}
    assert shares == pytest.approx(expected)
    assert histogram_overlaps(np.stack([TUNE, other]), np.stack([TUNE, TUNE, TUNE, other]))["note_count"] == 3 / 4


def test_histogram_overlaps_of_silence():
    assert set(histogram_overlaps([SILENCE], [SILENCE]).values()) == {1}
    shares = histogram_overlaps([SILENCE], [ONE_NOTE])
    assert shares == {"note_count": 0, "pitch_range": 1, "pitch_class": 0, "interval": 1, "note_length": 0}


def test_reconstruction_by_hand():
    decoded = WINDOWS.copy()
    decoded[0, 6] = 65  # another pitch
    decoded[0, 7] = 67  # a note where there was a hold
    measured = reconstruction(WINDOWS, decoded)
    assert measured == (94 / 96, 7 / 8, 2 / 3)
    chorales = np.stack([WINDOWS, decoded], axis=2)
    assert reconstruction(chorales, np.stack([WINDOWS, WINDOWS], axis=2)) == (190 / 192, 15 / 17, 2 / 3)


def test_reconstruction_refuses_another_shape():
    with pytest.raises(ValueError, match=r"decoded: expected the shape of notes, \[3, 32\]; got \[2, 32\]\."):
        reconstruction(WINDOWS, WINDOWS[:2])


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ([(60, 4)] * 8, 0),
        ([(60, 16), (60, 16)], 0),
        ([(60, 2), (60, 4), (60, 2)] + [(60, 4)] * 6, 1),  # from an eighth, -3, over the second beat, -2
        ([(60, 4), (60, 8), (60, 4), (60, 16)], 1),  # from the second beat, -2, over the third, -1
        ([(60, 12), (60, 20)], 2),  # from the fourth beat, -2, over the bar line, 0
        ([(60, 15), (60, 17)], 4),  # from the last sixteenth, -4, over the bar line
        ([(60, 14), (60, 2), (-1, 16)], 3),  # an absent beat is one whether it is held or rests
        ([(-1, 4), (60, 28)], 2),
        ([(-1, 32)], 0),
    ],
)
def test_syncopation_by_hand(notes, expected):
    assert syncopation([window(*notes)]).tolist() == [expected]


def test_attributes():
    values = attributes(WINDOWS)
    assert {name: value.tolist() for name, value in values.items()} == {
        "density": [7, 0, 1],
        "range": [12, 0, 0],
        "syncopation": [2, 0, 0],  # no bar line after the half, nor a third beat in the dotted quarter
    }


def test_blemishes_by_hand():
    bar = [(60, 3), (73, 1), (60, 4), (60, 8)]
    measured = blemishes(np.stack([window(*bar, *bar), TUNE, SILENCE]))
    assert measured.rests == pytest.approx((0 + 4 + 32) / 96)
    assert measured.repeated_notes == pytest.approx((3 + 1) / (7 + 6))
    assert measured.leaps == pytest.approx(4 / 13)  # an octave is none
    assert measured.repeated_bars == pytest.approx(1 / 3)
    assert measured.off_beats == pytest.approx(2 / 15)
    assert blemishes([SILENCE]) == (1, 0, 0, 0, 0)


def test_blemishes_refuse_half_a_step():
    with pytest.raises(ValueError, match="notes: expected an even number of steps; got 3"):
        blemishes([[60, -2, -2]])
