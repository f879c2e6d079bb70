"""The trained models that come with the zoo, each in a folder with its card and its pictures."""

import functools
import json
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent.parent / "weights"
METRICS, CARD = "metrics.json", "card.md"
COLUMNS = ("name", "what it is", "draws", "measured", "floor", "kB")


class Shipped(NamedTuple):
    """A trained model that comes with the zoo."""

    name: str  # of the recipe that it is the best result of
    hash: str  # of its file; `zoo.load(f"{name}-{hash}")` is this file and no later one
    path: Path  # of the file
    title: str  # what it is, in a few words
    draws: str  # what its samples are
    metric: str  # the name of its main metric, with the protocol
    value: float | None  # of that, measured on the file; None where nothing was
    floor: float | None  # what real data get in place of samples, where there is such a thing
    unit: str  # of the value; "" for a number without one

    @property
    def size(self) -> int:
        """Of the file, in bytes."""
        return self.path.stat().st_size

    @property
    def figure(self) -> str:
        """The main metric and its value, for a person."""
        return "not measured" if self.value is None else f"{self.metric} {self.value:.4g} {self.unit}".rstrip()

    @property
    def card(self) -> str:
        """How it was made, what all was measured, and what it is not good for: Markdown."""
        return (self.path.parent / CARD).read_text(encoding="utf-8")

    @property
    def metrics(self) -> dict[str, Any]:
        """The card's numbers."""
        return json.loads((self.path.parent / METRICS).read_text(encoding="utf-8"))

    @property
    def picture(self) -> Path:
        """A file with its first hundred samples of seed 0, to be opened."""
        return next(self.path.parent.glob("samples.*"))

    @property
    def row(self) -> tuple[str, ...]:
        """What a table has in the `COLUMNS`."""
        floor = "" if self.floor is None else f"{self.floor:.3f}"
        return self.name, self.title, self.draws, self.figure, floor, f"{self.size / 1e3:,.0f}"


class Models(tuple[Shipped, ...]):
    """The trained models of the zoo; shown as a table."""

    def __repr__(self):
        rows = [COLUMNS, *(model.row for model in self)]
        widths = [max(map(len, column)) for column in zip(*rows)]
        return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)

    def _repr_markdown_(self):
        """What a notebook shows."""
        rows = [COLUMNS, ["---"] * len(COLUMNS), *((f"`{name}`", *cells) for name, *cells in (m.row for m in self))]
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)


@functools.cache
def models() -> Models:
    """The trained models that come with the zoo, in the order of their names.

    >>> next(model.draws for model in zoo.models() if model.name == "cgan_mnist")
    'images 28 x 28 x 1 of mnist, by labels'
    """
    return Models(_shipped(path) for path in sorted(FOLDER.glob("[!.]*/*.keras")))


def _shipped(path):
    about = json.loads((path.parent / METRICS).read_text(encoding="utf-8"))["about"]
    name, _, digest = path.stem.rpartition("-")
    return Shipped(name, digest, path, **about)
