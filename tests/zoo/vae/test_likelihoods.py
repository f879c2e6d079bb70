import numpy as np
import pytest
import scipy.integrate
import scipy.stats
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


def marked(rng, *shape):
    """Parameters and data of 3 places with marks in [0, 1] and [-1/2, 1/2], float32 [*shape, 15] and [*shape, 9]."""
    there = rng.random([*shape, 3]) < 0.4
    data = np.concatenate([there, there * rng.random([*shape, 3]), there * (rng.random([*shape, 3]) - 0.5)], axis=-1)
    return 2 * rng.normal(size=[*shape, 15]).astype(np.float32), data.astype(np.float32)


def truncated(raw_location, raw_scale, low, high):
    """(the density of a mark, a function; its mean) by SciPy."""
    width = high - low
    logistic = scipy.stats.logistic(low + width * expit(raw_location), width * np.exp(np.clip(raw_scale - 2, -6, 0)))
    mass = logistic.cdf(high) - logistic.cdf(low)
    near = logistic.args[0]  # where the integrand is largest
    mean = scipy.integrate.quad(lambda y: y * logistic.pdf(y), low, high, points=[near])[0] / mass
    return lambda y: logistic.pdf(y) / mass, mean


def test_marked_events_against_scipy():
    rng = np.random.default_rng(1)
    parameters, data = marked(rng, 2, 4)
    likelihood = zoo.likelihoods.MarkedEvents([(0, 1), (-0.5, 0.5)])
    expected, estimate = np.zeros(2), np.zeros_like(data)
    for place in np.ndindex(2, 4, 3):
        logit, *raw = parameters[place[:2]].reshape(5, 3)[:, place[2]].astype(np.float64)
        event, *marks = data[place[:2]].reshape(3, 3)[:, place[2]]
        expected[place[0]] += np.log(expit(logit if event else -logit))
        densities = [truncated(*raw[:2], 0, 1), truncated(*raw[2:], -0.5, 0.5)]
        if event:
            expected[place[0]] += sum(np.log(density(mark)) for (density, _), mark in zip(densities, marks))
        if logit > 0:
            estimate[place[:2]].reshape(3, 3)[:, place[2]] = [1, *(mean for _, mean in densities)]
    np.testing.assert_allclose(likelihood.log_prob(parameters, data), expected, rtol=1e-4)
    np.testing.assert_allclose(likelihood.log_prob(np.stack([parameters] * 3), data), [expected] * 3, rtol=1e-4)
    np.testing.assert_allclose(likelihood.point_estimate(parameters), estimate, atol=1e-4)


def test_marks_integrate_to_one_and_count_only_where_there_is_an_event():
    rng = np.random.default_rng(2)
    likelihood = zoo.likelihoods.MarkedEvents([(-0.5, 0.5)])
    parameters = np.float32([[20.0, 1.5, 0.3]])  # an event for certain
    grid = np.linspace(-0.5, 0.5, 2001, dtype=np.float32)
    data = np.stack([np.ones_like(grid), grid], axis=-1)
    density = np.exp(likelihood.log_prob(np.repeat(parameters, 2001, axis=0), data))
    assert scipy.integrate.trapezoid(density, grid) == pytest.approx(1, abs=1e-4)
    logits = np.float32([[-1.0, 0.0, 0.0], [-1.0, *rng.normal(size=2)]])
    silent = np.float32([[0.0, 0.0], [0.0, 0.0]])
    np.testing.assert_allclose(likelihood.log_prob(logits, silent), [np.log(expit(1.0))] * 2, rtol=1e-5)


def test_marked_events_as_a_distribution():
    parameters, _ = marked(np.random.default_rng(3), 2, 4)
    likelihood = zoo.likelihoods.MarkedEvents([(0, 1), (-0.5, 0.5)])
    joint = likelihood.distribution(parameters)
    drawn = joint.sample(4000, seed=5)
    assert [part.shape for part in drawn] == [[4000, 2, 4, 3]] * 3
    means = np.mean(drawn[0], axis=0), *(np.mean(mark, axis=0) for mark in drawn[1:])
    np.testing.assert_allclose(means[0], expit(parameters[..., :3]), atol=0.04)
    everywhere = np.concatenate([np.full([2, 4, 3], 9, np.float32), parameters[..., 3:]], axis=-1)
    np.testing.assert_allclose(np.concatenate(means[1:], -1), likelihood.point_estimate(everywhere)[..., 3:], atol=0.02)
    ones = [tf.ones([2, 4, 3]), *(mark[0] for mark in drawn[1:])]
    data = np.concatenate(ones, axis=-1)
    np.testing.assert_allclose(joint.log_prob(ones), likelihood.log_prob(parameters, data), rtol=1e-4)


@pytest.mark.parametrize(
    "data", [[0.5, 0.5, 0.0], [1, -0.1, 0.0], [1, 1.1, 0.0], [1, 0.5, -0.6], [0, 0.5, 0.0], [0, 0, 0.1]]
)
def test_what_is_no_marked_event_has_no_likelihood(data):
    likelihood = zoo.likelihoods.MarkedEvents([(0, 1), (-0.5, 0.5)])
    assert np.isneginf(likelihood.log_prob(tf.zeros([1, 5]), np.float32([data])))
    assert np.isfinite(likelihood.log_prob(tf.zeros([1, 5]), np.float32([[1, 1, -0.5]])))


def test_marked_events_have_finite_gradients_at_the_ends_of_the_ranges():
    parameters = tf.constant([[90.0, 90, -90, -90, 90], [-90, -90, 90, 90, -90]])
    data = tf.constant([[1.0, 1, -0.5], [1, 0, 0.5]])
    with tf.GradientTape() as tape:
        tape.watch(parameters)
        value = zoo.likelihoods.MarkedEvents([(0, 1), (-0.5, 0.5)]).log_prob(parameters, data)
    assert np.isfinite(value).all()
    assert np.isfinite(tape.gradient(value, parameters)).all()


def test_ranges_of_marks_that_are_none():
    for ranges in ([], [(0.1, 1)], [(0, 0)]):
        with pytest.raises(ValueError, match=r"^ranges: expected \(lowest, highest\) of each mark, with 0 in it; got "):
            zoo.likelihoods.MarkedEvents(ranges)
    with pytest.raises(ValueError, match=r"^ranges: expected data of events and 1 marks, .*; got \[32, 5\]\.$"):
        zoo.likelihoods.MarkedEvents([(0, 1)]).parameters_shape((32, 5))
