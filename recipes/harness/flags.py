"""Settings as flags: the only place, with `recipes.harness.app`, that knows of absl."""

import os
from typing import Any

from absl import flags

from recipes.settings.field import flat, flat_described, optional, replaced

flags.disclaim_key_flags()  # `--help` shows them under the program that calls these functions


class _PathParser(flags.ArgumentParser):
    """A path, in which ~ is the home directory: shells see to that at the beginning of a word only."""

    def parse(self, argument):
        return os.path.expanduser(argument)


def define_path(name: str, default: str | None, help: str, required: bool = False) -> None:
    """Defines a flag whose value is a path."""
    flags.DEFINE(_PathParser(), name, default, help, serializer=flags.ArgumentSerializer(), required=required)


def define(settings: Any) -> None:
    """Defines a flag for each of the settings of a program; what they hold are the defaults."""
    values = flat(settings)
    for name, (kind, known) in flat_described(settings).items():
        _define(name, None if known.required else values[name], optional(kind)[0], known)


def parsed(settings: Any) -> tuple[Any, set[str]]:
    """(the settings with the values of their flags, names of those that a person gave)."""
    names = flat(settings).keys()
    values = {name: flags.FLAGS[name].value for name in names}
    return replaced(settings, values), {name for name in names if flags.FLAGS[name].present}


def _define(name, default, kind, known):
    bounds = {"lower_bound": known.at_least, "upper_bound": known.at_most}
    if known.path:
        define_path(name, default, known.help, known.required)
    elif known.choices:
        flags.DEFINE_enum(name, default, known.choices, known.help)
    elif kind is bool:
        flags.DEFINE_bool(name, default, known.help)
    elif kind is int:
        flags.DEFINE_integer(name, default, known.help, **bounds)
    elif kind is float:
        flags.DEFINE_float(name, default, known.help, **bounds)
    else:
        flags.DEFINE_string(name, default, known.help, required=known.required)
