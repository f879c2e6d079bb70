"""The measure of a VAE's likelihood."""

import functools

from recipes.data.data_set import some_of
from recipes.harness import commands
from recipes.harness.progress import bar
from recipes.machines.workers import as_the_first
from recipes.report import budget
from recipes.report.estimate import metrics_of
from recipes.report.trained import Section, Trained
from zoo import measures

TITLE = "Likelihood"
SHARE = 1 / 3  # of the training's time
FEWEST = 100  # items, whatever the training's time
ENOUGH = 500  # items; where all latents leave time for fewer, each item gets but `FEW_LATENTS`
FEW_LATENTS = 100


def likelihood(trained: Trained) -> Section:
    """The importance-weighted likelihood of held-out data, and the ELBO and its parts, in nats per item."""
    data, run, settings = trained.data, trained.run, trained.settings
    test, progress = data.held_out_as_trained, bar if run.writes else iter
    estimator = measures.LikelihoodEstimator(trained.model)
    most = min(settings.likelihood.iw_images, len(test))
    items, latents = _amount(trained, estimator, test, most)
    how_many = f"{budget.how_many(items, most)} held-out {data.domain.items}"
    if run.writes:
        print(f"Measuring on {how_many}, {latents:,} latents each ...", flush=True)
    chosen = some_of(len(test), items)
    estimate = estimator(test[chosen], latents, progress, _told(trained, chosen))
    asked = settings.likelihood.iw_images if items == most else items
    whole = items == most and latents == settings.likelihood.iw_samples
    more = [] if whole else [budget.more(trained, f"{how_many}, {latents:,} latents each")]
    protocol = {
        "unit": f"nats per {data.domain.item}",
        f"held_out_{data.domain.items}": estimate.items,
        **data.protocol,
    }
    done = "".join(f"; {name}: {what}" for name, what in data.protocol.items())
    amount = {"iw_images": asked, "iw_samples": latents}
    again = commands.measure(run.recipe, settings, **amount)
    if trained.shipped:
        again = commands.evaluate(trained.address(trained.file), settings, likelihood=True, **amount)
    return Section(
        TITLE,
        {trained.file: metrics_of(estimate)},
        " ".join([f"In {protocol['unit']}, on {how_many}{done}.", *more, "Measured again by"]),
        (again,),
        protocol,
        _text(estimate, trained, how_many),
        whole,
        main=f"nll_iw{latents}",
        unit=protocol["unit"],
    )


def images_and_latents(fits: float, most: int, latents: int) -> tuple[int, int]:
    """How many items to measure on, and with how many latents each.

    Args:
        fits: how many latents the budget allows, over all items.
        most: how many items there are.
        latents: at most so many for each item.
    """
    if fits < latents * min(ENOUGH, most):
        latents = min(latents, FEW_LATENTS)
    return budget.round_count(fits / latents, most, FEWEST), latents


def _amount(trained, estimator, test, most):
    """The same for all workers, by how long `FEWEST` items with `FEW_LATENTS` each take."""
    latents, seconds = trained.settings.likelihood.iw_samples, budget.seconds_for(trained, SHARE)
    if seconds is None or (most <= FEWEST and latents <= FEW_LATENTS):
        return most, latents
    if trained.run.writes:
        print("Timing the likelihood ...", flush=True)
    few = min(latents, FEW_LATENTS)
    # As many on each replica, so that none of them calculates for nothing.
    some = some_of(len(test), FEWEST * FEW_LATENTS // few * trained.strategy.num_replicas_in_sync)
    work = functools.partial(estimator, test[some], few, condition=_told(trained, some))
    rate = few * budget.rate_of(work, len(some))
    items, latents = images_and_latents(seconds * rate, most, latents)
    return as_the_first(trained.strategy, items), as_the_first(trained.strategy, latents)


def _told(trained, chosen):
    """What the model is told of some of the held-out items; None where that is nothing."""
    return None if trained.condition is None else trained.condition.test[chosen]


def _text(estimate, trained, how_many):
    data = trained.data
    error = f" +- {estimate.standard_error:.2f}" if estimate.items > 1 else f", of a single {data.domain.item}"
    return (
        f"On {how_many} of {data.name} (nats per {data.domain.item}):\n"
        f"  nll_iw{estimate.num_samples}  {estimate.nll:.2f}{error}   (lower is better)\n"
        f"  ELBO {estimate.elbo:.2f} = reconstruction {estimate.reconstruction:.2f} - KL {estimate.kl:.2f}; "
        f"{estimate.active_units} of {trained.model.latent_dim} latents active"
    )
