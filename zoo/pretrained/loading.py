"""Loading a trained model: by a name, from a file, a folder or an address."""

import difflib
import zipfile
import zlib
from pathlib import Path

import keras

from zoo import hashed
from zoo.generative import GenerativeModel
from zoo.pretrained.fetching import fetched, is_address
from zoo.pretrained.shipped import models

RUN = "model.keras"  # in the directory of a run
# What Keras raises for a file that is damaged, or of something else.
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, OSError, EOFError, zipfile.BadZipFile, zlib.error)


def load(model: str | Path) -> GenerativeModel:
    """A trained model, to sample from, to export or to go on with.

    Nothing in a file is run as code, and there is no pickle in it. A file whose name ends in a hash,
    `cgan_mnist-0123abcd.keras`, is refused unless it is its own.

    Args:
        model: one of

            - a name of `zoo.models()`: "cgan_mnist" is the best of that recipe, which a later version of the zoo may
              replace; "cgan_mnist-0123abcd", with the hash of the file, is this one for ever. A folder of that name is
              "./cgan_mnist";
            - the path of a .keras file;
            - the path of a folder: of a run, or of what a run made for others;
            - an address, "https://host/NAME-0123abcd.keras#sha256=<64 hexadecimal digits>": it is downloaded once, and
              kept in the user's cache (`ZOO_CACHE_DIR` or ~/.cache/generative-model-zoo).

    Returns:
        The model, a `zoo.GAN` or a `zoo.VAE`, in float32 and not compiled, with its `domain`. A GAN may be without a
        discriminator: then it samples, and is not trained any further.

    Raises:
        ValueError: there is no such model; its file is damaged, isn't what its name says, or holds something else; one
            line.
        OSError: an address can't be reached, or the cache can't be written; one line.

    Example:

    >>> sevens = zoo.load("cgan_mnist").sample(3, seed=0, labels=[7, 7, 7])
    >>> sevens.shape
    TensorShape([3, 28, 28, 1])
    """
    path = file_of(model)
    if hashed.NAMED.fullmatch(path.stem):
        hashed.check("model", path)
    if not zipfile.is_zipfile(path):
        raise ValueError(f"model: {path} is damaged, or no Keras model (a .keras file is a zip archive); get it anew.")
    try:
        loaded = keras.models.load_model(path, compile=False)
    except UNREADABLE as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ValueError(f"model: {path} can't be loaded: {reason}") from error
    if not isinstance(loaded, GenerativeModel):
        raise ValueError(f"model: expected a generative model of the zoo; {path} holds a {type(loaded).__name__}.")
    return loaded


def file_of(model: str | Path) -> Path:
    """The .keras file that `load` loads, downloaded if it has to be; raises as it does."""
    if isinstance(model, str):
        if is_address(model):
            return fetched(model)
        for one in models():
            if model in (one.name, f"{one.name}-{one.hash}"):
                return one.path
    path = Path(model).expanduser()
    if path.is_dir():
        return _in_folder(path)
    if path.is_file():
        return path
    if isinstance(model, Path) or path.suffix == ".keras" or len(path.parts) != 1:
        raise ValueError(f"model: {path} does not exist.")
    raise ValueError(f"model: the zoo has no {model!r}. {_hint(model)}")


def _in_folder(folder):
    if (folder / RUN).is_file():
        return folder / RUN
    files = sorted(folder.glob("*.keras"))
    if len(files) != 1:
        got = ", ".join(file.name for file in files) or "none"
        raise ValueError(f"model: expected {folder} to hold {RUN} or one other .keras file; got {got}.")
    return files[0]


def _hint(name):
    for one in models():
        if name.startswith(f"{one.name}-"):
            return f"It ships {one.name}-{one.hash}; an older one is in the version of the zoo that it came with."
    names = [one.name for one in models()]
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.4)
    return f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(names)}."
