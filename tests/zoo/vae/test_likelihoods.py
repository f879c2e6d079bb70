import numpy as np
import pytest
import tensorflow as tf
from scipy.special import expit

import zoo


def test_bernoulli_against_numpy():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=[3, 5, 4, 1]).astype(np.float32)
    x = (rng.random([3, 5, 4, 1]) < 0.5).astype(np.float32)
    p = expit(logits.astype(np.float64))
    expected = (x * np.log(p) + (1 - x) * np.log1p(-p)).sum(axis=(1, 2, 3))
    likelihood = zoo.likelihoods.Bernoulli()
    np.testing.assert_allclose(likelihood.log_prob(logits, x), expected, rtol=1e-5)
    np.testing.assert_allclose(likelihood.distribution(logits).log_prob(x), expected, rtol=1e-5)


@pytest.mark.parametrize("item", [[], [7], [28, 28, 1], [131, 3]])  # 131 is a prime, more than a product's factors
def test_bernoulli_and_its_gradients_are_those_of_its_distribution(item):
    logits = 4 * tf.random.stateless_normal([2, 5, *item], [1, 2])  # 2 draws for each of 5 items
    data = tf.cast(tf.random.stateless_uniform([5, *item], [3, 4]) < 0.3, tf.float32)
    likelihood, each = zoo.likelihoods.Bernoulli(), tf.constant([[1.0, 2, 3, 4, 5], [-1, -2, -3, 4, 5]])

    def by_distribution(logits, data):
        one = likelihood.distribution(tf.reshape(logits, [10, *item]))
        return tf.reshape(one.log_prob(tf.tile(data, [2, *[1] * len(item)])), [2, 5])

    found = []
    for log_prob in (likelihood.log_prob, by_distribution):
        with tf.GradientTape() as tape:
            tape.watch([logits, data])
            value = log_prob(logits, data)
            loss = tf.reduce_sum(each * value)
        found.append([value, *tape.gradient(loss, [logits, data])])
    for actual, expected in zip(*found):
        np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=2e-5)


def test_bernoulli_of_data_of_any_length_is_that_of_a_known_one():
    logits = 4 * tf.random.stateless_normal([3, 98, 2], [1, 2])
    data = tf.cast(logits > 1, tf.float32)
    log_prob = zoo.likelihoods.Bernoulli().log_prob
    unknown = tf.function(log_prob, input_signature=[tf.TensorSpec([None, None, 2])] * 2)
    np.testing.assert_allclose(unknown(logits, data), log_prob(logits, data), rtol=1e-5)


def test_bernoulli_survives_extreme_logits():
    logits, x = tf.fill([1, 2, 2, 1], 200.0), tf.zeros([1, 2, 2, 1])
    np.testing.assert_allclose(zoo.likelihoods.Bernoulli().log_prob(logits, x), [-800.0])


def test_discretized_logistic_sums_to_one_over_the_levels():
    parameters = tf.constant([0.1, 0.7], shape=[1, 1, 1, 2])
    levels = tf.reshape(tf.range(256, dtype=tf.float32) / 255, [256, 1, 1, 1])
    log_prob = zoo.likelihoods.DiscretizedLogistic().log_prob(tf.repeat(parameters, 256, axis=0), levels)
    assert np.exp(log_prob).sum() == pytest.approx(1, abs=1e-4)


def test_discretized_logistic_against_numpy():
    location, log_scale = -0.2, 0.3  # before the shift by 1/2 and by -2
    scale = np.exp(log_scale - 2)
    level = 90

    def cdf(edge):
        return expit((edge / 255 - (location + 0.5)) / scale)

    expected = np.log(cdf(level + 0.5) - cdf(level - 0.5))
    parameters = tf.constant([location, log_scale], shape=[1, 1, 1, 2])
    actual = zoo.likelihoods.DiscretizedLogistic().log_prob(parameters, tf.fill([1, 1, 1, 1], level / 255))
    np.testing.assert_allclose(actual, [expected], rtol=1e-4)


@pytest.mark.parametrize("likelihood", [zoo.likelihoods.Bernoulli(), zoo.likelihoods.DiscretizedLogistic()])
def test_pictures_are_in_the_unit_interval(likelihood):
    parameters = 10 * tf.random.stateless_normal([2, *likelihood.parameters_shape((4, 4, 3))], [1, 2])
    picture = likelihood.point_estimate(parameters)
    assert picture.shape == [2, 4, 4, 3]
    assert 0 <= np.min(picture) < 0.1
    assert 0.9 < np.max(picture) <= 1
