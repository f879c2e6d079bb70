"""The classifier, in whose features samples are measured, while it is trained."""

import keras
import tensorflow as tf

from zoo import inputs
from zoo.checks import check_augmentation, check_vectors, shapes_of
from zoo.measures.taken import data_of
from zoo.model import Model


@keras.saving.register_keras_serializable("zoo")
class Classifier(Model):
    """A network that learns to tell classes apart, of data that may be augmented in training.

    Args:
        network: Keras model, images [n, h, w, c] in [0, 1], or whole numbers [n, ...] that a `zoo.layers.OneHot` takes,
            -> [features [n, d], probabilities [n, classes]]; by itself it is what `zoo.FeatureExtractor` takes.
        augmentation: see `zoo.augmentation`; None for data that are learned as they are.
        seed: the augmentation of step t of a training depends on `(seed, t)` alone.

    Raises:
        ValueError: the network has other outputs; one line.

    Example:

    >>> images = keras.Input([28, 28, 1])
    >>> features = keras.layers.Dense(32, activation="relu")(keras.layers.Flatten()(images))
    >>> network = keras.Model(images, [features, keras.layers.Dense(10, activation="softmax")(features)])
    >>> classifier = zoo.Classifier(network, zoo.augmentation.DiffAugment(cutout=0))
    >>> classifier.compile(keras.optimizers.Adam(1e-3))
    >>> history = classifier.fit(digits, labels, batch_size=100, verbose=0)  # float32 [n, 28, 28, 1], int32 [n]
    """

    def __init__(self, network, augmentation=None, seed=0, **kwargs):
        super().__init__(**kwargs)
        _, outputs = shapes_of("network", network, outputs=(2,))
        check_augmentation(augmentation, data_of("network", network))
        check_vectors("network", outputs, "the outputs features [n, d], probabilities [n, classes]")
        self.network, self.augmentation, self.seed = network, augmentation, seed
        self._ready(keras.metrics.Mean("loss"), keras.metrics.SparseCategoricalAccuracy("accuracy"))

    @property
    def datum(self) -> inputs.Data:
        return data_of("network", self.network)

    @property
    def target(self) -> inputs.Data:
        return inputs.labels_of(self.network.output_shape[1][-1])

    def call(self, data, training=False):
        """Data as the network takes them -> [features, probabilities]."""
        return self.network(self.datum.converted(self.datum.name, data), training=training)

    def loss_of(self, data, labels, step, training):
        if training and self.augmentation:
            data = self.augmentation(data, tf.random.fold_in([self.seed, 0], tf.cast(step, tf.int32)))
        _, probabilities = self(data, training=training)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, probabilities))
        mean, accuracy = self.trackers
        mean.update_state(loss, sample_weight=tf.shape(probabilities)[0])
        accuracy.update_state(labels, probabilities)
        return loss
