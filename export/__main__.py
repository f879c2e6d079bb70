"""Exports a saved Keras model to a SavedModel and TFLite files and verifies them.

    python -m export MODEL.keras OUT
    python -m export --notflite MODEL.keras OUT
    python -m export --batch_size=4 MODEL.keras OUT

writes OUT/saved_model, OUT/model.tflite and OUT/model_int8.tflite, whose weights have 8 bits; of a GAN also
OUT/discriminator.tflite and OUT/discriminator_int8.tflite, with the signature `score`; and OUT/export.json, how each
signature agreed with the model. All compute in float32. Any Keras model whose class offers `endpoints()` and
`examples()` can be exported; --classes names the Python package that defines such classes. With --notflite, also one
that TFLite can't express. With --batch_size, every signature takes that many rows and no other number, so that every
shape is static, as browsers, LiteRT's compiled model and accelerators need.
"""

import importlib
import sys
import zipfile
from pathlib import Path

from absl import app, flags

from export import UNREADABLE, ExportError, check_batch_size, export_model, written_before

FLAGS = flags.FLAGS
flags.DEFINE_string("classes", "zoo", "Python package whose import registers the model's classes with Keras.")
flags.DEFINE_bool("overwrite", False, "Replace what OUT holds of an older export.")
flags.DEFINE_integer("batch_size", None, "Rows of every signature, for static shapes; any number of rows unless given.")
flags.DEFINE_bool("tflite", True, "Write TFLite files; --notflite writes the SavedModel alone.")


def main(argv):
    if len(argv) != 3:
        raise app.UsageError("expected two arguments: MODEL.keras OUT")
    path, directory = Path(argv[1]).expanduser(), Path(argv[2]).expanduser()
    try:
        check_batch_size(FLAGS.batch_size)  # before anything takes time
    except ExportError as error:
        sys.exit(str(error))
    if not path.is_file():
        sys.exit(f"export: MODEL.keras: {path} is not a file.")
    if not zipfile.is_zipfile(path):
        sys.exit(f"export: MODEL.keras: {path} is not a Keras model (a .keras file is a zip archive).")
    existing = written_before(directory)
    if existing and not FLAGS.overwrite:
        sys.exit(f"export: OUT: {directory} holds {existing[0]} already; give --overwrite or another directory.")

    print("Starting TensorFlow (about 10 s) ...", flush=True)
    from export.startup import start_tensorflow

    start_tensorflow()
    import keras
    import tensorflow as tf

    try:
        importlib.import_module(FLAGS.classes)
    except ImportError as error:
        sys.exit(f"export: --classes: expected a package that can be imported; got {FLAGS.classes}: {error}")
    try:
        model = keras.models.load_model(path, compile=False)
    except UNREADABLE as error:
        sys.exit(f"export: MODEL.keras: {path} can't be loaded: {str(error).strip().splitlines()[0]}")
    if not hasattr(model, "endpoints"):
        sys.exit(f"export: MODEL.keras: {path} holds a {type(model).__name__}, which offers no endpoints to export.")
    try:
        checks, table = export_model(model, directory, model.examples(), FLAGS.tflite, FLAGS.batch_size)
    except ExportError as error:
        sys.exit(str(error))
    except (OSError, tf.errors.OpError) as error:
        sys.exit(f"export: OUT: can't write {directory}: {str(error).splitlines()[0]}")
    print(table)
    written = ", ".join(dict.fromkeys(check.artefact for check in checks))
    print(f"Wrote {written} in {directory}. Next: see BUILD.md, Loading.")


if __name__ == "__main__":
    app.run(main)
