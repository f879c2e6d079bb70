"""The sides of PyTorch: in training a loop with no trainer and no data loader, plain or tuned.

    python -m benchmarks.peers.torch train_tuned dcgan 64 4

The networks are those of benchmarks/peers/ours.py: the same layers with the same numbers of channels. One thing
differs, and costs nothing: where a convolution of stride 2 wants one more row of zeros on one side than on the other,
TensorFlow puts it after the image and PyTorch before it. Images are [n, 1, 28, 28].

All images are a float32 tensor in memory, and a batch is one gather from it, in a new order for each epoch. Gradients
are set to None, tiny numbers are flushed to zero as TensorFlow does, and nothing but the mean of an epoch's losses is
read back.

Plain is all else as PyTorch has it unless asked: float32, eager, Adam in its default implementation. Tuned, Adam is
fused, and each model has what was faster for it, see `tuned`.
"""

import io
import os
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.optim import swa_utils

from benchmarks.core import measurement, workload
from benchmarks.core.measurement import Measurement
from benchmarks.core.workload import Workload

# -- networks -------------------------------------------------------------------------------------------------------


def vae_networks(model: str) -> tuple[nn.Module, nn.Module]:
    """Encoder and decoder of a VAE, by the name of its workload."""
    if model == workload.DENSE_VAE.name:
        return dense_encoder(), dense_decoder()
    return conv_encoder(), conv_decoder()


def dense_encoder():
    """[n, 1, 28, 28] -> means and log-variances [n, 2 * 20]."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(28 * 28, workload.DENSE_WIDTH),
        nn.ReLU(),
        nn.Linear(workload.DENSE_WIDTH, 2 * workload.VAE_LATENT_DIM),
    )


def dense_decoder():
    """[n, 20] -> logits [n, 1, 28, 28]."""
    return nn.Sequential(
        nn.Linear(workload.VAE_LATENT_DIM, workload.DENSE_WIDTH),
        nn.ReLU(),
        nn.Linear(workload.DENSE_WIDTH, 28 * 28),
        nn.Unflatten(1, [1, 28, 28]),
    )


def conv_encoder():
    """`zoo.networks.conv_encoder`: [n, 1, 28, 28] -> means and log-variances [n, 2 * 20]."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 5, stride=2, padding=2),
        nn.ELU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1),
        nn.ELU(),
        nn.Conv2d(32, 16, 1),
        nn.ELU(),
        nn.Flatten(),
        nn.Linear(16 * 7 * 7, 208),
        nn.ELU(),
        nn.Linear(208, 2 * workload.VAE_LATENT_DIM),
    )


def conv_decoder():
    """`zoo.networks.conv_decoder`: [n, 20] -> logits [n, 1, 28, 28]."""
    return nn.Sequential(
        nn.Linear(workload.VAE_LATENT_DIM, 208),
        nn.ELU(),
        nn.Linear(208, 16 * 7 * 7),
        nn.ELU(),
        nn.Unflatten(1, [16, 7, 7]),
        nn.Conv2d(16, 128, 1),
        nn.ELU(),
        nn.PixelShuffle(2),  # 32 x 14 x 14
        nn.Conv2d(32, 32, 3, padding=1),
        nn.ELU(),
        nn.Conv2d(32, 4, 3, padding=1),
        nn.PixelShuffle(2),
    )


def generator(latent_dim, width):
    """`zoo.networks.dcgan.generator`: [n, latent_dim] -> images [n, 1, 28, 28] in [0, 1]."""
    return nn.Sequential(
        WithInput(nn.Linear(latent_dim, 16 * width, bias=False), nn.BatchNorm1d(16 * width, eps=1e-3), nn.ReLU()),
        nn.Linear(16 * width + latent_dim, 4 * width * 7 * 7, bias=False),
        nn.Unflatten(1, [4 * width, 7, 7]),
        nn.BatchNorm2d(4 * width, eps=1e-3),
        nn.ReLU(),
        nn.Conv2d(4 * width, 8 * width, 3, padding=1, bias=False),
        nn.PixelShuffle(2),  # 14 x 14
        nn.BatchNorm2d(2 * width, eps=1e-3),
        nn.ReLU(),
        nn.Conv2d(2 * width, 4 * width, 3, padding=1, bias=False),
        nn.PixelShuffle(2),  # 28 x 28
        nn.BatchNorm2d(width, eps=1e-3),
        nn.ReLU(),
        nn.Conv2d(width, 1, 3, padding=1),
        nn.Sigmoid(),
    )


def discriminator(width):
    """`zoo.networks.dcgan.discriminator` without spectral normalization: [n, 1, 28, 28] in [0, 1] -> logits [n, 1]."""
    return nn.Sequential(
        Rescaling(),
        nn.Conv2d(1, width, 5, stride=2, padding=2, bias=False),
        nn.LeakyReLU(0.2),
        nn.Conv2d(width, 2 * width, 3, stride=2, padding=1, bias=False),
        nn.LeakyReLU(0.2),
        nn.Conv2d(2 * width, 4 * width, 3, stride=2, padding=1, bias=False),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        nn.Linear(4 * width * 4 * 4, 8 * width, bias=False),
        nn.LeakyReLU(0.2),
        nn.Linear(8 * width, 1),
    )


