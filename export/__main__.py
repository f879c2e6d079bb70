"""Exports a Keras model to a SavedModel and TFLite files and verifies them.

    python -m export MODEL OUT
    python -m export --notflite MODEL OUT
    python -m export --batch_size=4 MODEL OUT

MODEL is a .keras file. Where the package that --classes names has a function `load`, it is whatever that takes: a name
of a pretrained model, say, the directory of a run or an address.

This writes OUT/saved_model, OUT/model.tflite and OUT/model_int8.tflite, whose weights have 8 bits; of a GAN also
OUT/discriminator.tflite and OUT/discriminator_int8.tflite, with the signature `score`; and OUT/export.json, how each
signature agreed with the model. All compute in float32. Any Keras model whose class offers `endpoints()` and
`examples()` can be exported; --classes names the Python package that defines such classes. With --notflite, also one
that TFLite can't express. With --batch_size, signatures of any number of rows take that many and no other, so that
every shape is static, as browsers, LiteRT's compiled model and accelerators need.
"""

import importlib
import os
import sys
import zipfile
from pathlib import Path

from absl import app, flags

from export import UNREADABLE, ExportError, check_batch_size, export_model, written_before

FLAGS = flags.FLAGS
flags.DEFINE_string(
    "classes", "zoo", "Python package that registers the model's classes with Keras and may `load` MODEL."
)
flags.DEFINE_bool("overwrite", False, "Replace what OUT holds of an older export.")
flags.DEFINE_integer("batch_size", None, "Rows of every signature, for static shapes; any number of rows unless given.")
flags.DEFINE_bool("tflite", True, "Write TFLite files; --notflite writes the SavedModel alone.")


def main(argv):
    if len(argv) != 3:
        raise app.UsageError("expected two arguments: MODEL OUT")
    source, directory = os.path.expanduser(argv[1]), Path(argv[2]).expanduser()
    try:
        check_batch_size(FLAGS.batch_size)  # before anything takes time
    except ExportError as error:
        sys.exit(str(error))
    if source.endswith(".keras") and ":" not in source:  # no address; said before TensorFlow starts
        _check_file(source)
    existing = written_before(directory)
    if existing and not FLAGS.overwrite:
        sys.exit(f"export: OUT: {directory} holds {existing[0]} already; give --overwrite or another directory.")

    print("Starting TensorFlow (about 10 s) ...", flush=True)
    from export.startup import start_tensorflow

    start_tensorflow()
    import tensorflow as tf

    try:
        package = importlib.import_module(FLAGS.classes)
    except ImportError as error:
        sys.exit(f"export: --classes: expected a package that can be imported; got {FLAGS.classes}: {error}")
    model = _loaded(source, package)
    if not hasattr(model, "endpoints"):
        sys.exit(f"export: MODEL: {source} holds a {type(model).__name__}, which offers no endpoints to export.")
    try:
        checks, table = export_model(model, directory, model.examples(), FLAGS.tflite, FLAGS.batch_size)
    except ExportError as error:
        sys.exit(str(error))
    except (OSError, tf.errors.OpError) as error:
        sys.exit(f"export: OUT: can't write {directory}: {str(error).splitlines()[0]}")
    print(table)
    written = ", ".join(dict.fromkeys(check.artefact for check in checks))
    print(f"Wrote {written} in {directory}. Next: see BUILD.md, Loading.")


def _check_file(path):
    """Ends the process, with one line, where a path is no .keras file."""
    if not os.path.isfile(path):
        sys.exit(f"export: MODEL: {path} is not a file.")
    if not zipfile.is_zipfile(path):
        sys.exit(f"export: MODEL: {path} is not a Keras model (a .keras file is a zip archive).")


def _loaded(source, package):
    """The model that a package's `load` makes of a source; without one, that of a .keras file."""
    import keras

    load = getattr(package, "load", None)
    if load is None:
        _check_file(source)
    try:
        return load(source) if load else keras.models.load_model(source, compile=False)
    except UNREADABLE as error:
        reason = str(error).strip().partition("\n")[0]
        # A `load` says itself what it was given.
        sys.exit(f"export: {reason}" if load else f"export: MODEL: {source} can't be loaded: {reason}")


if __name__ == "__main__":
    app.run(main)
