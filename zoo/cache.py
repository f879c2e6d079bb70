"""The user's folder for what can be had again: downloads, and what was found out about this machine."""

import os
from pathlib import Path

CACHE = "ZOO_CACHE_DIR"  # environment variable: a folder in place of the user's own


def cache_dir() -> Path:
    """The folder; it may not exist."""
    if told := os.environ.get(CACHE):
        return Path(told)
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "generative-model-zoo"
