"""The directory that holds all that a run makes."""

import contextlib
import json
import math
import shutil
import sys
import tempfile
import uuid
from pathlib import Path

from absl import flags

from export import FILES, WORKSHOP
from recipes.harness import cluster
from recipes.harness.errors import UserError

FLAGS = flags.FLAGS
SETTINGS = "run.json"
DATA, FINGERPRINT, RECIPE, ID = "trained_on", "fingerprint", "recipe", "id"  # among the settings
CHECKPOINTS = "checkpoints"
KEPT = 2  # checkpoints: should the last one turn out damaged, there is the one before
# All that a run writes; --overwrite removes these and nothing else.
WRITTEN = (
    SETTINGS,
    CHECKPOINTS,
    "metrics.json",
    "card.md",
    "model.keras",
    *FILES,
    "extractor",
    "samples.png",
    "reconstructions.png",
    "codes.png",
    "interpolations.png",
    "learning_curve.png",
    "quality.png",
    "progress",
    "logs",
    "history.csv",
    WORKSHOP,
)
# Flags that say how to handle a run rather than what it computes.
NOT_KEPT = ("data_dir", "strategy", "cpu_devices", "worker_timeout")  # to be given again, as they are the machine's
_HANDLING = ("out_dir", "resume", "overwrite", *NOT_KEPT)


class RunDirectory:
    """Where a run writes. Files appear in it whole or not at all; nothing is touched before `begin`.

    Args:
        path: the directory.
        settings: {flag: value}, what fixes the run; kept in run.json so that --resume goes on with the same.
        resume, overwrite: what to do where the directory holds a run already.
        writes: False for one of several workers that is not the first: it reads the others' directory only.
        recipe: name of the program; kept like the settings.

    Raises:
        UserError: the directory can't be written, holds a run and neither was asked for, or holds one of another recipe
            or with other settings.
    """

    def __init__(self, path, settings, resume=False, overwrite=False, writes=True, recipe=""):
        self.path, self.settings, self.resume, self.writes = Path(path), settings, resume, writes
        self.recipe, self.begun = recipe, False
        if writes:
            self._check_writable()
        self.found = [name for name in WRITTEN if (self.path / name).exists()]
        if resume:
            self._check_same_settings()
        elif self.found and writes and not overwrite:
            raise UserError(
                f"out_dir: {self.path} holds another run ({self.found[0]}); give --resume to go on with it, "
                "--overwrite to replace it, or another --out_dir."
            )

    def begin(self, data, fingerprint=None):
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
            saved = json.loads((self.path / SETTINGS).read_text(encoding="utf-8"))
            before = saved.get(DATA, data)
            if before != data:
                raise UserError(f"resume: the run at {self.path} is trained on {before}; got {data}. See --data_dir.")
            if saved.get(FINGERPRINT, fingerprint) != fingerprint:
                raise UserError(
                    f"resume: the {data} are not those that the run at {self.path} is trained on; some were replaced "
                    "or renamed, or are read in another way. Give --overwrite to begin again with these."
                )
        if self.resume or not self.writes:
            return
        for name in self.found:
            path = self.path / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        self.path.mkdir(parents=True, exist_ok=True)
        trained_on = {DATA: data} | ({} if fingerprint is None else {FINGERPRINT: fingerprint})
        self.write_json(SETTINGS, {RECIPE: self.recipe, **self.settings, **trained_on, ID: uuid.uuid4().hex})

    @property
    def id(self):
        """What tells this run from all others, from `begin` of the worker that writes on; None where there is none."""
        saved = self.path / SETTINGS
        return json.loads(saved.read_text(encoding="utf-8")).get(ID) if saved.is_file() else None

    @classmethod
    def from_flags(cls):
        """Opens --out_dir; with --resume, flags that were not given take the values that the run started with."""
        key_flags = FLAGS.get_key_flags_for_module(sys.argv[0])
        key_flags = [flag for flag in key_flags if flag.name not in _HANDLING]
        saved = Path(FLAGS.out_dir) / SETTINGS
        if FLAGS.resume and saved.is_file():
            settings = json.loads(saved.read_text())
            for flag in key_flags:
                if not flag.present and flag.name in settings:
                    FLAGS[flag.name].value = settings[flag.name]
        writes = FLAGS.strategy not in ("auto", "multi_worker") or cluster.is_chief()
        settings = {flag.name: flag.value for flag in key_flags}
        return cls(FLAGS.out_dir, settings, FLAGS.resume, FLAGS.overwrite, writes, Path(sys.argv[0]).stem)

    @property
    def checkpoints(self):
        """The checkpoints to go on from, the last epoch's first; only a resumed run has any when it begins."""
        return self._checkpoints() if self.resume else []

    @property
    def can_be_resumed(self):
        """Whether an epoch was finished, from which --resume would go on."""
        return self.begun and bool(self._checkpoints())

    @contextlib.contextmanager
    def new_checkpoint(self, epoch):
        """As `new_file`, for the checkpoint after an epoch, a number from 1 on; removes the oldest ones."""
        with self.new_file(f"{CHECKPOINTS}/epoch_{epoch:06}.keras") as path:
            yield path
        for old in self._checkpoints()[KEPT:]:
            old.unlink()

    def _checkpoints(self):
        return sorted((self.path / CHECKPOINTS).glob("epoch_*.keras"), reverse=True)

    @contextlib.contextmanager
    def new_file(self, name):
        """Gives a temporary path to write to; moves it to `name` when all went well."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}")  # keeps the suffix, which says the format
        try:
            yield temporary
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)

    def write_json(self, name, data):
        """Writes `data` as JSON, in which a number that is none, or infinite, is null."""
        with self.new_file(name) as path:
            path.write_text(json.dumps(_finite(data), indent=2, allow_nan=False) + "\n", encoding="utf-8")

    def _check_writable(self):
        place = next(path for path in (self.path, *self.path.absolute().parents) if path.exists())
        try:
            with tempfile.TemporaryFile(dir=place):
                pass
        except OSError as error:
            raise UserError(f"out_dir: {self.path} can't be written: {error.strerror}.") from error

    def _check_same_settings(self):
        saved = self.path / SETTINGS
        if not saved.is_file():
            raise UserError(f"resume: {self.path} holds no run to go on with.")
        settings = json.loads(saved.read_text())
        recipe = settings.pop(RECIPE, self.recipe)
        if recipe != self.recipe:
            raise UserError(f"resume: the run at {self.path} is one of recipes.{recipe}; got recipes.{self.recipe}.")
        for name in (DATA, FINGERPRINT, ID):
            settings.pop(name, None)
        for name, value in settings.items():
            if self.settings.get(name) != value:
                raise UserError(
                    f"resume: --{name} is {value} in the run at {self.path}; got {self.settings.get(name)}."
                )


def _finite(data):
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data
