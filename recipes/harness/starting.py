"""Trainings that go on from a trained model: with its weights, where their shapes agree, in place of random ones."""

from collections.abc import Callable
from typing import Any

import keras

from recipes import UserError
from recipes.harness import pretrained
from recipes.harness.run_directory import RunDirectory
from recipes.settings import Training
from zoo.domains import Domain


def from_trained(
    build_model: Callable[[Domain, Any], keras.Model], training: Training, run: RunDirectory
) -> Callable[[Domain, Any], keras.Model]:
    """`build_model`, whose models begin with the weights of the one that `training.start_from` names.

    Loading one draws from Python's random numbers; call `keras.utils.set_random_seed` after this. A run that is gone on
    with from a checkpoint needs no other weights, and is built as it is.

    Args:
        build_model: (what the data are of, the settings) -> the model.
        training: the settings.
        run: its directory. The worker that writes says what was taken over, of the first model that is built.

    Raises:
        UserError: there is no such model, or, when one is built, nothing of it fits; one line.
    """
    name = training.start_from
    if name is None or run.checkpoints:
        return build_model
    (trained, _), told = pretrained.load("start_from", name), not run.writes

    def build(domain, settings):
        nonlocal told
        model = build_model(domain, settings)
        try:
            taken = model.take_over(trained)
        except ValueError as error:
            raise UserError(f"start_from: {name}: {str(error).removeprefix('other: ')}") from error
        if not told:
            print(f"Taken over from {name}: {in_words(taken)}.", flush=True)
            told = True
        return model

    return build


def in_words(taken: dict[str, tuple[int, int]]) -> str:
    """What `take_over` returns, {part: (parameters taken over, in all)}, for a person."""
    told = []
    for name, (count, total) in taken.items():
        told.append(f"{name} {'all' if count == total else f'{count:,}' if count else 'none'} of {total:,} parameters")
    return ", ".join(told)
