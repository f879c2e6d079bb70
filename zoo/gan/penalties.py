"""Penalties on the gradient of a discriminator, which keep it smooth.

A penalty says where the gradient is looked at, `points`, and what is wrong there, `violation`. Called with the
`critic`, a function of images [n, h, w, c] -> logits [n] in float32, and its points, it gives a scalar that is added to
the discriminator's loss. What is called images here may have any number of axes. It is added in every `every`-th step
only, `every` times as large: the same on average, for less work (Karras et al. 2020, "Analyzing and improving the image
quality of StyleGAN", appendix B).

Example, for the linear critic w.x, whose gradient is w everywhere:

>>> critic = lambda images: 3.0 * images[:, 0, 0, 0]
>>> images = tf.random.uniform([8, 2, 2, 1])
>>> penalty = zoo.penalties.R1(weight=2.0)
>>> float(penalty(critic, penalty.points(images, images, seed=[0, 1])))  # weight / 2 * |w|^2
9.0
"""

import math
from collections.abc import Callable

import keras
import tensorflow as tf

from zoo.numerics import philox, replicas
from zoo.part import Part


class Penalty(Part):
    """Base of the penalties. Abstract.

    Args:
        weight: what the penalty is multiplied with.
        every: steps from one use to the next.
    """

    def __init__(self, weight: float = 10.0, every: int = 1):
        if weight <= 0:
            raise ValueError(f"weight: expected a positive number; got {weight}.")
        if every < 1:
            raise ValueError(f"every: expected at least 1; got {every}.")
        self.weight, self.every = weight, every

    def __call__(self, critic: Callable, points: tf.Tensor) -> tf.Tensor:
        """points: images [n, h, w, c] -> scalar, `weight` included."""
        with tf.GradientTape() as tape:
            tape.watch(points)
            logits = critic(points)
        # The images of a batch don't see each other, so the gradient of the sum holds each one's own.
        gradients = tf.reshape(tape.gradient(logits, points), [-1, math.prod(points.shape[1:])])
        # Not a reduce_sum, whose gradient XLA can't find inside `tf.cond` once batches have had two sizes.
        squared_norms = tf.linalg.matvec(tf.square(gradients), tf.ones([gradients.shape[1]]))
        return self.weight * tf.reduce_mean(self.violation(squared_norms))

    def points(self, real: tf.Tensor, fake: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """real, fake: [n, h, w, c]; seed: int32 [2] -> the images [n, h, w, c] at which gradients are looked at.

        Called in every step, so that it may ask other replicas for theirs.
        """
        raise NotImplementedError

    def violation(self, squared_norms: tf.Tensor) -> tf.Tensor:
        """|grad D(u)|^2 of each point, [n] -> what is wrong with it, [n]."""
        raise NotImplementedError


@keras.saving.register_keras_serializable("zoo")
class GradientPenalty(Penalty):
    """weight * E[(|grad D(u)| - 1)^2], u between a real and a generated image.

    Gulrajani et al. 2017, "Improved training of Wasserstein GANs", equation 3: u = a x + (1 - a) G(z), a ~ U(0, 1).
    """

    def points(self, real, fake, seed):
        total, mine = replicas.rows(tf.shape(real)[0])
        share = philox.uniforms([total] + [1] * (len(real.shape) - 1), seed)[mine]
        return share * real + (1.0 - share) * fake

    def violation(self, squared_norms):
        return _distance_from_one(squared_norms)


@keras.saving.register_keras_serializable("zoo")
class DRAGAN(Penalty):
    """weight * E[(|grad D(u)| - 1)^2], u near a real image.

    Kodali et al. 2017, "On convergence and stability of GANs", section 2.3: u = x + noise. Here the noise is uniform in
    [0, 1) times half the standard deviation of the batch.
    """

    def points(self, real, fake, seed):
        total, mine = replicas.rows(tf.shape(real)[0])
        noise = philox.uniforms([total, *real.shape[1:]], seed)[mine]
        mean = replicas.mean(tf.reduce_mean(real))
        deviation = tf.sqrt(replicas.mean(tf.reduce_mean(tf.square(real - mean))))
        return real + 0.5 * deviation * noise

    def violation(self, squared_norms):
        return _distance_from_one(squared_norms)


@keras.saving.register_keras_serializable("zoo")
class R1(Penalty):
    """weight / 2 * E[|grad D(x)|^2], x real: Mescheder et al. 2018, "Which training methods for GANs do actually
    converge?", equation 9."""

    def __init__(self, weight: float = 1.0, every: int = 16):
        super().__init__(weight, every)

    def points(self, real, fake, seed):
        return real

    def violation(self, squared_norms):
        return 0.5 * squared_norms


def _distance_from_one(squared_norms):
    # The square root has no gradient at 0.
    return tf.square(tf.sqrt(squared_norms + 1e-12) - 1.0)
