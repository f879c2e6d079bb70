"""Batch normalization, fast on a CPU, and one that knows the class of an image."""

from typing import ClassVar

import keras
import tensorflow as tf
from keras import layers

from zoo.part import made_from


@keras.saving.register_keras_serializable("zoo")
class BatchNormalization(layers.BatchNormalization):
    """Keras's layer for x [n, ..., c], computed in training by TensorFlow's fused operation.

    Keras goes over x once for each of a dozen operations, in bfloat16 one number at a time; with this layer
    `recipes.dcgan_mnist` trains faster on a CPU. With a mask, and on several replicas of `tf.distribute`, it is Keras's
    layer, with the statistics of the whole batch.
    """

    def __init__(self, synchronized=True, **kwargs):
        super().__init__(synchronized=synchronized, **kwargs)

    def call(self, x, training=False, mask=None):
        several = tf.distribute.get_strategy().num_replicas_in_sync > 1
        if not training or several or mask is not None or self.axis not in (-1, x.ndim - 1):
            return super().call(x, training=training, mask=mask)
        channels = x.shape[-1]
        count = tf.cast(tf.size(x) // channels, tf.float32)
        scale = tf.convert_to_tensor(self.gamma) if self.scale else tf.ones([channels])
        offset = tf.convert_to_tensor(self.beta) if self.center else tf.zeros([channels])
        # The operation wants these in float32 whatever x is.
        scale, offset = tf.cast(scale, tf.float32), tf.cast(offset, tf.float32)
        four_axes = x if x.ndim == 4 else tf.reshape(x, [-1, 1, 1, channels])  # as the operation wants them
        four_axes, mean, variance = tf.compat.v1.nn.fused_batch_norm(four_axes, scale, offset, epsilon=self.epsilon)
        x = four_axes if x.ndim == 4 else tf.reshape(four_axes, tf.shape(x))
        variance *= 1.0 - 1.0 / count  # the operation gives the unbiased estimate, the layer keeps the biased one
        for moving, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(self.momentum * moving + (1.0 - self.momentum) * now)
        return x


@keras.saving.register_keras_serializable("zoo")
class ConditionalBatchNormalization(layers.Layer):
    """Batch normalization whose scale and offset depend on the class of each item.

    De Vries et al. 2017, "Modulating early visual processing by language", section 4; for GANs, Miyato and Koyama 2018,
    "cGANs with projection discriminator", appendix. Called with [x, labels]: x [n, ..., c], labels int32 [n].

    Args:
        num_classes: how many labels there are.
        momentum: of the moving statistics, which are used where `training` is false.
    """

    renamed: ClassVar[dict[str, str]] = {"classes": "num_classes"}  # in files of old

    def __init__(self, num_classes, momentum=0.9, **kwargs):
        super().__init__(**kwargs)
        self.num_classes, self.momentum = num_classes, momentum

    def build(self, shapes):
        channels = shapes[0][-1]
        self.normalization = BatchNormalization(
            momentum=self.momentum, center=False, scale=False, dtype=self.dtype_policy
        )
        self.scale = layers.Embedding(
            self.num_classes, channels, embeddings_initializer="ones", dtype=self.dtype_policy
        )
        self.offset = layers.Embedding(
            self.num_classes, channels, embeddings_initializer="zeros", dtype=self.dtype_policy
        )
        self.normalization.build(shapes[0])
        self.scale.build()
        self.offset.build()

    def call(self, inputs, training=False):
        x, labels = inputs
        each = [-1] + [1] * (x.ndim - 2) + [x.shape[-1]]
        scale, offset = tf.reshape(self.scale(labels), each), tf.reshape(self.offset(labels), each)
        return self.normalization(x, training=training) * scale + offset

    def compute_output_shape(self, shapes):
        return shapes[0]

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes, "momentum": self.momentum}

    @classmethod
    def from_config(cls, config):
        return made_from(cls, config)
