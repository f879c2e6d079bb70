"""A zoo of generative models for TensorFlow and Keras 3.

>>> import zoo
>>> encoder = zoo.networks.dense_encoder([28, 28, 1], outputs=2 * 16)
>>> decoder = zoo.networks.conv_decoder([28, 28, 1], latent_dim=16)
>>> vae = zoo.VAE(encoder, decoder, prior=zoo.RealNVPPrior(16))
"""

from zoo import dcgan, networks, sample_quality, sngan, stylegan
from zoo.adversarial_losses import (
    HingeLoss,
    LeastSquaresLoss,
    MinimaxLoss,
    NonSaturatingLoss,
    RelativisticLoss,
    WassersteinLoss,
)
from zoo.augmentation import AdaptiveAugmentation, DiffAugment
from zoo.auxiliary import ClassPrediction, CodePrediction
from zoo.classifier import Classifier
from zoo.contrastive import ContrastiveModel
from zoo.endpoint import Endpoint
from zoo.evaluation import LikelihoodEstimate, estimate_likelihood
from zoo.feature_extractor import FeatureExtractor, digit_classifier
from zoo.fused_adam import FusedAdam
from zoo.gan import GAN
from zoo.likelihoods import BernoulliLikelihood, DiscretizedLogisticLikelihood
from zoo.normalization import BatchNormalization, ConditionalBatchNormalization
from zoo.objectives import ELBO, IWAE
from zoo.penalties import DRAGAN, R1, GradientPenalty
from zoo.precision import fastest_policy, in_float32
from zoo.priors import CodePrior, RealNVPPrior, StandardNormalPrior
from zoo.spectral_normalization import SpectralNormalization
from zoo.vae import VAE

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
