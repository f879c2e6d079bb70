"""Several processes on this machine that train one model together: the same weights as one process."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from conftest import start_workers
from test_replicas import small_gan, small_vae, trained

SECONDS = 300


@pytest.fixture(scope="module")
def two_workers(digits, tmp_path_factory):
    """What each of two workers came to."""
    folder = tmp_path_factory.mktemp("workers")
    np.save(folder / "digits.npy", digits)
    program = Path(__file__).with_name("worker_program.py")
    processes = start_workers(2, [program, folder / "digits.npy", folder / "INDEX"])
    try:
        errors = [process.communicate(timeout=SECONDS)[1] for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert [process.returncode for process in processes] == [0, 0], errors
    return [pickle.loads((folder / str(index)).read_bytes()) for index in range(2)]


@pytest.mark.parametrize(("make", "place"), [(small_vae, 1), (small_gan, 2)])
def test_two_workers_learn_what_one_process_does(two_workers, make, place, digits):
    expected, expected_metrics = trained(make, tf.distribute.get_strategy(), digits)
    for worker in two_workers:
        assert worker[0] == 2
        weights, metrics = worker[place]
        for actual, wanted in zip(weights, expected, strict=True):
            np.testing.assert_allclose(actual, wanted, atol=1e-5)
        assert metrics == pytest.approx(expected_metrics, abs=1e-3)


def test_keras_still_needs_mending(two_workers):
    """When this fails, Keras has mended its issue 20585, or a part: look at zoo/keras_issue_20585.py."""
    for worker in two_workers:
        assert "reduction dimension" in worker[3]
