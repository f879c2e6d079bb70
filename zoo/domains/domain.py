"""The contract of a domain."""

import abc
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from zoo.part import Part


class Domain(Part, abc.ABC):
    """What a model's numbers are of. Abstract.

    A domain is saved with its model, by the arguments of its constructor, and goes into the exports as what `about`
    returns. The mathematics of a model does not look at it. Its errors are `ValueError`s of one line.
    """

    name: ClassVar[str]  # of the domain: "images", "music"
    item: ClassVar[str]  # what one of the data is called: "image"
    items: ClassVar[str]  # the same in the plural: "images"
    columns: ClassVar[int]  # how many of them a person can make out beside each other
    datum: ClassVar[str]  # what their tensor is called in exports: "images"
    suffixes: ClassVar[tuple[str, ...]]  # of the files that samples are left in: (".png",); a person looks at the first
    unit: ClassVar[str]  # of the numbers that a model takes and gives
    value_range: tuple[float, float]  # the least and the largest of these
    hub_task: ClassVar[str]  # what hubs of models call the drawing of such data: "unconditional-image-generation"
    source: str  # the name of the data set, or of the folder, that the data are from
    is_folder: bool  # whether it is a folder of a person's own
    class_names: Sequence[str]  # of the classes that the data have, in the order of their labels; may be empty

    @property
    @abc.abstractmethod
    def shape(self) -> tuple[int, ...]:
        """Of one item, as a model takes it."""

    @property
    def num_classes(self) -> int:
        """How many classes the data have; 0 where they have none."""
        return len(self.class_names)

    @abc.abstractmethod
    def read(self, path: str | Path) -> np.ndarray:
        """The item in a person's file, [*shape], as data sets store it.

        Raises:
            ValueError: the file can't be read as one; one line.
        """

    def read_given(self, path: str | Path, shape: tuple[int, ...]) -> np.ndarray:
        """What a model of such data is told that is no class, in a person's file: [*shape], as the model takes it.

        Raises:
            ValueError: nothing of that shape can be read of a file; one line.
        """
        raise ValueError(
            f"given: expected none, as models of {self.items} are told nothing that a file holds; got {path}."
        )

    @abc.abstractmethod
    def as_data(self, stored: Any) -> Any:
        """Items as data sets store them, an array or a tensor [..., *shape] -> what a model takes, of the same kind."""

    @abc.abstractmethod
    def write(self, path: str | Path, samples: np.ndarray, columns: int) -> None:
        """Writes samples [n, *shape], as a model gives them, into one file of the kind that its suffix says.

        Args:
            path: its suffix is one of `suffixes`, or another that the domain knows.
            samples: as a model gives them.
            columns: samples per row, where the file is a picture.

        Raises:
            ValueError: they are of another shape, or the suffix says no kind of file that is known; one line.
        """

    def about(self) -> dict[str, Any]:
        """What a file of a model is of, for a stranger who has nothing else: a dictionary that JSON can hold.

        A domain adds to it what else a stranger needs.
        """
        return {
            "domain": self.name,
            "data": self.source,
            "is_folder": self.is_folder,
            "shape": list(self.shape),
            "unit": self.unit,
            "range": list(self.value_range),
            "classes": list(self.class_names),
        }
