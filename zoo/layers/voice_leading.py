"""What sounds at each step of several voices, and how they move against each other; differentiable all the way."""

import itertools
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from zoo.numerics.alphabet import Alphabet, as_text
from zoo.part import config_of

GOES_ON, SILENCE = -2, -1  # what there is besides the pitches of notes that begin
PITCH_CLASSES = 12


def pitches_of(values: Sequence[int]) -> tuple[int, ...]:
    """The MIDI pitches among the values of notes, -2, -1 and pitches.

    Raises:
        ValueError: they are others; one line.
    """
    values = Alphabet(values).values
    if values[:2] != (GOES_ON, SILENCE) or not values[2:] or values[2] < 0:
        raise ValueError(
            f"values: expected -2, for a note that goes on, -1, for silence, and MIDI pitches; got {as_text(values)}."
        )
    return values[2:]


def sounding_after(events: tf.Tensor, before: tf.Tensor) -> tf.Tensor:
    """What sounds at a step, one-hot [..., pitches + 1], the last class for silence.

    Args:
        events: what begins, one-hot [..., 2 + pitches]: goes on, silence, a pitch.
        before: what sounded at the step before, [..., pitches + 1].
    """
    return events[..., :1] * before + tf.concat([events[..., 2:], events[..., 1:2]], axis=-1)


def nothing_before(events: tf.Tensor) -> tf.Tensor:
    """What sounds before the first step of events, one-hot [n, steps, ..., classes]: silence, [n, ..., pitches + 1]."""
    first = events[:, 0]
    return tf.concat([tf.zeros_like(first[..., 2:]), tf.ones_like(first[..., :1])], axis=-1)


def above(sounds: tf.Tensor) -> tf.Tensor:
    """Where a pitch is above the one that sounds: one-hot [..., pitches + 1] -> [..., pitches]; nowhere in silence."""
    return tf.cumsum(sounds[..., :-1], axis=-1, exclusive=True)


def sounding(events: tf.Tensor) -> tf.Tensor:
    """Events, one-hot [n, steps, ..., 2 + pitches] -> what sounds, one-hot [n, steps, ..., pitches + 1]."""
    sounds = [nothing_before(events)]
    for event in tf.unstack(events, axis=1):
        sounds.append(sounding_after(event, sounds[-1]))
    return tf.stack(sounds[1:], axis=1)


def sounding_of_data(events: tf.Tensor) -> tf.Tensor:
    """`sounding` of one voice that nothing is learned about: one-hot [n, steps, 2 + pitches], without a gradient.

    In a few operations, where `sounding` has some for each step: what sounds is the last event that was no -2.
    """
    begins = 1 - events[..., 0]
    count = tf.cumsum(begins, axis=1)  # of the events so far
    same = tf.cast(tf.equal(count[:, :, None], count[:, None, :]), events.dtype)
    last = tf.matmul(same * begins[:, None, :], events)
    return tf.concat([last[..., 2:], 1 - tf.reduce_sum(last[..., 2:], axis=-1, keepdims=True)], axis=-1)


def pitch_classes(sounds: tf.Tensor, pitches: Sequence[int]) -> tf.Tensor:
    """One-hot [n, ..., pitches + 1] -> the pitch class, C first, one-hot [n, ..., 12]; zeros for silence."""
    table = np.zeros([len(pitches) + 1, PITCH_CLASSES], np.float32)
    table[np.arange(len(pitches)), np.asarray(pitches) % PITCH_CLASSES] = 1
    return _looked_up(sounds, table)


def intervals(lower: tf.Tensor, upper: tf.Tensor) -> tf.Tensor:
    """From one pitch class up to another: one-hot [n, ..., 12] each -> semitones from 0 to 11, one-hot [n, ..., 12].

    Of numbers that are no one-hots it is the correlation, sum_c lower_c upper_(c + semitones).
    """
    pairs = upper[..., None, :] * lower[..., :, None]
    pairs = tf.reshape(pairs, [-1, *pairs.shape[1:-2], PITCH_CLASSES**2])
    low, high = np.divmod(np.arange(PITCH_CLASSES**2), PITCH_CLASSES)
    return _looked_up(pairs, np.eye(PITCH_CLASSES, dtype=np.float32)[(high - low) % PITCH_CLASSES])


def _looked_up(one_hot, table):
    """[n, ..., a] and [a, b] -> [n, ..., b]; a `tf.tensordot` would work out its shapes anew on a device."""
    rows = tf.matmul(tf.reshape(one_hot, [-1, len(table)]), tf.constant(table, one_hot.dtype))
    return tf.reshape(rows, [-1, *one_hot.shape[1:-1], table.shape[1]])


@keras.saving.register_keras_serializable("zoo")
class VoiceLeading(keras.layers.Layer):
    """How voices move: one-hot events [n, steps, voices, classes] -> features [n, steps, features].

    At each step: what begins in each voice, what sounds and of which pitch class it is, whether the voice stays where
    it was, and whether it moves up; for each pair of voices the interval between them, and the interval if they had it
    at the step before and both moved since: parallel fifths are one of these numbers.

    Args:
        values: of the notes, -2, -1 and MIDI pitches, as of a `zoo.likelihoods.Categorical`.

    Raises:
        ValueError: `values` are others; one line.

    Example:

    >>> layer = zoo.layers.VoiceLeading([-2, -1, 60, 62, 67, 69])
    >>> layer(tf.one_hot([[[4, 2], [5, 3]]], 6)).shape  # G above C, then A above D
    TensorShape([1, 2, 74])
    """

    def __init__(self, values: Sequence[int], **kwargs):
        super().__init__(**kwargs)
        self.pitches = pitches_of(values)
        self.values = tuple(map(int, values))

    def call(self, events):
        steps, voices = events.shape[1:3]
        sounds = sounding(events)
        before = tf.concat([sounds[:, :1], sounds[:, :-1]], axis=1)
        classes = pitch_classes(sounds, self.pitches)
        stays = tf.reduce_sum(sounds * before, axis=-1)
        up = tf.reduce_sum(sounds[..., :-1] * above(before), axis=-1)
        features = [events, sounds, classes, stays[..., None], up[..., None]]
        pairs, kept = [], []
        for i, j in itertools.combinations(range(voices), 2):
            interval = intervals(classes[:, :, j], classes[:, :, i])
            earlier = tf.concat([tf.zeros_like(interval[:, :1]), interval[:, :-1]], axis=1)
            moved = (1 - stays[:, :, i]) * (1 - stays[:, :, j])
            pairs.append(interval)
            kept.append(interval * earlier * moved[..., None])
        rows = [tf.reshape(x, [-1, steps, voices * x.shape[-1]]) for x in features]
        return tf.concat([*rows, *pairs, *kept], axis=-1)

    def compute_output_spec(self, events):
        n, steps, voices, classes = events.shape
        of_voice = classes + len(self.pitches) + 1 + PITCH_CLASSES + 2
        features = voices * of_voice + voices * (voices - 1) * PITCH_CLASSES
        return keras.KerasTensor([n, steps, features], self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), **config_of(self)}
