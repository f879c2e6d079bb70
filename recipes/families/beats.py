"""What a report says of a VAE of beats: how well it plays."""

import math

import numpy as np

from recipes.harness import commands
from recipes.report.trained import Section, Sheet, Trained
from zoo.measures import beats

TITLE = "Playing"
_NOTE = """Of {count} held-out beats, as the model reconstructs them. `hits_f1`, `hits_right` (the share of places on
the grid, most of them empty) and `whole_beats`: 1 is best. `velocity_error`, from 0 to 1, and `timing_error_ms`, in
milliseconds at the tempo that each beat was played at, are mean absolute errors over the hits that are right; floor:
the same hits on the grid, all of them with the mean velocity of the real ones."""


def humanized(trained: Trained) -> Sheet:
    """A row of held-out beats as a machine plays them, above a row of what the model makes of these."""
    real = trained.data.held_out[:10]
    machine = beats.on_the_grid(real, beats.mean_velocity(trained.data.held_out))
    both = np.concatenate([machine, trained.model.reconstruct(machine)])
    return Sheet("humanized", both, columns=len(real))


def playing(trained: Trained, tempos: np.ndarray) -> Section:
    """How held-out beats are played, beside the floor: on the grid, and each hit as loud as the others.

    Args:
        trained: a VAE of beats.
        tempos: [held-out beats], quarter notes per minute.
    """
    real = trained.data.held_out
    made = np.asarray(trained.model.reconstruct(real))
    # The floor plays what the model plays, so that both have their errors at the same hits.
    hits = np.split(real, 3, axis=-1)[0] * np.split(made, 3, axis=-1)[0]
    machine = beats.on_the_grid(np.concatenate([hits, hits, hits], axis=-1), beats.mean_velocity(real))
    found, floor = _metrics(beats.compare(real, made, tempos)), _metrics(beats.compare(real, machine, tempos))
    metrics = {"floor": {name: floor[name] for name in ("velocity_error", "timing_error_ms")}, trained.file: found}
    lines = [f"On {len(real):,} held-out beats (floor: on the grid, all as loud):"]
    for name, value in found.items():
        beside = f"   (floor {_text(floor[name])})" if name in metrics["floor"] else ""
        lines.append(f"  {name:16} {_text(value)}{beside}")
    again = () if trained.shipped else (commands.measure(trained.run.recipe, trained.settings),)
    note = _NOTE.format(count=f"{len(real):,}") + (" Measured again by" if again else "")
    return Section(TITLE, metrics, note, again, text="\n".join(lines), main="timing_error_ms", unit="milliseconds")


def _metrics(found):
    values = {
        "hits_f1": found.hits_f1,
        "hits_right": found.hits_right,
        "whole_beats": found.whole_beats,
        "velocity_error": found.velocity_error,
        "timing_error_ms": found.timing_error,
    }
    return {name: None if math.isnan(value) else value for name, value in values.items()}


def _text(value):
    return "not known" if value is None else f"{value:.4f}"
