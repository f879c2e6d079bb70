"""Adam for models that have many weights for the work that they do with each."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("zoo")
class FusedAdam(keras.optimizers.Adam):
    """Keras's Adam as one operation a variable, in place of a dozen that each go through memory.

    Kingma and Ba 2015, "Adam", the last lines of section 2, as Keras has it; to rounding, the updates are the same. A
    dense layer's weights are used once for each image but updated in every step, so that a step of small batches is
    largely Adam's. `amsgrad` is not offered.

    Example:

    >>> model = keras.Sequential([keras.Input([784]), keras.layers.Dense(512)])
    >>> model.compile(FusedAdam(1e-3), loss="mse")
    """

    def __init__(self, learning_rate=0.001, **kwargs):
        super().__init__(learning_rate, **kwargs)
        if self.amsgrad:
            raise ValueError("amsgrad: expected False, which is what FusedAdam offers; got True.")

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        step = tf.cast(self.iterations + 1, tf.float32)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=tf.pow(self.beta_1, step),
            beta2_power=tf.pow(self.beta_2, step),
            lr=tf.cast(learning_rate, tf.float32),
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=tf.cast(gradient, tf.float32),
        )
