import numpy as np
import pytest

from zoo.measures import estimate_memorization, memorization

TRAINING = np.array([[1, 2, 3, 4], [5, 6, 7, 8], [1, 1, 1, 1]])
HELD_OUT = np.array([[1, 2, 3, 9], [5, 6, 9, 9], [1, 9, 9, 9], [5, 6, 7, 8]])  # distances 1, 2, 3, 0: median 1.5


def test_by_hand():
    samples = np.array([[1, 2, 3, 4], [5, 6, 7, 9], [9, 9, 9, 9], [1, 1, 8, 8], [5, 6, 7, 8]])  # 0, 1, 4, 2, 0
    assert estimate_memorization(samples, TRAINING, HELD_OUT) == (2 / 5, 3 / 5, 1 / 4, 2 / 4, 1.5)


def test_held_out_items_are_their_own_floor():
    result = estimate_memorization(HELD_OUT, TRAINING, HELD_OUT)
    assert (result.copies, result.nearer) == (result.held_out_copies, result.held_out_nearer)


def test_chunks_do_not_change_the_result(monkeypatch):
    random = np.random.default_rng(0)
    training, samples, held_out = (random.integers(-2, 2, [n, 5, 1]) for n in (30, 230, 31))
    naive = [np.sum(x[:, None] != training[None], axis=(2, 3)).min(axis=1) for x in (samples, held_out)]
    monkeypatch.setattr(memorization, "ROWS", 7)
    monkeypatch.setattr(memorization, "COLUMNS", 8)
    result = estimate_memorization(samples, training, held_out)
    median = np.median(naive[1])
    assert 0 < result.copies < result.nearer < 1
    assert result == (
        *[f(x) for x in naive for f in (lambda d: np.mean(d == 0), lambda d: np.mean(d < median))],
        median,
    )


def test_numbers_far_apart_and_many_entries_do_not_overflow():
    training = np.zeros([2, 300], np.int16)
    held_out = np.full([2, 300], 256, np.int16)
    assert estimate_memorization(held_out, training, held_out).held_out_distance == 300
    training, other = np.array([[-(2**31)]]), np.array([[2**31 - 1]])
    assert estimate_memorization(other, training, other).copies == 0


def test_other_arrays_are_refused():
    with pytest.raises(ValueError, match=r"samples: expected whole numbers .*; got float64 \[1, 4\]\."):
        estimate_memorization(np.zeros([1, 4]), TRAINING, HELD_OUT)
    with pytest.raises(ValueError, match=r"training: .*; got int64 \[0, 4\]\."):
        estimate_memorization(TRAINING, TRAINING[:0], HELD_OUT)
    with pytest.raises(ValueError, match=r"held_out: expected items of the shape \[4\], as in training; got \[3\]\."):
        estimate_memorization(TRAINING, TRAINING, HELD_OUT[:, :3])
