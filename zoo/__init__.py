"""A zoo of generative models for TensorFlow and Keras 3.

>>> import zoo
>>> encoder = zoo.networks.dense_encoder([28, 28, 1], outputs=2 * 16)
>>> decoder = zoo.networks.conv_decoder([28, 28, 1], latent_dim=16)
>>> vae = zoo.VAE(encoder, decoder, prior=zoo.RealNVPPrior(16))
"""

from zoo import networks
from zoo.endpoint import Endpoint
from zoo.evaluation import LikelihoodEstimate, estimate_likelihood
from zoo.likelihoods import BernoulliLikelihood, DiscretizedLogisticLikelihood
from zoo.objectives import ELBO, IWAE
from zoo.precision import fastest_policy, in_float32
from zoo.priors import RealNVPPrior, StandardNormalPrior
from zoo.vae import VAE

__all__ = [
    "ELBO",
    "IWAE",
    "VAE",
    "BernoulliLikelihood",
    "DiscretizedLogisticLikelihood",
    "Endpoint",
    "LikelihoodEstimate",
    "RealNVPPrior",
    "StandardNormalPrior",
    "estimate_likelihood",
    "fastest_policy",
    "in_float32",
    "networks",
]
