"""A zoo of generative models for TensorFlow and Keras 3.

A trained model, by its name:

>>> import zoo
>>> zoo.load("cgan_mnist").sample(3, seed=0, labels=[3, 1, 4]).shape
TensorShape([3, 28, 28, 1])

One to train, in one call:

>>> gan = zoo.dcgan([28, 28, 1], num_classes=10)
>>> gan.sample(3, seed=0, labels=[3, 1, 4]).shape
TensorShape([3, 28, 28, 1])

The same kind of thing, put together from parts:

>>> encoder = zoo.networks.dense_encoder([28, 28, 1], num_outputs=2 * 16)
>>> decoder = zoo.networks.conv_decoder([28, 28, 1], latent_dim=16)
>>> vae = zoo.VAE(encoder, decoder, prior=zoo.priors.RealNVPPrior(16))
>>> vae.sample(16, seed=0).shape
TensorShape([16, 28, 28, 1])
"""

from zoo import augmentation, domains, layers, measures, networks, pretrained, priors
from zoo.architectures import conv_vae, dcgan, sngan, stylegan
from zoo.endpoint import Endpoint
from zoo.gan import auxiliary, losses, penalties, relaxations
from zoo.gan.gan import GAN
from zoo.measures.classifier import Classifier
from zoo.measures.contrastive import ContrastiveModel
from zoo.measures.feature_extractor import FeatureExtractor, chorale_features, digit_classifier, melody_features
from zoo.measures.likelihood import estimate_likelihood
from zoo.numerics.fused_adam import FusedAdam
from zoo.numerics.precision import fastest_policy, in_float32
from zoo.pretrained import load, models
from zoo.vae import likelihoods, objectives, posteriors
from zoo.vae.directions import attribute_direction
from zoo.vae.vae import VAE

__all__ = [
    "GAN",
    "VAE",
    "Classifier",
    "ContrastiveModel",
    "Endpoint",
    "FeatureExtractor",
    "FusedAdam",
    "attribute_direction",
    "augmentation",
    "auxiliary",
    "chorale_features",
    "conv_vae",
    "dcgan",
    "digit_classifier",
    "domains",
    "estimate_likelihood",
    "fastest_policy",
    "in_float32",
    "layers",
    "likelihoods",
    "load",
    "losses",
    "measures",
    "melody_features",
    "models",
    "networks",
    "objectives",
    "penalties",
    "posteriors",
    "pretrained",
    "priors",
    "relaxations",
    "sngan",
    "stylegan",
]
