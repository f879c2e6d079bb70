import doctest

import numpy as np
import pytest
from scipy import linalg, special

from zoo.measures import distances
from zoo.measures.distances import (
    accuracy,
    class_shares,
    classifier_score,
    frechet_distance,
    kernel_distance,
    precision_recall_density_coverage,
    purity,
)

TWO_SETS = [frechet_distance, kernel_distance, precision_recall_density_coverage]


def normal(rows, dimension, seed=0, shift=0.0):
    return np.random.default_rng(seed).normal(shift, 1, [rows, dimension])


def with_moments(mean, factor, rows=50, seed=0):
    """Rows whose mean and unbiased covariance are exactly `mean` and `factor` @ `factor`.T."""
    x = normal(rows, factor.shape[1], seed)
    x -= x.mean(axis=0)
    white = np.linalg.solve(np.linalg.cholesky(np.cov(x.T).reshape([x.shape[1]] * 2)), x.T)
    return mean + (factor @ white).T


def naive_precision_recall_density_coverage(real, generated, k):
    def distances(x, y):
        return np.linalg.norm(x[:, None] - y[None], axis=-1)

    between = distances(real, generated)
    real_radii = np.sort(distances(real, real), axis=1)[:, k]
    generated_radii = np.sort(distances(generated, generated), axis=1)[:, k]
    in_real = between < real_radii[:, None]
    in_generated = between < generated_radii[None]
    return [
        in_real.any(axis=0).mean(),
        in_generated.any(axis=1).mean(),
        in_real.sum() / (k * len(generated)),
        in_real.any(axis=1).mean(),
    ]


def test_examples():
    result = doctest.testmod(distances)
    assert result.attempted >= 6
    assert result.failed == 0


def test_frechet_distance_of_two_gaussians():
    a, b = np.array([1.0, 2.0, 3.0]), np.array([4.0, 2.0, 0.5])  # standard deviations along common axes
    axes = linalg.qr(normal(3, 3))[0]
    means = np.array([0.0, 0.0, 0.0]), np.array([1.0, -2.0, 2.0])
    real, generated = with_moments(means[0], axes * a), with_moments(means[1], axes * b, rows=80, seed=1)
    assert frechet_distance(real, generated) == pytest.approx(9 + np.sum((a - b) ** 2), rel=1e-10)


def test_frechet_distance_against_the_root_of_a_matrix():
    real, generated = normal(40, 6) @ normal(6, 6, seed=1), normal(30, 6, seed=2, shift=0.5)
    s1, s2 = np.cov(real.T), np.cov(generated.T)
    root = linalg.sqrtm(s1 @ s2).real
    direct = np.sum((real.mean(0) - generated.mean(0)) ** 2) + np.trace(s1 + s2 - 2 * root)
    assert frechet_distance(real, generated) == pytest.approx(direct, rel=1e-8)
    assert frechet_distance(generated, real) == pytest.approx(direct, rel=1e-8)


@pytest.mark.parametrize("rows", [5, 200])
def test_frechet_distance_to_itself_is_zero(rows):
    x = 10 * normal(rows, 20) + 100
    assert 0 <= frechet_distance(x, x[::-1]) < 1e-8


def test_frechet_distance_without_full_rank():
    # Variance 4 along one axis, 9 along another at 60 degrees: tr (S1 S2)^(1/2) = 2 * 3 * cos(60).
    first = np.array([[1.0], [0.0], [0.0]])
    second = np.array([[0.5], [np.sqrt(0.75)], [0.0]])
    real, generated = with_moments(0.0, 2 * first), with_moments(0.0, 3 * second, seed=1)
    assert frechet_distance(real, generated) == pytest.approx(4 + 9 - 2 * 3, rel=1e-10)
    constant = np.zeros([10, 3])
    assert frechet_distance(real, constant) == pytest.approx(4, rel=1e-10)
    assert frechet_distance(normal(4, 64), normal(7, 64, seed=1)) > 0  # fewer rows than features


def test_frechet_distance_works_in_float64():
    x = normal(100, 8).astype(np.float32) + np.float32(1000)
    assert frechet_distance(x, x + np.float32(0.5)) == pytest.approx(8 * 0.25, abs=1e-2)
    assert type(frechet_distance(x, x)) is float


