"""What the page reads of a model."""

import json

import zoo
from gallery import captions, figures, scores


def entry(exhibit, model, directory, digits):
    """A model's part of models.json; its files lie in a directory."""
    title, sentence = captions.caption(exhibit.name)
    is_vae = isinstance(model, zoo.VAE)
    return {
        "name": exhibit.name,
        "title": title,
        "sentence": sentence,
        "family": "VAE" if is_vae else "GAN",
        "figures": figures.figures(exhibit.metrics),
        "bytes": (directory / "model.tflite").stat().st_size,
        "classes": model.num_classes or 0,
        "latents": model.latent_dim,
        "generate": "decode" if is_vae else "generate",
        "redraws": is_vae,
        "binary": is_vae and isinstance(model.likelihood, zoo.likelihoods.Bernoulli),
        "codes": _codes(model.prior) if isinstance(model.prior, zoo.priors.LatentCodePrior) else None,
        "epochs": list(exhibit.epochs),
        "judge": _judge(model, digits) if scores.judges(model) else None,
    }


def write(path, entries, about_digits):
    path.write_text(json.dumps({"digits": about_digits, "models": entries}, ensure_ascii=False), encoding="utf-8")


def _codes(prior):
    return {"categories": prior.num_categories, "continuous": prior.num_continuous, "scale": prior.scale}


def _judge(model, digits):
    return {"classes": scores.knows_classes(model), "quantiles": scores.quantiles(model, digits)}
