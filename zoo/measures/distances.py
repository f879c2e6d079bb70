"""Measuring samples: how generated data differ from real data, in any feature space, and what a classifier sees."""

from typing import NamedTuple

import numpy as np
from scipy import special

ROWS = 1000  # rows whose distances to a whole set are held at once: 80 MB for a set of 10,000


class KernelDistance(NamedTuple):
    """Over the subsets; lower is better, and about 0 (below it, too) where the distributions agree."""

    mean: float
    standard_deviation: float


class PrecisionRecallDensityCoverage(NamedTuple):
    """Higher is better. Precision, recall and coverage lie in [0, 1]; density starts at 0 and can exceed 1."""

    precision: float  # the share of the generated samples that lie among the real ones
    recall: float  # the share of the real samples that lie among the generated ones
    density: float  # precision that counts how many real neighbourhoods hold a sample, so that outliers matter less
    coverage: float  # the share of the real samples that have a generated one in their neighbourhood


def frechet_distance(real, generated):
    """The Fréchet distance between Gaussians fitted to two sets of features; the FID where those are Inception's.

    |mu_1 - mu_2|^2 + tr(S_1 + S_2 - 2 (S_1 S_2)^(1/2)) (Heusel et al. 2017, equation 6), with unbiased covariances S.
    It grows as the sets get smaller: compare only numbers from sets of the same size.

    Args:
        real: float array [n, d], n >= 2; n may be smaller than d.
        generated: float array [m, d], m >= 2.

    Returns:
        The distance, 0 or more; 0 for equal moments.

    Raises:
        ValueError: an array is not [at least 2, d] or not finite, or the feature dimensions differ.

    Example:

    >>> real = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [2.0, 2.0]])
    >>> round(frechet_distance(real, real + [3.0, 0.0]), 6)  # moved by 3
    9.0
    """
    real, generated = _features(real, generated)
    # With factors S = R^T R, the eigenvalues of S_1 S_2 are the squared singular values of R_1 R_2^T: no root of a
    # matrix is taken, so covariances without full rank lose no digits.
    factor_1, factor_2 = _covariance_factor(real), _covariance_factor(generated)
    trace_root = np.linalg.norm(factor_1 @ factor_2.T, "nuc")
    means = np.sum((real.mean(axis=0) - generated.mean(axis=0)) ** 2)
    return float(max(0.0, means + np.sum(factor_1**2) + np.sum(factor_2**2) - 2 * trace_root))


def kernel_distance(real, generated, subsets=100, subset_size=1000, seed=0):
    """The squared maximum mean discrepancy with a cubic kernel; the KID where the features are Inception's.

    The mean of k(x, x') + k(y, y') - 2 k(x, y) over pairs of different samples, k(x, y) = (x.y / d + 1)^3 (Binkowski et
    al. 2018; the unbiased estimator is Gretton et al. 2012, equation 3), in random subsets, each without repeats. Its
    expectation does not depend on the sizes of the sets.

    Args:
        real: float array [n, d], n >= `subset_size`.
        generated: float array [m, d], m >= `subset_size`.
        subsets: how many pairs of subsets, at least 1.
        subset_size: rows of each, at least 2.
        seed: fixes the subsets.

    Returns:
        `KernelDistance`.

    Raises:
        ValueError: an array is not [at least `subset_size`, d] or not finite, the feature dimensions differ, or
            `subsets` or `subset_size` is too small.

    Example:

    >>> kernel_distance(np.zeros([2, 1]), np.ones([2, 1]), subsets=3, subset_size=2)
    KernelDistance(mean=7.0, standard_deviation=0.0)
    """
    _at_least("subsets", subsets, 1)
    _at_least("subset_size", subset_size, 2)
    real, generated = _features(real, generated, rows=subset_size, reason=" (subset_size)")
    random = np.random.default_rng(seed)
    distances = [
        _squared_discrepancy(*(x[random.choice(len(x), subset_size, replace=False)] for x in (real, generated)))
        for _ in range(subsets)
    ]
    return KernelDistance(float(np.mean(distances)), float(np.std(distances)))


