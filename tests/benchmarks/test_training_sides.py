"""The sides of `benchmarks.training` do the same work: the same networks, the same step."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import run_python

from benchmarks.core import workload
from benchmarks.peers import keras as keras_peer
from benchmarks.peers import ours

torch = pytest.importorskip("torch", reason="the extra [benchmarks] is not installed")
pytest.importorskip("pythae", reason="the extra [benchmarks] is not installed")

from benchmarks.peers import pythae as pythae_peer  # noqa: E402
from benchmarks.peers import torch as torch_peer  # noqa: E402


@pytest.fixture(scope="module")
def images():
    """48 binary digits, uint8 [48, 28, 28, 1]."""
    return workload.binary_digits(48)


# -- the same weights on both sides -------------------------------------------------------------------------------
#
# Where a convolution wants one more row of zeros on one side of an image than on the other, TensorFlow puts it after
# the image and PyTorch before it. So PyTorch's network gets everything turned by half a turn: images, kernels
# and features.


def copy_weights(model, network, features):
    """Gives a PyTorch network the weights of a Keras model, turned.

    Args:
        features: (h, w, c) of what a dense layer gets from a convolution, or gives to one.
    """
    layers = [layer for layer in model.layers if layer.weights]
    network = [module for module in network.modules() if not list(module.children())]
    modules = [(place, module) for place, module in enumerate(network) if list(module.parameters())]
    assert len(layers) == len(modules)
    for layer, (place, module) in zip(layers, modules):
        targets = [*module.parameters(), *(buffer for buffer in module.buffers() if buffer.ndim)]
        for weight, target in zip(layer.get_weights(), targets, strict=True):
            if weight.ndim == 4:
                weight = weight[::-1, ::-1].transpose(3, 2, 0, 1)
            else:
                for axis in range(weight.ndim):
                    if weight.shape[axis] == math.prod(features):
                        weight = turned_features(weight, axis, features)
                weight = weight.T
            if feeds_pixel_shuffle(network, place):
                weight = turned_blocks(weight)
            with torch.no_grad():
                target.copy_(torch.from_numpy(np.ascontiguousarray(weight)))


def turned_features(weight, axis, features):
    """One axis from Keras's order, h w c, to PyTorch's, c h w."""
    order = np.arange(math.prod(features)).reshape(features)[::-1, ::-1].transpose(2, 0, 1).ravel()
    return np.take(weight, order, axis)


def turned_blocks(weight):
    """The first axis from depth-to-space's order, 2 2 c, to that of `PixelShuffle`, c 2 2."""
    order = np.arange(len(weight)).reshape([4, -1])[::-1].T.ravel()
    return weight[order]


def feeds_pixel_shuffle(network, place):
    for module in network[place + 1 :]:
        if isinstance(module, torch.nn.PixelShuffle):
            return True
        if list(module.parameters()):
            return False
    return False


def turned(images):
    """[n, h, w, c] of Keras -> [n, c, h, w] of PyTorch, or the other way round for a tensor of PyTorch's."""
    if torch.is_tensor(images):
        return images.detach().numpy().transpose(0, 2, 3, 1)[:, ::-1, ::-1]
    return torch.from_numpy(np.ascontiguousarray(np.asarray(images)[:, ::-1, ::-1].transpose(0, 3, 1, 2)))


def vaes(kind):
    """`zoo.VAE`, its twin in PyTorch, and the features between dense layers and convolutions."""
    model, features = f"{kind}_vae", {"dense": (28, 28, 1), "conv": (7, 7, 16)}[kind]
    return ours.build(model), torch_peer.VAE(*torch_peer.vae_networks(model)), features


# -- the tests ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["dense", "conv"])
def test_vaes_have_the_same_networks_and_the_same_loss(kind, images):
    ours_vae, torch_vae, features = vaes(kind)
    # A posterior so narrow that the loss does not depend on the noise; each side has its own formula for its width.
    last = ours_vae.encoder.layers[-1]
    kernel, bias = last.get_weights()
    kernel[:, workload.VAE_LATENT_DIM :] = 0.0
    scale = 1e-3
    bias[workload.VAE_LATENT_DIM :] = math.log(math.expm1(scale - 1e-4)) - math.log(math.e - 1.0)
    last.set_weights([kernel, bias])
    copy_weights(ours_vae.encoder, torch_vae.encoder, features)
    copy_weights(ours_vae.decoder, torch_vae.decoder, features)
    with torch.no_grad():
        torch_vae.encoder[-1].bias[workload.VAE_LATENT_DIM :] = 2.0 * math.log(scale)

    batch = (images / 255.0).astype(np.float32)
    mean, _ = torch_vae.encoder(turned(batch)).chunk(2, dim=1)
    np.testing.assert_allclose(mean.detach(), ours_vae.encode(batch)[0], atol=1e-5)
    np.testing.assert_allclose(
        turned(torch_vae.decoder(mean)), ours_vae.decoder(mean.detach().numpy()), atol=1e-5, rtol=1e-4
    )
    assert torch_vae(turned(batch)).item() == pytest.approx(float(ours_vae.loss_of(batch, None, 0, True)), rel=1e-4)


