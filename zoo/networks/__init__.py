"""Encoders, decoders, generators and discriminators: plain Keras models."""

from zoo.networks import dcgan, sngan, stylegan
from zoo.networks.autoencoders import conv_decoder, conv_encoder, dense_decoder, dense_encoder

__all__ = ["conv_decoder", "conv_encoder", "dcgan", "dense_decoder", "dense_encoder", "sngan", "stylegan"]
