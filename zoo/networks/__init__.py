"""Encoders, decoders, generators and discriminators: plain Keras models."""

from zoo.networks import dcgan, sngan, stylegan
from zoo.networks.autoencoders import conv_decoder, conv_encoder, dense_decoder, dense_encoder
from zoo.networks.beats import beat_encoder
from zoo.networks.harmonizer import Harmony, harmonizer, voice_discriminator
from zoo.networks.recurrent import GRUDecoder, gru_encoder
from zoo.networks.segmented import segmented_decoder, segmented_encoder, voice_network

__all__ = [
    "GRUDecoder",
    "Harmony",
    "beat_encoder",
    "conv_decoder",
    "conv_encoder",
    "dcgan",
    "dense_decoder",
    "dense_encoder",
    "gru_encoder",
    "harmonizer",
    "segmented_decoder",
    "segmented_encoder",
    "sngan",
    "stylegan",
    "voice_discriminator",
    "voice_network",
]
