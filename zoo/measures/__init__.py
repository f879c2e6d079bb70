"""What samples and models are measured by."""

from zoo.measures import beats, harmony, melodies
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
from zoo.measures.memorization import Memorization, estimate_memorization

__all__ = [
    "KernelDistance",
    "LikelihoodEstimate",
    "LikelihoodEstimator",
    "Memorization",
    "PrecisionRecallDensityCoverage",
    "accuracy",
    "beats",
    "class_shares",
    "classifier_score",
    "estimate_memorization",
    "frechet_distance",
    "harmony",
    "kernel_distance",
    "melodies",
    "precision_recall_density_coverage",
    "purity",
]
