"""Networks that harmonize: a given voice, and others that are set below it step after step.

Parallel fifths, crossings and doublings are matters of what two voices do at the same step, so that voices which are
chosen at once, without knowing of each other, have some forty times as many parallels as Bach. Here each choice knows
all those before it.

Example:

>>> values = [-2, -1, *range(48, 80)]
>>> generator = zoo.networks.harmonizer([32, 4], values, units=16, width=16)
>>> noise, soprano = tf.fill([3, 96], 0.5), tf.fill([3, 32], 72)
>>> generator([noise, soprano]).shape  # one-hot classes
TensorShape([3, 32, 4, 34])
>>> zoo.networks.voice_discriminator([32, 4], values, width=16)(generator([noise, soprano])).shape
TensorShape([3, 1])
"""

from collections.abc import Sequence
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from zoo.layers import VoiceLeading
from zoo.layers.voice_leading import (
    PITCH_CLASSES,
    above,
    intervals,
    nothing_before,
    pitch_classes,
    pitches_of,
    sounding,
    sounding_after,
    sounding_of_data,
)
from zoo.numerics.alphabet import Alphabet
from zoo.numerics.choice import chosen, one_hot_with_gradient
from zoo.sequential import SequentialChoices

REACH = 16  # semitones, the widest leap that has a logit of its own
# So that a training of a thousand steps of Adam, each about a learning rate long, can forbid something.
RULE_SCALE = 20.0


def harmonizer(
    shape: Sequence[int],
    values: Sequence[int],
    units: int = 192,
    width: int = 128,
    temperature: float = 1.0,
    given: str = "soprano",
    dtype=None,
) -> keras.Model:
    """The generator of a GAN: [uniform numbers [n, steps * (voices - 1)], voice int32 [n, steps]] -> one-hot classes.

    For `zoo.priors.UniformPrior` and `zoo.relaxations.Chosen(values)`; its one layer is a `Harmony`.

    Args:
        shape: of one item, (steps, voices), the given voice among them.
        values: of the notes, -2, -1 and MIDI pitches, as of a `zoo.likelihoods.Categorical`.
        units, width, temperature, dtype: as of `Harmony`.
        given: what the given voice, the highest, is called.

    Returns:
        a Keras model, float32 [n, steps, voices, classes]: the given voice is untouched.
    """
    steps, voices = shape
    harmony = Harmony(steps, voices, values, units, width, temperature, dtype=dtype, name="harmony")
    noise = keras.Input([harmony.num_choices], name="latents")
    voice = keras.Input([steps], dtype="int32", name=given)
    return keras.Model([noise, voice], harmony([noise, voice]), name="generator")


def voice_discriminator(
    shape: Sequence[int], values: Sequence[int], width: int = 128, name: str = "notes", dtype=None
) -> keras.Model:
    """The discriminator of such a GAN: one-hot classes [n, steps, voices, classes] -> logits of "real" [n, 1].

    It sees the voices as a `zoo.layers.VoiceLeading` shows them, at each step and its neighbours, then half as many
    steps at a time, until an eighth of them, or an odd number, is left.

    Args:
        shape, values: as of `harmonizer`.
        width: of all layers.
        name: what the data are called.
        dtype: Keras dtype policy of the hidden layers.
    """
    events = keras.Input([*shape, len(Alphabet(values))], name=name)
    x = layers.Dense(width, dtype=dtype)(VoiceLeading(values, dtype=dtype)(events))

    def block(x, strides):
        y = layers.Conv1D(width, 3, strides, "same", dtype=dtype)(layers.LeakyReLU(0.2, dtype=dtype)(x))
        return layers.Dense(width, dtype=dtype)(layers.LeakyReLU(0.2, dtype=dtype)(y))

    x = layers.Add(dtype=dtype)([x, block(x, 1)])
    while x.shape[1] % 2 == 0 and 8 * x.shape[1] > shape[0]:
        x = block(x, 2)
    x = layers.Flatten(dtype=dtype)(layers.LeakyReLU(0.2, dtype=dtype)(x))
    x = layers.LeakyReLU(0.2, dtype=dtype)(layers.Dense(width, dtype=dtype)(x))
    return keras.Model(events, layers.Dense(1, dtype="float32")(x), name="discriminator")