def precision_recall_density_coverage(real, generated, neighbours=5):
    """How many samples are realistic and how much of the real data they reach, from k-nearest-neighbour balls.

    The ball of a point reaches, without its edge, to its k-th nearest neighbour in its own set. Improved precision and
    recall: Kynkäänniemi et al. 2019, equations 1 and 2; density and coverage: Naeem et al. 2020, section 3.2. In chunks
    of `ROWS` rows: memory grows with n + m, not with n m.

    Args:
        real: float array [n, d], n > `neighbours`.
        generated: float array [m, d], m > `neighbours`.
        neighbours: k, at least 1.

    Returns:
        `PrecisionRecallDensityCoverage`.

    Raises:
        ValueError: an array is not [more than `neighbours`, d] or not finite, the feature dimensions differ, or
            `neighbours` is not positive.

    Example:

    >>> real = np.arange(10.0).reshape([10, 1])
    >>> precision_recall_density_coverage(real, real[:5] + 0.25, neighbours=1)  # reaches only the points 0 to 5
    PrecisionRecallDensityCoverage(precision=1.0, recall=0.6, density=2.0, coverage=0.6)
    """
    _at_least("neighbours", neighbours, 1)
    real, generated = _features(real, generated, rows=neighbours + 1, reason=" (neighbours + 1)")
    centre = real.mean(axis=0)  # far from the origin, the distances would be small differences of large numbers
    real, generated = real - centre, generated - centre
    real_radii, generated_radii = _squared_radii(real, neighbours), _squared_radii(generated, neighbours)
    balls = np.zeros(len(generated), int)  # real balls that hold each sample
    recalled = covered = 0
    for rows, distances in _squared_distances(real, generated):
        inside = distances < real_radii[rows, None]
        balls += inside.sum(axis=0)
        covered += inside.any(axis=1).sum()
        recalled += (distances < generated_radii).any(axis=1).sum()
    return PrecisionRecallDensityCoverage(
        precision=float(np.mean(balls > 0)),
        recall=float(recalled / len(real)),
        density=float(np.mean(balls) / neighbours),
        coverage=float(covered / len(real)),
    )


def classifier_score(probabilities):
    """How clearly and how evenly a classifier sees the classes; the Inception score where it is Inception.

    exp(E_x KL(p(y|x) || p(y))), p(y) the mean over the samples (Salimans et al. 2016, section 4). It knows no real
    data: one perfect sample per class has the highest score.

    Args:
        probabilities: float array [n, classes], n >= 2, p(y|x) of each sample; the rows sum to 1.

    Returns:
        The score, from 1 (all samples look alike) to the number of classes.

    Raises:
        ValueError: `probabilities` is not [at least 2, classes], or its rows are no distributions.

    Example:

    >>> round(classifier_score(np.eye(10)), 6)
    10.0
    """
    probabilities = _probabilities(probabilities, rows=2)
    divergence = special.rel_entr(probabilities, probabilities.mean(axis=0)).sum(axis=1)
    return float(np.exp(divergence.mean()))


def class_shares(probabilities):
    """The share of the samples that a classifier gives to each class: modes that a model drops or prefers.

    The histogram of argmax_y p(y|x), as in Santurkar et al. 2018.

    Args:
        probabilities: float array [n, classes], n >= 1, p(y|x) of each sample; the rows sum to 1.

    Returns:
        float64 array [classes] that sums to 1.

    Raises:
        ValueError: `probabilities` is not [at least 1, classes], or its rows are no distributions.

    Example:

    >>> class_shares([[0.9, 0.1, 0.0], [0.6, 0.4, 0.0], [0.2, 0.8, 0.0], [0.3, 0.7, 0.0]]).tolist()
    [0.5, 0.5, 0.0]
    """
    probabilities = _probabilities(probabilities)
    return np.bincount(probabilities.argmax(axis=1), minlength=probabilities.shape[1]) / len(probabilities)


def accuracy(probabilities, labels):
    """The share of the samples that a classifier recognizes as the class that was asked for.

    The mean of [argmax_y p(y|x) = label]; for samples of a conditional model, the GAN-test of Shmelkov et al. 2018.

    Args:
        probabilities: float array [n, classes], n >= 1, p(y|x) of each sample; the rows sum to 1.
        labels: integer array [n], each from 0 to classes - 1.

    Returns:
        The share, in [0, 1].

    Raises:
        ValueError: `probabilities` is not [at least 1, classes], its rows are no distributions, or `labels` are not n
            classes.

    Example:

    >>> accuracy([[0.9, 0.1], [0.6, 0.4]], [0, 1])
    0.5
    """
    probabilities = _probabilities(probabilities)
    count, classes = probabilities.shape
    labels = _integers("labels", labels, count)
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels: expected 0 to {classes - 1}; got {labels.min()} to {labels.max()}.")
    return float(np.mean(probabilities.argmax(axis=1) == labels))


