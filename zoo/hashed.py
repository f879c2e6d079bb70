"""Files whose names end in the beginning of their SHA-256: `digits-fa4e1aca.keras`. Such a name is of one content."""

import hashlib
import re
from pathlib import Path

DIGITS = 8  # hexadecimal digits of the hash that a name has
NAMED = re.compile(rf"(?P<name>.+)-(?P<hash>[0-9a-f]{{{DIGITS}}})")


def sha256(content: bytes) -> str:
    """64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def named(name: str, content: bytes) -> str:
    """The name that a file of this content gets, without a suffix: `name-<hash>`."""
    return f"{name}-{sha256(content)[:DIGITS]}"


def check(argument: str, path: Path) -> None:
    """Refuses a file that isn't what its name says.

    Args:
        argument: what the caller calls it; the error begins with it.
        path: `<name>-<8 hexadecimal digits>.<suffix>`.

    Raises:
        ValueError: the file's hash is not the one in its name; one line.
        OSError: it can't be read.
    """
    digest, expected = sha256(path.read_bytes())[:DIGITS], path.stem.rpartition("-")[2]
    if digest != expected:
        raise ValueError(
            f"{argument}: expected {path} to have the hash of its name, {expected}; got {digest}. It is damaged or "
            "another file; get it anew."
        )
