"""Several processes on this machine that train one model together: the same weights as one process."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from conftest import start_workers
from models import CASES, trained

SECONDS = 500


def results_of(count, folder):
    """What each of several workers came to."""
    processes = start_workers(count, [Path(__file__).with_name("worker_program.py"), folder / "INDEX"])
    try:
        errors = [process.communicate(timeout=SECONDS)[1] for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert [process.returncode for process in processes] == [0] * count, errors
    return [pickle.loads((folder / str(index)).read_bytes()) for index in range(count)]


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory):
    return results_of(2, tmp_path_factory.mktemp("workers"))


def learned_what_one_process_does(workers):
    assert set(workers[0]["trained"]) == {"vae_with_free_bits", "conditional_gan", "classifier"}
    for name in workers[0]["trained"]:
        expected, expected_metrics = trained(CASES[name], tf.distribute.get_strategy())
        for worker in workers:
            assert worker["replicas"] == len(workers)
            weights, metrics = worker["trained"][name]
            for actual, wanted in zip(weights, expected, strict=True):
                np.testing.assert_allclose(actual, wanted, atol=1e-5)
            assert metrics == pytest.approx(expected_metrics, abs=1e-3)


def test_two_workers_learn_what_one_process_does(two_workers):
    learned_what_one_process_does(two_workers)


@pytest.mark.slow
def test_four_workers_learn_what_one_process_does(tmp_path):
    learned_what_one_process_does(results_of(4, tmp_path))


def test_keras_still_needs_mending(two_workers):
    """When this fails, Keras has mended its issue 20585, or a part: look at zoo/numerics/keras_issue_20585.py."""
    for worker in two_workers:
        assert "reduction dimension" in worker["without_mending"]
