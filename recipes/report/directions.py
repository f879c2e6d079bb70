"""Attributes of tunes as directions in the latent space of a VAE: found, measured and put into files."""

import contextlib
import itertools
import json
import tempfile
from pathlib import Path
from typing import Any, Protocol

import numpy as np

import zoo
from recipes import UserError
from recipes.data import music
from recipes.data.data_set import some_of
from recipes.harness import commands, pretrained
from recipes.report.trained import MODEL
from recipes.settings import MusicData
from recipes.settings.field import replaced
from zoo import hashed
from zoo.domains import Music
from zoo.measures import melodies

UNITS = {"density": "notes per window", "range": "semitones", "syncopation": "see zoo.measures.melodies.syncopation"}
FILE, TUNE = "directions.json", "my_tune.mid"  # what is made; what a person may have
MOST = 20_000  # training windows that a direction is found with
AT_ONCE = 1_000  # windows that go through a network
ROWS, COLUMNS = 4, Music.columns  # of a sheet: tunes, amounts


class Settings(Protocol):
    """What `recipes.directions` is told."""

    model: str
    data: MusicData
    given: str | None
    amount: float
    out_dir: str
    overwrite: bool


def find(settings: Settings) -> str:
    """Writes the directions, what they do to held-out windows, and sheets of windows; says so, as text for a person.

    Raises:
        UserError: there is no such model, it is no VAE of tunes alone, the music is not for it, nothing in it differs,
            or a file can't be read or written; one line.
    """
    model, file = pretrained.load("model", settings.model)
    _check(model, settings.model)
    domain, out = model.domain, Path(settings.out_dir)
    names = [FILE, *(f"{name}{suffix}" for name in UNITS for suffix in domain.suffixes)]
    for name in names:
        if (out / name).exists() and not settings.overwrite:
            raise UserError(f"out_dir: {out / name} is there; give --overwrite to replace it, or another --out_dir.")
    tune = None if settings.given is None else _read(domain, settings.given)
    data = music.load_for(settings.data, domain.about())
    training, held_out = _windows(data, model, "midi_dir" if settings.data.midi_dir else "dataset")
    amounts = np.linspace(-settings.amount, settings.amount, COLUMNS).tolist()
    with _new_files(out, names) as folder:
        print(f"Finding directions with {len(training):,} windows ...", flush=True)
        directions = _directions(_encoded(model, training), melodies.attributes(training), data.name)
        print(f"Measuring them on {len(held_out):,} held-out windows ...", flush=True)
        found = _measured(model, held_out, directions, amounts)
        shown = held_out[some_of(len(held_out), ROWS)] if tune is None else tune[None]
        for name, direction in directions.items():
            sheet = _along(model, shown, direction, amounts).swapaxes(0, 1).reshape([-1, *domain.shape])
            for suffix in domain.suffixes:
                domain.write(folder / f"{name}{suffix}", sheet, COLUMNS)
        content = {
            "model": file.parent.name if file.name == MODEL else file.stem,
            "sha256": hashed.sha256(file.read_bytes()),
            "command": commands.train("directions", settings),
            "data": data.name,
            "licence": data.domain.licence,
            "training_windows": len(training),
            "held_out_windows": len(held_out),
            **found,
        }
        (folder / FILE).write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    made = [name for name in names if (out / name).exists()]
    return f"\n{_table(found)}\n\nMade in {out}: {', '.join(made)}.\n\n{_next(settings, out, next(iter(directions)))}"


@contextlib.contextmanager
def _new_files(out, names):
    """Gives a folder to write files of these names into; moves them to `out`, in whole, when all went well.

    Those of the names that were not written are removed there: they are of an earlier call, and of other music.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out, prefix=".new-") as folder:
            yield Path(folder)
            for name in names:
                if Path(folder, name).exists():
                    Path(folder, name).replace(out / name)
                else:
                    (out / name).unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"out_dir: {out} can't be written: {error.strerror or error}.") from error


def _check(model, name):
    """Raises a UserError, one line, unless it is a VAE of tunes that is told nothing."""
    if not isinstance(model, zoo.VAE):
        raise UserError(f"model: expected a VAE, which can encode a tune; {name} is a {type(model).__name__}.")
    if not isinstance(model.domain, Music):
        of = "has no domain" if model.domain is None else f"is of {model.domain.name}"
        raise UserError(f"model: expected a VAE of music; {name} {of}.")
    if model.domain.voices > 1:
        raise UserError(f"model: expected a VAE of one voice; {name} has {model.domain.voices}.")
    if model.condition is not None:
        raise UserError(f"model: expected a VAE that is told nothing; {name} is told {model.condition.name}.")


def _read(domain, path):
    """The window that a person's file begins with, int [32]."""
    try:
        return domain.read(path)
    except ValueError as error:  # which names the file
        raise UserError(f"given: {str(error).removeprefix('path: ')}") from error


