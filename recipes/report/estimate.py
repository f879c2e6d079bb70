"""The estimate of a likelihood, as metrics."""

from zoo.measures import LikelihoodEstimate


def metrics_of(estimate: LikelihoodEstimate) -> dict[str, float]:
    """{metric: value}, the protocol in the names of the metrics; nats per item, but for the active units."""
    k = estimate.num_samples
    return {
        f"nll_iw{k}": estimate.nll,
        f"nll_iw{k}_standard_error": estimate.standard_error,
        "elbo": estimate.elbo,
        "reconstruction": estimate.reconstruction,
        "kl": estimate.kl,
        "active_units": estimate.active_units,
    }