def test_kernel_distance_against_a_double_loop():
    real, generated = normal(7, 3), normal(7, 3, seed=1, shift=0.5)

    def kernel(x, y):
        return (sum(a * b for a, b in zip(x, y)) / 3 + 1) ** 3

    def mean(x, y, pairs):
        return np.mean([kernel(x[i], y[j]) for i, j in pairs])

    every = [(i, j) for i in range(7) for j in range(7)]
    different = [(i, j) for i, j in every if i != j]
    direct = mean(real, real, different) + mean(generated, generated, different) - 2 * mean(real, generated, every)
    result = kernel_distance(real, generated, subsets=4, subset_size=7)  # each subset is the whole set
    assert result.mean == pytest.approx(direct, rel=1e-10)
    assert result.standard_deviation == pytest.approx(0, abs=1e-10)


def test_kernel_distance_is_unbiased():
    real, generated = normal(20_000, 4), normal(20_000, 4, seed=1)
    result = kernel_distance(real, generated, subsets=400, subset_size=20)
    error = result.standard_deviation / np.sqrt(400)
    assert abs(result.mean) < 4 * error
    assert error < 0.1  # the biased estimate would be above 0.5
    exact = kernel_distance(real, generated, subsets=3, subset_size=1500)
    assert exact.mean == pytest.approx(0, abs=0.02)


def test_kernel_distance_grows_with_a_shift():
    real = normal(300, 4)
    means = [kernel_distance(real, normal(300, 4, 1, shift), 10, 200).mean for shift in (0.0, 0.3, 0.6, 1.2)]
    assert means == sorted(means)
    assert means[1] > 0


def test_a_seed_fixes_the_kernel_distance():
    real, generated = normal(50, 4), normal(60, 4, seed=1)
    a, b, c = (kernel_distance(real, generated, 5, 20, seed=seed) for seed in (0, 0, 1))
    assert a == b
    assert a != c
    assert a.standard_deviation > 0


@pytest.mark.parametrize("k", [1, 3, 5])
def test_neighbours_against_whole_matrices(k):
    real, generated = normal(150, 5), 0.8 * normal(130, 5, seed=1, shift=0.3)
    result = precision_recall_density_coverage(real, generated, neighbours=k)
    np.testing.assert_allclose(result, naive_precision_recall_density_coverage(real, generated, k), rtol=1e-12)
    assert all(type(number) is float for number in result)


def test_neighbours_against_prdc():
    prdc = pytest.importorskip("prdc")
    real, generated = normal(300, 16), 0.9 * normal(250, 16, seed=1, shift=0.1)
    theirs = prdc.compute_prdc(real, generated, nearest_k=5)
    ours = precision_recall_density_coverage(real, generated)
    np.testing.assert_allclose(ours, [theirs[name] for name in ours._fields], rtol=1e-12)


def test_distances_and_score_against_torch_fidelity():
    torch = pytest.importorskip("torch")
    fidelity = pytest.importorskip("torch_fidelity")
    real, generated = np.abs(normal(300, 16)), np.abs(normal(300, 16, seed=1, shift=0.1))
    tensors = torch.from_numpy(real), torch.from_numpy(generated)
    moments = [fidelity.metric_fid.fid_features_to_statistics(tensor) for tensor in tensors]
    theirs = fidelity.metric_fid.fid_statistics_to_metric(*moments, verbose=False)
    assert frechet_distance(real, generated) == pytest.approx(*theirs.values(), rel=1e-9)
    # Whole sets, as the two draw other subsets.
    settings = {"kid_subsets": 1, "kid_subset_size": 300, "rng_seed": 0, "verbose": False}
    theirs = fidelity.metric_kid.kid_features_to_metric(*tensors, **settings)
    ours = kernel_distance(real, generated, subsets=1, subset_size=300)
    assert ours.mean == pytest.approx(theirs["kernel_inception_distance_mean"], rel=1e-9)
    logits = 3 * normal(200, 10)
    theirs = fidelity.metric_isc.isc_features_to_metric(torch.from_numpy(logits), splits=1, shuffle=False)
    ours = classifier_score(special.softmax(logits, axis=1))
    assert ours == pytest.approx(theirs["inception_score_mean"], rel=1e-9)


