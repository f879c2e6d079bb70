"""What samples and models are measured by."""

from zoo.measures import melodies
from zoo.measures.distances import (
    KernelDistance,
    PrecisionRecallDensityCoverage,
    accuracy,
    class_shares,
    classifier_score,
    frechet_distance,
    kernel_distance,
    precision_recall_density_coverage,
    purity,
)
from zoo.measures.likelihood import LikelihoodEstimate, LikelihoodEstimator

__all__ = [
    "KernelDistance",
    "LikelihoodEstimate",
    "LikelihoodEstimator",
    "PrecisionRecallDensityCoverage",
    "accuracy",
    "class_shares",
    "classifier_score",
    "frechet_distance",
    "kernel_distance",
    "melodies",
    "precision_recall_density_coverage",
    "purity",
]
