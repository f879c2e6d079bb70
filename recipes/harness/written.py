"""What a run made in its directory, so that it removes that and nothing else."""

import json
import shutil
from pathlib import Path

from export import MANIFEST
from recipes import UserError

NOTE = "run_files.txt"
HEADER = "# What the run in this folder made, a file or a folder/ per line; --overwrite removes these and nothing else."
RUN = "run.json"  # every run has one
# What runs made before they noted it; a folder is theirs as a whole.
OF_OLD = (
    "checkpoints/",
    "metrics.json",
    "card.md",
    "model.keras",
    "saved_model/",
    "model.tflite",
    "model_int8.tflite",
    "discriminator.tflite",
    "discriminator_int8.tflite",
    "extractor/",
    "samples.png",
    "reconstructions.png",
    "codes.png",
    "interpolations.png",
    "learning_curve.png",
    "quality.png",
    "progress/",
    "logs/",
    "history.csv",
    ".export/",
)


class Written:
    """The names of what a run made, noted beside it before it is made.

    Args:
        path: the directory of the run. In one of a run that noted nothing, all is its own that such runs made.
    """

    def __init__(self, path: Path):
        self.path = path
        noted = self._noted()
        self.names = self._of_old() if noted is None else noted

    @property
    def strangers(self) -> list[str]:
        """Names that a run needs, and of which there is a file or a folder that no run made."""
        unnoted = [NOTE] if self._noted() is None else []
        there = [name for name in (*unnoted, *OF_OLD, MANIFEST) if (self.path / name).exists()]
        return [name for name in there if not any(mine.startswith(name) for mine in self.names)]

    def claim(self, name: str) -> None:
        """Notes that the run makes a file of this name, or, with a slash at its end, a folder and all below it.

        Raises:
            UserError: there is one that the run did not make.
        """
        if self._knows(name):
            return
        if (self.path / name).exists():
            raise UserError(
                f"out_dir: {self.path / name} is there, and no run made it; move it away and go on with --resume."
            )
        self.path.mkdir(parents=True, exist_ok=True)
        self.keep()
        with open(self.path / NOTE, "a", encoding="utf-8") as file:
            file.write(f"{name}\n")
        self.names.append(name)

    def keep(self) -> None:
        """Begins the note, unless there is one: of a run of before, with what it made."""
        if not (self.path / NOTE).is_file():
            (self.path / NOTE).write_text("\n".join([HEADER, *self.names, ""]), encoding="utf-8")

    def below(self, folder: str) -> list[str]:
        """The names of the files that the run made in a folder and that are there."""
        there = {f"{folder}/{path.name}" for path in (self.path / folder).glob("*")}
        return sorted(name for name in there if self._knows(name))

    def remove(self, name: str) -> None:
        """Removes a file, and what was left of writing it, or a folder, that the run made."""
        path = self.path / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
            return
        path.unlink(missing_ok=True)
        path.with_name(f".{path.name}").unlink(missing_ok=True)

    def remove_all(self) -> None:
        """Removes all that the run made, the folders that are empty then, and the note."""
        for name in self.names:
            self.remove(name)
        for folder in sorted(
            {self.path / parent for name in self.names for parent in Path(name).parents}, reverse=True
        ):
            if folder != self.path and folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        # Last, so that whoever is killed before this can do it again.
        for name in (NOTE, RUN):
            (self.path / name).unlink(missing_ok=True)
        self.names = []

    def _knows(self, name):
        return name in self.names or any(f"{parent}/" in self.names for parent in Path(name).parents)

    def _noted(self):
        """What the note says; None where there is none, or another's."""
        if not (self.path / NOTE).is_file():
            return None
        header, *names = (self.path / NOTE).read_text(encoding="utf-8", errors="replace").splitlines() or [""]
        inside = [name for name in names if _is_inside(name)]
        return inside if header == HEADER else None

    def _of_old(self):
        if not _is_of_a_run(self.path / RUN):
            return []
        return [name for name in OF_OLD if (self.path / name).exists()]


def _is_inside(name):
    """Whether a name is of a file or a folder in the directory, not of the directory itself or one outside."""
    path = Path(name.strip())
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def _is_of_a_run(file):
    """Whether a file holds the settings of a run."""
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(settings, dict) and "trained_on" in settings
