"""What every VAE recipe does, and what its report shows and measures."""

from collections.abc import Callable
from typing import Any, Protocol

import keras
import numpy as np

import zoo
from recipes.data.data_set import DataSet
from recipes.families.likelihood import TITLE as LIKELIHOOD
from recipes.families.likelihood import likelihood
from recipes.harness import fastest, starting
from recipes.harness.run_directory import RunDirectory
from recipes.harness.schedule import schedule_for
from recipes.harness.training import train
from recipes.machines.strategies import strategy_for
from recipes.report import quality, shows
from recipes.report.curves import Curve
from recipes.report.finish import finish
from recipes.report.samples import samples
from recipes.report.shipping import check_free
from recipes.report.trained import Report, Sheet, Trained
from recipes.settings import Budget, LikelihoodSettings, Machine, Quality, Run, Training
from zoo.domains import Domain
from zoo.generative import CHUNK

LIMITS = """`encode` and `reconstruct` expect {items} like the training {items}, binarized where those were. A
likelihood compares only with those of the same data and binarization. `sample` gives the means, without the noise of
p(x|z)."""


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
) -> None:
    """Loads the data, trains what `build_model` makes, and finishes with pictures, exports and metrics.

    Args:
        build_model: (what the data are of, the settings) -> a VAE.
        load: -> the data.
        settings: the recipe's.
        run: its directory.

    Raises:
        UserError: the data, the settings or the machine don't fit; one line.
    """
    training = settings.training
    check_free(settings.run.ship_to)
    strategy = strategy_for(settings.machine, training.batch_size)
    build_model = starting.from_trained(build_model, training, run)  # draws random numbers: before the seed is set
    keras.utils.set_random_seed(training.seed)
    data = load()
    extractor = quality.extractor_for(data, settings.quality)
    with strategy.scope():
        schedule = schedule_for(training, data.train_size)
        vae = fastest.compiled(build_model, lambda vae: [schedule.optimizer()], data, None, settings, schedule, run)
    vae, history = train(
        vae,
        data,
        run,
        training,
        schedule,
        show=shows.after_epochs(run, data.domain, lambda vae: shows.sampled(vae, training.seed, range(64))),
    )
    report = Report(
        shows=(hundred_samples, reconstructions, interpolations),
        curves=(Curve("learning_curve", {"elbo": "ELBO, training"}, f"nats per {data.domain.item}"),),
        measures=(samples, likelihood),
        examples=shows.first(data.held_out_as_trained, CHUNK),
        limits=LIMITS.format(items=data.domain.items),
        figure=LIKELIHOOD,
    )
    finish(Trained(vae, history, data, None, extractor, run, settings, strategy), report)


def hundred_samples(trained: Trained) -> Sheet:
    """Samples, 10 to a row."""
    return Sheet("samples", shows.sampled(trained.model, trained.settings.training.seed, range(100)), columns=10)


def reconstructions(trained: Trained) -> Sheet:
    """A row of held-out items above a row of what the model makes of them."""
    originals = _originals(trained)
    both = np.concatenate([originals, trained.model.reconstruct(originals)])
    return Sheet("reconstructions", both, columns=len(originals))


def interpolations(trained: Trained) -> Sheet:
    """From one held-out item to the next, in a row of ten each."""
    latents = np.asarray(trained.model.encode(_originals(trained))[0])
    weights = np.linspace(0, 1, 10, dtype=np.float32)[:, None]
    between = [(1 - weights) * a + weights * b for a, b in shows.pairs(latents, count=8, cyclic=True)]
    return Sheet("interpolations", trained.model.decode(np.concatenate(between)), columns=10)


def _originals(trained):
    return trained.data.held_out_as_trained[:10]
