import keras
import numpy as np
import pytest
import tensorflow as tf

import zoo
from export import export_model


@pytest.mark.slow
def test_style_class_and_noise_are_the_same_everywhere(tmp_path):
    keras.utils.set_random_seed(0)
    gan = zoo.GAN(
        zoo.networks.stylegan.generator([20, 30, 1], style_dim=4, width=4, num_classes=3),
        zoo.networks.dcgan.discriminator([20, 30, 1], width=4),
        num_classes=3,
    )
    for weight in gan.generator_ema.weights:  # the strengths of the noise are 0 at first
        weight.assign_add(0.3 * tf.random.stateless_normal(weight.shape, [3, 4]))
    checks, _ = export_model(gan, tmp_path, gan.examples())
    exact = [check for check in checks if check.artefact in ("saved_model", "model.tflite")]
    assert {check.signature for check in exact} == {"sample", "sample_chunk", "generate", "score"}
    assert max(check.difference for check in exact) < 1e-5
    loaded = tf.saved_model.load(str(tmp_path / "saved_model"))
    np.testing.assert_allclose(
        loaded.sample([0, 1], [5, 6], 0.8, [2, 0]), gan.sample_at([0, 1], [5, 6], 0.8, labels=[2, 0]), atol=1e-5
    )
