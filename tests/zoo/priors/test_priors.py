import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

import zoo


def perturbed_flow(latent_dim=4):
    """A flow that is not the identity that it starts as."""
    prior = zoo.priors.RealNVPPrior(latent_dim, couplings=3, width=8)
    rng = np.random.default_rng(1)
    prior.set_weights([w + 0.3 * rng.normal(size=w.shape).astype(np.float32) for w in prior.get_weights()])
    return prior


def test_standard_normal_density():
    z = np.random.default_rng(0).normal(size=[5, 3]).astype(np.float32)
    expected = stats.norm.logpdf(z).sum(axis=1)
    np.testing.assert_allclose(zoo.priors.StandardNormalPrior(3).distribution().log_prob(z), expected, rtol=1e-5)


def test_a_uniform_prior_keeps_the_middle_at_a_low_temperature():
    prior = zoo.priors.UniformPrior(3)
    noise = prior.noise.at(tf.constant([0, 1]), tf.range(2000))
    np.testing.assert_allclose(prior.from_noise(noise), noise, atol=1e-7)
    np.testing.assert_array_equal(prior.from_noise(noise, 1.5), prior.from_noise(noise))
    assert stats.kstest(np.ravel(prior.from_noise(noise, 0.4)), stats.uniform(0.3, 0.4).cdf).pvalue > 0.01
    np.testing.assert_array_equal(prior.from_noise(noise, 0.0), np.full([2000, 3], 0.5))


def test_flow_starts_as_the_standard_normal():
    z = np.random.default_rng(0).normal(size=[5, 4]).astype(np.float32)
    expected = stats.norm.logpdf(z).sum(axis=1)
    np.testing.assert_allclose(zoo.priors.RealNVPPrior(4).distribution().log_prob(z), expected, rtol=1e-5)


def test_flow_density_by_change_of_variables():
    prior = perturbed_flow()
    noise = tf.constant(np.random.default_rng(2).normal(size=[6, 4]), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(noise)
        latents = prior.from_noise(noise)
    jacobian = tape.batch_jacobian(latents, noise).numpy()
    expected = stats.norm.logpdf(noise).sum(axis=1) - np.linalg.slogdet(jacobian)[1]
    assert np.abs(np.linalg.slogdet(jacobian)[1]).max() > 0.1  # it does scale
    np.testing.assert_allclose(prior.distribution().log_prob(latents), expected, rtol=1e-4)


def test_flow_changes_every_latent():
    noise = tf.ones([1, 4])
    assert np.all(np.abs(perturbed_flow().from_noise(noise) - zoo.priors.RealNVPPrior(4).from_noise(noise)) > 1e-3)


def test_flow_takes_any_number_of_leading_dimensions():
    prior = perturbed_flow()
    z = tf.random.stateless_normal([2, 3, 4], [0, 1])
    flat = prior.distribution().log_prob(tf.reshape(z, [6, 4]))
    np.testing.assert_allclose(tf.reshape(prior.distribution().log_prob(z), [6]), flat, rtol=1e-5)


def test_flow_refuses_an_odd_dimension():
    with pytest.raises(ValueError, match=r"latent_dim.*even.*got 5"):
        zoo.priors.RealNVPPrior(5)