def test_samples_far_away():
    assert precision_recall_density_coverage(normal(50, 3), normal(50, 3, seed=1, shift=100)) == (0, 0, 0, 0)


@pytest.mark.parametrize("offset", [0, 1000])
def test_samples_equal_to_the_data(offset, monkeypatch):
    monkeypatch.setattr(distances, "ROWS", 37)
    real = normal(200, 6) + offset
    result = precision_recall_density_coverage(real, real[::-1])
    # A ball holds its own centre and k - 1 neighbours, not the k-th, which lies on the edge: density is exactly 1.
    assert result == (1, 1, 1, 1)


def test_a_dropped_mode_costs_recall_and_coverage():
    real = np.concatenate([normal(100, 2), normal(100, 2, seed=1, shift=50)])
    full = precision_recall_density_coverage(real, real + 0.01)
    dropped = precision_recall_density_coverage(real, real[:100] + 0.01)
    assert full.recall == full.coverage == full.precision == 1
    assert dropped.precision == 1
    assert dropped.recall == dropped.coverage == 0.5


def test_an_invented_mode_costs_precision_and_density():
    real = normal(100, 2)
    result = precision_recall_density_coverage(real, np.concatenate([real + 0.01, real + 50]))
    assert result.precision == 0.5
    assert result.recall == result.coverage == 1


def test_one_repeated_sample_reaches_nothing():
    real = normal(100, 4)
    result = precision_recall_density_coverage(real, np.repeat(real[:1] + 1e-4, 30, axis=0))
    assert result.precision == 1
    assert result.recall == 0
    assert result.coverage < 0.3
    repeated = np.repeat(normal(3, 4) * 1e3, 10, axis=0)  # all balls are empty
    assert precision_recall_density_coverage(repeated, repeated) == (0, 0, 0, 0)


@pytest.mark.parametrize("rows", [1, 7, 50, 150])  # 150 real rows, 130 generated: with and without a rest
def test_chunks_do_not_change_the_result(rows, monkeypatch):
    real, generated = normal(150, 5), 0.8 * normal(130, 5, seed=1, shift=0.3)
    whole = precision_recall_density_coverage(real, generated)
    monkeypatch.setattr(distances, "ROWS", rows)
    assert precision_recall_density_coverage(real, generated) == whole


def test_distances_come_in_chunks(monkeypatch):
    monkeypatch.setattr(distances, "ROWS", 4)
    x, y = normal(10, 3), normal(6, 3, seed=1)
    chunks = list(distances._squared_distances(x, y))
    assert [distances.shape for _, distances in chunks] == [(4, 6), (4, 6), (2, 6)]
    direct = np.sum((x[:, None] - y[None]) ** 2, axis=-1)
    np.testing.assert_allclose(np.concatenate([distances for _, distances in chunks]), direct, rtol=1e-10)


def test_classifier_score():
    same = np.repeat([[0.2, 0.5, 0.3, 0.0]], 20, axis=0)
    assert classifier_score(same) == pytest.approx(1)
    assert classifier_score(np.repeat(np.eye(7), 3, axis=0)) == pytest.approx(7)
    assert classifier_score(np.eye(7)[[0, 1, 0, 1]]) == pytest.approx(2)  # five classes are never seen
    p = np.array([[0.9, 0.1], [0.4, 0.6]])
    direct = np.exp(np.mean([sum(row * np.log(row / p.mean(axis=0))) for row in p]))
    assert classifier_score(p.astype(np.float32)) == pytest.approx(direct, rel=1e-6)


def test_class_shares():
    p = np.eye(4)[[0, 0, 0, 2, 3, 3, 3, 3]]
    np.testing.assert_array_equal(class_shares(0.8 * p + 0.05), [3 / 8, 0, 1 / 8, 4 / 8])
    np.testing.assert_array_equal(class_shares([[0.0, 1.0]]), [0, 1])


def test_accuracy():
    p = np.eye(4)[[0, 1, 2, 3]]
    assert accuracy(p, [0, 1, 2, 3]) == 1
    assert accuracy(p, np.array([0, 2, 1, 3], np.uint8)) == 0.5
    assert accuracy(p, [1, 0, 0, 0]) == 0


