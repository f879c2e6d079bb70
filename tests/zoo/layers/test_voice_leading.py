"""What sounds in several voices, and how they move, against NumPy."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

import zoo
from zoo.layers.voice_leading import intervals, pitches_of, sounding, sounding_of_data
from zoo.measures import harmony, notes
from zoo.numerics.alphabet import Alphabet

PITCHES = range(55, 75)
VALUES = (-2, -1, *PITCHES)
VOICES = 3
NOTES = np.random.default_rng(0).choice(VALUES, [40, 12, VOICES], p=[0.4, 0.1, *[0.5 / 20] * 20]).astype(np.int32)
EVENTS = Alphabet(VALUES).one_hot(NOTES)


def test_what_sounds_is_what_the_measures_hear():
    pitches = np.array([*PITCHES, -1])[np.argmax(sounding(EVENTS), axis=-1)]
    np.testing.assert_array_equal(pitches, notes.sounding(NOTES))


def test_what_sounds_of_data_is_the_same():
    for voice in range(VOICES):
        events = EVENTS[:, :, voice]
        np.testing.assert_array_equal(sounding_of_data(events), sounding(events))


def test_intervals_of_all_pitch_classes():
    one_hot = np.eye(12, dtype=np.float32)
    for lower, upper in itertools.product(range(12), repeat=2):
        found = intervals(one_hot[[lower]], one_hot[[upper]])
        np.testing.assert_array_equal(found, one_hot[[(upper - lower) % 12]])


def test_the_features_of_each_step():
    features = zoo.layers.VoiceLeading(VALUES)(EVENTS).numpy()
    sizes = [VOICES * size for size in (len(VALUES), len(PITCHES) + 1, 12, 1, 1)] + [3 * 12, 3 * 12]
    events, sounds, classes, stays, up, pairs, kept = np.split(features, np.cumsum(sizes)[:-1], axis=-1)
    pitches = notes.sounding(NOTES)
    np.testing.assert_array_equal(events, EVENTS.numpy().reshape(events.shape))
    np.testing.assert_array_equal(sounds, sounding(EVENTS).numpy().reshape(sounds.shape))
    one_hot = np.eye(12)[pitches % 12] * (pitches >= 0)[..., None]
    np.testing.assert_array_equal(classes, one_hot.reshape(classes.shape))
    before = np.concatenate([pitches[:, :1], pitches[:, :-1]], axis=1)
    np.testing.assert_array_equal(stays, pitches == before)
    np.testing.assert_array_equal(up, (pitches > before) & (before >= 0))
    for place, (i, j) in enumerate(itertools.combinations(range(VOICES), 2)):
        both = (pitches[..., i] >= 0) & (pitches[..., j] >= 0)
        interval = np.eye(12)[(pitches[..., i] - pitches[..., j]) % 12] * both[..., None]
        np.testing.assert_array_equal(pairs[..., 12 * place : 12 * (place + 1)], interval)
    octaves = kept.reshape([*kept.shape[:2], 3, 12])[..., 0].sum()
    found, changes = harmony.consecutives(NOTES), harmony.chord_changes(NOTES).sum()
    assert octaves > 0
    np.testing.assert_allclose(octaves, changes / 1000 * (found.parallel_octaves + found.contrary_octaves))


def test_parallel_fifths_are_one_of_the_numbers_and_have_a_gradient():
    written = np.array([[[67, 60], [69, 62], [69, 62]]])  # G above C, A above D, both repeated
    events = Alphabet(VALUES).one_hot(written)
    with tf.GradientTape() as tape:
        tape.watch(events)
        kept = zoo.layers.VoiceLeading(VALUES)(events)[0, :, -12:]
        fifths = tf.reduce_sum(kept[:, 7])
    np.testing.assert_array_equal(kept[:, 7], [0, 1, 0])
    assert np.abs(tape.gradient(fifths, events)).sum() > 0


@pytest.mark.parametrize("values", [(0, 1, 2), (-2, -1), (-2, 60), 5])
def test_values_that_are_no_notes(values):
    with pytest.raises(ValueError, match="values: expected -2, for a note that goes on, -1, for silence, and MIDI"):
        pitches_of(values)
