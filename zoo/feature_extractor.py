"""The classifier in whose features samples are measured."""

import hashlib
from pathlib import Path

import keras
import numpy as np

BATCH = 500
WEIGHTS = Path(__file__).parent / "weights"


class FeatureExtractor:
    """A classifier from a .keras file whose name ends in the first 8 digits of the file's SHA-256.

    A distance between features says nothing without the network that made them: the name, hash included, belongs into
    the name of every metric.

    Args:
        path: `<name>-<8 hexadecimal digits>.keras`, made by `recipes.classifier`. The model maps images [n, h, w, c]
            in [0, 1] to [features [n, d], probabilities of the classes [n, classes]].

    Raises:
        ValueError: the file's hash is not the one in its name.

    Example:

    >>> features, probabilities = zoo.digit_classifier()(images)  # [n, 28, 28, 1] -> [n, 128], [n, 10]
    """

    def __init__(self, path):
        path = Path(path)
        self.name = path.stem
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        expected = self.name.rpartition("-")[2]
        if digest != expected:
            raise ValueError(f"extractor: expected {path} to have the hash of its name, {expected}; got {digest}.")
        self.model = keras.models.load_model(path, compile=False)

    @property
    def image_shape(self):
        """(h, w, c) of the images."""
        return self.model.input_shape[1:]

    @property
    def classes(self):
        """How many classes it tells apart."""
        return self.model.output_shape[1][-1]

    def __call__(self, images):
        """Images [n, h, w, c] in [0, 1] -> (features float32 [n, d], probabilities float32 [n, classes]), NumPy.

        Raises:
            ValueError: images of another size.
        """
        if images.shape[1:] != self.image_shape:
            raise ValueError(f"images: expected {self.image_shape} each, for {self.name}; got {images.shape[1:]}.")
        features, probabilities = self.model.predict(images, batch_size=BATCH, verbose=0)
        return np.asarray(features), np.asarray(probabilities)


def digit_classifier():
    """The extractor for handwritten digits [28, 28, 1] that comes with the zoo."""
    (path,) = WEIGHTS.glob("digits-*.keras")
    return FeatureExtractor(path)
