"""What the categories of a GAN with codes among its latents mean, in the eyes of a classifier."""

from collections.abc import Callable, Iterable

import numpy as np
import tensorflow as tf

from recipes.report import artefacts, quality
from recipes.report.artefacts import Artefact
from zoo import FeatureExtractor, measures
from zoo.priors import LatentCodePrior


def purity(
    artefact: Artefact,
    prior: LatentCodePrior,
    extractor: FeatureExtractor,
    count: int,
    strategy: tf.distribute.Strategy | None = None,
    progress: Callable[[Iterable], Iterable] = iter,
) -> dict[str, float]:
    """How pure the categories of the first samples of an artefact are.

    Args:
        artefact: of a model with the `prior`, which says which category a sample is of; a file does not.
        extractor: one that knows classes.
        count: how many samples.
        strategy, progress: as for `recipes.report.quality.measure`.

    Returns:
        {metric: value}, the protocol in the name of the metric.
    """
    _, probabilities = quality.seen(artefact, extractor, count, None, strategy, progress)
    value = measures.purity(probabilities, categories_of(prior, count))
    return {f"category_purity{count}@{extractor.name}": value}


def categories_of(prior: LatentCodePrior, count: int) -> np.ndarray:
    """The categories, int [count], of the first samples of the seed that artefacts are measured with."""
    noise = prior.noise.at(artefacts.SEED, np.arange(count, dtype=np.int32))
    return prior.categories_of(prior.from_noise(noise)).numpy()
