"""What the page shows of a model of music."""

import json

import numpy as np

from gallery import tunes
from gallery.pictures import SEED, SHOWN

NOUNS = {"item": "window", "held_out": "tunes it has not seen"}
ABOUT = ("voices", "lowest", "highest", "steps_per_bar", "beats_per_bar", "tempo")  # of the domain


def write(exhibit, model, directory):
    """Writes poster.json: the notes of the samples of the first seed, [16][32] or [16][32][voices]."""
    told = {}
    if model.condition:
        first = tunes.notes(next(iter(tunes.TUNES.values())))
        told = {model.condition.name: np.tile(np.asarray(first, np.int32), [SHOWN, 1])}
    notes = np.asarray(model.sample(SHOWN, SEED, **told))
    (directory / "poster.json").write_text(json.dumps(notes.tolist()), encoding="utf-8")


def entry(exhibit, model, digits):
    """Its voices, and tunes to begin with where a voice is what it is asked with."""
    about = model.domain.about()
    written = [{"title": title, "notes": tunes.notes(tune)} for title, tune in tunes.TUNES.items()]
    return {"music": {key: about[key] for key in ABOUT}, "tunes": written if model.condition else []}
