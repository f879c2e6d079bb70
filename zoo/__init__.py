"""A zoo of generative models for TensorFlow and Keras 3.

>>> import zoo
>>> encoder = zoo.networks.dense_encoder([28, 28, 1], outputs=2 * 16)
>>> decoder = zoo.networks.conv_decoder([28, 28, 1], latent_dim=16)
>>> vae = zoo.VAE(encoder, decoder, prior=zoo.RealNVPPrior(16))
"""

from zoo.augmentation import AdaptiveAugmentation, DiffAugment
from zoo.endpoint import Endpoint
from zoo.gan.auxiliary import ClassPrediction, CodePrediction
from zoo.gan.gan import GAN
from zoo.gan.losses import (
    HingeLoss,
    LeastSquaresLoss,
    MinimaxLoss,
    NonSaturatingLoss,
    RelativisticLoss,
    WassersteinLoss,
)
from zoo.gan.penalties import DRAGAN, R1, GradientPenalty
from zoo.layers.normalization import BatchNormalization, ConditionalBatchNormalization
from zoo.layers.spectral_normalization import SpectralNormalization
from zoo.measures import distances as sample_quality
from zoo.measures.classifier import Classifier
from zoo.measures.contrastive import ContrastiveModel
from zoo.measures.feature_extractor import FeatureExtractor, digit_classifier
from zoo.measures.likelihood import LikelihoodEstimate, estimate_likelihood
from zoo.networks import autoencoders as networks
from zoo.networks import dcgan, sngan, stylegan
from zoo.numerics.fused_adam import FusedAdam
from zoo.numerics.precision import fastest_policy, in_float32
from zoo.priors import CodePrior, RealNVPPrior, StandardNormalPrior
from zoo.vae.likelihoods import BernoulliLikelihood, DiscretizedLogisticLikelihood
from zoo.vae.objectives import ELBO, IWAE
from zoo.vae.vae import VAE

__all__ = [
    "DRAGAN",
    "ELBO",
    "GAN",
    "IWAE",
    "R1",
    "VAE",
    "AdaptiveAugmentation",
    "BatchNormalization",
    "BernoulliLikelihood",
    "ClassPrediction",
    "Classifier",
    "CodePrediction",
    "CodePrior",
    "ConditionalBatchNormalization",
    "ContrastiveModel",
    "DiffAugment",
    "DiscretizedLogisticLikelihood",
    "Endpoint",
    "FeatureExtractor",
    "FusedAdam",
    "GradientPenalty",
    "HingeLoss",
    "LeastSquaresLoss",
    "LikelihoodEstimate",
    "MinimaxLoss",
    "NonSaturatingLoss",
    "RealNVPPrior",
    "RelativisticLoss",
    "SpectralNormalization",
    "StandardNormalPrior",
    "WassersteinLoss",
    "dcgan",
    "digit_classifier",
    "estimate_likelihood",
    "fastest_policy",
    "in_float32",
    "networks",
    "sample_quality",
    "sngan",
    "stylegan",
]
