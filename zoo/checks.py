"""What the parts, that a model is put together from, say of themselves; and one clear line where they don't fit."""

import keras

from zoo.augmentation import Augmentation


def shapes_of(name, network, inputs=(1,), outputs=(1,)):
    """The shapes of a network's inputs and outputs, without the axis of the batch.

    Args:
        name: what the caller calls it.
        network: a Keras model that was made from `keras.Input`.
        inputs, outputs: how many it may have.

    Returns:
        (a tuple of the inputs' shapes, a tuple of the outputs' shapes), each shape a tuple.

    Raises:
        ValueError: it is no Keras model; a subclassed one, which does not say its shapes; or it has others; one line.
    """
    if not isinstance(network, keras.Model) or not getattr(network, "inputs", None):
        raise ValueError(
            f"{name}: expected a Keras model made from keras.Input; got {type(network).__name__}, whose shapes are not "
            f"known. x = keras.Input(shape); keras.Model(x, {name}(x)) makes one of it."
        )
    shapes = [tuple(tuple(x.shape[1:]) for x in tensors) for tensors in (network.inputs, network.outputs)]
    for kind, given, counts in zip(("input", "output"), shapes, (inputs, outputs)):
        if len(given) not in counts:
            wanted = " or ".join(map(str, counts)) + f" {kind}{'' if counts == (1,) else 's'}"
            raise ValueError(f"{name}: expected {wanted}; got {len(given)}: {', '.join(map(text_of, given))}.")
    return tuple(shapes)


def check_vectors(name, outputs, wanted):
    """Raises a ValueError, one line with the words `wanted`, unless the shapes of all outputs have one axis."""
    if any(len(shape) != 1 for shape in outputs):
        raise ValueError(f"{name}: expected {wanted}; got {', '.join(map(text_of, outputs))}.")


def check_prior(prior, latent_dim):
    """Raises a ValueError, one line, unless a prior is of latents of this length."""
    if prior.latent_dim != latent_dim:
        raise ValueError(f"prior: expected latent_dim={latent_dim}, as the networks have; got {prior.latent_dim}.")


def check_augmentation(augmentation, data):
    """Raises a ValueError, one line, where an augmentation says what its data are and these, a `Data`, are others."""
    if augmentation is None:
        return
    if not isinstance(augmentation, Augmentation):
        raise ValueError(f"augmentation: expected a zoo.augmentation.Augmentation; got {type(augmentation).__name__}.")
    axes, value_range, name = augmentation.axes, augmentation.value_range, type(augmentation).__name__
    if axes is not None and axes != len(data.shape) + 1:
        raise ValueError(f"augmentation: expected data of {axes} axes for {name}; got {text_of(data.shape)}.")
    if value_range is not None and tuple(value_range) != tuple(data.value_range):
        raise ValueError(
            f"augmentation: expected data in {list(value_range)} for {name}; got {list(data.value_range)}."
        )


def text_of(shape):
    """A shape as text, with n for the axis of the batch: [n, 28, 28, 1]."""
    return f"[{', '.join(['n', *('any' if side is None else str(side) for side in shape)])}]"
