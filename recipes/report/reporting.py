"""The report's order: show, export, measure, write down; once, for all models."""

from typing import Any, NamedTuple

import keras

from recipes.harness.fastest import Way
from recipes.machines.workers import barrier
from recipes.report import card, shows
from recipes.report.exporting import export_into
from recipes.report.trained import Report, Section, Trained
from zoo.generative import CHUNK


class Done(NamedTuple):
    """What a report made and found."""

    shown: list[str]  # the files that a person looks at, the samples first
    metrics: dict[str, Any]  # what metrics.json holds
    sections: list[Section]

    @property
    def whole(self) -> bool:
        """Whether all was measured that --measure_all would measure."""
        return all(section.whole for section in self.sections)


def report_on(trained: Trained, report: Report, protocol: dict[str, Any]) -> Done:
    """Reports on a model in the directory of its run; all of it in float32, of the file that others load.

    All workers of a strategy call this function: they share the measuring, the first one does the rest.

    Args:
        trained: its model is what was loaded from its `file`.
        report: what to show and to measure.
        protocol: of `protocol_of`, of the model as it came from the training.
    """
    run, strategy = trained.run, trained.strategy
    exported, shown, alone = {}, [], trained
    if run.writes:
        several = strategy.num_replicas_in_sync > 1  # such a model's variables are those of all replicas
        alone = trained._replace(model=keras.models.load_model(run.path / trained.file)) if several else trained
        shown = _show(alone, report)
        told = None if trained.condition is None else shows.first(trained.condition.test, CHUNK)
        exported = export_into(run, alone.model, alone.model.examples(report.examples, told))
    barrier(strategy)
    sections = []
    for measure in report.measures:
        sections.append(measure(trained))
        if run.writes and sections[-1].text:
            print(f"\n{sections[-1].text}", flush=True)
    measured = {section.title.lower(): section.metrics for section in sections if section.metrics}
    protocol = {**protocol, **{name: value for section in sections for name, value in section.protocol.items()}}
    metrics = {"protocol": protocol, **exported, **measured}
    if run.writes:
        run.write_json("metrics.json", metrics)
        card.write(alone, metrics, sections, report.limits, shown)
    return Done(shown, metrics, sections)


def _show(trained, report):
    """Writes what a person looks at; the names of the files."""
    run, domain, names = trained.run, trained.data.domain, []
    for show in report.shows:
        names += shows.write(run, domain, show(trained), domain.suffixes)
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
        **({"started_from": training.start_from} if training.start_from else {}),
        f"train_{data.domain.items}": data.train_size,
        "seed": training.seed,
        "epochs": training.epochs,
        "steps": int(trained.model.optimizer.iterations.numpy()),
        "batch_size": training.batch_size,
        "trained_in": str(Way(**trained.run.way)) if trained.run.way else None,
        "training_seconds": None if seconds is None else round(sum(seconds), 1),
        "precision": "float32",
        **(
            {"classes": list(trained.condition.class_names)}
            if trained.condition and trained.condition.class_names
            else {}
        ),
    }