def purity(probabilities, groups):
    """The share of the samples that a classifier takes for the class that most samples of their group are taken for.

    For groups that a model found without labels, such as the categories of an InfoGAN. 1 where each group is of one
    class; two groups may be of the same.

    Args:
        probabilities: float array [n, classes], n >= 1, p(y|x) of each sample; the rows sum to 1.
        groups: integer array [n], of which group each sample is.

    Returns:
        The share, in (0, 1].

    Raises:
        ValueError: `probabilities` is not [at least 1, classes], its rows are no distributions, or `groups` are not n
            integers.

    Example:

    >>> purity([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.3, 0.7]], [5, 5, 5, 2])
    0.75
    """
    probabilities, groups = _probabilities(probabilities), _integers("groups", groups, len(probabilities))
    classes = probabilities.argmax(axis=1)
    return float(sum(np.bincount(classes[groups == group]).max() for group in np.unique(groups)) / len(groups))


def _covariance_factor(x):
    """[n, d] -> R [min(n, d), d] with R^T R the covariance."""
    return np.linalg.qr((x - x.mean(axis=0)) / np.sqrt(len(x) - 1), mode="r")


def _squared_discrepancy(x, y):
    """The unbiased estimate of MMD^2 between the rows of x and of y, both [n, d]."""
    count, dimension = x.shape
    same = sum(np.sum(kernel) - np.trace(kernel) for kernel in ((a @ a.T / dimension + 1) ** 3 for a in (x, y)))
    return same / (count * (count - 1)) - 2 * np.mean((x @ y.T / dimension + 1) ** 3)


def _squared_distances(x, y):
    """Yields a slice of at most `ROWS` rows of x and their squared distances to all rows of y, [rows, m]."""
    for start in range(0, len(x), ROWS):
        rows = slice(start, min(start + ROWS, len(x)))
        distances = x[rows] @ y.T
        distances *= -2
        distances += np.sum(x[rows] ** 2, axis=1)[:, None]
        distances += np.sum(y**2, axis=1)
        yield rows, np.maximum(distances, 0, out=distances)


def _squared_radii(x, neighbours):
    """The squared distance of each row of x to its k-th nearest other row, [n]."""
    radii = np.empty(len(x))
    for rows, distances in _squared_distances(x, x):
        distances.partition(neighbours, axis=1)
        radii[rows] = distances[:, neighbours]  # the row itself is number 0
    # Points on the edge are outside, also after rounding: else repeated points, whose balls are empty, would hold one
    # another by chance.
    return radii - 1e-12 * (np.sum(x**2, axis=1) + radii)


def _at_least(name, value, smallest):
    if value < smallest:
        raise ValueError(f"{name}: expected at least {smallest}; got {value}.")


def _features(real, generated, rows=2, reason=""):
    real, generated = _matrix("real", real, rows, reason), _matrix("generated", generated, rows, reason)
    if generated.shape[1] != real.shape[1]:
        raise ValueError(f"generated: expected {real.shape[1]} features, as in real; got {generated.shape[1]}.")
    return real, generated


def _probabilities(probabilities, rows=1):
    probabilities = _matrix("probabilities", probabilities, rows)
    sums = probabilities.sum(axis=1, keepdims=True)
    if probabilities.min() < 0 or np.abs(sums - 1).max() > 1e-3:
        raise ValueError(
            f"probabilities: expected no negative numbers and rows that sum to 1; got numbers from "
            f"{probabilities.min():.4g} and sums from {sums.min():.4g} to {sums.max():.4g}."
        )
    return probabilities / sums  # a float32 softmax is some 1e-7 off


def _integers(name, values, count):
    values = np.asarray(values)
    if values.shape != (count,) or not np.issubdtype(values.dtype, np.integer):
        raise ValueError(f"{name}: expected {count} integers, shape {(count,)}; got {values.dtype} {values.shape}.")
    return values


def _matrix(name, values, rows, reason=""):
    values = np.asarray(values, np.float64)
    if values.ndim != 2 or values.shape[1] == 0:
        raise ValueError(f"{name}: expected rank 2, one row a sample; got shape {values.shape}.")
    if len(values) < rows:
        raise ValueError(f"{name}: expected at least {rows} rows{reason}; got {len(values)}.")
    if not np.isfinite(values).all():
        bad = np.sum(~np.isfinite(values).all(axis=1))
        raise ValueError(f"{name}: expected finite numbers; got NaN or infinity in {bad} of {len(values)} rows.")
    return values
