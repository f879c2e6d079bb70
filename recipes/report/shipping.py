"""A folder for others: a model as small as it gets, its card, measured on that very file, and its pictures."""

import importlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from export import TFLITE_INT8
from recipes import UserError
from recipes.harness.run_directory import RunDirectory
from recipes.report.reporting import report_on
from recipes.report.trained import Report, Trained
from recipes.settings.field import replaced
from zoo.pretrained import loading, writing
from zoo.pretrained.shipped import CARD, METRICS

PROGRESS = "progress"
MOST_EPOCHS = 10  # of which there are pictures


def ship(trained: Trained, report: Report, protocol: dict[str, Any]) -> None:
    """Makes the folder `--ship_to`, named as its model is: NAME-<hash>.keras, card.md, metrics.json, pictures.

    All is made and measured elsewhere, and moved there in whole; an older one is replaced.

    Args:
        trained: the model as it came from its training.
        report: what to show and to measure.
        protocol: of `recipes.report.reporting.protocol_of`.

    Raises:
        UserError: the folder holds something that no shipping made, there are several workers, or the model can't be
            written; one line.
    """
    folder = Path(trained.settings.run.ship_to).absolute()
    check_free(folder)  # again, as hours may have passed
    if trained.strategy.num_replicas_in_sync > 1:
        raise UserError(f"ship_to: expected one device; got {trained.strategy.num_replicas_in_sync} replicas.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as workshop:
        run = RunDirectory(workshop, trained.run.settings, recipe=trained.run.recipe)
        run.way = trained.run.way
        try:
            file = writing.write(report.for_others(trained.model), run.path, folder.name)
        except ValueError as error:
            raise UserError(f"ship_to: {error}") from error
        done = report_on(
            trained._replace(
                model=loading.load(file),
                run=run,
                settings=replaced(trained.settings, {"measure_all": True, "data_dir": None}),  # as others type them
                file=file.name,
                sampled=(file.name, TFLITE_INT8),
                shipped=file.stem,
            ),
            report,
            protocol,
        )
        run.write_json(METRICS, {"about": _about(trained, report, done, file.name), **done.metrics})
        progress = _some(sorted((trained.run.path / PROGRESS).glob("*")))
        _moved([file, *(run.path / name for name in (CARD, METRICS, done.shown[0]))], progress, folder)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    given = "" if trained.condition is None or trained.condition.num_classes else " --given=FILE"
    print(
        f"\nMade {folder}, {size / 1e3:,.0f} kB:\n"
        f"  {', '.join(path.name for path in sorted(folder.iterdir()))}\n\n"
        "Next:\n"
        f"  look at the samples    {folder / done.shown[0]}\n"
        f"  read its metrics       {folder / CARD}\n"
        f"  draw more of them      python -m recipes.sample --model={folder} --seed=7{given}\n"
        f'  load it                zoo.load("{folder}"), or its one .keras file, in Python\n'
        f"  use it elsewhere       python -m export {folder} exported"
    )


def check_free(folder: str | Path | None) -> None:
    """Raises a UserError, one line, where there is a folder to ship to and it holds something that `ship` didn't make.

    To be called before a training, too.
    """
    if folder is None or not Path(folder).exists():
        return
    folder = Path(folder)
    try:
        ours = "about" in json.loads((folder / METRICS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        ours = False
    if not folder.is_dir() or (any(folder.iterdir()) and not ours):
        raise UserError(f"ship_to: {folder} is there, and no shipping made it; move it away, or give another folder.")


def _about(trained, report, done, file):
    """What a list of models says of this one, see `zoo.pretrained.Shipped`."""
    domain = trained.data.domain
    draws = f"{domain.items} {' x '.join(map(str, domain.shape))} of {trained.data.name}"
    (section,) = (section for section in done.sections if section.title == report.figure)
    return {
        "title": importlib.import_module(f"recipes.{trained.run.recipe}").__doc__.partition("\n")[0].rstrip("."),
        "draws": f"{draws}, by {trained.model.condition.name}" if trained.model.condition else draws,
        "metric": section.main,
        "value": section.metrics.get(file, {}).get(section.main),
        "floor": section.metrics.get("floor", {}).get(section.main),
        "unit": section.unit,
    }


def _some(paths):
    """At most `MOST_EPOCHS` of the pictures, the first and the last among them."""
    last, most = len(paths) - 1, MOST_EPOCHS - 1
    return paths if last <= most else [paths[round(i * last / most)] for i in range(MOST_EPOCHS)]


def _moved(files, progress, folder):
    new = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".new-"))
    for path in files:
        shutil.copy(path, new)
    if progress:
        (new / PROGRESS).mkdir()
    for path in progress:
        shutil.copy(path, new / PROGRESS)
    new.chmod(0o755)
    if folder.exists():
        shutil.rmtree(folder)
    new.replace(folder)
