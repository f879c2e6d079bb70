"""Normalization that knows the class of an image."""

import keras
from keras import layers


@keras.saving.register_keras_serializable("zoo")
class ConditionalBatchNormalization(layers.Layer):
    """Batch normalization whose scale and offset depend on the image's class.

    De Vries et al. 2017, "Modulating early visual processing by language", section 4; for GANs, Miyato and Koyama 2018,
    "cGANs with projection discriminator", appendix. Called with [x, labels]: x [n, h, w, c], labels int32 [n].

    Args:
        classes: how many labels there are.
        momentum: of the moving statistics, which are used where `training` is false.
    """

    def __init__(self, classes, momentum=0.9, **kwargs):
        super().__init__(**kwargs)
        self.classes, self.momentum = classes, momentum

    def build(self, shapes):
        channels = shapes[0][-1]
        self.normalization = layers.BatchNormalization(
            momentum=self.momentum, center=False, scale=False, dtype=self.dtype_policy
        )
        self.scale = layers.Embedding(self.classes, channels, embeddings_initializer="ones", dtype=self.dtype_policy)
        self.offset = layers.Embedding(self.classes, channels, embeddings_initializer="zeros", dtype=self.dtype_policy)
        self.normalization.build(shapes[0])
        self.scale.build()
        self.offset.build()

    def call(self, inputs, training=False):
        x, labels = inputs
        scale, offset = self.scale(labels)[:, None, None], self.offset(labels)[:, None, None]  # [n, 1, 1, c]
        return self.normalization(x, training=training) * scale + offset

    def compute_output_shape(self, shapes):
        return shapes[0]

    def get_config(self):
        return {**super().get_config(), "classes": self.classes, "momentum": self.momentum}
