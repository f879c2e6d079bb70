"""The commands that a run prints, for a person to type."""

import dataclasses
import shlex
from typing import Any

from recipes.settings import Run
from recipes.settings.field import described, flat, flat_described, may_change


def train(recipe: str, settings: Any) -> str:
    """The command that trains the same again, elsewhere."""
    known = flat_described(settings)
    values = _changed(settings)
    return _command(
        recipe, {name: value for name, value in values.items() if known[name][1].kept or name == "data_dir"}
    )


def resume(recipe: str, settings: Any, **given: Any) -> str:
    """The command that goes on with a run; of a finished one, it measures and exports again.

    Args:
        recipe, settings: of the run.
        given: {name: value} of settings that --resume may change, to be in the command whatever the recipe has.
    """
    known, handling, measuring = flat_described(settings), described(Run), may_change(settings)
    values = _changed(settings)
    here = {name: value for name, value in values.items() if not known[name][1].kept and name not in handling}
    other = {name: value for name, value in values.items() if name in measuring}
    return _command(recipe, {"out_dir": settings.run.out_dir, **here}, "--resume", *as_flags(other | given))


def measure(recipe: str, settings: Any, **given: int) -> str:
    """The command that measures a finished run again, however long that takes; the arguments are those of `resume`."""
    return resume(recipe, settings, **given, measure_all=True)


def evaluate(artefact: str, settings: Any, **given: Any) -> str:
    """The command that measures an artefact by the protocol of a run, whatever its defaults are.

    Args:
        artefact: what a person types for it.
        settings: of the run.
        given: {name: value} of more settings of `recipes.evaluate`.
    """
    values = {}
    for group in (settings.data, settings.quality):
        plain = {field.name: field.default for field in dataclasses.fields(group)}
        values |= {name: value for name, value in flat(group).items() if value not in (None, plain[name])}
    return _command("evaluate", {"artefact": artefact, **values, **given})


def as_flags(values: dict[str, Any]) -> list[str]:
    """{name: value} as flags; what is None is left out."""
    return [_flag(name, value) for name, value in values.items() if value is not None]


def _flag(name, value):
    return f"--{'' if value else 'no'}{name}" if isinstance(value, bool) else f"--{name}={value}"


def _changed(settings):
    """{name: value} of the settings that are not as the recipe has them."""
    defaults = flat(type(settings)())
    return {name: value for name, value in flat(settings).items() if value != defaults[name]}


def _command(recipe, values, *arguments):
    return shlex.join(["python", "-m", f"recipes.{recipe}", *as_flags(values), *arguments])
