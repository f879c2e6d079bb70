"""The measure of a VAE's likelihood."""

import numpy as np

import zoo
from recipes.harness import commands
from recipes.harness.progress import bar
from recipes.report.finish import MODEL
from recipes.report.trained import Section, Trained


def likelihood(trained: Trained) -> Section:
    """The importance-weighted likelihood of held-out data, and the ELBO and its parts, in nats per item."""
    data, settings = trained.data, trained.settings.likelihood
    test, progress = data.held_out_as_trained, bar if trained.run.writes else iter
    # A draw without order: the first thousand digits of MNIST are easier than the rest.
    chosen = np.sort(np.random.default_rng(0).permutation(len(test))[: settings.iw_images])
    print(
        f"Measuring on {len(chosen):,} held-out {data.domain.items}, {settings.iw_samples:,} latents each ...",
        flush=True,
    )
    estimate = zoo.estimate_likelihood(trained.model, test[chosen], settings.iw_samples, progress=progress)
    protocol = {
        "unit": f"nats per {data.domain.item}",
        f"held_out_{data.domain.items}": estimate.items,
        **data.protocol,
    }
    done = "".join(f"; {name}: {what}" for name, what in data.protocol.items())
    return Section(
        "Likelihood",
        {MODEL: _metrics(estimate)},
        f"In {protocol['unit']}, on {estimate.items:,} held-out {data.domain.items}{done}. Measured again by",
        (commands.resume(trained.run.recipe, trained.settings),),
        protocol,
        _text(estimate, trained),
    )


def _metrics(estimate):
    k = estimate.num_samples
    return {
        f"nll_iw{k}": estimate.nll,
        f"nll_iw{k}_standard_error": estimate.standard_error,
        "elbo": estimate.elbo,
        "reconstruction": estimate.reconstruction,
        "kl": estimate.kl,
        "active_units": estimate.active_units,
    }


def _text(estimate, trained):
    data = trained.data
    error = f" +- {estimate.standard_error:.2f}" if estimate.items > 1 else f", of a single {data.domain.item}"
    return (
        f"On {estimate.items:,} held-out {data.domain.items} of {data.name} (nats per {data.domain.item}):\n"
        f"  nll_iw{estimate.num_samples}  {estimate.nll:.2f}{error}   (lower is better)\n"
        f"  ELBO {estimate.elbo:.2f} = reconstruction {estimate.reconstruction:.2f} - KL {estimate.kl:.2f}; "
        f"{estimate.active_units} of {trained.model.latent_dim} latents active"
    )
