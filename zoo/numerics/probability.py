"""TensorFlow Probability, imported when something of it is first used.

    from zoo.numerics.probability import tfd

Its import takes 0.6 s of each start, and GANs, classifiers and the files of all models have no use for it. Annotations
that name something of it are strings, as others would use it.
"""

import typing


class _AtFirstUse:
    """A module of TensorFlow Probability, by the name that it has there."""

    def __init__(self, name: str):
        self._name = name

    def __getattr__(self, attribute: str):
        import tensorflow_probability

        return getattr(getattr(tensorflow_probability, self._name), attribute)


if typing.TYPE_CHECKING:
    from tensorflow_probability import bijectors as tfb
    from tensorflow_probability import distributions as tfd
    from tensorflow_probability import math as tfm
else:
    tfb, tfd, tfm = _AtFirstUse("bijectors"), _AtFirstUse("distributions"), _AtFirstUse("math")

__all__ = ["tfb", "tfd", "tfm"]
