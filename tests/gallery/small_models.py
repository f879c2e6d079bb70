"""Small models of each kind, which have learned nothing, in folders as runs leave them."""

import json

import keras
import numpy as np
from PIL import Image

import zoo
from zoo.domains import Music

BEATS = 8  # of two bars


def hang(folder, names):
    """Writes run directories of the names into a folder; returns {name: model}."""
    keras.utils.set_random_seed(5)
    models = {name: MADE[name]() for name in names}
    for name, model in models.items():
        run = folder / name
        (run / "progress").mkdir(parents=True)
        model.save(run / "model.keras")
        (run / "card.md").write_text(f"# {name}\n\n| part | class |\n| --- | --- |\n| a | b |\n", encoding="utf-8")
        metric = "fid1000_test@digits-00000000"
        metrics = {"samples": {"floor": {metric: 0.25}, "model.tflite": {metric: 1.5}}}
        (run / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
        for epoch in (1, 2):
            Image.fromarray(np.full([448, 448], 100 * epoch, np.uint8)).save(run / f"progress/epoch_{epoch:04}.png")
    return models


def _vae():
    return zoo.VAE(
        zoo.networks.dense_encoder([28, 28, 1], num_outputs=2 * 4, widths=[16]),
        zoo.networks.conv_decoder([28, 28, 1], latent_dim=4),
        prior=zoo.priors.RealNVPPrior(4),
    )


def _infogan():
    task = zoo.auxiliary.CodePrediction(10, 2)
    return zoo.GAN(
        zoo.networks.dcgan.generator([28, 28, 1], 16, 4),
        zoo.networks.dcgan.discriminator([28, 28, 1], 4, num_auxiliary=task.num_outputs),
        prior=zoo.priors.LatentCodePrior(16, 10, 2, scale=4.0),
        auxiliary=task,
    )


def _melodies():
    domain = Music(1, lowest=60, highest=79)
    return zoo.VAE(
        zoo.networks.segmented_encoder(domain.shape, domain.values, 2 * 16, BEATS, width=16),
        zoo.networks.segmented_decoder(domain.shape, domain.values, 16, BEATS, width=16),
        prior=zoo.priors.AutoregressiveMixturePrior(16, BEATS, components=3, units=8),
        likelihood=zoo.likelihoods.Categorical(domain.values),
        domain=domain,
    )


def _chorales():
    domain = Music(4, lowest=36, highest=81)
    shape, values = domain.shape, domain.values
    told = zoo.networks.voice_network(shape[0], values, BEATS, width=16)
    return zoo.VAE(
        zoo.networks.segmented_encoder(shape, values, 2 * 16, BEATS, width=16),
        zoo.networks.segmented_decoder(shape, values, 16, BEATS, width=16, given="soprano"),
        prior=zoo.priors.AutoregressiveMixturePrior(16, BEATS, components=3, units=8, network=told),
        likelihood=zoo.likelihoods.Categorical(values),
        condition_values=values,
        domain=domain,
    )


def _chorale_gan():
    domain = Music(4, lowest=36, highest=81)
    shape, values = domain.shape, domain.values
    generator = zoo.networks.harmonizer(shape, values, units=8, width=8)
    return zoo.GAN(
        generator,
        None,  # it ships without one
        prior=zoo.priors.UniformPrior(generator.inputs[0].shape[1]),
        relaxation=zoo.relaxations.Chosen(values),
        condition_values=values,
        domain=domain,
    )


MADE = {
    "vae_mnist": _vae,
    "cgan_mnist": lambda: zoo.dcgan([28, 28, 1], num_classes=10),
    "infogan_mnist": _infogan,
    "vae_melody": _melodies,
    "vae_chorale": _chorales,
    "gan_chorale": _chorale_gan,
}
