"""Augmentation of every image that a GAN's discriminator sees, real and generated, or a classifier is taught with.

The discriminator then cannot learn the real images by heart, and the generator learns through the augmentation, which
is differentiable in the images. These are float32 [n, h, w, c] in [0, 1]. The colour transforms may leave that range
a little; nothing is clipped, for that would stop the generator's gradient. An augmentation is called with images and
a stateless `seed`, int32 [2]; every image of a batch gets its own draws.

Example, images of 1, out of which a square of half their size is cut somewhere:

>>> cutout = zoo.augmentation.DiffAugment(brightness=0, contrast=0, saturation=0, translation=0, cutout=0.5)
>>> images = cutout(tf.ones([1000, 8, 8, 1]), seed=[0, 1])
>>> images.shape
TensorShape([1000, 8, 8, 1])
>>> float(tf.reduce_min(tf.reduce_sum(images, [1, 2, 3])))  # 4 x 4 of 64 pixels where it is not cut by the border
48.0
"""

import math
from typing import NamedTuple

import keras
import tensorflow as tf

from zoo.numerics import philox, replicas
from zoo.part import WeightedPart


class Augmentation(WeightedPart):
    """Base of the augmentations, called with data and a seed. Abstract."""

    axes: int | None = None  # of the data that it takes, the batch's among them; None for any
    value_range: tuple[float, float] | None = None  # that these lie in; None for any

    def __init__(self, **kwargs):
        super().__init__(**{"dtype": "float32", **kwargs})
        self.built = True

    def adapt(self, real_logits: tf.Tensor, fake_logits: tf.Tensor) -> None:
        """Told of each step of a discriminator: its logits for augmented data, real and generated, [n] both."""
        return  # without a body, AutoGraph warns

    @property
    def logs(self) -> dict[str, tf.Tensor]:
        """What a GAN's log says of it: {name: value}."""
        return {}


class Strengths(NamedTuple):
    """How far each transform of images may go; see `DiffAugment`."""

    brightness: float
    contrast: float
    saturation: float
    translation: float
    cutout: float
    rotation: float
    scaling: float

    def checked(self) -> "Strengths":
        """Itself.

        Raises:
            ValueError: a strength is out of its range; one line.
        """
        for name, strength in self._asdict().items():
            most = 180 if name == "rotation" else 1
            if not 0 <= strength <= most:
                raise ValueError(f"{name}: expected a number in [0, {most}]; got {strength}.")
        return self


