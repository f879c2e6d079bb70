"""What comes after a training: a report in the directory of the run, or a folder for others."""

import keras

import zoo
from recipes.machines.workers import barrier
from recipes.report.next_steps import print_next_steps
from recipes.report.reporting import protocol_of, report_on
from recipes.report.shipping import ship
from recipes.report.trained import MODEL, Report, Trained


def finish(trained: Trained, report: Report) -> None:
    """Saves a trained model in the directory of its run and reports on that file; or ships it, see `--ship_to`.

    All workers of a strategy call this function: they share the measuring, the first one does the rest.
    """
    protocol = protocol_of(trained)
    if trained.settings.run.ship_to:
        ship(trained, report, protocol)
        return
    run, strategy = trained.run, trained.strategy
    if run.writes:
        with run.new_file(MODEL) as new:
            zoo.in_float32(trained.model).save(new)
    barrier(strategy)
    with strategy.scope():
        saved = trained._replace(model=keras.models.load_model(run.path / MODEL))
    done = report_on(saved, report, protocol)
    if run.writes:
        print_next_steps(saved, done.shown, list(done.metrics["bytes"]), done.whole)
    barrier(strategy)
