"""Files at an address, kept in the user's cache; what comes is what was meant, or nothing is kept."""

import re
import tempfile
from pathlib import Path

import keras

from zoo import hashed
from zoo.cache import CACHE, cache_dir

ADDRESS = re.compile(r"https?://\S+")
WITH_HASH = re.compile(r"(?P<url>https?://[^\s#]+/(?P<file>[\w.-]+\.keras))#sha256=(?P<sha256>[0-9a-f]{64})")


def is_address(text: str) -> bool:
    """Whether a text is an address, and no name or path."""
    return bool(ADDRESS.fullmatch(text))


def fetched(address: str) -> Path:
    """The file at an address, downloaded unless the cache has it.

    Args:
        address: `https://host/path/NAME.keras#sha256=<64 hexadecimal digits>`.

    Raises:
        ValueError: the address is another, or another file is there; one line.
        OSError: it can't be reached, or the cache can't be written; one line.
    """
    known = WITH_HASH.fullmatch(address)
    if not known:
        raise ValueError(
            "model: expected an address like https://host/NAME.keras#sha256=<64 hexadecimal digits>, so that no other "
            f"file is taken for it; got {address}."
        )
    path = cache_dir() / "models" / known["sha256"][:16] / known["file"]
    if path.is_file() and hashed.sha256(path.read_bytes()) == known["sha256"]:
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        workshop = tempfile.TemporaryDirectory(dir=path.parent)
    except OSError as error:
        raise OSError(
            f"model: the cache {path.parent} can't be written: {error.strerror}; name another folder by {CACHE}."
        ) from error
    with workshop:
        try:
            new = Path(keras.utils.get_file(known["file"], known["url"], cache_dir=workshop.name, cache_subdir=""))
        except Exception as error:  # of which Keras raises the class itself
            reason = str(error).rpartition(" -- ")[2].partition("\n")[0]
            raise OSError(f"model: {known['url']} can't be downloaded: {reason}") from error
        got = hashed.sha256(new.read_bytes())
        if got != known["sha256"]:
            raise ValueError(
                f"model: expected the file at {known['url']} to have the SHA-256 {known['sha256']}; got {got}. Nothing "
                "was kept."
            )
        new.replace(path)
    return path
