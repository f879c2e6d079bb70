import numpy as np
import pytest
import tensorflow as tf

from benchmarks.core import workload
from benchmarks.peers import ours
from zoo.networks import dcgan

LATENTS = tf.random.stateless_normal([2, workload.GAN_LATENT_DIM], [0, 1])


def test_the_reference_is_the_generator_of_the_zoo():
    zoos = dcgan.generator(ours.IMAGE_SHAPE, workload.GAN_LATENT_DIM, workload.GAN_WIDTH)
    generator = ours.dcgan_generator(ours.depth_to_space, None)
    generator.set_weights(zoos.get_weights())
    np.testing.assert_allclose(generator(LATENTS), zoos(LATENTS), atol=1e-6)


@pytest.mark.parametrize("upsampling", [ours.transposed, ours.nearest])
def test_the_others_make_images_too(upsampling):
    assert ours.dcgan_generator(upsampling, None)(LATENTS).shape == [2, *ours.IMAGE_SHAPE]
