"""The recipe as its users run it, for two steps."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import run_python
from PIL import Image


@pytest.mark.slow
def test_two_steps(tmp_path):
    pictures, out = tmp_path / "pictures", tmp_path / "run"
    pictures.mkdir()
    for i, image in enumerate(np.random.default_rng(0).integers(0, 255, [40, 20, 30, 3], dtype=np.uint8)):
        Image.fromarray(image).save(pictures / f"{i:02}.png")
    flags = ("--steps=2", "--batch_size=16", "--width=4", "--latent_dim=6")
    process = run_python("-m", "recipes.stylegan_mnist", *flags, f"--image_dir={pictures}", f"--out_dir={out}")
    assert process.returncode == 0, process.stderr
    assert not [line for line in process.stderr.splitlines() if "WARNING" in line or "remapper" in line]
    for name in ("samples.png", "interpolations.png", "model.tflite"):
        assert (out / name).stat().st_size > 1000
    gan = keras.models.load_model(out / "model.keras")
    assert gan.latent_dim == 6 + 5 * 8 + 10 * 16 + 20 * 32
    loaded = tf.saved_model.load(str(out / "saved_model"))
    np.testing.assert_allclose(loaded.sample([0, 1], [0, 1], 1.0), gan.sample_at([0, 1], [0, 1]), atol=1e-5)
