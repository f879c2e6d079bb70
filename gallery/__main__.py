"""Builds the gallery, of the models that ship with the zoo or of runs of your own.

python -m gallery
python -m gallery --runs=runs --out=my_gallery
"""

import argparse
import sys
import time
from pathlib import Path


def main():
    parser = argparse.ArgumentParser(prog="python -m gallery", description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=Path, help="a folder of finished runs to show in place of the zoo's models")
    parser.add_argument("--out", type=Path, default=Path("build/gallery"))
    parser.add_argument("--data_dir", help="a folder in which TFDS has prepared MNIST")
    parser.add_argument("--dataset", default="mnist")
    arguments = parser.parse_args()
    from export.startup import start_tensorflow

    start_tensorflow()
    from export import ExportError
    from gallery import build, exhibits
    from recipes import UserError

    began = time.monotonic()
    shown = exhibits.of_runs(arguments.runs) if arguments.runs else exhibits.shipped()
    try:
        build.build(shown, arguments.out, arguments.dataset, arguments.data_dir)
    except (build.BuildError, UserError, ExportError) as error:
        sys.exit(f"gallery: {error}")
    size = sum(path.stat().st_size for path in arguments.out.rglob("*") if path.is_file())
    print(f"Built {arguments.out}, {size / 1e6:.1f} MB, in {time.monotonic() - began:.0f} s. To look at it:")
    print(f"python -m http.server -d {arguments.out}")


if __name__ == "__main__":
    main()
