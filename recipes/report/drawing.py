"""Samples of any trained model, by its name or from its file, in files that a person opens."""

import tempfile
from pathlib import Path
from typing import Protocol

import numpy as np

from recipes import UserError
from recipes.data.data_set import classes_in_rows
from recipes.harness import pretrained
from recipes.report.trained import MODEL
from zoo.domains import fluidsynth

NOTES, SOUND = ".mid", ".wav"


class Settings(Protocol):
    """What `recipes.sample` is told."""

    model: str
    seed: int
    num_samples: int | None
    temperature: float
    labels: str | None
    given: str | None
    out: str | None
    overwrite: bool
    soundfont: str | None


def draw(settings: Settings) -> list[Path]:
    """Writes samples; the paths of the files: `out`, or one of each kind that the model's domain leaves.

    Raises:
        UserError: there is no such model, it is told something else, or a file can't be read or written; one line.
    """
    model, file = pretrained.load("model", settings.model)
    if model.domain is None:
        raise UserError(f"model: expected one that says what its samples are of; {settings.model} has no domain.")
    name = file.parent.name if file.name == MODEL else file.stem  # of a run, what its directory is called
    names = [f"{name}_seed{settings.seed}{suffix}" for suffix in model.domain.suffixes]
    paths = [Path(name) for name in ([settings.out] if settings.out else names)]
    for path in paths:
        if path.exists() and not settings.overwrite:
            raise UserError(f"out: {path} is there; give --overwrite to replace it, or another --out.")
    if settings.soundfont and not any(_is_played(path, model.domain) for path in paths):
        raise UserError("soundfont: expected music into a .wav file, which it is played with; here is none.")
    columns = model.domain.columns
    count = settings.num_samples or columns**2
    condition = _condition(model, settings, count)
    samples = np.asarray(model.sample(count, settings.seed, settings.temperature, **condition))
    new = {path: path.with_name(f".new-{path.name}") for path in paths}  # keeps the suffix, which says the format
    try:
        for path in paths:
            if settings.soundfont and _is_played(path, model.domain):
                _play(model.domain, new[path], samples, settings.soundfont)
            else:
                model.domain.write(new[path], samples, min(columns, count))
        for path in paths:
            new[path].replace(path)
    except (OSError, ValueError) as error:  # the latter for a suffix that says no format
        raise UserError(f"out: {path} can't be written: {getattr(error, 'strerror', None) or error}.") from error
    finally:
        for unfinished in new.values():
            unfinished.unlink(missing_ok=True)
    return paths


def _is_played(path, domain):
    """Whether a file is the sound of what is written as notes, too."""
    return path.suffix.lower() == SOUND and NOTES in domain.suffixes


def _play(domain, path, samples, soundfont):
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder, f"notes{NOTES}")
        domain.write(notes, samples, domain.columns)
        try:
            fluidsynth.play(notes, soundfont, path)
        except ValueError as error:
            raise UserError(str(error)) from error


def _condition(model, settings, count):
    """{name: values} of `count` samples, for a model that is to be told something; {} for others."""
    told = model.condition
    if settings.labels and not model.num_classes:
        raise UserError(f"labels: expected none, as {settings.model} knows no classes; got {settings.labels}.")
    if settings.given and (told is None or model.num_classes):
        raise UserError(f"given: expected none, as {settings.model} is told nothing but classes, if any; got a file.")
    if told is None:
        return {}
    if not model.num_classes:
        return {told.name: np.repeat(_read(model, settings)[None], count, axis=0)}
    if settings.labels is None:
        columns = model.domain.columns
        return {told.name: classes_in_rows(model.num_classes, -(-count // columns), columns)[:count]}
    try:
        labels = [int(label) for label in settings.labels.split(",")]
    except ValueError:
        labels = [-1]
    if not all(0 <= label < model.num_classes for label in labels):
        raise UserError(f"labels: expected numbers from 0 to {model.num_classes - 1}, as 3,1,4; got {settings.labels}.")
    return {told.name: np.resize(labels, count)}


def _read(model, settings):
    """What the model is told of all samples, out of a person's file."""
    told = model.condition
    if settings.given is None:
        raise UserError(f"given: expected a file with the {told.name} that {settings.model} is told; got none.")
    try:
        read = model.domain.read_given(settings.given, told.shape)
    except ValueError as error:  # which names the file
        raise UserError(f"given: {str(error).removeprefix('path: ').removeprefix('given: ')}") from error
    try:
        told.check(told.name, read[None])
    except ValueError as error:
        raise UserError(f"given: {settings.given}: {error}") from error
    return read
