"""Parts: the small objects that a model is put together from, and how they are saved with it."""

import inspect
from typing import Any, ClassVar

import keras


class Part:
    """Base of the parts without weights: what its constructor takes, it has as attributes, and is saved by them.

    A class of your own needs a name that Keras finds it by in a file:

    >>> @keras.saving.register_keras_serializable("mine")
    ... class HalfELBO(zoo.objectives.Objective):
    ...     def __init__(self, share=0.5):
    ...         self.share = share
    ...
    ...     def __call__(self, draw):
    ...         return -self.share * tf.reduce_mean(draw.log_likelihood - draw.kl)
    >>> HalfELBO(0.25).get_config()
    {'share': 0.25}
    """

    renamed: ClassVar[dict[str, str]] = {}  # arguments of the constructor: {their name in files of old: today's}

    def get_config(self) -> dict[str, Any]:
        return config_of(self)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Part":
        return made_from(cls, config)


class WeightedPart(keras.layers.Layer):
    """Base of the parts that may have weights: Keras layers, saved as a `Part` is."""

    renamed: ClassVar[dict[str, str]] = {}  # as of a `Part`

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **config_of(self)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "WeightedPart":
        return made_from(cls, config)


def config_of(thing) -> dict[str, Any]:
    """The arguments of a thing's constructor, from its attributes of the same names, as Keras saves them.

    Raises:
        ValueError: one of them is a part whose class Keras could not find again; one line.
    """
    return {name: saved(name, getattr(thing, name)) for name in arguments_of(thing)}


def arguments_of(thing) -> list[str]:
    """The names of the arguments of a thing's constructor, which are attributes of it."""
    parameters = list(inspect.signature(type(thing).__init__).parameters.values())[1:]  # without self
    return [one.name for one in parameters if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)]


def made_from(cls: type, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
    """The thing of a class that a config is of: `config_of`, perhaps from a file in which arguments had other names."""
    renamed = getattr(cls, "renamed", {})
    named = {renamed.get(name, name): value for name, value in config.items()}
    return cls(**{name: keras.saving.deserialize_keras_object(value, custom_objects) for name, value in named.items()})


def saved(name: str, value: Any) -> Any:
    """What a config holds of the argument of a constructor.

    Raises:
        ValueError: it is or has a part whose class Keras could not find again; one line.
    """
    for part in value if isinstance(value, list | tuple) else [value]:
        cls = type(part)
        ours = isinstance(part, Part | keras.layers.Layer) and not cls.__module__.startswith("keras.")
        # The name of a class that is registered has a package in it.
        if ours and ">" not in keras.saving.get_registered_name(cls):
            raise ValueError(
                f"{name}: expected a class that Keras finds again in a file; {cls.__name__} is not registered. Put "
                '@keras.saving.register_keras_serializable("mine") above it.'
            )
    return keras.saving.serialize_keras_object(value)
