"""The sides of `benchmarks.sampling` and `benchmarks.likelihood` do what they say, and the same."""

import json
import math

import numpy as np
import pytest
from conftest import run_python

for package in ("torch", "pythae", "onnxruntime"):
    pytest.importorskip(package, reason="the extra [benchmarks] is not installed")

import torch  # noqa: E402

from benchmarks.core import workload  # noqa: E402
from benchmarks.peers import ours  # noqa: E402
from benchmarks.peers import pythae as pythae_peer  # noqa: E402
from benchmarks.peers import torch as torch_peer  # noqa: E402


def test_ways_of_sampling_draw_digits_of_their_own():
    for make_draw in (ours.sampler, ours.decoder):
        draw = make_draw("dense_vae", 3)
        images = draw(0)
        assert images.shape == (3, 28, 28, 1)
        assert 0 < images.min() < images.max() < 1
        assert np.array_equal(images, draw(1)) == (make_draw is ours.decoder)  # which is given the same latents again


@pytest.mark.parametrize("model", ["dense_vae", "conv_vae"])
def test_onnx_runtime_runs_the_network_of_pytorch(model):
    network = torch_peer.decoder(model)
    draw = torch_peer.in_onnxruntime(network, [5, workload.VAE_LATENT_DIM])
    latents = np.random.default_rng(0).standard_normal([5, workload.VAE_LATENT_DIM], np.float32)
    with torch.inference_mode():
        np.testing.assert_allclose(draw(0), network(torch.from_numpy(latents)), atol=1e-5)


def test_likelihoods_of_networks_that_know_nothing():
    images = workload.binary_digits(4)
    guessed = 28 * 28 * math.log(2)  # each pixel black or white
    for peer in (ours, pythae_peer):
        assert peer.estimator("dense_vae")(images, 200) == pytest.approx(guessed, abs=15)


def test_a_point_of_the_scaling():
    process = run_python("-m", "benchmarks.peers.ours", "likelihood_memory", 10, 100)
    assert process.returncode == 0, process.stderr
    assert 100 < json.loads(process.stdout.splitlines()[-1])["outcome"] < 10_000


@pytest.mark.parametrize(
    ("program", "flag"),
    [("sampling", "--calls=1"), ("likelihood", "--samples=150"), ("scaling", "--panels=magic")],
)
def test_bad_flags(program, flag):
    process = run_python("-m", f"benchmarks.{program}", flag)
    assert process.returncode != 0
    assert flag.split("=")[0] in process.stdout + process.stderr
    assert "Traceback" not in process.stderr
