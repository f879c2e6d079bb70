"""The two networks of a GAN: whether they fit together, and the discriminator as a penalty sees it."""

from collections.abc import Callable

import keras
import tensorflow as tf

from zoo.checks import shapes_of, text_of
from zoo.gan.relaxations import Relaxation
from zoo.generative import check_same_condition, condition_of
from zoo.inputs import Data
from zoo.numerics.precision import as_float32
from zoo.sequential import SequentialChoices


def checked(
    generator: keras.Model, discriminator: keras.Model | None, condition: tuple, num_auxiliary: int
) -> tuple[int, Data | None]:
    """What the players agree on: (length of the latent vector, the condition or None).

    Args:
        generator, discriminator: those of a `zoo.GAN`.
        condition: its (num_classes, condition_values).
        num_auxiliary: numbers per row of the discriminator's second output; 0 for a discriminator with one.

    Raises:
        ValueError: they don't agree; one line.
    """
    (latents, *_), (made,) = shapes_of("generator", generator, inputs=(1, 2))
    if len(latents) != 1:
        raise ValueError(f"generator: expected latents of shape [n, latent_dim]; got {text_of(latents)}.")
    condition = condition_of("generator", generator, *condition)
    if discriminator is None:
        if num_auxiliary:
            raise ValueError("auxiliary: expected none, as there is no discriminator; got one.")
        return latents[0], condition
    (judged, *_), (logits, *others) = shapes_of("discriminator", discriminator, inputs=(1, 2), outputs=(1, 2))
    check_same_condition("discriminator", discriminator, condition)
    if made != judged:
        raise ValueError(
            f"discriminator: expected data of the generator's size {text_of(made)}; got {text_of(judged)}."
        )
    if logits != (1,):
        raise ValueError(f"discriminator: expected logits of shape [n, 1]; got {text_of(logits)}.")
    if others != ([(num_auxiliary,)] if num_auxiliary else []):
        wanted = f"logits and {text_of((num_auxiliary,))} for auxiliary" if num_auxiliary else "logits alone"
        got = ", ".join(map(text_of, (logits, *others)))
        raise ValueError(f"discriminator: expected {wanted}; got outputs {got}.")
    return latents[0], condition


def check_relaxation(relaxation: Relaxation | None, generator: keras.Model) -> None:
    """Raises a ValueError, one line, unless the generator gives a logit for each class of a relaxation."""
    if relaxation is None:
        return
    if not isinstance(relaxation, Relaxation):
        raise ValueError(f"relaxation: expected a zoo.relaxations.Relaxation; got {type(relaxation).__name__}.")
    _, (made,) = shapes_of("generator", generator, inputs=(1, 2))
    if made[-1] != len(relaxation.alphabet):
        raise ValueError(
            f"generator: expected logits [n, ..., {len(relaxation.alphabet)}], one for each value of the relaxation; "
            f"got {text_of(made)}."
        )


def check_imitation(imitation: float, generator: keras.Model) -> None:
    """Raises a ValueError, one line, unless a generator can say how likely it makes data, or need not."""
    if imitation < 0:
        raise ValueError(f"imitation: expected a weight from 0 on; got {imitation}.")
    if imitation and not isinstance(generator.layers[-1], SequentialChoices):
        raise ValueError(
            "imitation: expected a generator whose last layer is a zoo.sequential.SequentialChoices, which says how "
            f"likely data are; got {type(generator.layers[-1]).__name__}."
        )


def copy_of(network: keras.Model) -> keras.Model:
    """A copy of a network, with its weights, which training leaves alone."""
    copy = type(network).from_config(network.get_config())
    copy.set_weights(network.get_weights())
    copy.trainable = False
    return copy


class Critic:
    """A discriminator as a function of data alone, in float32 and without a trace on its state.

    Args:
        discriminator: whose weights it uses, as they are when it is called.
    """

    def __init__(self, discriminator: keras.Model):
        self.discriminator = discriminator
        self.in_float32 = as_float32(discriminator)

    def given(self, condition: tf.Tensor | None) -> Callable[[tf.Tensor], tf.Tensor]:
        """The function, data [n, ...] -> logits [n], for the data's condition."""
        trainable = [variable.value for variable in self.discriminator.trainable_variables]
        others = [variable.value for variable in self.discriminator.non_trainable_variables]

        def critic(data):
            known = [data, condition] if len(self.discriminator.inputs) == 2 else data
            outputs, _ = self.in_float32.stateless_call(trainable, others, known)
            return tf.squeeze(outputs[0] if len(self.discriminator.outputs) == 2 else outputs, -1)

        return critic
