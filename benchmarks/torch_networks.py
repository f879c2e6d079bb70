"""The networks that `benchmarks.peers.ours` trains, as PyTorch has them: the same layers with as many channels.

Images are [n, 1, 28, 28]. One thing differs, and costs nothing: where a convolution of stride 2 wants one more row of
zeros on one side than on the other, TensorFlow puts it after the image and PyTorch before it.
"""

import torch
from torch import nn

from benchmarks.core.workload import DENSE_WIDTH, VAE_LATENT_DIM


def dense_encoder():
    """[n, 1, 28, 28] -> means and log-variances [n, 2 * 20]."""
    return nn.Sequential(
        nn.Flatten(), nn.Linear(28 * 28, DENSE_WIDTH), nn.ReLU(), nn.Linear(DENSE_WIDTH, 2 * VAE_LATENT_DIM)
    )


def dense_decoder():
    """[n, 20] -> logits [n, 1, 28, 28]."""
    return nn.Sequential(
        nn.Linear(VAE_LATENT_DIM, DENSE_WIDTH),
        nn.ReLU(),
        nn.Linear(DENSE_WIDTH, 28 * 28),
        nn.Unflatten(1, [1, 28, 28]),
    )


def conv_encoder():
    """`zoo.networks.conv_encoder`: [n, 1, 28, 28] -> means and log-variances [n, 2 * 20]."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 5, stride=2, padding=2),
        nn.ELU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1),
        nn.ELU(),
        nn.Conv2d(32, 16, 1),
        nn.ELU(),
        nn.Flatten(),
        nn.Linear(16 * 7 * 7, 208),
        nn.ELU(),
        nn.Linear(208, 2 * VAE_LATENT_DIM),
    )


def conv_decoder():
    """`zoo.networks.conv_decoder`: [n, 20] -> logits [n, 1, 28, 28]."""
    return nn.Sequential(
        nn.Linear(VAE_LATENT_DIM, 208),
        nn.ELU(),
        nn.Linear(208, 16 * 7 * 7),
        nn.ELU(),
        nn.Unflatten(1, [16, 7, 7]),
        nn.Conv2d(16, 128, 1),
        nn.ELU(),
        nn.PixelShuffle(2),  # 32 x 14 x 14
        nn.Conv2d(32, 32, 3, padding=1),
        nn.ELU(),
        nn.Conv2d(32, 4, 3, padding=1),
        nn.PixelShuffle(2),
    )


def generator(latent_dim, width):
    """`zoo.dcgan.generator`: [n, latent_dim] -> images [n, 1, 28, 28] in [0, 1]."""
    return nn.Sequential(
        WithInput(nn.Linear(latent_dim, 16 * width, bias=False), nn.BatchNorm1d(16 * width, eps=1e-3), nn.ReLU()),
        nn.Linear(16 * width + latent_dim, 4 * width * 7 * 7, bias=False),
        nn.Unflatten(1, [4 * width, 7, 7]),
        nn.BatchNorm2d(4 * width, eps=1e-3),
        nn.ReLU(),
        nn.Conv2d(4 * width, 8 * width, 3, padding=1, bias=False),
        nn.PixelShuffle(2),  # 14 x 14
        nn.BatchNorm2d(2 * width, eps=1e-3),
        nn.ReLU(),
        nn.Conv2d(2 * width, 4 * width, 3, padding=1, bias=False),
        nn.PixelShuffle(2),  # 28 x 28
        nn.BatchNorm2d(width, eps=1e-3),
        nn.ReLU(),
        nn.Conv2d(width, 1, 3, padding=1),
        nn.Sigmoid(),
    )


def discriminator(width):
    """`zoo.dcgan.discriminator` without spectral normalization: [n, 1, 28, 28] in [0, 1] -> logits [n, 1]."""
    return nn.Sequential(
        Rescaling(),
        nn.Conv2d(1, width, 5, stride=2, padding=2, bias=False),
        nn.LeakyReLU(0.2),
        nn.Conv2d(width, 2 * width, 3, stride=2, padding=1, bias=False),
        nn.LeakyReLU(0.2),
        nn.Conv2d(2 * width, 4 * width, 3, stride=2, padding=1, bias=False),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        nn.Linear(4 * width * 4 * 4, 8 * width, bias=False),
        nn.LeakyReLU(0.2),
        nn.Linear(8 * width, 1),
    )


class WithInput(nn.Sequential):
    """What the modules make of x [n, i], and x itself: [n, o + i]."""

    def forward(self, x):
        return torch.cat([super().forward(x), x], dim=1)


class Rescaling(nn.Module):
    """[0, 1] -> [-1, 1]."""

    def forward(self, images):
        return 2.0 * images - 1.0
