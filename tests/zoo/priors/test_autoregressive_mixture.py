"""The autoregressive mixture prior: its density and its draws against SciPy, number by number."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import special, stats

import zoo


@pytest.fixture
def prior():
    """One whose networks say different things of different groups."""
    keras.utils.set_random_seed(1)
    prior = zoo.priors.AutoregressiveMixturePrior(6, groups=3, components=4, units=5, width=7)
    prior.set_weights([np.random.default_rng(i).normal(0, 0.6, w.shape) for i, w in enumerate(prior.weights)])
    return prior


def mixtures(prior, latents):
    """What the prior's networks say of each number of latents [n, 6]: [(weights, means, scales)], [n, c] each."""
    state, said, groups = tf.zeros([len(latents), prior.units]), [], latents.reshape([-1, 3, 2])
    for place in range(3):
        numbers, before = groups[:, place], np.zeros([len(latents), 2, 2], np.float32)
        before[:, :place] = groups[:, :place][:, ::-1]
        there = np.arange(2)[None] < place
        context = prior._context(state + prior.place[place], before, there, None)
        for known in range(2):
            logits, means, log_scales = prior._mixture(known, context, numbers[:, :known], before, there)
            said.append((special.softmax(logits, axis=1), means.numpy(), np.exp(log_scales)))
        state, _ = prior.cell(numbers, [state])
    return said


def test_its_density_is_the_product_of_those_of_the_numbers(prior):
    latents = np.random.default_rng(0).normal(size=[5, 6]).astype(np.float32)
    numbers = zip(latents.T[..., None], mixtures(prior, latents))
    wanted = sum(np.log((w * stats.norm.pdf(z, m, s)).sum(axis=1)) for z, (w, m, s) in numbers)
    np.testing.assert_allclose(prior.log_prob(latents), wanted, rtol=1e-4)
    np.testing.assert_allclose(prior.distribution().log_prob(latents[None]), [wanted], rtol=1e-4)


def test_its_draws_have_its_density(prior):
    """Each number of many draws, in its own cumulative distribution, is uniform."""
    latents = prior.from_noise(prior.noise.drawn([1000], [0, 1])).numpy()
    numbers = zip(latents.T[..., None], mixtures(prior, latents))
    uniform = [(w * stats.norm.cdf(z, m, s)).sum(axis=1) for z, (w, m, s) in numbers]
    for one in uniform:
        assert stats.kstest(one, "uniform").pvalue > 1e-3
    assert np.abs(np.corrcoef(uniform) - np.eye(6)).max() < 0.15


def test_without_temperature_the_likeliest_component_gives_its_mean(prior):
    noise = prior.noise.drawn([3], [0, 2])
    latents = prior.from_noise(noise, temperature=0.0).numpy()
    np.testing.assert_allclose(latents[0], latents[1], rtol=1e-5)
    for number, (weights, means, _) in zip(latents[0], mixtures(prior, latents[:1])):
        np.testing.assert_allclose(number, means[0, weights.argmax()], rtol=1e-4)


def test_a_number_depends_on_those_before_it_and_not_on_those_after_it(prior):
    noise = prior.noise.drawn([1], [0, 3]).numpy()
    made = prior.from_noise(noise).numpy()[0]
    for at in range(6):
        other = noise.copy()
        other[0, at] += 1
        changed = prior.from_noise(other).numpy()[0] != made
        assert changed[at:].all()
        assert not changed[:at].any()


def test_noise_of_two_kinds_has_nothing_in_common_with_what_comes_after_it():
    from zoo.numerics.noise import NormalAndUniform, Uniform, after

    noise, seed, index = NormalAndUniform(3, 2), tf.constant([0, 7]), tf.range(2000)
    rows = np.concatenate([noise.at(seed, index), Uniform(2).at(seed, index, after(noise))], axis=1)
    assert rows.shape == (2000, 7)
    assert stats.kstest(rows[:, :3].ravel(), "norm").pvalue > 1e-3
    assert stats.kstest(rows[:, 3:].ravel(), "uniform").pvalue > 1e-3
    assert np.abs(np.corrcoef(rows.T) - np.eye(7)).max() < 0.1


def test_the_groups_before_are_components_and_those_that_are_not_there_never_come(prior):
    latents = np.arange(6, dtype=np.float32)
    said = [[numbers[0] for numbers in mixture] for mixture in mixtures(prior, latents[None])]
    for weights, _, _ in said[:2]:
        assert weights[4:].sum() == 0
    for weights, _, _ in said[2:4]:
        assert weights[5] == 0 < weights[4]
    for weights, _, _ in said[4:]:
        assert (weights > 0).all()
    assert [means[4] for _, means, _ in said[2:4]] == [0, 1]
    assert [means[4:].tolist() for _, means, _ in said[4:]] == [[2, 0], [3, 1]]


def test_what_came_before_is_compared_with_what_there_is_of_a_group(prior):
    """A group that begins as the one before it: what it goes on with is told how near they are."""
    before = np.float32([[[0.3, 0.4], [-1.0, 2.0]]])
    context, there = tf.zeros([1, prior.width]), np.array([[True, True]])
    same, other = (prior._mixture(1, context, np.float32([[x]]), before, there)[0].numpy() for x in (0.3, 0.3001))
    far = prior._mixture(1, context, np.float32([[0.3]]), before + np.float32([1, 0]), there)[0].numpy()
    np.testing.assert_allclose(same, other, atol=1e-3)
    assert np.abs(same - far).max() > 1e-2


def test_a_prior_that_is_told_something_says_of_it_what_it_makes_of_it():
    network = zoo.networks.voice_network(6, (-2, 60, 61), segments=3, width=4)
    prior = zoo.priors.AutoregressiveMixturePrior(6, groups=3, components=2, units=4, network=network)
    prior.set_weights([np.random.default_rng(i).normal(0, 0.6, w.shape) for i, w in enumerate(prior.weights)])
    told = np.int32([[60] * 6, [61, -2] * 3])
    latents = np.random.default_rng(0).normal(size=[4, 2, 6]).astype(np.float32)
    both = prior.distribution(told).log_prob(latents).numpy()
    for row in (0, 1):
        alone = prior.distribution(told[row : row + 1]).log_prob(latents[:, row : row + 1])
        np.testing.assert_allclose(both[:, row : row + 1], alone, rtol=1e-4)
    assert np.abs(both - prior.distribution(told[::-1]).log_prob(latents)).min() > 1e-3
    noise = prior.noise.drawn([2], [0, 1])
    made = prior.from_noise(noise, 0.0, told).numpy()
    np.testing.assert_allclose(made[1:], prior.from_noise(noise[1:], 0.0, told[1:]), rtol=1e-4)
    assert np.abs(made - prior.from_noise(noise, 0.0, told[::-1])).max() > 1e-3


@pytest.mark.parametrize("groups", [1, 4])
def test_what_can_not_be_cut_is_refused(groups):
    with pytest.raises(ValueError, match=f"groups: expected a divisor of latent_dim, 6, from 2 on; got {groups}"):
        zoo.priors.AutoregressiveMixturePrior(6, groups=groups)


def test_a_mixture_of_nothing_is_refused():
    with pytest.raises(ValueError, match="components: expected at least 1; got 0"):
        zoo.priors.AutoregressiveMixturePrior(6, groups=3, components=0)
