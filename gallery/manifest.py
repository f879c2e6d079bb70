"""What the page reads of a model."""

import json

import zoo
from gallery import captions, figures
from gallery.kinds import KINDS, domain_of


def entry(exhibit, model, directory, digits):
    """A model's part of models.json; its files lie in a directory."""
    title, sentence = captions.caption(exhibit.name)
    is_vae, domain = isinstance(model, zoo.VAE), domain_of(model)
    return {
        "name": exhibit.name,
        "domain": domain,
        "title": title,
        "sentence": sentence,
        "family": "VAE" if is_vae else "GAN",
        "figures": figures.figures(exhibit.metrics, KINDS[domain].NOUNS),
        "bytes": (directory / "model.tflite").stat().st_size,
        "datum": {"name": model.datum.name, "shape": list(model.datum.shape)},
        "condition": _condition(model) if model.condition else None,
        "latents": model.latent_dim,
        "generate": "decode" if is_vae else "generate",
        **KINDS[domain].entry(exhibit, model, digits),
    }


def write(path, entries, about_digits):
    path.write_text(json.dumps({"digits": about_digits, "models": entries}, ensure_ascii=False), encoding="utf-8")


def _condition(model):
    """What is given with each sample; `in_prior`: also for its latents."""
    given = model.condition
    return {"name": given.name, "shape": list(given.shape), "in_prior": model.prior.conditional}
