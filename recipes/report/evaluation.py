"""Measuring the samples of an artefact of any run, by what it says of itself."""

import dataclasses
from typing import Any

import zoo
from recipes import UserError
from recipes.data import images
from recipes.data.binarization import binarized_once
from recipes.data.data_set import labels_for, some_of
from recipes.harness.progress import bar
from recipes.report import artefacts, codes, quality
from recipes.report.estimate import metrics_of
from recipes.settings import ImageData, LikelihoodSettings, Quality
from zoo.priors import LatentCodePrior


def evaluate(name: str, data: ImageData, settings: Quality, amount: LikelihoodSettings | None = None) -> str:
    """The quality of an artefact's samples, and the likelihood of held-out data, as text for a person.

    Args:
        name: of an artefact, see `artefacts.load`.
        data: what to compare with; what is None in it the artefact says itself.
        settings: how many samples, in which features.
        amount: how many held-out images and latents to measure the likelihood with; None: it is not measured.

    Raises:
        UserError: there is no artefact, it does not say what is missing, or the data or the extractor are not those for
            it, or it has no likelihood; one line.
    """
    artefact = artefacts.load(name)
    if amount and not isinstance(artefact.model, zoo.VAE):
        raise UserError("likelihood: expected the artefact to be a VAE of the zoo or in a .keras file; it is another.")
    data = images.load(completed(data, artefact.about))
    labels = labels_for(data) if artefact.conditional else None
    extractor = quality.extractor_for(data, settings, labels)
    if extractor is None:
        raise UserError(
            f"extractor: the zoo has none for {data.name}; make one with python -m recipes.features, or with "
            "recipes.classifier where there are labels."
        )
    reference = quality.reference(extractor, data, quality.samples_to_measure(data, settings), labels)
    try:
        metrics = quality.measure(artefact, reference)
    except ValueError as error:
        raise UserError(f"artefact: {artefact.name} is of other images than {data.name}: {error}") from error
    prior = artefact.model and artefact.model.prior
    if isinstance(prior, LatentCodePrior) and extractor.num_classes:
        metrics |= codes.purity(artefact, prior, extractor, reference.count)
    text = f"\n{artefact.name}, on {data.name}\n\n{quality.table(metrics, quality.floor(reference))}"
    if amount is None:
        return text
    of_likelihood = _likelihood(artefact.model, data.held_out, amount).items()
    return "\n".join([text, "", *(f"{metric:52} {value:10.4f}" for metric, value in of_likelihood)])


def _likelihood(vae, held_out, amount):
    """{metric: value}; of images as the VAE learned them, binary ones by the draw that all are measured with."""
    test = binarized_once(held_out) if vae.likelihood.levels == 2 else held_out
    count = min(amount.iw_images, len(test))
    print(f"Measuring the likelihood of {count:,} held-out images, {amount.iw_samples:,} latents each ...", flush=True)
    estimator = zoo.measures.LikelihoodEstimator(vae)
    return metrics_of(estimator(test[some_of(len(test), count)], amount.iw_samples, bar))


def completed(data: ImageData, about: dict[str, Any] | None) -> ImageData:
    """The settings of images, with what is None in them as an artefact says that it was trained on.

    Args:
        data: what a person gave.
        about: of `zoo.domains.Images.about`; None where the artefact does not say.

    Raises:
        UserError: the artefact is of something else, or it does not say what it was trained on and nobody else does.
    """
    if about is not None and about["domain"] != "images":
        raise UserError(f"artefact: expected one of images; it is of {about['domain']}.")
    known = {"background": ImageData(dataset=None).background}
    if about is not None:
        height, width, channels = about["shape"]
        known = {"background": about["background"], "image_size": f"{height}x{width}", "channels": str(channels)}
    if data.dataset is None and data.image_dir is None:
        if about is None:
            raise UserError("dataset: the artefact does not say what it was trained on; give --dataset or --image_dir.")
        if about["is_folder"]:
            raise UserError(
                f"image_dir: the artefact was trained on the pictures in a folder, {about['data']!r}; give --image_dir."
            )
        known["dataset"] = about["data"]
    return dataclasses.replace(data, **{name: value for name, value in known.items() if getattr(data, name) is None})
