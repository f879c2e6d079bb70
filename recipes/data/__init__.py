"""Data: sets to train on and to measure with, a file per source, and the batches made of them."""
