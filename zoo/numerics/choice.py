"""Choosing one of several values by a uniform number, the same on every runtime."""

import tensorflow as tf


def chosen(logits: tf.Tensor, uniform: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
    """The inverse of a categorical distribution's cumulative one.

    Args:
        logits: float32 [..., values].
        uniform: float32 [...], above 0 and below 1.
        temperature: divides the logits: the nearer to 0, the more often the likeliest value comes; 0 is that value.

    Returns:
        int32 [...], from 0 to values - 1.

    Example:

    >>> chosen(tf.math.log([[0.1, 0.2, 0.3, 0.4]] * 3), tf.constant([0.05, 0.25, 0.95])).numpy()
    array([0, 1, 3], dtype=int32)
    """
    logits -= tf.reduce_max(logits, axis=-1, keepdims=True)
    probabilities = tf.nn.softmax(logits / tf.maximum(tf.cast(temperature, tf.float32), 1e-6))
    below = tf.cumsum(probabilities, axis=-1) <= uniform[..., None]
    # Rounding may leave the last sum below the uniform number.
    return tf.minimum(tf.reduce_sum(tf.cast(below, tf.int32), axis=-1), logits.shape[-1] - 1)


def one_hot_with_gradient(classes: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """A choice, one-hot, whose gradient is that of the softmax of the logits it was made by: straight through.

    Bengio, Léonard and Courville 2013, "Estimating or propagating gradients through stochastic neurons for conditional
    computation", section 4.

    Args:
        classes: whole numbers [...].
        logits: float32 [..., classes].

    Returns:
        float32 [..., classes].

    Example:

    >>> one_hot_with_gradient(tf.constant([1]), tf.constant([[0.0, 2.0, 1.0]])).numpy()
    array([[0., 1., 0.]], dtype=float32)
    """
    soft = tf.nn.softmax(logits)
    # In this order the sum is the one-hot to the bit.
    return tf.one_hot(classes, logits.shape[-1]) + (soft - tf.stop_gradient(soft))
