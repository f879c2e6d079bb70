"""Builds the gallery, of the models that ship with the zoo or of runs of your own.

    python -m gallery
    python -m gallery --runs=runs --out=my_gallery

LiteRT.js has to be there: `make gallery` has npm install it, then calls this.
"""

import sys
import time
from pathlib import Path

from absl import app, flags

FLAGS = flags.FLAGS
flags.DEFINE_string("runs", None, "A folder of finished runs to show in place of the models that ship.")
flags.DEFINE_string("out", "build/gallery", "The folder to make; an older gallery there is replaced.")
flags.DEFINE_string("dataset", "mnist", "Real digits, which the scores of drawings are compared with.")
flags.DEFINE_string("data_dir", None, "A folder in which TFDS has prepared them; default: TFDS's own.")


def main(argv):
    if len(argv) > 1:
        raise app.UsageError(f"expected flags only, got {argv[1]!r}")
    out, began = Path(FLAGS.out).expanduser(), time.monotonic()
    print("Starting TensorFlow (about 10 s) ...", flush=True)
    from export.startup import start_tensorflow

    start_tensorflow()
    from export import ExportError
    from gallery import build, exhibits
    from recipes import UserError

    shown = exhibits.of_runs(Path(FLAGS.runs).expanduser()) if FLAGS.runs else exhibits.shipped()
    try:
        build.build(shown, out, FLAGS.dataset, FLAGS.data_dir)
    except (build.BuildError, UserError, ExportError) as error:
        sys.exit(f"gallery: {error}")
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(
        f"Made {out}, {size / 1e6:.1f} MB, {len(shown)} models, in {time.monotonic() - began:.0f} s.\n\n"
        f"Next:\n  look at it   python -m http.server -d {out}, then http://localhost:8000\n"
        "  publish it   copy the folder to any static server (BUILD.md, The gallery)"
    )


if __name__ == "__main__":
    app.run(main)
