import keras
import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from conftest import run_python

import zoo
from export import export_model


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A GAN after a few steps and where it was exported to; `export_model` has compared every signature with it."""
    keras.utils.set_random_seed(0)
    gan = zoo.GAN(
        zoo.networks.dcgan.generator([28, 28, 1], latent_dim=8, width=4, num_classes=10),
        zoo.networks.dcgan.discriminator([28, 28, 1], width=4, num_classes=10),
        num_classes=10,
        ema_halflife=10,
    )
    gan.compile(keras.optimizers.Adam(1e-2), keras.optimizers.Adam(1e-2))
    images = np.random.default_rng(0).random([32, 28, 28, 1]).astype(np.float32)
    gan.fit(images, np.arange(32) % 10, batch_size=16, verbose=0)
    directory = tmp_path_factory.mktemp("export")
    checks, _ = export_model(gan, directory, gan.examples())
    return gan, directory, checks


def test_every_signature_agrees_with_the_model(exported):
    _, directory, checks = exported
    names = ("model.tflite", "model_int8.tflite", "discriminator.tflite", "discriminator_int8.tflite")
    assert sorted(path.name for path in directory.iterdir()) == sorted(["export.json", "saved_model", *names])
    of = {name: {check.signature for check in checks if check.artefact == name} for name in ("saved_model", *names)}
    generating = {"sample", "sample_chunk", "latents", "generate"}
    assert of["saved_model"] == generating | {"score"}
    assert of["model.tflite"] == of["model_int8.tflite"] == generating
    assert of["discriminator.tflite"] == of["discriminator_int8.tflite"] == {"score"}
    assert max(check.difference for check in checks if not check.artefact.endswith("_int8.tflite")) < 1e-5
    assert max(check.mean_difference for check in checks) < 0.01


def test_what_is_exported_is_the_average(exported):
    gan, directory, _ = exported
    latents = gan.examples()["latents"]
    labels = tf.constant(gan.examples()["labels"])
    loaded = tf.saved_model.load(str(directory / "saved_model"))
    images = loaded.generate(latents, labels)
    np.testing.assert_allclose(images, gan.generator_ema([latents, labels]), atol=1e-5)
    assert np.abs(images - gan.generator([latents, labels])).max() > 1e-3


@pytest.mark.parametrize("name", ["model.tflite", "model_int8.tflite"])
def test_a_label_that_is_no_class_gives_nan_in_tflite(exported, name):
    _, directory, _ = exported
    sample = Interpreter(str(directory / name)).get_signature_runner("sample")
    arguments = {
        "seed": np.array([0, 1], np.int32),
        "index": np.arange(3, dtype=np.int32),
        "temperature": np.float32(1),
    }
    images = sample(**arguments, labels=np.array([9, 10, -1], np.int32))["images"]
    assert np.isfinite(images).all(axis=(1, 2, 3)).tolist() == [True, False, False]
    assert np.isnan(images[1:]).all()


def test_a_stranger_with_only_litert_draws_the_same(exported, tmp_path):
    gan, directory, _ = exported
    labels = ", labels=np.array([4, 4], np.int32)"
    script = tmp_path / "stranger.py"
    script.write_text(
        "import sys\n"
        "for name in ('tensorflow', 'keras', 'zoo', 'export'): sys.modules[name] = None\n"
        "import numpy as np\n"
        "from ai_edge_litert.interpreter import Interpreter\n"
        f"sample = Interpreter({str(directory / 'model.tflite')!r}).get_signature_runner('sample')\n"
        "arguments = dict(seed=np.int32([5, 6]), index=np.int32([3, 8]), temperature=np.float32(1))\n"
        f"np.save({str(tmp_path / 'images.npy')!r}, sample(**arguments{labels})['images'])\n"
    )
    done = run_python(script)
    assert done.returncode == 0, done.stderr
    expected = gan.sample_at([5, 6], [3, 8], labels=[4, 4])
    np.testing.assert_allclose(np.load(tmp_path / "images.npy"), expected, atol=1e-5)
