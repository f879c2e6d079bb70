"""The classifier, in whose features samples are measured, while it is trained."""

import keras
import tensorflow as tf

from zoo import keras_issue_20585


@keras.saving.register_keras_serializable("zoo")
class Classifier(keras.Model):
    """A network that learns to tell classes apart, of images that are augmented in training.

    Args:
        network: Keras model, images [n, h, w, c] in [0, 1] -> [features [n, d], probabilities [n, classes]]; by itself
            it is what `zoo.FeatureExtractor` takes.
        augmentation: see `zoo.augmentation`.
        seed: the augmentation of step t of a training depends on `(seed, t)` alone.

    Example:

    >>> images = keras.Input([28, 28, 1])
    >>> features = keras.layers.Dense(32, activation="relu")(keras.layers.Flatten()(images))
    >>> network = keras.Model(images, [features, keras.layers.Dense(10, activation="softmax")(features)])
    >>> classifier = zoo.Classifier(network, zoo.DiffAugment(cutout=0))
    >>> classifier.compile(keras.optimizers.Adam(1e-3))
    >>> history = classifier.fit(digits, labels, batch_size=100)  # float32 [n, 28, 28, 1], int32 [n]
    """

    def __init__(self, network, augmentation, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.network, self.augmentation, self.seed = network, augmentation, seed
        self.trackers = [keras.metrics.Mean("loss"), keras.metrics.SparseCategoricalAccuracy("accuracy")]
        self.built = True
        keras_issue_20585.mend(self)

    @property
    def metrics(self):
        return self.trackers

    def call(self, images, training=False):
        """Images [n, h, w, c] in [0, 1] -> [features, probabilities]."""
        return self.network(images, training=training)

    def make_train_function(self, force=False):
        # Variables made during the first step would have TensorFlow trace that step twice.
        with self.distribute_strategy.scope():
            self.optimizer.build(self.trainable_variables)
        return super().make_train_function(force)

    def train_step(self, data):
        images, labels = data
        step = tf.cast(self.optimizer.iterations, tf.int32)
        images = self.augmentation(images, tf.random.fold_in([self.seed, 0], step))
        with tf.GradientTape() as tape:
            loss = self._loss(images, labels, training=True)
            # Gradients are summed over the replicas of a tf.distribute strategy.
            scaled_loss = self.optimizer.scale_loss(loss / self.distribute_strategy.num_replicas_in_sync)
        variables = self.trainable_variables
        self.optimizer.apply(tape.gradient(scaled_loss, variables), variables)
        return self.get_metrics_result()

    def test_step(self, data):
        self._loss(*data, training=False)
        return self.get_metrics_result()

    def _loss(self, images, labels, training):
        _, probabilities = self(images, training=training)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, probabilities))
        mean, accuracy = self.trackers
        mean.update_state(loss, sample_weight=tf.shape(images)[0])
        accuracy.update_state(labels, probabilities)
        return loss

    def get_config(self):
        parts = {name: keras.saving.serialize_keras_object(getattr(self, name)) for name in ("network", "augmentation")}
        return {**super().get_config(), **parts, "seed": self.seed}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        parts = ("network", "augmentation")
        objects = {name: keras.saving.deserialize_keras_object(config[name], custom_objects) for name in parts}
        return cls(**{**config, **objects})
