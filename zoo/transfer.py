"""What a model takes over from a trained one: weights of the same shape in the same place."""

import math
from typing import NamedTuple

import keras


class Taken(NamedTuple):
    """How much of a part was taken over, in parameters: numbers, not arrays of them."""

    taken: int
    total: int


def taken_over(parts: dict[str, keras.layers.Layer], others: dict[str, keras.layers.Layer]) -> dict[str, Taken]:
    """Gives the weights of parts the values that other parts of the same names have.

    Where both have as many weights, each is compared with the one in its place: an equal shape is taken over. Else
    nothing of the part is, as no place can be told.

    Args:
        parts: {name: the part}, to be changed.
        others: {name: the part}, to be taken from.

    Returns:
        {name: how much of it was taken over} of all `parts` that have weights.

    Raises:
        ValueError: nothing fits; one line. Nothing was changed then.
    """
    pairs = {name: _pairs(part.weights, others[name].weights if name in others else []) for name, part in parts.items()}
    if not any(pairs.values()):
        raise ValueError(
            f"other: expected weights of which some have the same shapes as those of {_described(parts)}; got "
            f"{_described(others)}."
        )
    for mine, theirs in (pair for fitting in pairs.values() for pair in fitting):
        mine.assign(theirs)
    taken = {name: Taken(_size(mine for mine, _ in pairs[name]), _size(part.weights)) for name, part in parts.items()}
    return {name: count for name, count in taken.items() if count.total}


def _pairs(weights, others):
    """Those weights that fit, each with the other one in its place."""
    if len(weights) != len(others):
        return []
    return [(mine, theirs) for mine, theirs in zip(weights, others) if mine.shape == theirs.shape]


def _size(weights):
    return sum(math.prod(weight.shape) for weight in weights)


def _described(parts):
    told = [
        f"{name} ({len(part.weights)} weights, {_size(part.weights):,} parameters)"
        for name, part in parts.items()
        if part.weights
    ]
    return ", ".join(told) or "none"
