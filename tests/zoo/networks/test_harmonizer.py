"""Voices that are chosen step after step below a given one."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

import zoo
from zoo.measures import harmony
from zoo.networks.harmonizer import REACH, RULE_SCALE

VALUES = (-2, -1, *range(55, 75))


def harmony_layer(steps, voices, values, spread=0.5, **settings):
    """One with weights that matter, the same ones whenever it is made."""
    keras.utils.set_random_seed(0)
    layer = zoo.networks.Harmony(steps, voices, values, units=5, width=6, **settings)
    rng = np.random.default_rng(0)
    layer.set_weights([w + spread * rng.normal(size=w.shape).astype(np.float32) for w in layer.get_weights()])
    return layer


def silent(layer):
    """Without what the network says, so that only the tables are left."""
    for dense in (*layer.outputs, *layer.leaps):
        dense.set_weights([np.zeros_like(w) for w in dense.get_weights()])
    return layer


def notes_of(layer, uniform, given):
    """What a layer or a generator makes of uniform numbers and of the given voice, int [n, steps, voices]."""
    return np.array(VALUES)[np.argmax(layer([tf.constant(uniform, tf.float32), tf.constant(given)]), axis=-1)]


def test_what_comes_as_often_as_log_prob_says():
    """All harmonies of two steps in two voices below a given one: the choices of sampling are those of the density."""
    values, steps, voices, count = (-2, -1, 60), 2, 3, 40_000
    layer = harmony_layer(steps, voices, values, spread=0.8)
    given = np.int32([[60, -2]])
    below = np.array(list(itertools.product(values, repeat=4)), np.int32).reshape([-1, steps, 2])
    every = np.concatenate([np.repeat(given[..., None], len(below), axis=0), below], axis=2)
    probability = np.exp(layer.log_prob(layer.alphabet.one_hot(tf.constant(every))))
    np.testing.assert_allclose(probability.sum(), 1, rtol=1e-5)
    uniform = tf.random.stateless_uniform([count, layer.num_choices], [0, 1])
    made = layer([uniform, tf.constant(np.repeat(given, count, axis=0))]).numpy()
    assert set(np.unique(made)) == {0.0, 1.0}
    made = np.array(values)[made.argmax(axis=-1)]
    found = np.array([np.mean((made == one).all(axis=(1, 2))) for one in every])
    assert probability.max() > 3 / len(every)  # some are far likelier than others
    np.testing.assert_allclose(found, probability, atol=4 * np.sqrt(probability.max() / count))


def test_the_given_voice_comes_back_and_decides_about_the_others():
    generator = zoo.networks.harmonizer([8, 4], VALUES, units=8, width=8)
    rng = np.random.default_rng(0)
    given = rng.choice(VALUES, [5, 8]).astype(np.int32)
    noise = np.repeat(rng.random([1, 24]), 5, axis=0).astype(np.float32)
    notes = notes_of(generator, noise, given)
    np.testing.assert_array_equal(notes[..., 0], given)
    assert len(np.unique(notes[..., 1:].reshape([5, -1]), axis=0)) > 1


def test_less_temperature_takes_the_likeliest_more_often():
    uniform, given = tf.random.stateless_uniform([300, 24], [0, 1]), tf.fill([300, 8], 70)
    likely = []
    for temperature in (0.2, 1.0):
        layer = harmony_layer(8, 4, VALUES, temperature=temperature)
        likely.append(float(tf.reduce_mean(layer.log_prob(layer([uniform, given])))))
    assert likely[0] > likely[1] + 1


def test_the_table_of_intervals_can_forbid_parallel_fifths():
    """Without it a layer that knows nothing writes them; told that no fifth follows a fifth in motion, it does not."""
    layer = silent(harmony_layer(16, 3, VALUES, spread=0.0))
    rng = np.random.default_rng(0)
    given = tf.constant(rng.integers(65, 75, [400, 16]).astype(np.int32))
    uniform = tf.constant(rng.random([400, 32]).astype(np.float32))

    def fifths():
        notes = notes_of(layer, uniform, given)
        found = harmony.consecutives(notes)
        return found.parallel_fifths + found.contrary_fifths

    assert fifths() > 5
    fifth = (7, 5)  # up from the lower voice, and from the upper one, as voices may cross
    for rules in layer.rules:
        table = np.zeros(rules.shape, np.float32)
        for before, after in itertools.product(fifth, repeat=2):
            for motion, direction in itertools.product((12, 24), (0, 12)):  # the other's, and one's own: up or down
                table[:, motion + before, direction + after] = -30 / RULE_SCALE
        rules.assign(table)
    assert fifths() == 0


def test_the_table_of_intervals_knows_parallel_from_contrary_motion():
    layer = silent(harmony_layer(16, 2, VALUES, spread=0.0))
    table = np.zeros(layer.rules[0].shape, np.float32)
    for before, after in itertools.product((7, 5), repeat=2):
        table[0, 12 + before, after] = table[0, 24 + before, 12 + after] = -30 / RULE_SCALE  # both up, both down
    layer.rules[0].assign(table)
    rng = np.random.default_rng(0)
    given = tf.constant(rng.integers(60, 75, [800, 16]).astype(np.int32))
    notes = notes_of(layer, rng.random([800, 16]), given)
    found = harmony.consecutives(notes)
    assert found.parallel_fifths == 0
    assert found.contrary_fifths > 1


def test_the_table_of_leaps_is_counted_from_the_note_before():
    layer = silent(harmony_layer(4, 2, VALUES, spread=0.0))
    kernel, bias = layer.leaps[0].get_weights()
    bias[REACH + 3] = 50  # three semitones up
    layer.leaps[0].set_weights([kernel, bias])
    given = tf.fill([20, 4], 70)
    notes = notes_of(layer, tf.random.stateless_uniform([20, 4], [0, 1]), given)[..., 1]
    for before, after in zip(notes[:, :-1].ravel(), notes[:, 1:].ravel()):
        if before >= 0 and before + 3 in VALUES:
            assert after == before + 3
    assert (np.diff(notes[notes.min(axis=1) >= 0], axis=1) == 3).any()


def test_gradients_reach_every_weight_through_the_choices():
    generator = zoo.networks.harmonizer([4, 3], VALUES, units=4, width=4)
    discriminator = zoo.networks.voice_discriminator([4, 3], VALUES, width=4)
    noise, given = tf.random.stateless_uniform([8, 8], [0, 1]), tf.fill([8, 4], 70)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(discriminator(generator([noise, given])))
    gradients = tape.gradient(loss, generator.trainable_variables)
    # At the first step nothing sounds yet; that is seen by the others.
    assert all(g is not None and np.isfinite(g).all() for g in map(tf.convert_to_tensor, gradients))


def test_a_file_holds_all_of_it(tmp_path):
    generator = zoo.networks.harmonizer([8, 4], VALUES, units=8, width=8, temperature=0.7)
    generator.save(tmp_path / "generator.keras")
    again = keras.models.load_model(tmp_path / "generator.keras")
    given = tf.fill([3, 8], 70), tf.random.stateless_uniform([3, 24], [0, 1])
    np.testing.assert_array_equal(again(given[::-1]), generator(given[::-1]))


def test_what_is_no_harmony():
    with pytest.raises(ValueError, match="voices: expected at least 2, the given one and another; got 1"):
        zoo.networks.Harmony(4, 1, VALUES)
    with pytest.raises(ValueError, match="temperature: expected a positive number; got 0"):
        zoo.networks.Harmony(4, 2, VALUES, temperature=0)