class Voice(NamedTuple):
    """A voice that is chosen already, at one step, a row each."""

    event: tf.Tensor  # what begins, one-hot [n, classes]
    sound: tf.Tensor  # [n, pitches + 1]
    pitch_class: tf.Tensor  # [n, 12]
    motion: tf.Tensor  # whether it stays, rises or falls, [n, 3]


@keras.saving.register_keras_serializable("zoo")
class Harmony(SequentialChoices):
    """Voices below a given one: at each step the lowest is chosen first, and the one below the given voice last.

    A choice knows the whole given voice, through convolutions; the steps before, through a gated recurrent unit; what
    sounded in each voice a moment ago, and what the voices that are chosen already do now. To the logits of a network
    two tables are added that know nothing of absolute pitch: one of how far the voice moves, and one, for each other
    voice, of which interval follows upon which, by where both move. So parallel fifths need not be discovered twelve
    times.

    Takes [uniform numbers [n, steps * (voices - 1)], the given voice int32 [n, steps]]; gives one-hot classes float32
    [n, steps, voices, classes], with the gradient of `zoo.numerics.choice.one_hot_with_gradient`.

    Args:
        steps: of one item, a sixteenth each, say.
        voices: how many, with the given one, which is the first of them and the highest.
        values: -2, where a note goes on, -1, where silence begins, and MIDI pitches.
        units: of the gated recurrent unit.
        width: of the other layers.
        temperature: divides the logits when a voice is chosen.

    Raises:
        ValueError: `values` are others, or there are fewer than two voices; one line.
    """

    def __init__(
        self,
        steps: int,
        voices: int,
        values: Sequence[int],
        units: int = 192,
        width: int = 128,
        temperature: float = 1.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if voices < 2:
            raise ValueError(f"voices: expected at least 2, the given one and another; got {voices}.")
        if temperature <= 0:
            raise ValueError(f"temperature: expected a positive number; got {temperature}.")
        self.steps, self.voices, self.units, self.width, self.temperature = steps, voices, units, width, temperature
        self.pitches, self.alphabet = pitches_of(values), Alphabet(values)
        self.values = self.alphabet.values
        self.order = range(voices - 1, 0, -1)  # in which they are chosen
        classes, sounds, policy = len(self.alphabet), len(self.pitches) + 1, self.dtype_policy
        self.voice_features = layers.Dense(width, dtype=policy)
        self.voice_features.build([None, steps, classes + sounds])
        self.norms = [layers.LayerNormalization(dtype=policy) for _ in range(5)]
        self.looks = [
            layers.Conv1D(width, 3, padding="same", dilation_rate=rate, activation="swish", dtype=policy)
            for rate in (1, 2, 4, 8, 1)
        ]
        self.mixes = [layers.Dense(width, dtype=policy) for _ in self.looks]
        for layer in (*self.norms, *self.looks, *self.mixes):
            layer.build([None, steps, width])
        self.entry = layers.Dense(width, dtype=policy)
        self.entry.build([None, voices * classes + width])
        self.cell = layers.GRUCell(units, dtype=policy)
        self.recurrence = layers.RNN(self.cell, return_sequences=True, dtype=policy)
        self.recurrence.build([None, steps, width])
        self.known_before = layers.Dense(width * (voices - 1), dtype=policy)
        self.known_before.build([None, units + width + voices * sounds])
        self.known_now, self.hidden, self.outputs, self.leaps, self.rules = [], [], [], [], []
        for place, voice in enumerate(self.order):
            known = place + 1
            self.known_now.append(self._built(width, known * (sounds + 2), use_bias=False))
            self.hidden.append(self._built(width, width))
            self.outputs.append(self._built(classes, width))
            self.leaps.append(self._built(2 * REACH + 1, width))
            shape = [known, 3 * PITCH_CLASSES, 2 * PITCH_CLASSES]
            self.rules.append(self.add_weight(name=f"rules_{voice}", shape=shape, initializer="zeros"))
        self.built = True

    def _built(self, units, inputs, **settings):
        layer = layers.Dense(units, dtype=self.dtype_policy, **settings)
        layer.build([None, inputs])
        return layer

    @property
    def num_choices(self):
        return self.steps * (self.voices - 1)

    def call(self, inputs):
        noise, given = inputs
        events = tf.one_hot(self.alphabet.classes(given), len(self.alphabet), dtype=self.compute_dtype)
        sounds = sounding_of_data(events)
        context = self._of_given(events, sounds)
        noise = tf.reshape(noise, [-1, self.steps, self.voices - 1])
        n, classes = tf.shape(noise)[0], len(self.alphabet)

        def zeros(*shape):
            return tf.zeros([n, *shape], self.compute_dtype)

        def step(t, notes, last, before, state):
            now = [tf.gather(x, t, axis=1) for x in (events, sounds, context, noise)]
            event, sound, known, uniform = now
            _, (state,) = self.cell(self.entry(tf.concat([last, known], axis=-1)), [state])
            base = self._before(state, known, before)
            classes_before = pitch_classes(before, self.pitches)
            voices = {0: self._chosen(event, sound, before[:, 0])}
            for place, voice in enumerate(self.order):
                logits = self._logits(place, base[place], before, classes_before, list(voices.values()))
                # The gradient is that at a temperature of 1: sharper ones are nothing for most of the pitches.
                choice = one_hot_with_gradient(chosen(logits, uniform[:, place], self.temperature), logits)
                event = tf.cast(choice, self.compute_dtype)
                voices[voice] = self._chosen(event, sounding_after(event, before[:, voice]), before[:, voice])
            in_order = [voices[voice] for voice in range(self.voices)]
            last, before = (tf.stack(x, axis=1) for x in list(zip(*in_order))[:2])
            # Not into a list of tensors, which does not convert to TFLite.
            notes += tf.one_hot(t, self.steps, dtype=self.compute_dtype)[:, None, None] * last[:, None]
            return t + 1, notes, tf.reshape(last, [-1, self.voices * classes]), before, state

        start = (
            tf.constant(0),
            zeros(self.steps, self.voices, classes),
            zeros(self.voices * classes),
            tf.repeat(nothing_before(events)[:, None], self.voices, axis=1),
            zeros(self.units),
        )
        _, notes, *_ = tf.while_loop(lambda t, *_: t < self.steps, step, start, maximum_iterations=self.steps)
        return tf.cast(tf.ensure_shape(notes, [None, self.steps, self.voices, classes]), tf.float32)

    def log_prob(self, data, condition=None):
        """Of the voices below the given one, which the data have, too: `condition` is not looked at."""
        events = tf.cast(data, self.compute_dtype)
        sounds = sounding(events)
        before = tf.concat([nothing_before(events)[:, None], sounds[:, :-1]], axis=1)
        last = tf.pad(events[:, :-1], [[0, 0], [1, 0], [0, 0], [0, 0]])
        known = self._of_given(events[:, :, 0], sounds[:, :, 0])
        last = tf.reshape(last, [-1, self.steps, self.voices * len(self.alphabet)])
        state = self.recurrence(self.entry(tf.concat([last, known], axis=-1)))
        rows = [tf.reshape(x, [-1, *x.shape[2:]]) for x in (state, known, before, events, sounds)]
        state, known, before, events, sounds = rows
        base, classes_before = self._before(state, known, before), pitch_classes(before, self.pitches)
        voices, total = [self._chosen(events[:, 0], sounds[:, 0], before[:, 0])], 0.0
        for place, voice in enumerate(self.order):
            logits = self._logits(place, base[place], before, classes_before, voices)
            total += tf.reduce_sum(tf.cast(events[:, voice], tf.float32) * tf.nn.log_softmax(logits), axis=-1)
            voices.append(self._chosen(events[:, voice], sounds[:, voice], before[:, voice]))
        return tf.reduce_sum(tf.reshape(total, [-1, self.steps]), axis=1)

    def _of_given(self, events, sounds):
        """What is known of the whole given voice, [n, steps, width]: of what begins in it and of what sounds."""
        x = self.voice_features(tf.concat([events, sounds], axis=-1))
        for norm, look, mix in zip(self.norms, self.looks, self.mixes):
            x += mix(look(norm(x)))
        return x

    def _before(self, state, known, before):
        """What each voice's choice is told of the steps before, a list of [rows, width]."""
        flat = tf.reshape(before, [-1, self.voices * before.shape[-1]])
        return tf.split(self.known_before(tf.concat([state, known, flat], axis=-1)), self.voices - 1, axis=-1)

    def _chosen(self, event, sound, before):
        """Of an event, and of what sounds now and a step before, [n, pitches + 1] each."""
        stays = tf.reduce_sum(sound * before, axis=-1, keepdims=True)
        rises = tf.reduce_sum(sound[:, :-1] * above(before), axis=-1, keepdims=True)
        falls = tf.reduce_sum(before[:, :-1] * above(sound), axis=-1, keepdims=True)
        motion = tf.concat([stays, rises, falls], axis=-1)
        return Voice(event, sound, pitch_classes(sound, self.pitches), motion)

    def _logits(self, place, base, before, classes_before, voices):
        """Those of one voice's choice, float32 [rows, classes].

        Args:
            place: of the voice in the order in which they are chosen.
            base: [rows, width], of `_before`.
            before: what sounded a step ago, [rows, voices, pitches + 1].
            classes_before: of which pitch class it was, [rows, voices, 12].
            voices: those that are chosen already, the given one first; a list of `Voice`.
        """
        x = tf.concat([*(one.sound for one in voices), *(one.event[:, :2] for one in voices)], axis=-1)
        x = tf.nn.swish(base + self.known_now[place](x))
        x += tf.nn.swish(self.hidden[place](x))
        mine = before[:, self.order[place]]
        logits = tf.cast(self.outputs[place](x), tf.float32)
        return logits + tf.pad(
            self._moving(self.leaps[place](x), mine) + self._following(place, mine, classes_before, voices),
            [[0, 0], [2, 0]],  # that a note goes on, or none sounds, is no move
        )

    def _moving(self, leaps, mine):
        """Logits of each pitch, [rows, pitches], from those of each leap; zeros where nothing sounded."""
        count = len(self.pitches)
        leaps = tf.pad(tf.cast(leaps, tf.float32), [[0, 0], [count, count]])
        place = tf.argmax(mine, axis=-1, output_type=tf.int32)
        leap = tf.range(count) - place[:, None] + REACH
        leap = tf.clip_by_value(leap, -count, 2 * REACH + count) + count
        return tf.gather(leaps, leap, batch_dims=1) * (1 - tf.cast(mine[:, -1:], tf.float32))

    def _following(self, place, mine, classes_before, voices):
        """Logits of each pitch, [rows, pitches], by the intervals it makes with each voice that is chosen already."""
        theirs = tf.stack([classes_before[:, voice] for voice in (0, *self.order[:place])], axis=1)
        now, motion = (tf.stack(x, axis=1) for x in list(zip(*voices))[2:])
        interval = intervals(classes_before[:, None, self.order[place]], theirs)
        told = motion[..., None] * interval[:, :, None]
        told = tf.unstack(tf.reshape(told, [-1, place + 1, 3 * PITCH_CLASSES]), axis=1)
        rules = tf.unstack(tf.cast(RULE_SCALE * self.rules[place], told[0].dtype))
        # Voice by voice: products of batches in 8 bits are slow on a device.
        wanted = tf.stack([tf.matmul(one, table) for one, table in zip(told, rules)], axis=1)
        table = np.eye(PITCH_CLASSES, dtype=np.float32)[:, np.asarray(self.pitches) % PITCH_CLASSES]
        higher, logits = above(mine), 0.0
        for part, there in zip(tf.split(wanted, 2, axis=-1), (higher, 1 - higher - mine[:, :-1])):
            # The pitch class that is such an interval below the other voice.
            by_class = tf.reduce_sum(intervals(part, now), axis=1)
            logits += there * tf.matmul(by_class, tf.constant(table, by_class.dtype))
        return tf.cast(logits, tf.float32)

    def compute_output_spec(self, inputs):
        noise, _ = inputs
        return keras.KerasTensor([noise.shape[0], self.steps, self.voices, len(self.alphabet)], "float32")
