"""Measuring the samples of an artefact of any run, by what it says of itself."""

from collections.abc import Mapping
from typing import Any

import zoo
from recipes import UserError
from recipes.data import known
from recipes.data.binarization import binarized_once
from recipes.data.data_set import condition_for, some_of
from recipes.harness.progress import bar
from recipes.report import artefacts, codes, quality
from recipes.report.estimate import metrics_of
from recipes.settings import LikelihoodSettings, Quality
from zoo.priors import LatentCodePrior


def evaluate(
    name: str, of_domain: Mapping[str, Any], settings: Quality, amount: LikelihoodSettings | None = None
) -> str:
    """The quality of an artefact's samples, and the likelihood of held-out data, as text for a person.

    Args:
        name: of an artefact, see `artefacts.load`.
        of_domain: {domain: settings of its data}, what to compare with; what is None in them the artefact says itself.
        settings: how many samples, in which features.
        amount: how many held-out items and latents to measure the likelihood with; None: it is not measured.

    Raises:
        UserError: there is no artefact, it does not say what is missing, or the data or the extractor are not those for
            it, or it has no likelihood; one line.
    """
    artefact = artefacts.load(name)
    if amount and not isinstance(artefact.model, zoo.VAE):
        raise UserError("likelihood: expected the artefact to be a VAE of the zoo or in a .keras file; it is another.")
    about = artefact.about
    domain = about["domain"] if about else known.OF_OLD
    if domain not in known.LOADERS:
        raise UserError(f"artefact: expected one of {' or '.join(known.LOADERS)}; it is of {domain}.")
    data = known.LOADERS[domain](of_domain[domain], about)
    condition = condition_for(data) if artefact.condition else None
    if condition and condition.name != artefact.condition:
        raise UserError(
            f"artefact: expected one that is told {condition.name}, which {data.name} has; it is told "
            f"{artefact.condition}."
        )
    extractor = quality.extractor_for(data, settings, condition)
    if extractor is None:
        raise UserError(
            f"extractor: the zoo has none for {data.name}; make one with python -m recipes.features, or with "
            "recipes.classifier where there are labels."
        )
    reference = quality.reference(extractor, data, quality.samples_to_measure(data, settings), condition)
    try:
        metrics = quality.measure(artefact, reference)
    except ValueError as error:
        raise UserError(
            f"artefact: {artefact.name} is of other {data.domain.items} than {data.name}: {error}"
        ) from error
    prior = artefact.model and artefact.model.prior
    if isinstance(prior, LatentCodePrior) and extractor.num_classes:
        metrics |= codes.purity(artefact, prior, extractor, reference.count)
    text = f"\n{artefact.name}, on {data.name}\n\n{quality.table(metrics, quality.floor(reference))}"
    if amount is None:
        return text
    of_likelihood = _likelihood(artefact.model, data, condition, amount).items()
    return "\n".join([text, "", *(f"{metric:52} {value:10.4f}" for metric, value in of_likelihood)])


def _likelihood(vae, data, condition, amount):
    """{metric: value}; of items as the VAE learned them, binary images by the draw that all are measured with."""
    test = binarized_once(data.held_out) if vae.likelihood.levels == 2 else data.held_out
    count, items, latents = min(amount.iw_images, len(test)), data.domain.items, amount.iw_samples
    print(f"Measuring the likelihood of {count:,} held-out {items}, {latents:,} latents each ...", flush=True)
    chosen = some_of(len(test), count)
    told = condition.test[chosen] if condition else None
    return metrics_of(zoo.measures.LikelihoodEstimator(vae)(test[chosen], latents, bar, told))