@keras.saving.register_keras_serializable("zoo")
class DiffAugment(Augmentation):
    """Colour, translation and cutout, always on.

    Zhao et al. 2020, "Differentiable augmentation for data-efficient GAN training", section 3.2. The strengths are
    the authors': their images lie in [-1, 1], so that their brightness of 0.5 is 0.25 here. A strength of 0 switches a
    transform off. Unlike theirs, what is moved in or cut out is black, not grey, as digits need it.

    Args:
        brightness: adds a number in [-brightness, brightness] to the image; in [0, 1].
        contrast: scales the distance from the image's mean by 1 - contrast to 1 + contrast; in [0, 1].
        saturation: scales the distance from the pixel's grey by 1 - saturation to 1 + saturation; in [0, 1]. Images
            of other than three channels have none.
        translation: moves by whole pixels, up to this share of the size in each direction; in [0, 1].
        cutout: height and width of what is cut out, as shares of the image's; its centre is anywhere; in [0, 1].
        rotation: in degrees, up to which images are turned around their centre; in [0, 180]. Not in the paper.
        scaling: images are scaled by 1 / (1 + scaling) to 1 + scaling; in [0, 1]. Not in the paper.
    """

    axes, value_range = 4, (0.0, 1.0)

    def __init__(
        self,
        brightness: float = 0.25,
        contrast: float = 0.5,
        saturation: float = 1.0,
        translation: float = 0.125,
        cutout: float = 0.5,
        rotation: float = 0.0,
        scaling: float = 0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.strengths = Strengths(brightness, contrast, saturation, translation, cutout, rotation, scaling).checked()
        for name, strength in self.strengths._asdict().items():
            setattr(self, name, strength)

    def call(self, images, seed):
        """images: [n, h, w, c]; seed: int32 [2] -> images of the same shape."""
        return transformed(images, seed, self.strengths, probability=1.0)


@keras.saving.register_keras_serializable("zoo")
class AdaptiveAugmentation(Augmentation):
    """Each transform is applied to each image with a probability that grows while the discriminator overfits.

    Karras et al. 2020, "Training generative adversarial networks with limited data" (ADA), sections 2 and 3.
    `probability` starts at 0. `adapt` estimates overfitting as r = E[sign(D(x) - m)], x real, and moves the probability
    by n / images_to_adapt, up where r > target and down where r < target. m is the middle between the mean logits of
    real and of generated images.

    Deviations from the paper: m is 0 there, which not every loss puts between real and generated; `adapt` looks at
    one batch, not at four; the probability ends at 0.8, above which the paper saw augmentations leak into the generated
    images; strengths are uniform, with `DiffAugment`'s ranges; no flips, turns by 90 degrees, stretches, hue or
    filters, and small angles only, as a 6 must not become a 9. Cutout is off, as in the transforms that the paper
    settles on.

    Args:
        target: of r; in (-1, 1).
        images_to_adapt: real images seen while the probability goes from 0 to 1; at least 1.
        rotation, scaling, cutout, and brightness, contrast, saturation, translation: as in `DiffAugment`.

    >>> augmentation = zoo.augmentation.AdaptiveAugmentation(images_to_adapt=1000)
    >>> augmentation.adapt(tf.ones([100]), -tf.ones([100]))  # sure of every real image
    >>> round(float(augmentation.probability), 3)
    0.1
    """

    axes, value_range = 4, (0.0, 1.0)

    def __init__(
        self,
        target: float = 0.6,
        images_to_adapt: int = 500_000,
        rotation: float = 10.0,
        scaling: float = 0.2,
        cutout: float = 0.0,
        brightness: float = 0.25,
        contrast: float = 0.5,
        saturation: float = 1.0,
        translation: float = 0.125,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.strengths = Strengths(brightness, contrast, saturation, translation, cutout, rotation, scaling).checked()
        for name, strength in self.strengths._asdict().items():
            setattr(self, name, strength)
        if not -1 < target < 1:
            raise ValueError(f"target: expected a number in (-1, 1); got {target}.")
        if not images_to_adapt >= 1:
            raise ValueError(f"images_to_adapt: expected at least 1; got {images_to_adapt}.")
        self.target, self.images_to_adapt = target, images_to_adapt
        self.probability = self.add_weight(
            name="probability", shape=[], initializer="zeros", dtype="float32", trainable=False, aggregation="mean"
        )

    def call(self, images, seed):
        """images: [n, h, w, c]; seed: int32 [2] -> images of the same shape."""
        return transformed(images, seed, self.strengths, self.probability)

    def adapt(self, real_logits, fake_logits):
        real_logits, fake_logits = tf.cast(real_logits, tf.float32), tf.cast(fake_logits, tf.float32)
        n = tf.size(real_logits) * tf.distribute.get_strategy().num_replicas_in_sync
        step = tf.cast(n, tf.float32) / self.images_to_adapt
        middle = replicas.mean(tf.reduce_mean(real_logits) + tf.reduce_mean(fake_logits)) / 2.0
        overfitting = replicas.mean(tf.reduce_mean(tf.sign(real_logits - middle)))
        direction = tf.sign(overfitting - self.target)
        self.probability.assign(tf.clip_by_value(self.probability + direction * step, 0.0, 0.8))

    @property
    def logs(self):
        return {"augmentation": tf.convert_to_tensor(self.probability)}


def transformed(images, seed, strengths: Strengths, probability) -> tf.Tensor:
    """Images [n, h, w, c], each of them changed by each transform with a probability; seed: int32 [2]."""
    n, random = tf.shape(images)[0], _Draws(probability)
    if strengths.rotation or strengths.scaling:
        angle_seed, scale_seed, seed = tf.unstack(tf.random.split(seed, 3))
        angle = math.radians(strengths.rotation) * random.draw(n, 1, angle_seed)
        scale = tf.exp(math.log1p(strengths.scaling) * random.draw(n, 1, scale_seed))
        images = _rotate_and_scale(images, angle, scale)
    seeds = tf.unstack(tf.random.split(seed, 5))
    if strengths.brightness:
        images += strengths.brightness * random.draw(n, 1, seeds[0])[:, :, None, None]
    if strengths.saturation and images.shape[3] == 3:
        images = _spread(images, strengths.saturation * random.draw(n, 1, seeds[1]), [3])
    if strengths.contrast:
        images = _spread(images, strengths.contrast * random.draw(n, 1, seeds[2]), [1, 2, 3])
    if strengths.translation:
        furthest = [round(strengths.translation * size) for size in images.shape[1:3]]
        offset = (tf.constant(furthest, tf.float32) + 0.5) * random.draw(n, 2, seeds[3])
        images = _translate(images, tf.cast(tf.floor(offset + 0.5), tf.int32))
    if strengths.cutout:
        centre = 0.5 + 0.5 * random.draw(n, 2, seeds[4], otherwise=9.0)  # far outside of the image
        images = _cut_out(images, centre, strengths.cutout)
    return images


class _Draws(NamedTuple):
    """Random numbers for the images that a transform is applied to."""

    probability: float | tf.Variable

    def draw(self, n, columns, seed, otherwise=0.0):
        """Numbers in [-1, 1) for each image to which the transform is applied, else `otherwise`: [n, columns]."""
        total, mine = replicas.rows(n)
        uniform = philox.uniforms([total, columns + 1], seed)[mine]
        return tf.where(uniform[:, :1] < self.probability, 2.0 * uniform[:, 1:] - 1.0, otherwise)


def _spread(images, amount, axes):
    """Scales the distance from the mean over the axes by 1 + amount, amount: [n, 1]."""
    return images + amount[:, :, None, None] * (images - tf.reduce_mean(images, axes, keepdims=True))


def _translate(images, offset):
    """offset: int32 [n, 2], pixels down and to the right."""
    rows, columns = tf.range(images.shape[1])[:, None], tf.range(images.shape[2])
    return _pixels(images, rows - offset[:, :1, None], columns - offset[:, 1:, None])


def _cut_out(images, centre, share):
    """Sets a rectangle to 0. centre: [n, 2] and share: a number, in heights and widths of the image."""
    y, x = [(tf.range(size, dtype=tf.float32) + 0.5) / size for size in images.shape[1:3]]
    rows, columns = tf.abs(y - centre[:, :1]) < 0.5 * share, tf.abs(x - centre[:, 1:]) < 0.5 * share
    return tf.where((rows[:, :, None] & columns[:, None])[..., None], 0.0, images)


def _rotate_and_scale(images, angle, scale):
    """Around the centre, bilinear. angle: [n, 1], in radians, clockwise; scale: [n, 1]."""
    # Not ImageProjectiveTransformV3: XLA does not have it, and its gradient is only approximate.
    height, width = images.shape[1:3]
    middle = tf.constant([[height - 1], [width - 1]], tf.float32) / 2
    grid = tf.reshape(tf.stack(tf.meshgrid(tf.range(height), tf.range(width), indexing="ij")), [2, -1])
    cos, sin = tf.cos(angle) / scale, tf.sin(angle) / scale
    # Where each pixel comes from. A matmul, for in an elementwise formula XLA repeats the draws for every pixel.
    source = tf.reshape(tf.concat([cos, -sin, sin, cos], 1), [-1, 2, 2]) @ (tf.cast(grid, tf.float32) - middle) + middle
    row, column = tf.unstack(tf.reshape(source, [-1, 2, height, width]), axis=1)
    top, left = tf.floor(row), tf.floor(column)
    result = 0.0
    for y in (top, top + 1):
        for x in (left, left + 1):
            weight = (1.0 - tf.abs(row - y)) * (1.0 - tf.abs(column - x))
            result += weight[..., None] * _pixels(images, tf.cast(y, tf.int32), tf.cast(x, tf.int32))
    return result


def _pixels(images, rows, columns):
    """The pixels at rows and columns, int32, together [n, ...]; 0 outside of the image -> [n, ..., c]."""
    height, width, channels = images.shape[1:]
    bordered = tf.reshape(tf.pad(images, [[0, 0], [1, 1], [1, 1], [0, 0]]), [-1, (height + 2) * (width + 2), channels])
    rows, columns = tf.clip_by_value(rows, -1, height) + 1, tf.clip_by_value(columns, -1, width) + 1
    return tf.gather(bordered, rows * (width + 2) + columns, axis=1, batch_dims=1)
