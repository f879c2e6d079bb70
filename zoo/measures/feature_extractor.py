"""The network in whose features samples are measured."""

from pathlib import Path

import keras
import numpy as np

from zoo import hashed, inputs
from zoo.checks import check_vectors, shapes_of

BATCH = 500
WEIGHTS = Path(__file__).parent.parent / "weights"


class FeatureExtractor:
    """A network from a .keras file whose name ends in the first 8 digits of the file's SHA-256.

    A distance between features says nothing without the network that made them: the name, hash included, belongs into
    the name of every metric.

    Args:
        path: `<name>-<8 hexadecimal digits>.keras`, made by `recipes.classifier` or `recipes.features`. The model maps
            images [n, h, w, c] in [0, 1] to features [n, d]; that of a classifier to [features, probabilities of the
            classes [n, classes]].

    Raises:
        ValueError: the file's hash is not the one in its name, or it holds another kind of model; one line.

    Example:

    >>> features, probabilities = zoo.digit_classifier()(digits)  # [n, 28, 28, 1] -> [n, 128], [n, 10]
    """

    def __init__(self, path):
        path = Path(path)
        self.name = path.stem
        hashed.check("extractor", path)
        self.model = keras.models.load_model(path, compile=False)
        _, outputs = shapes_of("extractor", self.model, outputs=(1, 2))
        check_vectors("extractor", outputs, "features [n, d], or also probabilities [n, classes]")

    @property
    def image_shape(self):
        """(h, w, c) of the images."""
        return self.model.input_shape[1:]

    @property
    def num_classes(self):
        """How many classes it tells apart; 0 where it was made without labels."""
        return self.model.outputs[1].shape[-1] if len(self.model.outputs) == 2 else 0

    def __call__(self, images):
        """Images [n, h, w, c] in [0, 1] -> (features float32 [n, d], probabilities float32 [n, classes]), NumPy.

        Of a network that was made without labels, the probabilities are [n, 0].

        Raises:
            ValueError: images of another size, type or range; one line.
        """
        inputs.Data(self.image_shape, (0.0, 1.0)).check("images", images)
        outputs = self.model.predict(np.asarray(images, np.float32), batch_size=BATCH, verbose=0)
        if self.num_classes:
            return tuple(map(np.asarray, outputs))
        return np.asarray(outputs), np.zeros([len(images), 0], np.float32)


def digit_classifier():
    """The extractor for handwritten digits [28, 28, 1] that comes with the zoo."""
    (path,) = WEIGHTS.glob("digits-*.keras")
    return FeatureExtractor(path)