def _windows(data, model, setting):
    """(training windows from all over the set, held-out windows), int32 [n, 32]."""
    training = np.concatenate(list(data.train.batch(10_000).as_numpy_iterator()))
    training = data.domain.as_data(training[some_of(len(training), MOST)])
    try:
        for windows in (training, data.held_out):
            model.datum.check(setting, windows)
    except ValueError as error:
        raise UserError(str(error)) from error
    return training, data.held_out


def _directions(latents, attributes, source):
    """{attribute: its direction, float32 [latent_dim]} of those in which windows differ; the others are named."""
    found = {}
    for name, values in attributes.items():
        if values.min() == values.max():
            print(f"No direction of {name}: it is {values[0]:g} in all windows.", flush=True)
            continue
        try:
            found[name] = zoo.attribute_direction(latents, values)
        except ValueError as error:
            raise UserError(f"{source}: {error}") from error
    if not found:
        raise UserError(f"{source}: expected windows that differ in {', '.join(attributes)}; these do in none.")
    return found


def _measured(model, windows, directions, amounts):
    """What directions do to windows: the mean attributes at each amount, as directions.json has them."""
    found: dict[str, Any] = {}
    for name, direction in directions.items():
        means = [_means(notes) for notes in _along(model, windows, direction, amounts)]
        after = {other: [one[other] for one in means] for other in means[0]}
        found[name] = {
            "unit": UNITS[name],
            "grows": all(less < more for less, more in itertools.pairwise(after[name])),
            "measured": after,
            "direction": direction.tolist(),
        }
    return {"held_out": _means(windows), "amounts": amounts, "directions": found}


def _means(notes):
    return {name: float(values.mean()) for name, values in melodies.attributes(notes).items()}


def _along(model, windows, direction, amounts):
    """Windows [n, 32] moved in a direction by each of the amounts, int32 [len(amounts), n, 32]."""
    latents = _encoded(model, windows)
    return np.stack([_in_parts(model.decode, latents + np.float32(far) * direction) for far in amounts])


def _encoded(model, windows):
    """The means of the posterior, float32 [n, latent_dim]."""
    return _in_parts(lambda part: model.encode(part)[0], windows)


def _in_parts(function, rows):
    """An array of what a function makes of rows, which it is given some at a time."""
    return np.concatenate([np.asarray(function(rows[i : i + AT_ONCE])) for i in range(0, len(rows), AT_ONCE)])


def _table(found):
    """The means of the attributes, a row for the held-out windows and for each amount of each direction."""
    first = next(iter(found["directions"].values()))["measured"]
    rows = {
        "held-out windows": found["held_out"],
        "given back": {name: means[COLUMNS // 2] for name, means in first.items()},
    }
    for direction, one in found["directions"].items():
        for place, far in enumerate(found["amounts"]):
            if far:
                rows[f"{far:+.3g} {direction}"] = {name: means[place] for name, means in one["measured"].items()}
    lines = [f"{'mean':24}" + "".join(f"{name:>14}" for name in found["held_out"])]
    lines += [f"{label:24}" + "".join(f"{mean:14.2f}" for mean in row.values()) for label, row in rows.items()]
    uneven = [name for name, one in found["directions"].items() if not one["grows"]]
    if uneven:
        lines.append(f"\nDoes not grow all the way from less to more of it: {', '.join(uneven)}.")
    return "\n".join(lines)


def _next(settings, out, first):
    """What to type next, with the first of the directions as the example."""
    lines = [f"Next:\n  look at {first}: {out / first}.png; hear it: {out / first}.wav"]
    if settings.given is None:
        command = commands.train("directions", replaced(settings, {"given": TUNE}))
        lines.append(f"  change a tune of yours: {command} --out_dir={Path(TUNE).stem}")
    return "\n".join(
        [
            *lines,
            "  in Python:",
            "    import json, numpy as np, zoo",
            f'    vae, found = zoo.load("{settings.model}"), json.load(open("{out / FILE}"))',
            f'    direction = np.float32(found["directions"]["{first}"]["direction"])',
            f'    tune = vae.domain.read("{settings.given or TUNE}")[None]  # int32 [1, 32]',
            f"    more = vae.decode(vae.encode(tune)[0] + {settings.amount:g} * direction)",
            '    vae.domain.write("more.mid", more, columns=1)',
        ]
    )
