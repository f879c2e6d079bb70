"""Small models of each kind, which have learned nothing, in folders as runs leave them."""

import json

import keras
import numpy as np
from PIL import Image

import zoo


def hang(folder):
    """Writes three run directories into a folder; returns {name: model}."""
    keras.utils.set_random_seed(5)
    models = {"vae_mnist": _vae(), "cgan_mnist": zoo.dcgan([28, 28, 1], num_classes=10), "infogan_mnist": _infogan()}
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
