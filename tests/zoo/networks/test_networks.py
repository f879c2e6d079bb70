import keras
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


def test_a_beat_encoder_of_hits_alone_sees_nothing_else(tmp_path):
    rng = np.random.default_rng(0)
    hits = (rng.random([4, 32, 9]) < 0.3).astype(np.float32)
    score = np.concatenate([hits, 0 * hits, 0 * hits], axis=-1)
    played = np.concatenate([hits, 0.7 * hits, 0.2 * hits], axis=-1)
    for hits_only in (True, False):
        encoder = zoo.networks.beat_encoder((32, 27), 6, hits_only, widths=[8])
        assert encoder.inputs[0].name == "drums"
        assert np.array_equal(encoder(score), encoder(played)) == hits_only
        assert not np.array_equal(encoder(score[:2]), encoder(score[2:]))
        encoder.save(tmp_path / "encoder.keras")
        again = keras.models.load_model(tmp_path / "encoder.keras")
        np.testing.assert_array_equal(again(played), encoder(played))


def test_first_channels_that_there_are_not():
    with pytest.raises(ValueError, match=r"^count: expected at least 1; got 0\.$"):
        zoo.layers.FirstChannels(0)
    with pytest.raises(ValueError, match="count: expected at most the 3 channels that there are; got 4"):
        zoo.layers.FirstChannels(4)(keras.Input([3]))
