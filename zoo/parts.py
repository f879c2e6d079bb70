"""What the parts, that a model is put together from, say of themselves; and one clear line where they don't fit."""

import keras


def shapes_of(name, network):
    """The shapes of a network's inputs and outputs, without the axis of the batch.

    Args:
        name: what the caller calls it.
        network: a Keras model that was made from `keras.Input`.

    Returns:
        (a tuple of the inputs' shapes, a tuple of the outputs' shapes), each shape a tuple.

    Raises:
        ValueError: it is no Keras model, or a subclassed one, which does not say its shapes; one line.
    """
    if not isinstance(network, keras.Model) or not getattr(network, "inputs", None):
        raise ValueError(
            f"{name}: expected a Keras model made from keras.Input; got {type(network).__name__}, whose shapes are not "
            f"known. x = keras.Input(shape); keras.Model(x, {name}(x)) makes one of it."
        )
    return tuple(tuple(tuple(x.shape[1:]) for x in tensors) for tensors in (network.inputs, network.outputs))


def check_prior(prior, latent_dim):
    """Raises a ValueError, one line, unless a prior is of latents of this length."""
    if prior.latent_dim != latent_dim:
        raise ValueError(f"prior: expected latent_dim={latent_dim}, as the networks have; got {prior.latent_dim}.")


def check_augmentation(augmentation, shape):
    """Raises a ValueError, one line, where an augmentation says how many axes its data have and `shape` has others."""
    axes = getattr(augmentation, "axes", None)
    if axes is not None and axes != len(shape) + 1:
        raise ValueError(
            f"augmentation: expected data of {axes} axes for {type(augmentation).__name__}; got {text_of(shape)}."
        )


def text_of(shape):
    """A shape as text, with n for the axis of the batch: [n, 28, 28, 1]."""
    return f"[{', '.join(['n', *('any' if side is None else str(side) for side in shape)])}]"
