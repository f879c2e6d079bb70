import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp
from scipy.special import logsumexp

import zoo

tfd = tfp.distributions

RNG = np.random.default_rng(0)
LIKELIHOOD, PRIOR, POSTERIOR = RNG.normal(size=[3, 4, 6]).astype(np.float32)
KL = RNG.random(6).astype(np.float32)


def draw(likelihood=LIKELIHOOD, prior=PRIOR, posterior=POSTERIOR, kl=KL, **more):
    """A draw that has what is said of it alone."""
    empty = dict.fromkeys(zoo.objectives.Draw._fields)
    scores = {"log_likelihood": likelihood, "log_prior": prior, "log_posterior": posterior, "kl": kl}
    return zoo.objectives.Draw(**{**empty, **scores, **more})


def test_elbo_against_numpy():
    loss = zoo.objectives.ELBO(beta=0.7)(draw())
    assert float(loss) == pytest.approx(0.7 * KL.mean() - LIKELIHOOD.mean(), rel=1e-5)


def test_iwae_against_numpy():
    weights = LIKELIHOOD + PRIOR - POSTERIOR
    expected = -(logsumexp(weights, axis=0) - np.log(4)).mean()
    assert float(zoo.objectives.IWAE(num_samples=4)(draw())) == pytest.approx(expected, rel=1e-5)


def test_iwae_with_one_sample_is_the_elbo():
    one = draw(LIKELIHOOD[:1], PRIOR[:1], POSTERIOR[:1], (POSTERIOR - PRIOR)[0])
    expected = float(zoo.objectives.ELBO()(one))
    assert float(zoo.objectives.IWAE(num_samples=1)(one)) == pytest.approx(expected, rel=1e-5)


def test_warm_up_raises_the_weight_of_the_kl_with_the_steps():
    objective = zoo.objectives.ELBO(beta=2.0, warmup_steps=100)
    for step, weight in {0: 0.0, 25: 0.5, 100: 2.0, 1000: 2.0, None: 2.0}.items():
        assert float(objective(draw(step=step))) == pytest.approx(weight * KL.mean() - LIKELIHOOD.mean(), rel=1e-5)


def test_free_bits_of_each_latent_cost_nothing():
    rng = np.random.default_rng(1)
    mean, scale = rng.normal(size=[6, 3]) * [0.1, 2.0, 3.0], np.exp(0.1 * rng.normal(size=[6, 3]))
    posterior = tfd.MultivariateNormalDiag(mean.astype(np.float32), scale.astype(np.float32))
    prior = tfd.MultivariateNormalDiag(tf.zeros(3), tf.ones(3))
    each = (0.5 * (mean**2 + scale**2 - 1) - np.log(scale)).mean(axis=0)
    assert each[0] < 0.2 < each[1] < each[2]
    one = draw(posterior=POSTERIOR, kl=tfd.kl_divergence(posterior, prior))._replace(posterior=posterior, prior=prior)
    expected = 0.2 + each[1] + each[2] - LIKELIHOOD.mean()
    assert float(zoo.objectives.ELBO(free_bits=0.2)(one)) == pytest.approx(expected, rel=1e-5)
    whole = zoo.objectives.ELBO(free_bits=100.0)(one._replace(prior=tfd.Independent(tfd.Laplace(tf.zeros(3), 1.0), 1)))
    assert float(whole) == pytest.approx(100.0 - LIKELIHOOD.mean(), rel=1e-5)  # one group


@pytest.mark.parametrize("name", ["beta", "warmup_steps", "free_bits"])
def test_negative_numbers_are_refused(name):
    with pytest.raises(ValueError, match=rf"{name}: .*got -1"):
        zoo.objectives.ELBO(**{name: -1})
