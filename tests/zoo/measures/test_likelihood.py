import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import make_vae
from scipy import stats

import zoo
from zoo.measures import likelihood


def linear_gaussian_vae():
    """A VAE of one binary pixel, p(x=1|z) = sigmoid(2 z + 0.5), whose evidence is a one-dimensional integral."""
    encoder = keras.Sequential([keras.Input([1, 1, 1]), keras.layers.Flatten(), keras.layers.Dense(2)])
    decoder = keras.Sequential([keras.Input([1]), keras.layers.Dense(1), keras.layers.Reshape([1, 1, 1])])
    encoder.set_weights([np.array([[0.5, 0.1]], np.float32), np.zeros(2, np.float32)])
    decoder.set_weights([np.array([[2.0]], np.float32), np.array([0.5], np.float32)])
    return zoo.VAE(encoder, decoder)


def exact_nll(pixel):
    z = np.linspace(-12, 12, 100_001)
    p = 1 / (1 + np.exp(-(2 * z + 0.5)))
    return -np.log(np.sum(stats.norm.pdf(z) * (p if pixel else 1 - p)) * (z[1] - z[0]))


def test_nll_against_numerical_integration():
    images = np.array([0, 1, 1, 1], np.float32).reshape([4, 1, 1, 1])
    estimate = zoo.estimate_likelihood(linear_gaussian_vae(), images, num_samples=20_000)
    exact = [exact_nll(pixel) for pixel in images.ravel()]
    assert estimate.nll == pytest.approx(np.mean(exact), abs=0.01)
    assert estimate.standard_error == pytest.approx(np.std(exact, ddof=1) / 2, abs=0.01)
    assert estimate.elbo < -estimate.nll - 0.01  # the posterior is not the true one
    assert estimate.elbo == pytest.approx(estimate.reconstruction - estimate.kl, abs=1e-4)


def test_more_samples_tighten_the_bound(trained, digits):
    nll = [zoo.estimate_likelihood(trained, digits, num_samples=k).nll for k in (1, 10, 200)]
    assert nll[0] > nll[1] > nll[2]


def test_chunks_do_not_change_the_estimate(trained, digits, monkeypatch):
    whole = zoo.estimate_likelihood(trained, digits[:30], num_samples=450)  # chunks of 100 and a rest of 50
    monkeypatch.setattr(likelihood, "ROWS", 700)
    parts = zoo.estimate_likelihood(trained, digits[:30], num_samples=450)
    assert parts.nll == pytest.approx(whole.nll, abs=0.5)
    assert parts.items == 30


def test_one_image(vae, digits):
    estimate = zoo.estimate_likelihood(vae, digits[:1], num_samples=3)
    assert estimate.items == 1
    assert np.isnan(estimate.standard_error)


def test_active_units_counts_the_latents_that_move(trained, digits):
    assert zoo.estimate_likelihood(trained, digits, num_samples=1).active_units > 0
    still = np.repeat(digits[:1], 10, axis=0)
    assert zoo.estimate_likelihood(trained, still, num_samples=1).active_units == 0


def test_a_seed_fixes_the_estimate(trained, digits):
    a, b, c = (zoo.estimate_likelihood(trained, digits[:10], num_samples=5, seed=seed).nll for seed in (0, 0, 1))
    assert a == b
    assert a != c


def test_images_of_another_size_are_refused(trained):
    with pytest.raises(ValueError, match=r"data: expected shape \[n, 28, 28, 1\]; got \[2, 8, 8, 1\]"):
        zoo.estimate_likelihood(trained, np.zeros([2, 8, 8, 1], np.float32))


def test_numbers_between_the_likelihoods_levels_are_refused(trained, digits):
    with pytest.raises(ValueError, match=r"data: expected 2 levels from 0 to 1, those of Bernoulli.*; got 0\.5\."):
        zoo.estimate_likelihood(trained, 0.5 * digits, num_samples=2)
    grey = make_vae(likelihood=zoo.likelihoods.DiscretizedLogistic())
    levels = np.tile(np.arange(256, dtype=np.float32) / 255, 784)[: 256 * 784].reshape([256, 28, 28, 1])
    zoo.estimate_likelihood(grey, levels, num_samples=1)
    with pytest.raises(ValueError, match=r"data: expected 256 levels from 0 to 1.*; got 0\.001\d*\."):
        zoo.estimate_likelihood(grey, np.maximum(levels, 0.3 / 255), num_samples=1)


def test_no_images_are_refused(trained, digits):
    with pytest.raises(ValueError, match="data: expected at least one item; got none"):
        zoo.estimate_likelihood(trained, digits[:0], num_samples=2)


def test_no_samples_are_refused(trained, digits):
    with pytest.raises(ValueError, match="samples.*got 0"):
        zoo.estimate_likelihood(trained, digits, num_samples=0)


def test_works_inside_a_graph(trained, digits):
    assert tf.function(lambda x: trained.draw(x, tf.zeros([2, 3, 4])).kl)(digits[:3]).shape == [3]


def test_an_estimator_is_compiled_once_for_any_number_of_latents(trained, digits, monkeypatch):
    alone = zoo.estimate_likelihood(trained, digits[:10], num_samples=105)
    draws, draw = [], type(trained).draw
    monkeypatch.setattr(type(trained), "draw", lambda vae, *given: draws.append(1) or draw(vae, *given))
    estimator = zoo.measures.LikelihoodEstimator(trained)
    assert [estimator(digits[:10], k).num_samples for k in (2, 100)] == [2, 100]
    assert estimator(digits[:10], 105) == alone
    assert len(draws) == 1
