"""Windows that are spoiled, by what each way changes and what it keeps."""

import numpy as np
import pytest
import tensorflow as tf

from recipes.data import spoiling
from recipes.data.data_set import DataSet
from zoo.domains import Music
from zoo.domains.score import HOLD, REST
from zoo.measures.notes import sounding

WAYS = {way.name: way for way in spoiling.ways_for((32, 4))}
BAR = 16


def windows(count, voices, seed=0):
    """Notes from 50 to 70, rests and holds by chance, int [count, 32, voices]; none begins with a hold."""
    draw = np.random.default_rng(seed)
    notes = np.where(draw.random([count, 32, voices]) < 0.6, HOLD, draw.integers(50, 71, [count, 32, voices]))
    notes = np.where(draw.random(notes.shape) < 0.05, REST, notes)
    notes[:, 0] = np.where(notes[:, 0] == HOLD, REST, notes[:, 0])
    return notes


def spoiled(name, notes, seed=99):
    changed = WAYS[name].spoil(notes, np.random.default_rng(seed))
    assert changed.dtype == notes.dtype
    assert changed.shape == notes.shape
    assert (changed[:, 0] != HOLD).all()
    return changed


def changed_voices(notes, changed):
    """How many voices differ, [n]."""
    return np.any(notes != changed, axis=1).sum(axis=1)


def lengths(voice):
    """Of the notes and rests of [steps], in their order."""
    return np.diff(np.append(np.flatnonzero(voice != HOLD), len(voice)))


@pytest.mark.parametrize(
    "name", [way.name for way in spoiling.OF_A_VOICE if way.name not in ("backwards", "another second bar")]
)
def test_one_voice_of_several_is_spoiled(name):
    notes = windows(50, 4)
    assert changed_voices(notes, spoiled(name, notes)).max() == 1
    assert (
        len({tuple(row) for row in np.any(notes != spoiled(name, notes), axis=1).tolist()}) >= 4
    )  # not always the same


def test_wrong_notes_are_a_semitone_or_two_off():
    notes = windows(200, 1)
    changed = spoiled("wrong notes", notes)
    off = np.where(notes >= 0, changed - notes, 0)
    np.testing.assert_array_equal(changed[notes < 0], notes[notes < 0])
    assert set(np.unique(off)) == {-2, -1, 0, 1, 2}
    wrong = (off != 0).sum(axis=(1, 2))
    assert wrong.min() >= 1
    assert 0.15 < wrong.sum() / (notes >= 0).sum() < 0.25


def test_the_second_bar_leaves_the_key():
    notes = windows(200, 1)
    changed = spoiled("second bar off key", notes)
    np.testing.assert_array_equal(changed[:, :BAR], notes[:, :BAR])
    before, after = (sounding(x[..., 0])[:, BAR:] for x in (notes, changed))
    turned = after - before
    assert (after[before == REST] == REST).all()
    for row, sounds in zip(turned, before != REST):
        assert len(set(row[sounds].tolist())) <= 1
        assert set(row[sounds].tolist()) <= {-6, -1, 1, 6}


def test_pitches_are_shuffled_in_their_rhythm():
    notes = windows(100, 1)
    changed = spoiled("pitches shuffled", notes)
    np.testing.assert_array_equal(np.where(changed >= 0, 0, changed), np.where(notes >= 0, 0, notes))
    np.testing.assert_array_equal(np.sort(changed, axis=1), np.sort(notes, axis=1))
    assert np.any(changed != notes, axis=(1, 2)).mean() > 0.9


def test_lengths_are_shuffled_under_their_pitches():
    notes = windows(100, 1)
    changed = spoiled("note lengths shuffled", notes)
    for before, after in zip(notes[..., 0], changed[..., 0]):
        assert after[after != HOLD].tolist() == before[before != HOLD].tolist()
        assert sorted(lengths(after)) == sorted(lengths(before))
    assert np.any(changed != notes, axis=(1, 2)).mean() > 0.9


def test_intervals_are_shuffled_between_the_first_note_and_the_last():
    notes = windows(100, 1)
    changed = spoiled("intervals shuffled", notes)
    np.testing.assert_array_equal(np.where(changed >= 0, 0, changed), np.where(notes >= 0, 0, notes))
    for before, after in zip(notes[..., 0], changed[..., 0]):
        before, after = before[before >= 0], after[after >= 0]
        assert after[[0, -1]].tolist() == before[[0, -1]].tolist()
        assert sorted(np.diff(after)) == sorted(np.diff(before))