class WithInput(nn.Sequential):
    """What the modules make of x [n, i], and x itself: [n, o + i]."""

    def forward(self, x):
        return torch.cat([super().forward(x), x], dim=1)


class Rescaling(nn.Module):
    """[0, 1] -> [-1, 1]."""

    def forward(self, images):
        return 2.0 * images - 1.0


# -- what they learn ------------------------------------------------------------------------------------------------


class VAE(nn.Module):
    """The negative ELBO of images, mean in nats per image: Bernoulli likelihood, standard normal prior."""

    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, images):
        """float32 [n, 1, 28, 28], each 0 or 1 -> scalar."""
        mean, log_variance = self.encoder(images).float().chunk(2, dim=1)
        latents = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
        logits = self.decoder(latents).float()
        reconstruction = functional.binary_cross_entropy_with_logits(logits, images, reduction="sum")
        kl = -0.5 * torch.sum(1.0 + log_variance - mean.square() - log_variance.exp())
        return (reconstruction + kl) / len(images)


class GAN:
    """What `zoo.GAN` does in a step with the non-saturating loss: the same passes, updates and average.

    Args:
        setting: a `Setting`.
        keep: what is left of the generator's average after a step.
    """

    def __init__(self, generator, discriminator, setting, keep):
        self.generator, self.discriminator, self.bfloat16 = generator, discriminator, setting.bfloat16
        betas = (workload.GAN_BETA_1, 0.999)
        self.optimizers = [
            torch.optim.Adam(network.parameters(), workload.GAN_LEARNING_RATE, betas, fused=setting.fused)
            for network in (generator, discriminator)
        ]
        average = swa_utils.get_ema_multi_avg_fn(keep)
        self.average = swa_utils.AveragedModel(generator, multi_avg_fn=average, use_buffers=True)

    def step(self, real, latents):
        """One update of the discriminator, then one of the generator.

        Args:
            real: images float32 [n, 1, 28, 28] in [0, 1].
            latents: float32 [n, latent_dim].

        Returns:
            The losses of generator and discriminator, scalars.
        """
        generator_optimizer, discriminator_optimizer = self.optimizers
        with autocast(self.bfloat16):
            fake = self.generator(latents)
            logits = self.discriminator(torch.cat([real, fake.detach()]))  # in one pass, which is faster than two
        real_logits, fake_logits = logits.float().chunk(2)
        discriminator_loss = functional.softplus(-real_logits).mean() + functional.softplus(fake_logits).mean()
        discriminator_optimizer.zero_grad(set_to_none=True)
        discriminator_loss.backward()
        discriminator_optimizer.step()

        self.discriminator.requires_grad_(False)  # the generator's pass needs no gradients of these weights
        with autocast(self.bfloat16):
            fake_logits = self.discriminator(fake)
        generator_loss = functional.softplus(-fake_logits.float()).mean()
        generator_optimizer.zero_grad(set_to_none=True)
        generator_loss.backward()
        generator_optimizer.step()
        self.discriminator.requires_grad_(True)
        self.average.update_parameters(self.generator)
        return generator_loss.detach(), discriminator_loss.detach()


# -- benchmarks.training --------------------------------------------------------------------------------------------


def train_plain(model: str, batch_size: int, epochs: int) -> Measurement:
    """Trains one of the `workload.WORKLOADS` with all as PyTorch has it."""
    return train(workload.WORKLOADS[model], Setting(), batch_size, epochs)


def train_tuned(model: str, batch_size: int, epochs: int) -> Measurement:
    """Trains one of the `workload.WORKLOADS` in the setting that was fastest for it."""
    load = workload.WORKLOADS[model]
    return train(load, tuned(load, batch_size), batch_size, epochs)


class Setting(NamedTuple):
    """How a loop runs; by default, plain."""

    fused: bool = False  # Adam
    compiled: bool = False  # `torch.compile`
    channels_last: bool = False
    bfloat16: bool = False  # autocast

    @property
    def layout(self) -> torch.memory_format:
        """How images lie in memory."""
        return torch.channels_last if self.channels_last else torch.contiguous_format

    def __str__(self):
        words = ["bfloat16 autocast" if self.bfloat16 else "float32", "compiled" if self.compiled else "eager"]
        return ", ".join(words + ["channels_last"] * self.channels_last + ["fused Adam"] * self.fused)


def tuned(load: Workload, batch_size: int) -> Setting:
    """What was fastest for a workload; `torch.compile` needs a C++ compiler.

    Autocast is used where the CPU has instructions for bfloat16, which is where ours uses it too.
    """
    bfloat16 = fast_bfloat16()
    if load is workload.DCGAN:
        return Setting(fused=True, channels_last=True, bfloat16=bfloat16)  # compiled, it is slower
    if load is workload.DENSE_VAE and batch_size < 128:
        bfloat16 = False  # smaller batches are faster in float32
    return Setting(fused=True, compiled=True, bfloat16=bfloat16)  # compiled, channels_last is slower


