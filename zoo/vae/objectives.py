"""Objectives: what a VAE drew and how it scored, in; one loss out.

An objective says how many latents it takes for each item of the data (`num_samples`) and turns a `Draw` of so many into
a loss to be minimized, in nats per item.
"""

from typing import ClassVar, NamedTuple

import keras
import tensorflow as tf

from zoo.numerics import replicas
from zoo.numerics.probability import tfd
from zoo.part import Part


class Draw(NamedTuple):
    """k latents for each of n items of data, and all that is known of them; log-densities in nats."""

    data: tf.Tensor  # x [n, ...]
    latents: tf.Tensor  # z [k, n, latent_dim]
    posterior: "tfd.Distribution"  # q(z|x), batch shape [n]
    prior: "tfd.Distribution"  # p(z)
    log_likelihood: tf.Tensor  # [k, n] log p(x|z)
    log_prior: tf.Tensor  # [k, n] log p(z)
    log_posterior: tf.Tensor  # [k, n] log q(z|x)
    kl: tf.Tensor  # [n] KL(q(z|x) || p(z)), exact where TFP knows it, else estimated from the k latents
    step: tf.Tensor | None = None  # of the training, from 0 on; None outside of it

    @property
    def kl_by_group(self) -> tf.Tensor:
        """[n, groups], the KL of each group of latents that are independent of the others a posteriori and a priori.

        A group for each latent of diagonal normals; else one for all.
        """
        pair = (self.posterior, self.prior)
        if not all(isinstance(one, tfd.MultivariateNormalDiag) for one in pair):
            return self.kl[:, None]
        return tfd.kl_divergence(*(tfd.Normal(one.mean(), one.stddev()) for one in pair))


class Objective(Part):
    """Base of the objectives. Abstract."""

    num_samples = 1  # latents that it takes for each item of the data

    def __call__(self, draw: Draw) -> tf.Tensor:
        """-> the loss, a scalar: the mean over the items."""
        raise NotImplementedError


@keras.saving.register_keras_serializable("zoo")
class ELBO(Objective):
    """The negative evidence lower bound, -E_q[log p(x|z)] + beta KL(q(z|x) || p(z)), mean over the items.

    Kingma and Welling 2014, equation 3; beta as in Higgins et al. 2017, "beta-VAE", equation 4. beta = 1 is the bound
    itself. Warm-up lets the decoder find a use for latents before they cost anything (Sønderby et al. 2016, "Ladder
    variational autoencoders", section 2.3); free bits leave each group of latents an amount of information that costs
    nothing (Kingma et al. 2016, "Improving variational inference with inverse autoregressive flow", appendix C.8).

    Args:
        beta: the KL's weight; not negative.
        num_samples: latents drawn for each item.
        warmup_steps: of the training, over which the weight grows from 0 to beta.
        free_bits: lambda, in nats: what the KL of each group, mean over the batch, counts at least; not negative.

    Example, of a KL of 0.5 and a log-likelihood of -3:

    >>> draw = zoo.objectives.Draw(*[None] * 4, tf.constant([[-3.0]]), None, None, kl=tf.constant([0.5]), step=20)
    >>> [round(float(zoo.objectives.ELBO(warmup_steps=steps)(draw)), 3) for steps in (0, 100)]
    [3.5, 3.1]
    """

    renamed: ClassVar[dict[str, str]] = {"samples": "num_samples"}

    def __init__(self, beta: float = 1.0, num_samples: int = 1, warmup_steps: int = 0, free_bits: float = 0.0):
        for name, value in {"beta": beta, "warmup_steps": warmup_steps, "free_bits": free_bits}.items():
            if value < 0:
                raise ValueError(f"{name}: expected a number that is not negative; got {value}.")
        _check_samples(num_samples)
        self.beta, self.num_samples = beta, num_samples
        self.warmup_steps, self.free_bits = warmup_steps, free_bits

    def __call__(self, draw):
        return self._weight(draw.step) * self._kl(draw) - tf.reduce_mean(draw.log_likelihood)

    def _weight(self, step):
        if step is None or not self.warmup_steps:
            return self.beta
        return self.beta * tf.minimum(tf.cast(step, tf.float32) / self.warmup_steps, 1.0)

    def _kl(self, draw):
        if not self.free_bits:
            return tf.reduce_mean(draw.kl)
        return tf.reduce_sum(tf.maximum(replicas.mean(tf.reduce_mean(draw.kl_by_group, axis=0)), self.free_bits))


@keras.saving.register_keras_serializable("zoo")
class IWAE(Objective):
    """The negative importance-weighted bound, -log 1/k sum_i p(x, z_i) / q(z_i|x), mean over the items.

    Burda et al. 2016, "Importance weighted autoencoders", equation 8.

    Args:
        num_samples: k, latents drawn for each item; the cost of the decoder grows with it.
    """

    renamed: ClassVar[dict[str, str]] = {"samples": "num_samples"}

    def __init__(self, num_samples: int = 5):
        _check_samples(num_samples)
        self.num_samples = num_samples

    def __call__(self, draw):
        log_weights = draw.log_likelihood + draw.log_prior - draw.log_posterior
        bound = tf.reduce_logsumexp(log_weights, axis=0) - tf.math.log(float(self.num_samples))
        return -tf.reduce_mean(bound)


def _check_samples(num_samples):
    if num_samples < 1:
        raise ValueError(f"num_samples: expected at least 1; got {num_samples}.")