def test_a_voice_is_displaced_by_an_eighth_or_a_beat():
    notes = np.full([50, 32, 1], HOLD)
    notes[:, [0, 6, 30]] = [[60], [62], [64]]
    found = {tuple(np.flatnonzero(row != HOLD)) for row in spoiled("displaced", notes)[..., 0]}
    # 60 to 64 at 0, 6, 30: later by 2 or 4, earlier by 2 or 4; what was held over the beginning begins there.
    assert found == {(0, 2, 8), (0, 2, 4, 10), (0, 4, 28, 30), (0, 2, 26, 28)}
    late = next(row for row in spoiled("displaced", notes)[..., 0] if row[10] == 62)
    assert late[[0, 2, 4, 10]].tolist() == [62, 64, 60, 62]


def test_backwards():
    notes = np.full([1, 32, 2], HOLD)
    notes[0, [0, 6, 30], 0] = [60, 62, 64]
    notes[0, [0, 16], 1] = [50, REST]
    changed = spoiled("backwards", notes)
    assert changed[0, [0, 2, 26], 0].tolist() == [64, 62, 60]
    assert changed[0, [0, 16], 1].tolist() == [REST, 50]
    assert (changed != HOLD).sum() == 5
    np.testing.assert_array_equal(sounding(changed), sounding(notes)[:, ::-1])


def test_a_bar_and_a_voice_are_another_windows():
    notes = windows(20, 4)
    changed = spoiled("another second bar", notes)
    np.testing.assert_array_equal(changed[:, :BAR], notes[:, :BAR])
    for i, row in enumerate(changed[:, BAR:]):
        (other,) = np.flatnonzero(np.all(notes[:, :BAR] == row, axis=(1, 2)))
        assert other != i
    changed = spoiled("another voice", notes)
    np.testing.assert_array_equal(changed_voices(notes, changed), 1)
    for i, v in zip(*np.nonzero(np.any(notes != changed, axis=1))):
        assert any(np.array_equal(changed[i, :, v], notes[j, :, v]) for j in range(20) if j != i)


def test_neighbouring_voices_are_swapped():
    notes = windows(30, 4)
    orders = {
        tuple(next(v for v in range(4) if np.array_equal(after[:, u], before[:, v])) for u in range(4))
        for before, after in zip(notes, spoiled("voices swapped", notes))
    }
    assert orders == {(1, 0, 2, 3), (0, 2, 1, 3), (0, 1, 3, 2)}


def data_of(train, test):
    domain = Music(voices=1, lowest=30, highest=90)
    return DataSet("made", domain, tf.data.Dataset.from_tensor_slices(train), len(train), test)


def test_a_data_set_is_spoiled():
    train, test = windows(40, 1, seed=1)[..., 0], windows(30, 1, seed=2)[..., 0]
    data = spoiling.spoiled(data_of(train, test), seed=3)
    labels = data.read_condition()
    found = np.stack(list(data.train.as_numpy_iterator()))
    assert (len(found), labels.train.shape) == (data.train_size, (data.train_size,))
    assert labels.class_names == ("untouched", *(way.name for way in spoiling.OF_A_VOICE))
    for notes, marks, before in [(found, labels.train, train), (data.test, labels.test, test)]:
        np.testing.assert_array_equal(notes[marks == 0], before)
        assert set(marks) == set(range(labels.num_classes))
        assert notes[notes >= 0].min() >= 30
        assert notes.max() <= 90
        pitches_shuffled = notes[marks == 1 + [way.name for way in spoiling.OF_A_VOICE].index("pitches shuffled")]
        known = {tuple(np.sort(row)) for row in before}
        assert {tuple(np.sort(row)) for row in pitches_shuffled} <= known  # none of the other side's
    again = spoiling.spoiled(data_of(train, test), seed=3)
    np.testing.assert_array_equal(again.test, data.test)
    assert again.fingerprint == data.fingerprint
    other = spoiling.spoiled(data_of(train, test), seed=4)
    assert len(other.test) != len(data.test) or np.any(other.test != data.test)
    assert other.fingerprint != data.fingerprint


def test_what_a_way_leaves_as_it_was_is_left_out():
    one_pitch = np.full([8, 32], HOLD)
    one_pitch[:, ::4] = 60
    changed, labels = spoiling.in_all_ways(one_pitch, spoiling.OF_A_VOICE, np.random.default_rng(0))
    counts = dict(zip(("untouched", *(way.name for way in spoiling.OF_A_VOICE)), np.bincount(labels, minlength=9)))
    assert counts["untouched"] == counts["wrong notes"] == counts["second bar off key"] == 8
    assert counts["pitches shuffled"] == counts["intervals shuffled"] == counts["another second bar"] == 0
    assert changed.dtype == np.int8
