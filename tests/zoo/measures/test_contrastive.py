import keras
import numpy as np
import pytest
import tensorflow as tf

import zoo
from zoo.measures import contrastive


def expected_loss(one, other, temperature):
    """Equation 1 of the paper, term by term."""
    z = np.concatenate([one, other]).astype(np.float64)
    z /= np.linalg.norm(z, axis=1, keepdims=True)
    n, similarities = len(one), z @ z.T / temperature
    losses = []
    for i in range(2 * n):
        others = [k for k in range(2 * n) if k != i]
        losses.append(-similarities[i, (i + n) % (2 * n)] + np.log(np.sum(np.exp(similarities[i, others]))))
    return np.mean(losses)


@pytest.mark.parametrize("temperature", [0.1, 1.0])
def test_the_loss_against_numpy(temperature):
    one, other = np.random.default_rng(0).normal(size=[2, 7, 3]).astype(np.float32)
    loss, accuracy = contrastive.contrast(tf.constant(one), tf.constant(other), temperature)
    assert float(loss) == pytest.approx(expected_loss(one, other, temperature), rel=1e-5)
    assert 0 <= float(accuracy) < 1


def test_copies_are_told_from_all_others():
    one = tf.eye(6)
    loss, accuracy = contrastive.contrast(one, 3 * one, temperature=0.05)
    assert float(accuracy) == 1
    assert float(loss) < 1e-6
    _, accuracy = contrastive.contrast(one, tf.roll(one, 1, axis=0), temperature=0.05)
    assert float(accuracy) == 0


def make_model(**settings):
    keras.utils.set_random_seed(1)
    images = keras.Input([28, 28, 1])
    features = keras.layers.Dense(32, activation="relu")(keras.layers.Flatten()(images))
    network = keras.Model(images, [features, keras.layers.Dense(16)(features)])
    return zoo.ContrastiveModel(network, zoo.augmentation.DiffAugment(0, 0, 0, translation=0.1, cutout=0), **settings)


def test_it_learns_to_tell_images_apart(digits):
    model = make_model()
    model.compile(keras.optimizers.Adam(3e-3))
    before = model.evaluate(digits, batch_size=100, verbose=0, return_dict=True)
    model.fit(digits, batch_size=50, epochs=15, verbose=0)
    after = model.evaluate(digits, batch_size=100, verbose=0, return_dict=True)
    assert after["loss"] < before["loss"] - 0.3
    assert after["accuracy"] > before["accuracy"] + 0.1


def test_bad_parts():
    images = keras.Input([8, 8, 1])
    one_output = keras.Model(images, keras.layers.Flatten()(images))
    with pytest.raises(ValueError, match=r"network: expected 2 outputs; got 1: \[n, 64\]"):
        zoo.ContrastiveModel(one_output, zoo.augmentation.DiffAugment())
    with pytest.raises(ValueError, match="temperature: expected a positive number; got 0"):
        make_model(temperature=0)
