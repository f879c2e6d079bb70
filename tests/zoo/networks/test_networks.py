import numpy as np
import pytest
import tensorflow as tf

import zoo
from zoo.layers import DepthToSpace

SHAPES = [(28, 28, 1), (32, 32, 3), (5, 9, 2)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("network", [zoo.networks.dense_encoder, zoo.networks.conv_encoder])
def test_encoders_take_any_image(network, shape):
    assert network(shape, num_outputs=6)(tf.zeros([2, *shape])).shape == [2, 6]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("network", [zoo.networks.dense_decoder, zoo.networks.conv_decoder])
def test_decoders_make_any_image(network, shape):
    decoder = network(shape, latent_dim=3)
    image = decoder(tf.random.stateless_normal([2, 3], [0, 1])).numpy()
    assert image.shape == (2, *shape)
    assert image.std(axis=(1, 2, 3)).min() > 0  # no constant pictures
    assert not np.allclose(image[0], image[1])


def test_the_output_is_float32_under_mixed_precision():
    for model in (
        zoo.networks.dense_encoder([8, 8, 1], 4, dtype="mixed_bfloat16"),
        zoo.networks.conv_encoder([8, 8, 1], 4, dtype="mixed_bfloat16"),
        zoo.networks.dense_decoder([8, 8, 1], 4, dtype="mixed_bfloat16"),
        zoo.networks.conv_decoder([8, 8, 1], 4, dtype="mixed_bfloat16"),
    ):
        assert model(tf.zeros([1, *model.input_shape[1:]])).dtype == tf.float32
        assert {str(v.dtype) for v in model.variables} == {"float32"}
        assert any(layer.compute_dtype == "bfloat16" for layer in model.layers)


def test_depth_to_space_moves_channels_into_pixels():
    block = tf.reshape(tf.range(4.0), [1, 1, 1, 4])
    np.testing.assert_array_equal(DepthToSpace()(block)[0, :, :, 0], [[0, 1], [2, 3]])
