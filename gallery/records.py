"""The models that are shown, as records with the fields of those of `zoo.models()`."""

import json
from pathlib import Path
from typing import NamedTuple

import keras


class Run(NamedTuple):
    """A finished run directory of a recipe."""

    folder: Path

    @property
    def name(self):
        return self.folder.name

    @property
    def card(self):
        return (self.folder / "card.md").read_text(encoding="utf-8")

    @property
    def metrics(self):
        return json.loads((self.folder / "metrics.json").read_text(encoding="utf-8"))

    @property
    def progress(self):
        return sorted(self.folder.glob("progress/*.png"))

    def load(self):
        return keras.models.load_model(self.folder / "model.keras", compile=False)


def of_runs(folder):
    """The finished runs in a folder."""
    return [Run(path.parent) for path in sorted(Path(folder).glob("*/card.md"))]
