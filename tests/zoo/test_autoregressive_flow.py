"""The autoregressive flow prior: its density against the change of variables."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

import zoo


@pytest.fixture
def prior():
    """One whose networks are not at the identity, where they start."""
    keras.utils.set_random_seed(1)
    prior = zoo.priors.AutoregressiveFlowPrior(6, groups=2, units=5, couplings=3, width=7)
    prior.set_weights([np.random.default_rng(i).normal(0, 0.4, w.shape) for i, w in enumerate(prior.weights)])
    return prior


def test_it_starts_as_the_standard_normal():
    z = np.random.default_rng(0).normal(size=[5, 6]).astype(np.float32)
    prior = zoo.priors.AutoregressiveFlowPrior(6, groups=3, units=4)
    np.testing.assert_allclose(prior.log_prob(z), stats.norm.logpdf(z).sum(1), rtol=1e-5)


def test_its_density_is_that_of_what_it_makes_of_noise(prior):
    noise = tf.random.stateless_normal([4, 6], [0, 1])
    with tf.GradientTape() as tape:
        tape.watch(noise)
        latents = prior.from_noise(noise)
    jacobian = tape.batch_jacobian(latents, noise).numpy()
    wanted = stats.norm.logpdf(noise).sum(1) - np.linalg.slogdet(jacobian)[1]
    np.testing.assert_allclose(prior.log_prob(latents), wanted, rtol=1e-4)
    np.testing.assert_allclose(prior.distribution().log_prob(latents[None]), wanted[None], rtol=1e-4)


def test_a_group_depends_on_those_before_it_and_not_on_those_after_it(prior):
    noise = np.random.default_rng(2).normal(size=[1, 6]).astype(np.float32)
    later, earlier = noise.copy(), noise.copy()
    later[0, 4] += 1
    earlier[0, 1] += 1
    a, b, c = (prior.from_noise(x).numpy()[0] for x in (noise, later, earlier))
    np.testing.assert_array_equal(a[:3], b[:3])
    assert np.abs(a[3:] - b[3:]).max() > 1e-3
    assert np.abs(a[3:] - c[3:]).max() > 1e-3


def test_temperature_scales_the_noise(prior):
    noise = tf.random.stateless_normal([4, 6], [0, 1])
    np.testing.assert_allclose(prior.from_noise(noise, 0.5), prior.from_noise(0.5 * noise))


@pytest.mark.parametrize("groups", [0, 4, 6])
def test_groups_that_do_not_divide_the_latents_are_refused(groups):
    with pytest.raises(ValueError, match=f"groups: expected 6 to be a multiple, at least twofold; got {groups}"):
        zoo.priors.AutoregressiveFlowPrior(6, groups=groups)
