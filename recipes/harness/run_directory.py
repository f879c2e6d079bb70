"""The directory that holds all that a run makes."""

import contextlib
import json
import math
import tempfile
import uuid
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from recipes import UserError
from recipes.harness.written import RUN, Written

DATA, FINGERPRINT, RECIPE, ID, WAY = "trained_on", "fingerprint", "recipe", "id", "way"  # in run.json, too
NO_SETTINGS = (DATA, FINGERPRINT, ID, WAY)
CHECKPOINTS = "checkpoints"
RENAMED = {"average_halflife": "ema_halflife"}  # {name of a setting in runs of before: today's}
KEPT = 2  # checkpoints: should the last one turn out damaged, there is the one before


class RunDirectory:
    """Where a run writes. Files appear in it whole or not at all; nothing is touched before `begin`.

    Args:
        path: the directory.
        settings: {name: value}, what fixes the run; kept in run.json so that --resume goes on with the same.
        resume, overwrite: what to do where the directory holds a run already.
        writes: False for one of several workers that is not the first: it reads the others' directory only.
        recipe: the recipe's name; kept like the settings.
        may_change: names of the settings that may be others when the run is gone on with.

    Raises:
        UserError: the directory can't be written, holds a run and neither was asked for, or holds one of another recipe
            or with other settings; or files of the names of a run's, which no run made.
    """

    def __init__(
        self,
        path: str | Path,
        settings: dict[str, Any],
        resume: bool = False,
        overwrite: bool = False,
        writes: bool = True,
        recipe: str = "",
        may_change: Collection[str] = (),
    ):
        self.path, self.settings, self.resume, self.writes = Path(path), settings, resume, writes
        self.recipe, self.begun, self.may_change = recipe, False, may_change
        self.way: dict[str, Any] | None = None  # how it is computed, where the settings leave that to the machine
        if writes:
            self._check_writable()
        self.written = Written(self.path)
        if resume:
            self._check_same_settings()
        if writes:
            self._check_free(resume or overwrite)

    def begin(self, data: str, fingerprint: str | None = None) -> None:
        """Makes the directory ready for a run; with overwrite, this is when the older run goes.

        Call it when all is there that the run needs, so that a typing error costs nothing.

        Args:
            data: what the run is trained on, in words.
            fingerprint: changes with the data; None where it is not known.

        Raises:
            UserError: the run that is gone on with was trained on something else.
        """
        self.begun = True
        if self.resume:
            self._check_same_data(data, fingerprint)
        if not self.writes:
            return
        if self.resume:
            self.written.keep()
            return
        self.written.remove_all()
        self.path.mkdir(parents=True, exist_ok=True)
        trained_on = {DATA: data} | ({} if fingerprint is None else {FINGERPRINT: fingerprint})
        way = {} if self.way is None else {WAY: self.way}
        self.write_json(RUN, {RECIPE: self.recipe, **self.settings, **trained_on, **way, ID: uuid.uuid4().hex})

    @property
    def id(self) -> str | None:
        """What tells this run from all others, from `begin` of the worker that writes on; None where there is none."""
        saved = self.path / RUN
        return json.loads(saved.read_text(encoding="utf-8")).get(ID) if saved.is_file() else None

    @property
    def checkpoints(self) -> list[Path]:
        """The checkpoints to go on from, the last epoch's first; only a resumed run has any when it begins."""
        return self._checkpoints() if self.resume else []

    @property
    def can_be_resumed(self) -> bool:
        """Whether an epoch was finished, from which --resume would go on."""
        return self.begun and bool(self._checkpoints())

    @contextlib.contextmanager
    def new_checkpoint(self, epoch: int) -> Iterator[Path]:
        """As `new_file`, for the checkpoint after an epoch, a number from 1 on; removes the oldest ones."""
        with self.new_file(f"{CHECKPOINTS}/epoch_{epoch:06}.keras") as path:
            yield path
        for old in self._checkpoints()[KEPT:]:
            old.unlink()

    @contextlib.contextmanager
    def new_file(self, name: str) -> Iterator[Path]:
        """Gives a temporary path to write to; moves it to `name`, which may be in a folder, when all went well.

        Raises:
            UserError: there is a file of this name that no run made.
        """
        self.written.claim(name)
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}")  # keeps the suffix, which says the format
        try:
            yield temporary
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)

    def write_json(self, name: str, data: dict[str, Any]) -> None:
        """Writes `data` as JSON, in which a number that is none, or infinite, is null."""
        with self.new_file(name) as path:
            path.write_text(json.dumps(_finite(data), indent=2, allow_nan=False) + "\n", encoding="utf-8")

    def _checkpoints(self):
        return sorted((self.path / CHECKPOINTS).glob("epoch_*.keras"), reverse=True)

    def _check_writable(self):
        place = next(path for path in (self.path, *self.path.absolute().parents) if path.exists())
        try:
            with tempfile.TemporaryFile(dir=place):
                pass
        except OSError as error:
            raise UserError(f"out_dir: {self.path} can't be written: {error.strerror}.") from error

    def _check_free(self, run_may_be_there):
        if not run_may_be_there and (self.path / RUN).is_file():
            raise UserError(
                f"out_dir: {self.path} holds another run ({RUN}); give --resume to go on with it, --overwrite to "
                "replace it, or another --out_dir."
            )
        if strangers := self.written.strangers:
            raise UserError(
                f"out_dir: {self.path} holds {strangers[0].rstrip('/')}, and no run made it; move it away, or give "
                "another --out_dir."
            )

    def _check_same_data(self, data, fingerprint):
        saved = json.loads((self.path / RUN).read_text(encoding="utf-8"))
        before = saved.get(DATA, data)
        if before != data:
            raise UserError(f"resume: the run at {self.path} is trained on {before}; got {data}. See --data_dir.")
        if saved.get(FINGERPRINT, fingerprint) != fingerprint:
            raise UserError(
                f"resume: the {data} are not those that the run at {self.path} is trained on; some were replaced "
                "or renamed, or are read in another way. Give --overwrite to begin again with these."
            )

    def _check_same_settings(self):
        settings = saved_settings(self.path)
        if settings is None:
            raise UserError(f"resume: {self.path} holds no run to go on with.")
        self.way = json.loads((self.path / RUN).read_text(encoding="utf-8")).get(WAY)
        recipe = settings.pop(RECIPE, self.recipe)
        if recipe != self.recipe:
            raise UserError(f"resume: the run at {self.path} is one of recipes.{recipe}; got recipes.{self.recipe}.")
        for name, value in settings.items():
            if name not in self.may_change and self.settings.get(name) != value:
                raise UserError(
                    f"resume: --{name} is {value} in the run at {self.path}; got {self.settings.get(name)}."
                )


def saved_settings(path: str | Path) -> dict[str, Any] | None:
    """The settings that the run in a directory was started with, and `RECIPE`; None where there is no run."""
    saved = Path(path) / RUN
    if not saved.is_file():
        return None
    try:
        settings = json.loads(saved.read_text(encoding="utf-8"))
    except ValueError:
        settings = None
    if not isinstance(settings, dict):
        raise UserError(f"resume: {saved} is damaged; give --overwrite to begin again.")
    return {RENAMED.get(name, name): value for name, value in settings.items() if name not in NO_SETTINGS}


def _finite(data):
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data
