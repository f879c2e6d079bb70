"""Networks over segments of a sequence."""

import numpy as np
import pytest
import tensorflow as tf

import zoo

VALUES = (-2, -1, *range(60, 66))


@pytest.mark.parametrize("shape", [(16,), (16, 3)])
def test_shapes_whatever_the_number_of_voices(shape):
    encoder = zoo.networks.segmented_encoder(shape, VALUES, num_outputs=16, segments=4, width=8)
    decoder = zoo.networks.segmented_decoder(shape, VALUES, latent_dim=8, segments=4, width=8)
    assert encoder(tf.fill([2, *shape], 60)).shape == (2, 16)
    assert decoder(tf.zeros([2, 8])).shape == (2, *shape, len(VALUES))
    zoo.VAE(encoder, decoder, likelihood=zoo.likelihoods.Categorical(VALUES))


def test_a_segment_sees_as_many_neighbours_as_there_are_blocks_and_puts_its_latents_in_its_place():
    notes = np.full([1, 16], 60, np.int32)
    other = notes.copy()
    other[0, 0] = 62  # in the first of 8 segments
    for blocks in (1, 2):
        encoder = zoo.networks.segmented_encoder([16], VALUES, num_outputs=32, segments=8, width=8, blocks=blocks)
        changed = (encoder(notes) != encoder(other)).numpy().reshape([2, 8, 2]).any(axis=-1)  # means, scales
        np.testing.assert_array_equal(changed, [[True] * (blocks + 1) + [False] * (7 - blocks)] * 2)


def test_segments_that_do_not_divide_are_refused():
    with pytest.raises(ValueError, match="segments: expected a divisor of steps, 16; got 3"):
        zoo.networks.segmented_encoder([16], VALUES, num_outputs=24, segments=3)
    with pytest.raises(ValueError, match="segments: expected a divisor of latent_dim, 6; got 4"):
        zoo.networks.segmented_decoder([16], VALUES, latent_dim=6, segments=4)
