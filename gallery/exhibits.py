"""What is shown: the trained models that ship with the zoo, or the finished runs in a folder."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import zoo
from gallery.captions import CAPTIONS


class Exhibit(NamedTuple):
    """A trained model in a folder, with its card and its metrics."""

    name: str
    folder: Path  # as `zoo.load` takes it

    @property
    def card(self) -> str:
        """Without its head, which is for programs."""
        text = (self.folder / "card.md").read_text(encoding="utf-8")
        return text.split("---\n", 2)[2] if text.startswith("---\n") else text

    @property
    def metrics(self) -> dict[str, Any]:
        return json.loads((self.folder / "metrics.json").read_text(encoding="utf-8"))

    @property
    def epochs(self) -> dict[int, Path]:
        """A picture for each epoch, or for some of them."""
        return {int(path.stem.rpartition("_")[2]): path for path in sorted((self.folder / "progress").glob("epoch_*"))}


def shipped() -> list[Exhibit]:
    """The models of `zoo.models()`, as they hang."""
    return _in_order(Exhibit(model.name, model.path.parent) for model in zoo.models())


def of_runs(folder) -> list[Exhibit]:
    """The finished runs in a folder, as they hang."""
    return _in_order(Exhibit(path.parent.name, path.parent) for path in Path(folder).glob("*/card.md"))


def _in_order(exhibits):
    """Those with captions first, in the order of these."""
    places = {name: place for place, name in enumerate(CAPTIONS)}
    return sorted(exhibits, key=lambda exhibit: (places.get(exhibit.name, len(places)), exhibit.name))
