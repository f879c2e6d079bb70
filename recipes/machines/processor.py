"""The processor that this program runs on, and the user's folder for what was found out on it."""

import os
import platform
from pathlib import Path

CACHE = "ZOO_CACHE_DIR"  # environment variable: a folder in place of the user's own


def name() -> str:
    """The name of the processor, as it has it itself."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def cores() -> int:
    """How many cores this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cache_dir() -> Path:
    """The folder in which the zoo keeps what can be found out again; it may not exist."""
    if told := os.environ.get(CACHE):
        return Path(told)
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "generative-model-zoo"
