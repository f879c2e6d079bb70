"""Writing a model as small as it ships: weights in 16 bits, in a file named after its own hash."""

import io
import json
import tempfile
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np

from zoo import hashed

METADATA, WEIGHTS = "metadata.json", ".h5"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first date that a zip archive can say


def write(model: keras.Model, folder: Path, name: str) -> Path:
    """Writes `<name>-<hash>.keras`, a file that Keras reads as any other.

    Weights are rounded to float16, to 11 significant bits, which halves the file; loaded, they are float32 again. The
    same weights give the same file, whenever it is written: dates are left out.

    Args:
        model: not compiled, as an optimizer's state is not shipped.
        folder: where to; it has to be there.
        name: of the model.

    Raises:
        ValueError: a weight is too large for float16, or no number; one line.
    """
    with tempfile.TemporaryDirectory() as workshop:
        path = Path(workshop) / "model.keras"
        model.save(path)
        content = io.BytesIO()
        with zipfile.ZipFile(path) as whole, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as small:
            for entry in sorted(whole.namelist()):
                small.writestr(zipfile.ZipInfo(entry, EPOCH), _smaller(entry, whole.read(entry)), zipfile.ZIP_DEFLATED)
    written = folder / f"{hashed.named(name, content.getvalue())}.keras"
    written.write_bytes(content.getvalue())
    return written


def _smaller(entry, content):
    if entry == METADATA:
        return json.dumps({"keras_version": json.loads(content)["keras_version"]})
    return _in_16_bits(content) if entry.endswith(WEIGHTS) else content


def _in_16_bits(content):
    """An HDF5 file whose numbers of float32 are of float16."""
    small = io.BytesIO()
    with h5py.File(io.BytesIO(content)) as source, h5py.File(small, "w") as target:
        _copy(source, target)
    return small.getvalue()


def _copy(source, target):
    for key, value in source.attrs.items():
        if key != "name":  # of a layer, with how many the process had made before; nothing reads it
            target.attrs[key] = value
    for key, node in source.items():
        if isinstance(node, h5py.Group):
            _copy(node, target.create_group(key))
            continue
        array = node[()]
        if array.dtype == np.float32:
            with np.errstate(over="ignore"):
                array = array.astype(np.float16)
            if not np.all(np.isfinite(array)):
                raise ValueError(
                    f"model: expected weights from -65,504 to 65,504, as float16 has them; {node.name}: others."
                )
        target.create_dataset(key, data=array)
