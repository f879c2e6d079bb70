"""What the networks that make features take: images in [0, 1], or whole numbers."""

import keras

from zoo import inputs
from zoo.layers import OneHot


def data_of(name: str, network: keras.Model) -> inputs.Data:
    """The `Data` that a network takes: in [0, 1], or of whole numbers those that its `zoo.layers.OneHot` knows.

    Args:
        name: what the caller calls the network.
        network: a Keras model with one input.

    Raises:
        ValueError: it takes whole numbers, and nothing or more than one thing says which; one line.

    Example:

    >>> notes = keras.Input([32], dtype="int32", name="notes")
    >>> data_of("network", keras.Model(notes, zoo.layers.OneHot([-2, -1, 60, 62])(notes))).values
    (-2, -1, 60, 62)
    """
    datum = inputs.declared(network.inputs[0], (0.0, 1.0))
    if datum.dtype != "int32":
        return datum
    known = {layer.values for layer in network._flatten_layers() if isinstance(layer, OneHot)}
    if len(known) != 1:
        raise ValueError(
            f"{name}: expected one zoo.layers.OneHot, which says what whole numbers {datum.name} are; got {len(known)}."
        )
    (values,) = known
    return inputs.declared(network.inputs[0], (values[0], values[-1]), values=values)
