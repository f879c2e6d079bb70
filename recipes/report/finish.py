"""The report's order: save, load again, show, export, measure, and say what came of it."""

from typing import Any

import keras

import zoo
from recipes.harness.fastest import Way
from recipes.machines.workers import barrier
from recipes.report import card, shows
from recipes.report.exporting import export_into
from recipes.report.next_steps import print_next_steps
from recipes.report.trained import Report, Trained

MODEL = "model.keras"


def finish(trained: Trained, report: Report) -> None:
    """Reports on a trained model in the directory of its run; all of it in float32, of the file that others load.

    All workers of a strategy call this function: they share the measuring, the first one does the rest.
    """
    run, strategy, path = trained.run, trained.strategy, trained.run.path / MODEL
    protocol = protocol_of(trained)
    if run.writes:
        with run.new_file(MODEL) as new:
            zoo.in_float32(trained.model).save(new)
    barrier(strategy)
    with strategy.scope():
        trained = trained._replace(model=keras.models.load_model(path))
    exported, shown = {}, []
    if run.writes:
        several = strategy.num_replicas_in_sync > 1  # such a model's variables are those of all replicas
        alone = trained._replace(model=keras.models.load_model(path)) if several else trained
        shown = _show(alone, report)
        exported = export_into(run, alone.model, alone.model.examples(report.examples))
    barrier(strategy)
    sections = []
    for measure in report.measures:
        sections.append(measure(trained))
        if run.writes and sections[-1].text:
            print(f"\n{sections[-1].text}", flush=True)
        protocol |= sections[-1].protocol
    if run.writes:
        measured = {section.title.lower(): section.metrics for section in sections if section.metrics}
        metrics = {"protocol": protocol, **exported, **measured}
        run.write_json("metrics.json", metrics)
        card.write(alone, metrics, sections, report.limits)
        print_next_steps(alone, shown, list(exported["bytes"]), all(section.whole for section in sections))
    barrier(strategy)


def _show(trained, report):
    """Writes what a person looks at; the names of the files."""
    run, domain, names = trained.run, trained.data.domain, []
    for show in report.shows:
        sheet = show(trained)
        shows.write(run, domain, sheet)
        names.append(f"{sheet.name}{domain.suffix}")
    for curve in report.curves:
        if curve.known(trained.history):
            with run.new_file(f"{curve.name}.png") as path:
                curve.save(trained.history, path)
            names.append(f"{curve.name}.png")
    return names


def protocol_of(trained: Trained) -> dict[str, Any]:
    """What a model was trained on and for how long.

    `trained_in` is the number format of the hidden layers, and whether XLA compiled the step. `training_seconds` are
    those of the finished epochs, compiling among them, pictures and checkpoints not. Both are None for a run that was
    begun before they were noted.
    """
    data, training, seconds = trained.data, trained.settings.training, trained.history.column("seconds")
    return {
        "data": data.name,
        f"train_{data.domain.items}": data.train_size,
        "seed": training.seed,
        "epochs": training.epochs,
        "steps": int(trained.model.optimizer.iterations.numpy()),
        "batch_size": training.batch_size,
        "trained_in": str(Way(**trained.run.way)) if trained.run.way else None,
        "training_seconds": None if seconds is None else round(sum(seconds), 1),
        "precision": "float32",
        **({"classes": list(trained.labels.names)} if trained.labels and trained.labels.names else {}),
    }
