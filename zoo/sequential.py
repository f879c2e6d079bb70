"""What makes data step after step: decoders, p(x|z) = prod_t p(x_t | x_1, ..., x_(t-1), z), and generators."""

import tensorflow as tf

from zoo import inputs
from zoo.numerics.noise import Uniform
from zoo.part import WeightedPart


class SequentialDecoder(WeightedPart):
    """Base of such decoders. Abstract.

    In training it is told the data, and says the likelihood's parameters of each step from the steps before. For
    sampling it has a loop, in which noise decides each step: a `tf.while_loop` over tensors of static width, to which
    step t is added by a one-hot, as the lists of TensorFlow do not convert to TFLite.

    Where there is a condition, [n, ...], both methods take it as the last argument.

    Args:
        latent_dim: length of z.
        shape: of one item of the data; its first axis are the steps.
    """

    condition: inputs.Data | None = None  # what it takes beside the latents

    def __init__(self, latent_dim: int, shape: tuple, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim, self.shape = latent_dim, tuple(shape)

    @property
    def noise(self):
        """What decides: of `zoo.numerics.noise`, unless overridden a uniform number for each step."""
        return Uniform(self.shape[0])

    def call(self, latents: tf.Tensor, data: tf.Tensor) -> tf.Tensor:
        """Latents [n, latent_dim], data [n, *shape] -> parameters [n, ...] of each step, from the steps before it."""
        raise NotImplementedError

    def from_noise(self, latents: tf.Tensor, choices: tf.Tensor, temperature: float | tf.Tensor) -> tf.Tensor:
        """Latents [n, latent_dim], noise of the kind that `noise` says -> data [n, *shape].

        At a temperature of 0 each step is the likeliest one, whatever the noise.
        """
        raise NotImplementedError


class SequentialChoices(WeightedPart):
    """Base of the layers that choose whole numbers step after step: the last layer of a generator. Abstract.

    Called with [uniform numbers [n, num_choices], the condition [n, ...]], or with the numbers alone where there is no
    condition, it gives one-hot classes float32 [n, ..., classes], with a gradient; see `zoo.relaxations.Chosen`.
    """

    def __init__(self, **kwargs):
        # Uniform numbers in a format of 8 bits would leave out most of what they choose among.
        super().__init__(**{"autocast": False, **kwargs})

    @property
    def num_choices(self) -> int:
        """How many uniform numbers it chooses by."""
        raise NotImplementedError

    def log_prob(self, data: tf.Tensor, condition: tf.Tensor | None = None) -> tf.Tensor:
        """One-hot data [n, ..., classes] -> the log of the probability, at a temperature of 1, of choosing them: [n],
        nats."""
        raise NotImplementedError
