"""Where in a sequence a step is."""

import keras


@keras.saving.register_keras_serializable("zoo")
class PositionEmbedding(keras.layers.Layer):
    """Adds a learned vector to each place of a sequence [n, places, width], which networks without it treat alike."""

    def build(self, shape):
        initializer = keras.initializers.RandomNormal(stddev=0.02)
        self.embeddings = self.add_weight(shape=shape[1:], initializer=initializer, name="embeddings")

    def call(self, x):
        return x + keras.ops.cast(self.embeddings, x.dtype)
