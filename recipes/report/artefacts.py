"""Sampling from a trained model, in whatever form it is: a model of the zoo, or what was exported of one."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from export import runner
from export.runner import Runner
from recipes import UserError
from recipes.harness import pretrained
from zoo.generative import GenerativeModel

BATCH = 500
SCALES = ("temperature", "truncation")  # what models and GANs of before call how far samples go from the typical ones
SEED = (0, 0)  # of the samples that are measured


class Artefact(NamedTuple):
    """Something that samples: a SavedModel, a TFLite file, or a model of the zoo."""

    name: str
    runner: Runner
    model: GenerativeModel | None = None  # where there is one

    @property
    def arguments(self) -> list[str]:
        """Names of the arguments of its signature `sample`."""
        return list(self.runner.signatures["sample"])

    @property
    def condition(self) -> str | None:
        """The name of what it is to be told of each sample: "labels", say; None where that is nothing.

        Raises:
            UserError: there are several such arguments.
        """
        others = [name for name in self.arguments if name not in ("seed", "index", *SCALES)]
        if len(others) > 1:
            raise UserError(
                f"artefact: expected one that takes seed, index, temperature, one condition at most; got "
                f"{self.arguments}."
            )
        return others[0] if others else None

    @property
    def about(self) -> dict[str, Any] | None:
        """What its samples are of, see `zoo.domains.Domain.about`; None where it does not say."""
        if "about" not in self.runner.signatures:
            return None
        return json.loads(bytes(np.asarray(self.runner("about")["json"], np.uint8)).decode("utf-8"))

    def sample(
        self, index: np.ndarray, condition: np.ndarray | None = None, progress: Callable[[Iterable], Iterable] = iter
    ) -> np.ndarray:
        """Samples [n, ...] of `SEED`, at a temperature of 1.

        Args:
            index: int [n], which ones.
            condition: [n, ...], for a model that is told one.
            progress: wraps the list of batches, e.g. `tqdm`.
        """
        samples = []
        for start in progress(range(0, len(index), BATCH)):
            rows = slice(start, start + BATCH)
            told = {self.condition: condition[rows]} if self.condition else {}
            given = {"seed": SEED, "index": index[rows], **told, self._scale: 1.0}
            (output,) = self.runner("sample", **given).values()
            samples.append(output)
        return np.concatenate(samples)

    @property
    def _scale(self):
        """The name of the temperature."""
        for name in SCALES:
            if name in self.arguments:
                return name
        raise UserError(f"artefact: expected one that takes seed, index, temperature; got {self.arguments}.")


def load(artefact: str | Path) -> Artefact:
    """The artefact that a person names: a run directory (its saved_model), a SavedModel, a .tflite file; else what
    `zoo.load` takes, a name of the zoo among it.

    Raises:
        UserError: there is none.
    """
    path = Path(artefact)
    if (path / "saved_model").is_dir():
        path = path / "saved_model"
    if not (path.suffix == ".tflite" and path.exists()) and not (path / "saved_model.pb").exists():
        model, file = pretrained.load("artefact", artefact)
        return Artefact(file.name, runner.of_model(file.name, model), model)
    expected = f"artefact: expected a SavedModel or a .tflite file with a signature 'sample'; got {path}."
    try:
        opened = runner.load(path)
    except (KeyError, ValueError, OSError) as error:
        raise UserError(expected) from error
    if "sample" not in opened.signatures:
        raise UserError(expected)
    return Artefact(path.name, opened)
