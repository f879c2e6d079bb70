"""The domains that there are data of, by the names that artefacts know them by."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from recipes.data import images, music
from recipes.data.data_set import DataSet

# {what `about` calls the domain: (its settings, `about` or None) -> the data to compare an artefact's samples with}
LOADERS: Mapping[str, Callable[[Any, dict[str, Any] | None], DataSet]] = MappingProxyType(
    {"images": images.load_for, "music": music.load_for}
)
OF_OLD = "images"  # the domain of artefacts that do not say what they are of