def train(load: Workload, setting: Setting, batch_size: int, epochs: int) -> Measurement:
    """Trains for a warm-up epoch and `epochs` timed ones."""
    torch.set_flush_denormal(True)
    images = as_tensor(load.images()).contiguous(memory_format=setting.layout)
    step = gan_step(setting, batch_size) if load is workload.DCGAN else vae_step(load, setting)
    speed, loss = time_epochs(step, images, batch_size, epochs)
    return Measurement(speed, loss, str(setting))


def vae_step(load, setting):
    """A function that trains a new VAE on a batch and returns its loss."""
    model = VAE(*vae_networks(load.name))
    loss_of = torch.compile(model) if setting.compiled else model
    optimizer = torch.optim.Adam(model.parameters(), workload.VAE_LEARNING_RATE, fused=setting.fused)

    def step(batch):
        with autocast(setting.bfloat16):
            loss = loss_of(batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def gan_step(setting, batch_size):
    """A function that trains a new GAN on a batch and returns the discriminator's loss."""
    gan = GAN(
        generator(workload.GAN_LATENT_DIM, workload.GAN_WIDTH).to(memory_format=setting.layout),
        discriminator(workload.GAN_WIDTH).to(memory_format=setting.layout),
        setting,
        keep=0.5 ** (batch_size / workload.AVERAGE_HALFLIFE),
    )

    def step(real):
        _, discriminator_loss = gan.step(real, torch.randn(len(real), workload.GAN_LATENT_DIM))
        return discriminator_loss

    return step


def as_tensor(images: np.ndarray) -> torch.Tensor:
    """uint8 [n, 28, 28, 1] -> float32 [n, 1, 28, 28] in [0, 1]."""
    return torch.from_numpy(images).reshape(-1, 1, 28, 28) / 255.0


def time_epochs(
    step: Callable[[torch.Tensor], torch.Tensor], images: torch.Tensor, batch_size: int, epochs: int
) -> tuple[float, float]:
    """Trains for a warm-up epoch, which compiles what is compiled, and `epochs` timed ones.

    Args:
        step: (batch) -> loss.
        images: [n, 1, 28, 28]; an incomplete last batch is left out and not counted.

    Returns:
        (images/s, mean loss of the last epoch)
    """
    steps = len(images) // batch_size
    seconds = []
    for _ in range(1 + epochs):
        start = time.perf_counter()
        total = torch.zeros([])
        for chosen in torch.randperm(len(images))[: steps * batch_size].split(batch_size):
            total += step(images[chosen])
        loss = total.item() / steps
        seconds.append(time.perf_counter() - start)
    return epochs * steps * batch_size / sum(seconds[1:]), loss


def fast_bfloat16() -> bool:
    """Whether the CPU has instructions for bfloat16, unless told otherwise: the rule of `zoo.fastest_policy`."""
    told = os.environ.get("ZOO_DTYPE_POLICY")
    if told:
        return told == "mixed_bfloat16"
    capabilities = torch.cpu.get_capabilities()
    return capabilities.get("amx_bf16", False) or capabilities.get("avx512_bf16", False)


def autocast(bfloat16):
    """Under it, convolutions and products of matrices run in bfloat16, if asked for."""
    return torch.autocast("cpu", torch.bfloat16, enabled=bfloat16)


# -- benchmarks.sampling --------------------------------------------------------------------------------------------


def sample(model: str, count: int, calls: int) -> Measurement:
    """Draws digits eagerly, in inference mode."""
    torch.set_num_threads(measurement.CORES)
    network, shape = decoder(model), [count, workload.VAE_LATENT_DIM]

    @torch.inference_mode()
    def draw(number):
        return network(torch.randn(shape)).numpy()

    return workload.time_draws(draw, count, calls)


def sample_in_onnxruntime(model: str, count: int, calls: int) -> Measurement:
    """Draws digits with the same layers, as PyTorch exports them, in ONNX Runtime."""
    torch.set_num_threads(measurement.CORES)
    return workload.time_draws(in_onnxruntime(decoder(model), [count, workload.VAE_LATENT_DIM]), count, calls)


def decoder(model):
    """The decoder of a VAE, with a last layer that makes pixels of logits."""
    return nn.Sequential(vae_networks(model)[1], nn.Sigmoid()).eval()


def in_onnxruntime(network, shape):
    """What `workload.time_draws` calls for a network whose latents have this shape."""
    import onnxruntime  # only here: its threads would be idle beside those of the other measurements

    file = io.BytesIO()
    axes = {"latents": {0: "n"}, "images": {0: "n"}}
    names = {"input_names": ["latents"], "output_names": ["images"], "dynamic_axes": axes}
    torch.onnx.export(network, torch.zeros(shape), file, dynamo=False, **names)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = measurement.CORES
    session = onnxruntime.InferenceSession(file.getvalue(), options, providers=["CPUExecutionProvider"])
    random = np.random.default_rng(0)

    def draw(number):
        (images,) = session.run(None, {"latents": random.standard_normal(shape, np.float32)})
        return images

    return draw


if __name__ == "__main__":
    torch.manual_seed(0)
    measurement.report_one(train_plain, train_tuned, sample, sample_in_onnxruntime)
