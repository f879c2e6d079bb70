"""Encoders, decoders, generators and discriminators: plain Keras models."""