def test_gans_take_the_same_steps(images, monkeypatch):
    keras.utils.set_random_seed(0)
    gan = ours.dcgan("float32", latent_dim=4, width=4)
    gan.compile(*ours.optimizers(workload.DCGAN), run_eagerly=True)
    gan.build_optimizers()
    monkeypatch.setattr("zoo.gan.gan.LARGEST_SHARE", math.inf)  # PyTorch's average has one half-life all the time
    keep = 0.5 ** (len(images) / workload.AVERAGE_HALFLIFE)
    networks = torch_peer.generator(4, 4), torch_peer.discriminator(4)
    twin = torch_peer.GAN(*networks, torch_peer.Setting(), keep)
    copy_weights(gan.generator, twin.generator, (7, 7, 16))
    copy_weights(gan.discriminator, twin.discriminator, (4, 4, 16))

    real = (images / 255.0).astype(np.float32)
    noise = np.random.default_rng(0).normal(size=[3, len(real), 4]).astype(np.float32)
    losses = []
    for latents in noise:
        monkeypatch.setattr(gan, "_latents", lambda count, seed, latents=latents: tf.constant(latents))
        gan.reset_metrics()
        results = gan.train_step(tf.constant(real))
        expected = [float(results[f"{player}_loss"]) for player in ("generator", "discriminator")]
        losses.append(expected)
        np.testing.assert_allclose(twin.step(turned(real), torch.from_numpy(latents)), expected, rtol=1e-3)
        if len(losses) == 1:  # where PyTorch's average begins
            gan.generator_ema.set_weights(gan.generator.get_weights())
    assert np.ptp(losses, axis=0).min() > 1e-3  # the steps change something
    average = twin.average.module.eval()
    np.testing.assert_allclose(turned(average(torch.from_numpy(noise[0]))), gan.generate(noise[0]), atol=1e-3)


def test_gans_have_the_same_networks():
    gan = ours.build("dcgan")
    generator = torch_peer.generator(workload.GAN_LATENT_DIM, workload.GAN_WIDTH)
    discriminator = torch_peer.discriminator(workload.GAN_WIDTH)
    for model, network in ((gan.generator, generator), (gan.discriminator, discriminator)):
        shapes = sorted(sorted(weight.shape) for weight in model.trainable_variables)
        assert shapes == sorted(sorted(parameter.shape) for parameter in network.parameters())


@pytest.mark.parametrize("model", ["dense_vae", "conv_vae", "dcgan"])
@pytest.mark.parametrize("side", ["ours", "keras", "pythae", "plain", "tuned"])
def test_every_side_trains(side, model, images, monkeypatch):
    if (side, model) == ("pythae", "dcgan"):
        pytest.skip("pythae has no GAN")
    monkeypatch.setattr(torch, "compile", lambda model: model)  # half a minute
    monkeypatch.setattr(torch_peer, "fast_bfloat16", lambda: True)
    monkeypatch.setattr(workload.Workload, "images", lambda load: images)
    train = {
        "ours": ours.train,
        "keras": keras_peer.train,
        "pythae": pythae_peer.train,
        "plain": torch_peer.train_plain,
        "tuned": torch_peer.train_tuned,
    }[side]
    measured = train(model, 16, 1)
    assert measured.images_per_second > 0
    # 784 log 2 = 543 nats per image know nothing; nor do 2 log 2 of a discriminator.
    least, most = (0, 2) if model == "dcgan" else (100, 600)
    assert least < measured.outcome < most
    assert measured.setting


def test_only_whole_epochs_after_the_first_are_timed(monkeypatch):
    clock, seen = [0.0], []
    monkeypatch.setattr(torch_peer.time, "perf_counter", lambda: clock[0])

    def step(batch):
        seen.append(batch)
        clock[0] += 100.0 if len(seen) <= 2 else 1.0  # seconds; two steps an epoch
        return torch.tensor(float(len(seen)))

    speed, loss = torch_peer.time_epochs(step, torch.arange(5.0), batch_size=2, epochs=3)
    assert speed == 2.0
    assert loss == (7 + 8) / 2
    for epoch in range(4):
        assert len(set(torch.cat(seen[2 * epoch : 2 * epoch + 2]).tolist())) == 4


def test_the_workloads_are_whole_batches():
    for load in workload.WORKLOADS.values():
        assert not any(load.image_count % size for size in load.batch_sizes)


def test_a_failing_side_ends_the_benchmark_with_one_line(tmp_path):
    (tmp_path / "tensorflow.py").write_text("raise RuntimeError('out of luck')")
    done = run_python(
        "-m",
        "benchmarks.training",
        "--models=conv_vae",
        f"--out_dir={tmp_path / 'out'}",
        env={"PYTHONPATH": str(tmp_path), "PATH": ""},
    )
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert line == (
        "training: conv_vae, batch 32, ours failed (RuntimeError: out of luck); see "
        f"{tmp_path / 'out' / 'workers.log'}."
    )
    assert "45 measurements to do" in done.stdout  # 3 batch sizes, 5 sides, 3 rounds


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("--models=vae", "expected some of dense_vae,conv_vae,dcgan"),
        ("--models=", "expected some of dense_vae,conv_vae,dcgan"),
        ("--batch_sizes=0", "expected whole numbers from 1 to 6400"),
        ("--batch_sizes=6401", "expected whole numbers from 1 to 6400"),
    ],
)
def test_bad_flags(flag, message):
    done = run_python("-m", "benchmarks.training", flag)
    assert done.returncode == 1
    assert message in done.stderr
