"""Starting and ending a recipe: quiet TensorFlow, one clear line for what goes wrong."""

import errno
import shlex
import sys
from pathlib import Path

import absl.app
from absl import flags

from export.startup import start_tensorflow
from recipes.harness.errors import UserError
from recipes.harness.run_directory import NOT_KEPT, RunDirectory

FLAGS = flags.FLAGS


def run(recipe):
    """Parses the flags, opens the run directory, starts TensorFlow and calls `recipe(run)`.

    Exit status: 0 when the recipe came to its end, 1 for a `UserError`, a full disk or bad flags, 130 after Ctrl-C.
    """

    def start():
        run_directory = RunDirectory.from_flags()
        print(f"Run directory: {run_directory.path}. Starting TensorFlow (about 10 s) ...", flush=True)
        start_tensorflow()
        from recipes.harness import distribution

        try:
            with distribution.naming_lost_workers():
                recipe(run_directory)
        except KeyboardInterrupt:
            if not run_directory.begun:
                raise
            finished = run_directory.can_be_resumed
            what = "Go on from the last finished epoch" if finished else "No epoch was finished; begin again"
            _stop(f" {what} with:\n    {resume_command()}")

    absl.app.run(lambda argv: _main(start, argv))


def run_reader(program):
    """As `run`, for a program that writes nothing: calls `program()`."""

    def start():
        print("Starting TensorFlow (about 10 s) ...", flush=True)
        start_tensorflow()
        program()

    absl.app.run(lambda argv: _main(start, argv))


def _main(start, argv):
    if len(argv) > 1:
        raise absl.app.UsageError(f"expected flags only, got {argv[1]!r}")
    try:
        start()
    except UserError as error:
        sys.exit(f"{recipe_name()}: {error}")
    except OSError as error:
        # HDF5, which .keras files hold, gives the reason in the message only.
        full = error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error)
        if "out_dir" not in FLAGS or (not full and error.errno not in (errno.EROFS, errno.EACCES)):
            raise
        reason = "the disk is full" if full else error.strerror
        sys.exit(f"{recipe_name()}: can't write to {error.filename or FLAGS.out_dir}: {reason}.")
    except KeyboardInterrupt:
        _stop()


def _stop(what_next=""):
    print(f"\nStopped.{what_next}", file=sys.stderr)
    sys.exit(130)


def recipe_name():
    """The name of the recipe that this process runs, e.g. vae_mnist."""
    return Path(sys.argv[0]).stem


def resume_command():
    """The command line that goes on with this run."""
    here = [name for name in NOT_KEPT if name in FLAGS]
    given = [f"--{name}={FLAGS[name].value}" for name in here if FLAGS[name].value != FLAGS[name].default]
    module, out_dir = f"recipes.{recipe_name()}", f"--out_dir={FLAGS.out_dir}"
    return shlex.join(["python", "-m", module, out_dir, *given, "--resume"])
