"""Measuring a VAE: its likelihood by importance sampling, and what its parts contribute."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from zoo.numerics.probability import tfm

ROWS = 4000  # latents decoded at once: enough to keep a processor busy, few enough to stay in its caches
CHUNK = 100  # at most so many of them of one item


class LikelihoodEstimate(NamedTuple):
    """Means over the items of the data, in nats per item."""

    nll: float  # the importance-weighted bound on -log p(x), lower is better; it falls as k grows
    standard_error: float  # of `nll`, from the spread over the items; NaN of a single one
    elbo: float
    reconstruction: float  # E_q[log p(x|z)]
    kl: float  # E_q[log q(z|x) - log p(z)]
    active_units: int  # latents whose posterior mean varies over the items, variance > 0.01 (Burda et al. 2016)
    items: int
    num_samples: int


def estimate_likelihood(
    vae, data, num_samples: int = 1000, seed: int = 0, progress: Callable = iter, condition=None
) -> LikelihoodEstimate:
    """Estimates -log p(x) with `num_samples` (k) importance-weighted latents for each item of the data.

    log p(x) >= E[log 1/k sum_i p(x, z_i) / q(z_i|x)], z_i ~ q(z|x) (Burda et al. 2016, equation 8). Compiled, and in
    chunks of `ROWS` latents: memory does not grow with k or with the number of items. The replicas of a
    `tf.distribute` strategy share the work; how many there are does not change the estimate. To measure one model
    several times, `zoo.measures.LikelihoodEstimator` compiles once.

    Args:
        vae: a `zoo.VAE`. Under a strategy with several workers, all of them call this function, and get the same.
        data: array [n, ...] of numbers that the likelihood knows: 0 or 1 for Bernoulli, whole 255ths for the
            discretized logistic.
        num_samples: k.
        seed: fixes the latents.
        progress: wraps the list of batches, e.g. `tqdm`; one item is one batch of the data.
        condition: array [n, ...] for a model with a condition: the labels, say.

    Raises:
        ValueError: the data or the condition have another shape, type or range than the model's, or numbers that are
            none of the likelihood's levels, there are none, or `num_samples` is not positive.
    """
    return LikelihoodEstimator(vae, seed)(data, num_samples, progress, condition)


class LikelihoodEstimator:
    """`estimate_likelihood` for several calls: compiled once, for any number of latents and for batches of one size.

    Args:
        vae: a `zoo.VAE`.
        seed: fixes the latents.
    """

    def __init__(self, vae, seed: int = 0):
        self.vae, self.seed = vae, seed
        self._estimate = _compiled_estimator(vae)

    def __call__(self, data, num_samples: int = 1000, progress: Callable = iter, condition=None) -> LikelihoodEstimate:
        """The arguments, what comes of them, and what is refused: see `estimate_likelihood`."""
        vae, data = self.vae, np.asarray(data)
        vae.datum.check("data", data)
        if not len(data):
            raise ValueError("data: expected at least one item; got none.")
        _check_levels(data, vae.likelihood)
        if num_samples < 1:
            raise ValueError(f"num_samples: expected at least 1; got {num_samples}.")
        parts = [(data, vae.datum)]
        if vae.condition:
            vae.condition.check("condition", condition, len(data))
            parts.append((np.asarray(condition), vae.condition))
        rows = self._rows(parts, num_samples, progress)
        return _estimate_of(rows, num_samples)

    def _rows(self, parts, num_samples, progress):
        """What the compiled function gives for each item, [n, 3 + d]; `parts`: the data and perhaps a condition, each
        with what it is."""
        count = len(parts[0][0])
        batch = min(max(1, ROWS // min(num_samples, CHUNK)), count)
        strategy = self.vae.distribute_strategy

        def given(start, replica):
            start += batch * replica.replica_id_in_sync_group
            rows = np.arange(start, start + batch) % count  # goes on with the first ones after the last
            tensors = [tf.constant(part[rows], kind.dtype) for part, kind in parts]
            return tensors, tf.constant([self.seed, start]), tf.constant(num_samples)

        rows = []
        for start in progress(range(0, count, batch * strategy.num_replicas_in_sync)):
            on_each = strategy.experimental_distribute_values_from_function
            rows.append(self._estimate(*on_each(lambda replica, start=start: given(start, replica))).numpy())
        return np.concatenate(rows)[:count]


def _estimate_of(rows, num_samples):
    """The means over the rows that the compiled function gave."""
    scores, means = np.split(rows, [3], axis=1)
    bound, likelihood, log_ratio = scores.astype(np.float64).T
    return LikelihoodEstimate(
        nll=float(-bound.mean()),
        standard_error=float(bound.std(ddof=1) / np.sqrt(len(bound))) if len(bound) > 1 else float("nan"),
        elbo=float((likelihood - log_ratio).mean()),
        reconstruction=float(likelihood.mean()),
        kl=float(log_ratio.mean()),
        active_units=int(np.sum(means.var(axis=0) > 0.01)),
        items=len(rows),
        num_samples=num_samples,
    )


def _check_levels(data, likelihood):
    """Rounded to the likelihood's levels, or taken as they are, other numbers would have the likelihood of others."""
    if likelihood.levels is None or likelihood.values is not None:  # whole numbers are looked at as what they are
        return
    (low, high), steps = likelihood.value_range, likelihood.levels - 1
    for part in np.array_split(data, -(-len(data) // 1000)):
        level = (part - np.float32(low)) * (steps / (high - low))
        wrong = np.abs(level - np.round(level)) > 1e-2
        if wrong.any():
            raise ValueError(
                f"data: expected {likelihood.levels} levels from {low:g} to {high:g}, those of "
                f"{type(likelihood).__name__}; got {part[wrong].flat[0]:.6g}. Round or binarize them first."
            )


def _compiled_estimator(vae):
    def estimate(parts, seed, num_samples):
        """[data] or [data, condition], n rows -> [n, 3 + d]: the bound, mean log p(x|z), mean log q(z|x) - log p(z),
        mean of q."""
        data, condition = (*parts, None)[:2]
        count = len(data)
        log_total = tf.fill([count], -float("inf"))  # log of the sum of the weights so far
        likelihood, log_ratio = tf.zeros([count]), tf.zeros([count])
        for start in tf.range(0, num_samples, CHUNK):
            size = tf.minimum(CHUNK, num_samples - start)
            noise = tf.random.stateless_normal([size, count, vae.latent_dim], tf.random.fold_in(seed, start))
            draw = vae.draw(data, noise, condition)
            ratio = draw.log_posterior - draw.log_prior
            here = tf.reduce_logsumexp(draw.log_likelihood - ratio, axis=0)
            log_total = tf.ensure_shape(tfm.log_add_exp(log_total, here), [count])
            likelihood += tf.ensure_shape(tf.reduce_sum(draw.log_likelihood, axis=0), [count])
            log_ratio += tf.ensure_shape(tf.reduce_sum(ratio, axis=0), [count])
        k = tf.cast(num_samples, tf.float32)
        scores = tf.stack([log_total - tf.math.log(k), likelihood / k, log_ratio / k], axis=1)
        return tf.concat([scores, vae.posterior_of(data, condition).mean()], axis=1)

    strategy = vae.distribute_strategy
    return tf.function(lambda *given: strategy.gather(strategy.run(estimate, args=given), axis=0))
