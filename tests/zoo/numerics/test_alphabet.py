"""Whole numbers as classes."""

import numpy as np
import pytest
import tensorflow as tf

import zoo
from zoo.numerics.alphabet import Alphabet, as_text

NOTES = [-2, -1, 60, 62, 65]


def test_classes_and_numbers_are_each_others_inverse():
    alphabet = Alphabet(NOTES)
    np.testing.assert_array_equal(alphabet.classes(tf.constant(NOTES)), range(5))
    np.testing.assert_array_equal(alphabet.numbers(tf.range(5)), NOTES)


@pytest.mark.parametrize("stranger", [61, 0, -3, 66, -(2**31), 2**31 - 1])
def test_what_is_no_number_of_it_has_no_class_wherever_it_lies(stranger):
    alphabet = Alphabet(NOTES)
    assert alphabet.classes(tf.constant([stranger])).numpy() == [-1]
    np.testing.assert_array_equal(alphabet.one_hot(tf.constant([stranger])), np.zeros([1, 5]))


def test_a_count_stands_for_the_numbers_from_zero_on():
    alphabet = Alphabet(3)
    assert alphabet.values == (0, 1, 2)
    np.testing.assert_array_equal(alphabet.one_hot(tf.constant([[2, 0]])), [[[0, 0, 1], [1, 0, 0]]])


@pytest.mark.parametrize("values", [1, [3], [2, 2], [1, 0]])
def test_too_few_or_falling_numbers_are_refused(values):
    with pytest.raises(ValueError, match="values: expected at least two whole numbers, rising"):
        Alphabet(values)


def test_numbers_for_a_person():
    assert as_text([-2, -1, 48, 49, 50]) == "-2, -1 or 48 to 50"
    assert as_text([0, 1, 2]) == "0 to 2"
    assert as_text([5]) == "5"


def test_a_likelihood_scores_numbers_by_their_place():
    likelihood = zoo.likelihoods.Categorical(NOTES)
    logits = np.log(np.float32([[[0.1, 0.2, 0.3, 0.25, 0.15], [0.5, 0.2, 0.1, 0.1, 0.1]]]))
    score = likelihood.log_prob(logits, tf.constant([[62, -2]]))
    np.testing.assert_allclose(score, [np.log(0.25 * 0.5)], rtol=1e-6)
    np.testing.assert_array_equal(likelihood.point_estimate(logits), [[60, -2]])


def test_a_model_refuses_numbers_between_those_that_there_are():
    encoder = zoo.networks.gru_encoder(4, NOTES, num_outputs=4, units=4, name="notes")
    vae = zoo.VAE(encoder, zoo.networks.GRUDecoder(2, 4, NOTES, units=4), likelihood=zoo.likelihoods.Categorical(NOTES))
    assert vae.datum.name == "notes"
    with pytest.raises(ValueError, match="notes: expected numbers of -2, -1, 60, 62 or 65; got 61"):
        vae.encode(np.int32([[60, 61, -2, -2]]))
    assert set(np.unique(vae.sample(20))) <= set(NOTES)
    np.testing.assert_array_equal(vae.datum.fits(tf.constant([[60, 61, -2, -2]])), False)
    np.testing.assert_array_equal(vae.datum.fits(tf.constant([[60, 62, -2, -2]])), True)
    vae.compile("adam")
    with pytest.raises(ValueError, match="got 61"):
        vae.fit(np.int32([[60, 61, -2, -2]] * 4), verbose=0)
