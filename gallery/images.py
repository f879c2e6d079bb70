"""What the page shows of a model of digits."""

import zoo
from gallery import pictures, scores

NOUNS = {"item": "image", "held_out": "test digits"}


def write(exhibit, model, directory):
    """Writes poster.webp, and progress.webp where there are pictures of epochs."""
    pictures.poster(model, directory / "poster.webp")
    if exhibit.epochs:
        pictures.progress(exhibit.epochs.values(), directory / "progress.webp")


def entry(exhibit, model, digits):
    """What it can be asked, and what its discriminator thinks of real digits."""
    is_vae = isinstance(model, zoo.VAE)
    return {
        "classes": model.num_classes or 0,
        "redraws": is_vae,
        "binary": is_vae and isinstance(model.likelihood, zoo.likelihoods.Bernoulli),
        "codes": _codes(model.prior) if isinstance(model.prior, zoo.priors.LatentCodePrior) else None,
        "epochs": list(exhibit.epochs),
        "judge": _judge(model, digits) if scores.judges(model) else None,
    }


def _codes(prior):
    return {"categories": prior.num_categories, "continuous": prior.num_continuous, "scale": prior.scale}


def _judge(model, digits):
    return {"classes": scores.knows_classes(model), "quantiles": scores.quantiles(model, digits)}
