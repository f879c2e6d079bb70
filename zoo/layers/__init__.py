"""Layers that the networks are made of."""

from zoo.layers.depth_to_space import DepthToSpace
from zoo.layers.first_channels import FirstChannels
from zoo.layers.given_voices import GivenVoices
from zoo.layers.normalization import BatchNormalization, ConditionalBatchNormalization
from zoo.layers.one_hot import OneHot
from zoo.layers.position_embedding import PositionEmbedding
from zoo.layers.spectral_normalization import SpectralNormalization
from zoo.layers.voice_leading import VoiceLeading

__all__ = [
    "BatchNormalization",
    "ConditionalBatchNormalization",
    "DepthToSpace",
    "FirstChannels",
    "GivenVoices",
    "OneHot",
    "PositionEmbedding",
    "SpectralNormalization",
    "VoiceLeading",
]
