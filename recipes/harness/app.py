"""The front door of recipes and tools: flags, quiet TensorFlow, one clear line for what goes wrong."""

import contextlib
import errno
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import absl.app
import absl.flags

from export.startup import start_tensorflow
from recipes import UserError
from recipes.harness import commands, flags
from recipes.harness.run_directory import RunDirectory, saved_settings
from recipes.machines import cluster
from recipes.settings.field import flat_described, kept, may_change, replaced

absl.flags.disclaim_key_flags()  # `--help` shows them under the program that calls `run`


def run(main: Callable[[Any], None], settings: Any, file: str) -> None:
    """Makes a flag of each setting, parses the command line, and calls `main` with the settings that it gives.

    With --resume, settings that are not given are those that the run in --out_dir was started with. Exit status: 0 when
    `main` came to its end, 1 for a `UserError` or bad flags, 130 after Ctrl-C.

    Args:
        main: a program, settings -> None.
        settings: its defaults, see `recipes.settings`.
        file: the program's `__file__`; its name is what errors begin with.
    """
    flags.define(settings)

    def start(argv):
        if len(argv) > 1:
            raise absl.app.UsageError(f"expected flags only, got {argv[1]!r}")
        try:
            given, names = flags.parsed(settings)
            main(_as_before(given, names) if hasattr(given, "run") and given.run.resume else given)
        except UserError as error:
            sys.exit(f"{Path(file).stem}: {error}")
        except KeyboardInterrupt as stopped:
            print("\nStopped.", *getattr(stopped, "__notes__", []), file=sys.stderr)
            sys.exit(130)

    absl.app.run(start)


@contextlib.contextmanager
def opened(file: str, settings: Any) -> Iterator[RunDirectory]:
    """The directory of a run, for all that a recipe does; TensorFlow is started, quietly.

    Args:
        file: the recipe's `__file__`.
        settings: the recipe's, with `run` and `machine` among them.

    Raises:
        UserError: the directory can't be used, the disk is full, or another worker is gone.
    """
    recipe, where = Path(file).stem, settings.run
    run = RunDirectory(
        where.out_dir,
        kept(settings),
        where.resume,
        where.overwrite,
        cluster.is_first(settings.machine),
        recipe,
        may_change(settings),
    )
    start(f"Run directory: {run.path}.")
    from recipes.machines.workers import naming_lost_workers

    try:
        with naming_lost_workers(settings.machine):
            yield run
    except OSError as error:
        reason = _reason(error)
        if reason is None:
            raise
        raise UserError(f"can't write to {error.filename or run.path}: {reason}.") from error
    except KeyboardInterrupt as stopped:
        if run.begun:
            what = "Go on from the last finished epoch" if run.can_be_resumed else "No epoch was finished; begin again"
            stopped.add_note(f"{what} with:\n    {commands.resume(recipe, settings)}")
        raise


def start(what: str = "") -> None:
    """Starts TensorFlow, quietly, and says so, after `what`."""
    about = [] if "tensorflow" in sys.modules else ["Starting TensorFlow (about 10 s) ..."]
    if what or about:
        print(*([what] if what else []), *about, flush=True)
    start_tensorflow()


def _as_before(settings, given):
    """The settings of which those that were not given, and fix the run, are as the run was started with."""
    saved = saved_settings(settings.run.out_dir) or {}
    known = flat_described(settings)
    return replaced(
        settings,
        {name: saved[name] for name in known if known[name][1].kept and name not in given and name in saved},
    )


def _reason(error):
    """Why a file can't be written, in words; None where that is not what the error is about."""
    # HDF5, which .keras files hold, gives the reason in the message only.
    if error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error):
        return "the disk is full"
    return error.strerror if error.errno in (errno.EROFS, errno.EACCES) else None
