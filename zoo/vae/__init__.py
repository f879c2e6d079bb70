"""Variational autoencoders and their parts."""
