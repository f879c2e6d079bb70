"""Files in a folder of a person's own."""

import os
from pathlib import Path


def files_below(folder: Path) -> list[Path]:
    """All files but hidden ones, in the order of their names; those that links lead to as well count once."""
    files, seen, places, links = [], set(), [folder], []
    while places or links:
        place = places.pop() if places else links.pop(0)  # what lies in the folder itself comes first
        here = os.path.realpath(place)
        if here in seen:
            continue
        seen.add(here)
        for entry in os.scandir(place):
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                (links if entry.is_symlink() else places).append(entry.path)
            elif entry.is_file():
                files.append(Path(entry.path))
    return sorted(files, key=os.fsencode)


def readable(name: str) -> str:
    """A name of the file system as text that can be written to any file."""
    return os.fsencode(name).decode("utf-8", "replace")
