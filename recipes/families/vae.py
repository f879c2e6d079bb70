"""What every VAE recipe does, and what its report shows and measures."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import keras
import numpy as np

import zoo
from recipes.data.data_set import DataSet, condition_for
from recipes.families.likelihood import TITLE as LIKELIHOOD
from recipes.families.likelihood import likelihood
from recipes.harness import fastest, starting
from recipes.harness.run_directory import RunDirectory
from recipes.harness.schedule import schedule_for
from recipes.harness.training import train
from recipes.machines.strategies import strategy_for
from recipes.report import quality
from recipes.report.curves import Curve
from recipes.report.finish import finish
from recipes.report.samples import samples
from recipes.report.shipping import check_free
from recipes.report.shows import after_epochs, first, named, pairs, square
from recipes.report.trained import Report, Section, Sheet, Trained
from recipes.settings import Budget, LikelihoodSettings, Machine, Quality, Run, Training
from zoo.domains import Domain
from zoo.generative import CHUNK

LIMITS = """`encode` and `reconstruct` expect {items} like the training {items}, binarized where those were. A
likelihood compares only with those of the same data and binarization. `sample` gives the means, without the noise of
p(x|z)."""


MEASURES = (samples, likelihood)


class Settings(Protocol):
    """What a VAE recipe's settings have."""

    data: Any
    training: Training
    machine: Machine
    run: Run
    quality: Quality
    budget: Budget
    likelihood: LikelihoodSettings


def train_and_report(
    build_model: Callable[[Domain, Settings], zoo.VAE],
    load: Callable[[], DataSet],
    settings: Settings,
    run: RunDirectory,
    conditional: bool = False,
    shows: Sequence[Callable[[Trained], Sheet]] | None = None,
    measures: Sequence[Callable[[Trained], Section]] = MEASURES,
    limits: str = LIMITS,
) -> None:
    """Loads the data, trains what `build_model` makes, and finishes with pictures, exports and metrics.

    Args:
        build_model: (what the data are of, the settings) -> a VAE.
        load: -> the data.
        settings: the recipe's.
        run: its directory.
        conditional: whether the model is told the condition of its data, labels or another.
        shows, measures: what the report has, the likelihood among it; `SHOWS` and `MEASURES`, those of images, unless
            given.
        limits: what the model and its metrics are not good for, Markdown; "{items}" are those of the domain.

    Raises:
        UserError: the data, the settings or the machine don't fit; one line.
    """
    training = settings.training
    check_free(settings.run.ship_to)
    strategy = strategy_for(settings.machine, training.batch_size)
    build_model = starting.from_trained(build_model, training, run)  # draws random numbers: before the seed is set
    keras.utils.set_random_seed(training.seed)
    data = load()
    condition = condition_for(data) if conditional else None
    extractor = quality.extractor_for(data, settings.quality, condition)
    known = condition.train if condition else None
    with strategy.scope():
        schedule = schedule_for(training, data.train_size)
        vae = fastest.compiled(build_model, lambda vae: [schedule.optimizer()], data, known, settings, schedule, run)
    vae, history = train(
        vae,
        data,
        run,
        training,
        schedule,
        condition=known,
        show=after_epochs(run, data.domain, lambda vae: square(vae, training.seed, condition, 8)),
    )
    report = Report(
        shows=tuple(SHOWS if shows is None else shows),
        curves=(Curve("learning_curve", {"elbo": "ELBO, training"}, f"nats per {data.domain.item}"),),
        measures=tuple(measures),
        examples=first(data.held_out_as_trained, CHUNK),
        limits=limits.format(items=data.domain.items),
        figure=LIKELIHOOD,
    )
    finish(Trained(vae, history, data, condition, extractor, run, settings, strategy), report)


def hundred_samples(trained: Trained) -> Sheet:
    """Samples, 10 to a row; with a condition, each row of one: the first ten classes, say."""
    return Sheet("samples", square(trained.model, trained.settings.training.seed, trained.condition, 10), columns=10)


def reconstructions(trained: Trained) -> Sheet:
    """A row of held-out items above a row of what the model makes of them."""
    originals, told = _originals(trained)
    both = np.concatenate([originals, trained.model.reconstruct(originals, **told)])
    return Sheet("reconstructions", both, columns=len(originals))


def interpolations(trained: Trained) -> Sheet:
    """From one held-out item to the next, in a row of ten each; with a condition, each row of the first item's."""
    model, (originals, told) = trained.model, _originals(trained)
    of_encoder = told if len(model.encoder.inputs) == 2 else {}
    latents = np.asarray(model.encode(originals, **of_encoder)[0])
    weights = np.linspace(0, 1, 10, dtype=np.float32)[:, None]
    between = [(1 - weights) * a + weights * b for a, b in pairs(latents, count=8, cyclic=True)]
    told = {name: np.repeat(values[: len(between)], 10, axis=0) for name, values in told.items()}
    return Sheet("interpolations", model.decode(np.concatenate(between), **told), columns=10)


def _originals(trained):
    """(Some held-out items, what the model is told of them by name)."""
    told = None if trained.condition is None else trained.condition.test[:10]
    return trained.data.held_out_as_trained[:10], named(trained.model, told)


SHOWS = (hundred_samples, reconstructions, interpolations)
