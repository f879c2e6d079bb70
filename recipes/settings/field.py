"""What a setting is: a field of a frozen dataclass that knows its help, its bounds and its choices.

>>> @group
... class Cooking:
...     minutes: int = setting(10, "How long it boils.", at_least=1)
>>> Cooking(minutes=0)
Traceback (most recent call last):
recipes.UserError: minutes: expected at least 1; got 0.
"""

import dataclasses
import math
import os
import types
import typing
from collections.abc import Iterator
from typing import Any, NamedTuple

from recipes import UserError


class Setting(NamedTuple):
    """What is known of a setting besides its name, its type and its default."""

    help: str
    at_least: float | None = None
    at_most: float | None = None
    choices: tuple[str, ...] | None = None
    path: bool = False  # whether ~ at its beginning is the home directory
    kept: bool = True  # whether it fixes what a run computes, so that --resume goes on with the same
    may_change: bool = False  # of one that is kept: whether --resume takes another, as it says how to measure
    required: bool = False  # whether a person has to give it


def setting(default: Any = dataclasses.MISSING, help: str = "", **known: Any) -> Any:
    """A field of a `group`; without a default, whoever makes the group has to give one. `known`: see `Setting`."""
    return dataclasses.field(default=default, metadata={"setting": Setting(help, **known)})


@typing.dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(setting,))
def group(cls: type) -> type:
    """Makes a class of settings, or of groups of them, a frozen dataclass that refuses values which don't fit.

    A method `check`, if there is one, looks at settings that depend on each other. What is wrong raises a `UserError`
    of one line when the object is made: the name, what was expected, what came.
    """

    def __post_init__(self):
        for name, (kind, known) in described(cls).items():
            object.__setattr__(self, name, _fitting(name, getattr(self, name), kind, known))
        if hasattr(self, "check"):
            self.check()

    cls.__post_init__ = __post_init__
    return dataclasses.dataclass(frozen=True, kw_only=True)(cls)


def described(cls: type) -> dict[str, tuple[type, Setting]]:
    """The settings of a group itself, without those of the groups in it: {name: (type, what is known of it)}."""
    kinds = typing.get_type_hints(cls)
    fields = (field for field in dataclasses.fields(cls) if "setting" in field.metadata)
    return {field.name: (kinds[field.name], field.metadata["setting"]) for field in fields}


def groups(settings: Any) -> Iterator[Any]:
    """The settings themselves, and each group in them, in the order of their fields."""
    yield settings
    for field in dataclasses.fields(settings):
        if dataclasses.is_dataclass(value := getattr(settings, field.name)):
            yield from groups(value)


def flat(settings: Any) -> dict[str, Any]:
    """{name: value} of all settings, in groups or not."""
    return {name: getattr(one, name) for one in groups(settings) for name in described(type(one))}


def flat_described(settings: Any) -> dict[str, tuple[type, Setting]]:
    """{name: (type, what is known of it)} of all settings, in groups or not.

    A name that several groups have, for the data of several domains, is one setting: all of them get its value, see
    `replaced`, and its help is theirs, one after the other.
    """
    all_known = {}
    for one in groups(settings):
        for name, (kind, known) in described(type(one)).items():
            before = all_known[name][1].help if name in all_known else known.help
            shared = known.help if before == known.help else f"{before} {known.help}"
            all_known[name] = kind, known._replace(help=shared)
    return all_known


def kept(settings: Any) -> dict[str, Any]:
    """{name: value} of the settings that fix what a run computes."""
    known = flat_described(settings)
    return {name: value for name, value in flat(settings).items() if known[name][1].kept}


def may_change(settings: Any) -> set[str]:
    """Names of the settings that are kept and that --resume may nevertheless give another value."""
    return {name for name, (_, known) in flat_described(settings).items() if known.kept and known.may_change}


def replaced(settings: Any, values: dict[str, Any]) -> Any:
    """The settings with those in `values`, {name: value}, in place of theirs; names that they don't have are left out.

    Raises:
        UserError: a value does not fit.
    """
    changes = {}
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        if dataclasses.is_dataclass(value):
            changes[field.name] = replaced(value, values)
        elif field.name in values:
            changes[field.name] = values[field.name]
    return dataclasses.replace(settings, **changes)


def optional(kind: Any) -> tuple[type, bool]:
    """A type of a field -> (the type without None, whether None is allowed)."""
    if isinstance(kind, types.UnionType):
        (only,) = (one for one in typing.get_args(kind) if one is not types.NoneType)
        return only, True
    return kind, False


def _fitting(name, value, kind, known):
    """The value in the type of its setting, a path without ~; refuses one that does not fit."""
    kind, may_be_none = optional(kind)
    if value is None and may_be_none:
        return None
    if known.path and isinstance(value, os.PathLike | str):
        return os.path.expanduser(os.fspath(value))
    value = value.item() if hasattr(value, "item") else value  # a number of NumPy
    value = str(value) if kind is str and type(value) is int else value  # an image_size of 64
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not kind:
        raise UserError(f"{name}: expected {_NAMES[kind]}; got {value!r}.")
    if kind is float and not math.isfinite(value):
        raise UserError(f"{name}: expected a finite number; got {value}.")
    if known.choices and value not in known.choices:
        raise UserError(f"{name}: expected one of {', '.join(known.choices)}; got {value!r}.")
    # In this form a NaN is refused, too.
    if known.at_least is not None and not value >= known.at_least:
        raise UserError(f"{name}: expected at least {known.at_least}; got {value}.")
    if known.at_most is not None and not value <= known.at_most:
        raise UserError(f"{name}: expected at most {known.at_most}; got {value}.")
    return value


_NAMES = {int: "a whole number", float: "a number", bool: "True or False", str: "text"}
