import numpy as np
import pytest
from scipy.special import logsumexp

import zoo

RNG = np.random.default_rng(0)
LIKELIHOOD, PRIOR, POSTERIOR = RNG.normal(size=[3, 4, 6]).astype(np.float32)
KL = RNG.random(6).astype(np.float32)


def test_elbo_against_numpy():
    loss = zoo.objectives.ELBO(beta=0.7)(LIKELIHOOD, PRIOR, POSTERIOR, KL)
    assert float(loss) == pytest.approx(0.7 * KL.mean() - LIKELIHOOD.mean(), rel=1e-5)


def test_iwae_against_numpy():
    weights = LIKELIHOOD + PRIOR - POSTERIOR
    expected = -(logsumexp(weights, axis=0) - np.log(4)).mean()
    assert float(zoo.objectives.IWAE(num_samples=4)(LIKELIHOOD, PRIOR, POSTERIOR, KL)) == pytest.approx(
        expected, rel=1e-5
    )


def test_iwae_with_one_sample_is_the_elbo():
    terms = LIKELIHOOD[:1], PRIOR[:1], POSTERIOR[:1]
    kl = (POSTERIOR - PRIOR)[0]
    assert float(zoo.objectives.IWAE(num_samples=1)(*terms, kl)) == pytest.approx(
        float(zoo.objectives.ELBO()(*terms, kl)), rel=1e-5
    )


def test_negative_beta_is_refused():
    with pytest.raises(ValueError, match=r"beta.*got -1"):
        zoo.objectives.ELBO(beta=-1)
