"""What a model offers to an export."""

from collections.abc import Callable
from typing import NamedTuple


class Endpoint(NamedTuple):
    """A named function of a model that an export turns into a signature.

    `export` reads these fields and knows nothing else of a model.
    """

    function: Callable  # tensors -> a tensor, or a tuple of them
    inputs: list  # a named `tf.TensorSpec` for each argument; None marks the batch dimension
    outputs: list  # a name for each tensor that comes back
    by_choice: bool = False  # whether what comes back follows from choices, of which weights in 8 bits make others
    file: str = "model"  # the TFLite file that it goes into: a device loads no weights that it has no use for
