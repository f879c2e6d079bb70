"""Learning features of images that have no labels, so that samples of such images can be measured, too."""

import keras
import tensorflow as tf

from zoo import inputs
from zoo.checks import check_augmentation, check_vectors, shapes_of
from zoo.model import Model
from zoo.numerics import replicas


@keras.saving.register_keras_serializable("zoo")
class ContrastiveModel(Model):
    """A network that learns to tell which two of many augmented images were made from the same one.

    Chen et al. 2020, "A simple framework for contrastive learning of visual representations" (SimCLR), equation 1: each
    image of a batch of n is augmented twice, and of the 2n - 1 others, the image that shares its origin is to have the
    most similar projection. What is used afterwards are the features, from which the projections are made.

    Args:
        network: Keras model with a `keras.Input`, images [n, h, w, c] in [0, 1] -> [features [n, d], projections
            [n, p]].
        augmentation: see `zoo.augmentation`. What it changes, the features come to overlook in part.
        temperature: tau, what similarities, cosines, are divided by.
        seed: the augmentations of step t of a training depend on `(seed, t)` alone.

    Raises:
        ValueError: the network has other outputs, or `temperature` is not positive; one line.

    Example:

    >>> images = keras.Input([28, 28, 1])
    >>> features = keras.layers.Dense(32, activation="relu")(keras.layers.Flatten()(images))
    >>> network = keras.Model(images, [features, keras.layers.Dense(16)(features)])
    >>> model = zoo.ContrastiveModel(network, zoo.augmentation.DiffAugment(cutout=0))
    >>> model.compile(keras.optimizers.Adam(1e-3))
    >>> history = model.fit(digits, batch_size=100, verbose=0)  # float32 [n, 28, 28, 1]
    """

    def __init__(self, network, augmentation, temperature=0.2, seed=0, **kwargs):
        super().__init__(**kwargs)
        (images,), outputs = shapes_of("network", network, outputs=(2,))
        check_augmentation(augmentation, inputs.Data(images, (0.0, 1.0)))
        check_vectors("network", outputs, "the outputs features [n, d] and projections [n, p]")
        if not temperature > 0:
            raise ValueError(f"temperature: expected a positive number; got {temperature}.")
        self.network, self.augmentation = network, augmentation
        self.temperature, self.seed = temperature, seed
        self._ready(keras.metrics.Mean("loss"), keras.metrics.Mean("accuracy"))

    @property
    def datum(self) -> inputs.Data:
        return inputs.declared(self.network.inputs[0], (0.0, 1.0))

    def call(self, images, training=False):
        """Images [n, h, w, c] in [0, 1] -> [features, projections]."""
        return self.network(self.datum.converted("images", images), training=training)

    def loss_of(self, images, labels, step, training):
        seeds = tf.unstack(tf.random.split(tf.random.fold_in([self.seed, int(training)], tf.cast(step, tf.int32))))
        # One pass over both halves takes less time than two.
        augmented = tf.concat([self.augmentation(images, seed) for seed in seeds], axis=0)
        _, projections = self.network(augmented, training=training)
        loss, accuracy = contrast(*tf.split(tf.cast(projections, tf.float32), 2), self.temperature)
        for tracker, value in zip(self.trackers, (loss, accuracy)):
            tracker.update_state(value, sample_weight=tf.shape(images)[0])
        return loss


def contrast(one, other, temperature):
    """The loss of Chen et al. 2020, equation 1, over pairs of projections.

    On several replicas of `tf.distribute`, each has its rows, and those of all are what a pair is told from.

    Args:
        one, other: float32 [n, p]; row i of both was made from the same image.
        temperature: tau.

    Returns:
        (loss, nats per augmented image; the share of them to which the one of the same origin is the most similar).
    """
    one, other = tf.math.l2_normalize(one, axis=1), tf.math.l2_normalize(other, axis=1)
    all_one, all_other = replicas.gather(one), replicas.gather(other)
    total, mine = replicas.rows(tf.shape(one)[0])
    itself = tf.eye(total)[mine]
    losses, hits = [], []
    for view, same, others in ((one, all_one, all_other), (other, all_other, all_one)):
        similarities = tf.concat([view @ tf.transpose(others), view @ tf.transpose(same)], axis=1) / temperature
        similarities -= 1e9 * tf.concat([tf.zeros_like(itself), itself], axis=1)  # an image is not told from itself
        origin = tf.range(total)[mine]
        losses.append(tf.nn.sparse_softmax_cross_entropy_with_logits(origin, similarities))
        hits.append(tf.cast(tf.argmax(similarities, axis=1, output_type=tf.int32) == origin, tf.float32))
    return tf.reduce_mean(losses), tf.reduce_mean(hits)
