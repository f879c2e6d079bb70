"""Several processes on this machine that train one model together: the same weights as one process."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from conftest import start_workers
from test_replicas import small_classifier, small_gan, small_vae, trained

SECONDS = 500


def results_of(count, digits, folder):
    """What each of several workers came to."""
    np.save(folder / "digits.npy", digits)
    program = Path(__file__).with_name("worker_program.py")
    processes = start_workers(count, [program, folder / "digits.npy", folder / "INDEX"])
    try:
        errors = [process.communicate(timeout=SECONDS)[1] for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert [process.returncode for process in processes] == [0] * count, errors
    return [pickle.loads((folder / str(index)).read_bytes()) for index in range(count)]


@pytest.fixture(scope="module")
def two_workers(digits, tmp_path_factory):
    return results_of(2, digits, tmp_path_factory.mktemp("workers"))


def learned_what_one_process_does(workers, digits):
    for make, place in ((small_vae, 1), (small_gan, 2), (small_classifier, 3)):
        expected, expected_metrics = trained(make, tf.distribute.get_strategy(), digits)
        for worker in workers:
            assert worker[0] == len(workers)
            weights, metrics = worker[place]
            for actual, wanted in zip(weights, expected, strict=True):
                np.testing.assert_allclose(actual, wanted, atol=1e-5)
            assert metrics == pytest.approx(expected_metrics, abs=1e-3)


def test_two_workers_learn_what_one_process_does(two_workers, digits):
    learned_what_one_process_does(two_workers, digits)


@pytest.mark.slow
def test_four_workers_learn_what_one_process_does(digits, tmp_path):
    learned_what_one_process_does(results_of(4, digits, tmp_path), digits)


def test_keras_still_needs_mending(two_workers):
    """When this fails, Keras has mended its issue 20585, or a part: look at zoo/keras_issue_20585.py."""
    for worker in two_workers:
        assert "reduction dimension" in worker[4]
