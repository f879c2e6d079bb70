"""Files of models that were saved before the rooms of the zoo and the names of its arguments were what they are."""

from pathlib import Path

import keras
import numpy as np

SAVED = Path(__file__).parent / "saved"
RNG = np.random.default_rng(0)
GREY = (RNG.integers(0, 256, [64, 8, 8, 1]) / 255).astype(np.float32)
BINARY = (RNG.random([64, 8, 8, 1]) < 0.3).astype(np.float32)
LABELS = np.arange(64, dtype=np.int32) % 3


def goes_on(model, x, y, before):
    """Its optimizers and augmentation, too: a further epoch comes to what it came to before."""
    model.fit(x, y, batch_size=16, verbose=0, shuffle=False)
    weights = np.concatenate([weight.ravel() for weight in model.get_weights()])[::7]
    np.testing.assert_allclose(weights, before["weights_after_a_further_epoch"], atol=1e-5)


def test_a_vae_with_a_flow_and_importance_weights():
    model, before = keras.models.load_model(SAVED / "vae.keras"), np.load(SAVED / "vae.npz")
    np.testing.assert_allclose(model.sample(3, seed=[1, 2]), before["sample"], atol=1e-5)
    np.testing.assert_allclose(model.encode(GREY[:3])[0], before["mean"], atol=1e-5)
    assert model.objective.num_samples == 3
    goes_on(model, GREY, None, before)


def test_a_gan_with_classes_augmentation_and_a_second_task():
    model, before = keras.models.load_model(SAVED / "gan.keras"), np.load(SAVED / "gan.npz")
    np.testing.assert_allclose(model.sample(3, seed=[1, 2], labels=[0, 1, 2]), before["sample"], atol=1e-5)
    np.testing.assert_allclose(model.score(BINARY[:3], labels=LABELS[:3])[0], before["logits"], atol=1e-5)
    assert (model.num_classes, model.ema_halflife, model.auxiliary.num_classes) == (3, 100, 3)
    goes_on(model, BINARY, LABELS, before)
