"""What a report says of a GAN with codes among its latents: a picture of them, and what the categories mean."""

import numpy as np

from recipes.harness import commands
from recipes.harness.progress import bar
from recipes.report import artefacts, budget, quality
from recipes.report import codes as codes_of
from recipes.report.samples import count_for
from recipes.report.trained import Section, Sheet, Trained
from zoo.priors import LatentCodePrior

_NOTE = """The purity of the categories: the share of samples whose class, as the extractor has it, is the commonest one
of their category. A file does not say which category a sample is of."""


def codes(trained: Trained) -> Sheet:
    """A row per category, then a row per continuous code, along which all else stays the same."""
    model = trained.model
    return Sheet("codes", model.generate(latents_by_code(model.prior)), columns=10)


def purity(trained: Trained) -> Section:
    """How pure the categories of the samples of each exported file are, in the eyes of a classifier."""
    extractor, run, metrics = trained.extractor, trained.run, {}
    if extractor is None or not extractor.num_classes:
        return Section("Codes", {}, "Not measured: no `--extractor` that knows classes was given.")
    count, most = count_for(trained), quality.samples_to_measure(trained.data, trained.settings.quality)
    for name in trained.sampled:
        if run.writes:
            print(f"Measuring categories of {name} ...", flush=True)
        artefact, progress = artefacts.load(run.path / name), bar if run.writes else iter
        metrics[name] = codes_of.purity(artefact, trained.model.prior, extractor, count, trained.strategy, progress)
    text = "\n".join(f"{name}: {metric} {value:.4f}" for name, one in metrics.items() for metric, value in one.items())
    note = [_NOTE] if count == most else [_NOTE, budget.more(trained, f"{budget.how_many(count, most)} samples")]
    asked = trained.settings.quality.quality_images if count == most else count
    again = commands.measure(run.recipe, trained.settings, quality_images=asked)
    if trained.shipped:
        again = commands.evaluate(trained.address(trained.file), trained.settings)
    return Section(
        "Codes",
        metrics,
        " ".join([*note, "`category_purity` is measured again by"]),
        (again,),
        text=text,
        whole=count == most,
    )


def latents_by_code(prior: LatentCodePrior) -> np.ndarray:
    """Ten latents a row: for each category the same ten others, then along each continuous code all else the same.

    Returns:
        float32 [10 * (categories + continuous), latent_dim].
    """
    ten = prior.from_noise(np.random.default_rng(0).normal(size=[10, prior.latent_dim]).astype(np.float32)).numpy()
    first_code = prior.latent_dim - prior.num_categories - prior.num_continuous
    first_continuous = prior.latent_dim - prior.num_continuous
    rows = []
    for category in range(prior.num_categories):
        row = ten.copy()
        row[:, first_code:first_continuous] = prior.scale * np.eye(prior.num_categories)[category]
        rows.append(row)
    for code in range(first_continuous, prior.latent_dim):
        row = np.repeat(ten[:1], 10, axis=0)
        row[:, code] = np.linspace(-2, 2, 10)
        rows.append(row)
    return np.concatenate(rows)
