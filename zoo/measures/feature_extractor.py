"""The network in whose features samples are measured."""

from pathlib import Path

import keras
import numpy as np

from zoo import hashed
from zoo.checks import check_vectors, shapes_of
from zoo.measures.taken import data_of

BATCH = 500
WEIGHTS = Path(__file__).parent.parent / "weights"


class FeatureExtractor:
    """A network from a .keras file whose name ends in the first 8 digits of the file's SHA-256.

    A distance between features says nothing without the network that made them: the name, hash included, belongs into
    the name of every metric.

    Args:
        path: `<name>-<8 hexadecimal digits>.keras`, made by `recipes.classifier` or `recipes.features`. The model maps
            data [n, ...], as its `keras.Input` names and shapes them, to features [n, d]; that of a classifier to
            [features, probabilities of the classes [n, classes]]. Data are in [0, 1], images say; or whole numbers,
            notes say: those that the model's `zoo.layers.OneHot` knows.

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
        self.datum = data_of("extractor", self.model)

    @property
    def shape(self) -> tuple:
        """Of one item of the data: (h, w, c) of images."""
        return self.datum.shape

    @property
    def num_classes(self):
        """How many classes it tells apart; 0 where it was made without labels."""
        return self.model.outputs[1].shape[-1] if len(self.model.outputs) == 2 else 0

    def __call__(self, data):
        """Data [n, ...] -> (features float32 [n, d], probabilities float32 [n, classes]), NumPy.

        Of a network that was made without labels, the probabilities are [n, 0].

        Raises:
            ValueError: data of another shape, type or range; one line.
        """
        self.datum.check(self.datum.name, data)
        outputs = self.model.predict(np.asarray(data, self.datum.dtype), batch_size=BATCH, verbose=0)
        if self.num_classes:
            return tuple(map(np.asarray, outputs))
        return np.asarray(outputs), np.zeros([len(data), 0], np.float32)


def digit_classifier():
    """The extractor for handwritten digits [28, 28, 1] that comes with the zoo."""
    (path,) = WEIGHTS.glob("digits-*.keras")
    return FeatureExtractor(path)


def melody_features():
    """The extractor for melodies, notes int32 [32] from 43 to 93, that comes with the zoo.

    Made by `recipes.music_features` of tunes of Aird, O'Neill and Ryan and the sopranos of Bach's chorales.

    >>> zoo.melody_features()(np.array([[60, -2, 62, -2] * 8]))[0].shape
    (1, 64)
    """
    (path,) = WEIGHTS.glob("melodies-*.keras")
    return FeatureExtractor(path)


def chorale_features():
    """The extractor for chorales, notes int32 [32, 4] from 36 to 81, that comes with the zoo.

    Made by `recipes.music_features` of Bach's chorales.

    >>> zoo.chorale_features()(np.full([1, 32, 4], 60))[0].shape
    (1, 64)
    """
    (path,) = WEIGHTS.glob("chorales-*.keras")
    return FeatureExtractor(path)
