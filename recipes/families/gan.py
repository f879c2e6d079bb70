"""What every GAN recipe does, and what its report shows and measures."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import keras
import numpy as np

import zoo
from recipes import UserError
from recipes.data.data_set import DataSet, condition_for
from recipes.families.gan_watchers import MeasureSamples, stop_when_won
from recipes.harness import fastest, starting
from recipes.harness.run_directory import RunDirectory
from recipes.harness.schedule import schedule_for
from recipes.harness.training import train
from recipes.machines.strategies import strategy_for
from recipes.report import quality
from recipes.report.curves import Curve
from recipes.report.finish import finish
from recipes.report.samples import TITLE as SAMPLES
from recipes.report.samples import samples
from recipes.report.shipping import check_free
from recipes.report.shows import after_epochs, asked_in_rows, first, named, pairs, square
from recipes.report.trained import Report, Section, Sheet, Trained
from recipes.settings import Budget, Machine, PlayersSettings, Quality, Run, Training
from zoo.domains import Domain
from zoo.generative import CHUNK

LIMITS = "The {items} are drawn with a moving average of the generator's weights."
LEFT_OUT = "The discriminator is left out: the model samples, and is not trained any further."
LIMITS_OF_SCORE = """`score` tells training {items} from this generator's; it says nothing of other generators' {items}.
Of the TFLite files, `discriminator.tflite` has it alone, so that the generator's are no larger than they need to be."""
LOSSES = Curve(
    "learning_curve", {"generator_loss": "generator", "discriminator_loss": "discriminator"}, "loss of the player"
)


MEASURES = (samples,)


class Settings(Protocol):
    """What a GAN recipe's settings have."""

    data: Any
    training: Training
    machine: Machine
    gan: PlayersSettings
    run: Run
    quality: Quality
    budget: Budget


def train_and_report(
    build_model: Callable[[Domain, Settings], zoo.GAN],
    load: Callable[[], DataSet],
    settings: Settings,
    run: RunDirectory,
    conditional: bool = False,
    shows: Sequence[Callable[[Trained], Sheet]] | None = None,
    measures: Sequence[Callable[[Trained], Section]] = MEASURES,
    limits: str = "",
) -> None:
    """Loads the data, trains what `build_model` makes, and finishes with pictures, exports and metrics.

    Args:
        build_model: (what the data are of, the settings) -> a GAN.
        load: -> the data.
        settings: the recipe's.
        run: its directory.
        conditional: whether the model is told the condition of its data, labels or another.
        shows, measures: what the report has, samples among it; `SHOWS` and `MEASURES`, those of images, unless given.
        limits: what else the model is not good for, Markdown; "{items}" are those of the domain.

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
        model = fastest.compiled(
            build_model, lambda gan: _optimizers(gan, schedule, settings), data, known, settings, schedule, run
        )
    watchers, curves = [stop_when_won], [LOSSES]
    if extractor:
        measure = MeasureSamples(extractor, data, settings.quality.quality_images, training.seed, condition, run.writes)
        watchers.append(measure)
        curves.append(Curve("quality", {measure.name: measure.name}, measure.name, over_minutes=True))
    model, history = train(
        model,
        data,
        run,
        training,
        schedule,
        condition=known,
        watchers=watchers,
        show=after_epochs(run, data.domain, lambda model: square(model, training.seed, condition, 8)),
    )
    has_score = settings.gan.ship_discriminator or not settings.run.ship_to
    all_limits = " ".join(filter(None, [limits, LIMITS, LIMITS_OF_SCORE if has_score else LEFT_OUT]))
    report = Report(
        shows=tuple(SHOWS if shows is None else shows),
        curves=tuple(curves),
        measures=tuple(measures),
        examples=first(data.held_out, CHUNK),
        limits=all_limits.format(items=data.domain.items),
        figure=SAMPLES,
        for_others=lambda gan: gan.averaged(settings.gan.ship_discriminator),
    )
    finish(Trained(model, history, data, condition, extractor, run, settings, strategy), report)


def _optimizers(model, schedule, settings):
    """The generator's and the discriminator's."""
    gan, updates = settings.gan, model.discriminator_steps
    check_batch_size(settings.training.batch_size, updates, model.distribute_strategy.num_replicas_in_sync)
    # The discriminator's is not cut: a penalty that is due now and then is as many times as strong.
    return [
        schedule.optimizer(gan.beta_1, gan.beta_2, clip_norm=gan.clip_norm),
        schedule.optimizer(gan.beta_1, gan.beta_2, updates),
    ]


def hundred_samples(trained: Trained) -> Sheet:
    """Samples, 10 to a row; with a condition, each row of one: the first ten classes, say."""
    return Sheet("samples", square(trained.model, trained.settings.training.seed, trained.condition, 10), columns=10)


def interpolations(trained: Trained) -> Sheet:
    """From one sample to the next, in a row of ten each; with a condition, each row of one."""
    model, weights = trained.model, np.linspace(0, 1, 10, dtype=np.float32)[:, None]
    ends = pairs(np.asarray(model.examples()["latents"]), count=7)
    # Along the sphere, where a high-dimensional normal has its mass.
    between = [np.cos(weights * np.pi / 2) * a + np.sin(weights * np.pi / 2) * b for a, b in ends]
    told = named(model, asked_in_rows(trained.condition, len(between), 10))
    return Sheet("interpolations", model.generate(np.concatenate(between), **told), columns=10)


def check_batch_size(batch_size: int, discriminator_steps: int, replicas: int) -> None:
    """Several replicas deal the same data to the same update as one does only where each has as many for each.

    Raises:
        UserError: they have not.
    """
    unit = discriminator_steps * replicas
    if batch_size < unit or (replicas > 1 and batch_size % unit):
        raise UserError(
            f"batch_size: expected {'a multiple of' if replicas > 1 else 'at least'} {unit}, as the discriminator is "
            f"updated {discriminator_steps} times a step on {replicas} replicas; got {batch_size}."
        )


SHOWS = (hundred_samples, interpolations)