def test_purity():
    p = np.eye(4)[[0, 0, 0, 1, 2, 2]]
    assert purity(p, [7, 7, 7, 7, 3, 3]) == pytest.approx(5 / 6)
    assert purity(p, [0, 1, 0, 2, 3, 3]) == 1  # two groups may be of one class
    assert purity(p, np.zeros(6, int)) == 0.5
    with pytest.raises(ValueError, match="groups: expected 6 integers"):
        purity(p, [0, 1])


@pytest.mark.parametrize("measure", TWO_SETS)
def test_bad_features_are_refused(measure):
    good, bad = normal(1000, 3), normal(1000, 3)
    bad[[1, 5], 2] = np.nan, np.inf
    with pytest.raises(ValueError, match=r"real: expected rank 2.*got shape \(1000,\)"):
        measure(good[:, 0], good)
    with pytest.raises(ValueError, match=r"generated: expected rank 2.*got shape \(1000, 3, 1\)"):
        measure(good, good[..., None])
    with pytest.raises(ValueError, match=r"real: expected rank 2.*got shape \(1000, 0\)"):
        measure(good[:, :0], good[:, :0])
    with pytest.raises(ValueError, match="generated: expected 3 features, as in real; got 2"):
        measure(good, good[:, :2])
    with pytest.raises(ValueError, match="real: expected finite.*in 2 of 1000 rows"):
        measure(bad, good)
    with pytest.raises(ValueError, match="generated: expected finite"):
        measure(good, bad)


def test_too_few_rows_are_refused():
    x = normal(20, 3)
    with pytest.raises(ValueError, match="real: expected at least 2 rows; got 1"):
        frechet_distance(x[:1], x)
    with pytest.raises(ValueError, match=r"real: expected at least 1000 rows \(subset_size\); got 20"):
        kernel_distance(x, x)
    with pytest.raises(ValueError, match=r"generated: expected at least 20 rows \(subset_size\); got 19"):
        kernel_distance(x, x[1:], subset_size=20)
    with pytest.raises(ValueError, match=r"generated: expected at least 6 rows \(neighbours \+ 1\); got 5"):
        precision_recall_density_coverage(x, x[:5])
    assert precision_recall_density_coverage(x, x[:6]).precision == 1


def test_bad_counts_are_refused():
    x = normal(20, 3)
    with pytest.raises(ValueError, match="subsets: expected at least 1; got 0"):
        kernel_distance(x, x, subsets=0)
    with pytest.raises(ValueError, match="subset_size: expected at least 2; got 1"):
        kernel_distance(x, x, subset_size=1)
    with pytest.raises(ValueError, match="neighbours: expected at least 1; got 0"):
        precision_recall_density_coverage(x, x, neighbours=0)


@pytest.mark.parametrize("measure", [classifier_score, class_shares, lambda p: accuracy(p, [0, 1])])
def test_bad_probabilities_are_refused(measure):
    with pytest.raises(ValueError, match=r"probabilities: expected rank 2.*got shape \(2,\)"):
        measure([0.5, 0.5])
    with pytest.raises(ValueError, match="probabilities: expected at least . rows; got 0"):
        measure(np.zeros([0, 2]))
    with pytest.raises(ValueError, match="probabilities: expected finite"):
        measure([[0.5, 0.5], [np.nan, 0.5]])
    with pytest.raises(ValueError, match="probabilities: .*sum to 1; got numbers from 0.5 and sums from 1 to 2.5"):
        measure([[0.5, 0.5], [1.0, 1.5]])  # logits
    with pytest.raises(ValueError, match="probabilities: expected no negative numbers.*from -0.5"):
        measure([[0.5, 0.5], [-0.5, 1.5]])


def test_one_row_has_no_classifier_score():
    with pytest.raises(ValueError, match="probabilities: expected at least 2 rows; got 1"):
        classifier_score([[0.5, 0.5]])


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1, 1], r"labels: expected 2 integers, shape \(2,\); got int64 \(3,\)"),
        ([[1, 0], [0, 1]], r"labels: expected 2 integers, shape \(2,\); got int64 \(2, 2\)"),
        ([0.0, 1.0], "labels: expected 2 integers.*got float64"),
        ([0, 2], "labels: expected 0 to 1; got 0 to 2"),
        ([-1, 0], "labels: expected 0 to 1; got -1 to 0"),
    ],
)
def test_bad_labels_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        accuracy(np.eye(2), labels)
