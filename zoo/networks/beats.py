"""Encoders of beats: two bars of a drum kit, as `zoo.domains.Drums` has them."""

from collections.abc import Sequence

import keras

from zoo.layers import FirstChannels
from zoo.networks.autoencoders import dense_encoder


def beat_encoder(
    shape: Sequence[int],
    num_outputs: int,
    hits_only: bool = False,
    widths: Sequence[int] = (500, 500),
    activation: str = "elu",
    dtype=None,
) -> keras.Model:
    """A fully connected encoder of beats: drums [n, steps, 3 drums] -> float32 [n, num_outputs].

    With `hits_only` it sees the hits, the first third of the last axis, and neither their velocities nor their offsets.
    It then encodes a score as it encodes any performance of it: what a decoder adds is how it would be played
    ("humanization"; Gillick et al. 2019, "Learning to groove with inverse sequence transformations").

    Args:
        shape: (steps, 3 drums).
        num_outputs: for a diagonal normal posterior, twice the latent dimension.
        hits_only: see above.
        widths: units of each hidden layer.
        activation: of the hidden layers.
        dtype: policy of the layers; what comes out is float32 whatever it is.

    Example:

    >>> encoder = zoo.networks.beat_encoder((32, 27), num_outputs=4, hits_only=True)
    >>> score = np.zeros([1, 32, 27], np.float32)
    >>> score[:, ::4, 0] = 1
    >>> played = score.copy()
    >>> played[:, ::4, 9] = 0.8
    >>> bool((encoder(score) == encoder(played)).numpy().all())
    True
    """
    drums = keras.Input(shape, name="drums")
    seen = FirstChannels(shape[-1] // 3, dtype="float32")(drums) if hits_only else drums
    dense = dense_encoder(seen.shape[1:], num_outputs, widths, activation, dtype=dtype)
    return keras.Model(drums, dense(seen), name="encoder")
