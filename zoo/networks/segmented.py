"""Networks for sequences of whole numbers, int32 [n, steps] or [n, steps, voices], that are cut into segments.

Each segment, a beat of music say, has latents of its own; a few layers, the same for all segments, look at it and at
its neighbours. Most of what there is in a beat has been there in another one, so that such networks need fewer examples
than dense ones do. What holds a whole together is for the prior to know:
`zoo.priors.AutoregressiveMixturePrior`, with as many groups of latents as there are segments.

Example:

>>> values = [-2, -1, *range(60, 72)]
>>> encoder = zoo.networks.segmented_encoder([32], values, num_outputs=2 * 64, segments=8)
>>> decoder = zoo.networks.segmented_decoder([32], values, latent_dim=64, segments=8)
>>> decoder(encoder(tf.fill([3, 32], -2))[:, :64]).shape
TensorShape([3, 32, 14])
"""

import math
from collections.abc import Sequence

import keras
from keras import layers

from zoo.layers import GivenVoices, OneHot, PositionEmbedding
from zoo.numerics.alphabet import Alphabet


def segmented_encoder(
    shape: Sequence[int],
    values: int | Sequence[int],
    num_outputs: int,
    segments: int,
    width: int = 128,
    blocks: int = 2,
    name: str = "notes",
    dtype=None,
) -> keras.Model:
    """Whole numbers -> parameters of a posterior over the latents, those of the first segment first.

    Args:
        shape: of one item, (steps,) or (steps, voices).
        values: as of the `zoo.likelihoods.Categorical`.
        num_outputs: twice the number of latents: means, then what their scales are made of.
        segments: in how many parts of equal length the steps are cut.
        width: of the layers.
        blocks: residual blocks, each of which lets a segment see its neighbours.
        name: what the data are called in exports.
        dtype: Keras dtype policy of the hidden layers.

    Raises:
        ValueError: the steps or the latents can't be dealt out to the segments; one line.
    """
    _check(segments, steps=shape[0], num_outputs=num_outputs / 2)
    numbers = keras.Input(shape, dtype="int32", name=name)
    x = features_of(numbers, values, segments, width, dtype)
    x = neighbours(x, blocks, dtype)
    x = layers.Dense(num_outputs // segments, dtype="float32")(x)
    x = layers.Reshape([segments, 2, num_outputs // (2 * segments)], dtype="float32")(x)
    x = layers.Permute([2, 1, 3], dtype="float32")(x)  # the means of all segments come before the scales
    return keras.Model(numbers, layers.Flatten(dtype="float32")(x), name="encoder")


def segmented_decoder(
    shape: Sequence[int],
    values: int | Sequence[int],
    latent_dim: int,
    segments: int,
    width: int = 128,
    blocks: int = 2,
    given: str | None = None,
    dtype=None,
) -> keras.Model:
    """Latents [n, latent_dim] -> logits float32 [n, *shape, classes].

    Args:
        shape, values, segments, width, blocks, dtype: as of `segmented_encoder`.
        latent_dim: how many latents.
        given: what the first voice is called, int32 [n, steps], where it is the condition: then it is an input beside
            the latents, the others are made to go with it, and it comes back untouched.

    Raises:
        ValueError: the steps or the latents can't be dealt out to the segments; one line.
    """
    _check(segments, steps=shape[0], latent_dim=latent_dim)
    latents = keras.Input([latent_dim], name="latents")
    x = layers.Reshape([segments, latent_dim // segments], dtype=dtype)(latents)
    x = PositionEmbedding(dtype=dtype)(layers.Dense(width, dtype=dtype)(x))
    if given is None:
        x = neighbours(x, blocks, dtype)
        return keras.Model(latents, logits_of(x, shape, values, dtype), name="decoder")
    steps, voices = shape
    voice = keras.Input([steps], dtype="int32", name=given)
    x = layers.Add(dtype=dtype)([x, features_of(voice, values, segments, width, dtype)])
    x = neighbours(x, blocks, dtype)
    logits = logits_of(x, (steps, voices - 1), values, dtype)
    logits = GivenVoices(dtype="float32")([OneHot(values, dtype="float32")(voice), logits])
    return keras.Model([latents, voice], logits, name="decoder")


def voice_network(
    steps: int,
    values: int | Sequence[int],
    segments: int,
    width: int = 128,
    blocks: int = 2,
    name="soprano",
    dtype=None,
) -> keras.Model:
    """A voice, int32 [n, steps] -> features float32 [n, segments, width]: what a prior p(z|y) is told of it.

    The arguments are those of `segmented_decoder`; `name` is what the voice is called.
    """
    voice = keras.Input([steps], dtype="int32", name=name)
    x = neighbours(features_of(voice, values, segments, width, dtype), blocks, dtype)
    return keras.Model(voice, layers.Activation("linear", dtype="float32")(x), name="voice")


def features_of(numbers, values, segments, width, dtype):
    """Whole numbers [n, steps, ...] -> [n, segments, width]."""
    x = OneHot(values, dtype=dtype)(numbers)
    x = layers.Reshape([segments, math.prod(x.shape[1:]) // segments], dtype=dtype)(x)
    return PositionEmbedding(dtype=dtype)(layers.Dense(width, dtype=dtype)(x))


def neighbours(x, blocks, dtype):
    """Residual blocks over [n, segments, width]: after k of them a segment knows of k others on each side."""
    width = x.shape[-1]
    for _ in range(blocks):
        y = layers.LayerNormalization(dtype=dtype)(x)
        y = layers.Conv1D(width, 3, padding="same", activation="swish", dtype=dtype)(y)
        x = layers.Add(dtype=dtype)([x, layers.Dense(width, dtype=dtype)(y)])
    return layers.LayerNormalization(dtype=dtype)(x)


def logits_of(x, shape, values, dtype):
    """[n, segments, width] -> logits float32 [n, *shape, classes]."""
    segments, classes = x.shape[1], len(Alphabet(values))
    x = layers.Dense(math.prod(shape) * classes // segments, dtype=dtype)(x)
    return layers.Reshape([*shape, classes], dtype="float32")(x)


def _check(segments, **sizes):
    for name, size in sizes.items():
        if segments < 1 or size % segments:
            raise ValueError(f"segments: expected a divisor of {name}, {size:g}; got {segments}.")
