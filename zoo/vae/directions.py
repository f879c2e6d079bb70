"""Directions in a latent space along which something that a person can name grows."""

import numpy as np

FEWEST = 8  # items; with them a quartile has two


def attribute_direction(latents, values) -> np.ndarray:
    """The direction in which an attribute of the data grows: to be added to latents, and decoded.

    The mean latent of the items in the top quartile of the attribute minus that of those in the bottom quartile
    (Roberts et al. 2018, "A hierarchical latent vector model for learning long-term structure in music", "Attribute
    vector arithmetic"). Items whose value is a quartile itself belong to it, so that their order does not matter.

    Where both quartiles are one value, as with what most items have nothing of, the items above it stand for the top
    and those below it for the bottom; if there are none, those that have it. The rarer they are, the less sure is the
    direction.

    Args:
        latents: numbers [n, latent_dim], of `encode` say; n at least 8.
        values: numbers [n], how much of the attribute each item has.

    Returns:
        float32 [latent_dim]. Added once, it leads from the middle of the bottom quartile to that of the top quartile.

    Raises:
        ValueError: the shapes are others, a number is not finite, or all values are the same; one line.

    Example:

    >>> latents = np.array([[0, i] for i in range(8)])
    >>> attribute_direction(latents, [10, 20, 30, 40, 50, 60, 70, 80]).tolist()  # from (0, 0.5) to (0, 6.5)
    [0.0, 6.0]
    """
    latents, values = np.asarray(latents, np.float64), np.asarray(values, np.float64)
    if latents.ndim != 2 or len(latents) < FEWEST:
        raise ValueError(f"latents: expected shape [n, latent_dim], n at least {FEWEST}; got {list(latents.shape)}.")
    if values.shape != latents.shape[:1]:
        raise ValueError(f"values: expected one for each of {len(latents)} latents; got shape {list(values.shape)}.")
    for name, numbers in {"latents": latents, "values": values}.items():
        if not np.isfinite(numbers).all():
            raise ValueError(f"{name}: expected finite numbers; got {numbers[~np.isfinite(numbers)][0]}.")
    if values.min() == values.max():
        raise ValueError(f"values: expected some that differ; all are {values[0]:g}.")
    bottom, top = _in_quartiles(values)
    return (latents[top].mean(axis=0) - latents[bottom].mean(axis=0)).astype(np.float32)


def _in_quartiles(values):
    """(which values are in the bottom quartile, which in the top quartile), bool [n] each; none is in both."""
    low, high = np.quantile(values, [0.25, 0.75])
    if low < high:
        return values <= low, values >= high
    below, above = values < low, values > high
    same = values == low
    return (below if below.any() else same), (above if above.any() else same)
