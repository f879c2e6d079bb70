"""The sides of PyTorch in `benchmarks.training`: a loop with no trainer and no data loader, plain or tuned.

    python -m benchmarks.peers.torch dcgan 64 4

All images are a float32 tensor in memory, and a batch is one gather from it, in a new order for each epoch. Gradients
are set to None, tiny numbers are flushed to zero as TensorFlow does, and nothing but the mean of an epoch's losses is
read back.

Plain, which is benchmarks/torch_plain.py, is all else as PyTorch has it unless asked: float32, eager, Adam in its
default implementation. Tuned, which is this program, Adam is fused, and each model has what was faster for it:

    dense_vae   `torch.compile`, which needs a C++ compiler, and bfloat16 autocast, for batches of 128 and more
    conv_vae    `torch.compile` and bfloat16 autocast; compiled, channels_last is slower
    dcgan       bfloat16 autocast and channels_last; compiled, it is slower

Autocast is used where the CPU has instructions for bfloat16, which is where ours uses it too.
"""

import functools
import time
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional
from torch.optim import swa_utils

from benchmarks import torch_networks
from benchmarks.core import workload
from benchmarks.core.measurement import Measurement


class Setting(NamedTuple):
    """How a loop runs; by default, plain."""

    fused: bool = False  # Adam
    compiled: bool = False  # `torch.compile`
    channels_last: bool = False
    bfloat16: bool = False  # autocast

    def __str__(self):
        words = ["bfloat16 autocast" if self.bfloat16 else "float32", "compiled" if self.compiled else "eager"]
        return ", ".join(words + ["channels_last"] * self.channels_last + ["fused Adam"] * self.fused)


class VAE(nn.Module):
    """The negative ELBO of images, mean in nats an image: Bernoulli likelihood, standard normal prior."""

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


def dense_vae():
    """The `VAE` of two dense networks."""
    return VAE(torch_networks.dense_encoder(), torch_networks.dense_decoder())


def conv_vae():
    """The `VAE` of two convolutional networks."""
    return VAE(torch_networks.conv_encoder(), torch_networks.conv_decoder())


def train_dense_vae(setting, images, batch_size, epochs):
    setting = setting._replace(bfloat16=setting.bfloat16 and batch_size >= 128)  # smaller ones are faster in float32
    return train_vae(dense_vae(), setting, images, batch_size, epochs)


def train_conv_vae(setting, images, batch_size, epochs):
    return train_vae(conv_vae(), setting, images, batch_size, epochs)


def train_vae(model, setting, images, batch_size, epochs):
    """Trains a `VAE`; returns its `Measurement`."""
    loss_of = torch.compile(model) if setting.compiled else model
    optimizer = torch.optim.Adam(model.parameters(), workload.VAE_LEARNING_RATE, fused=setting.fused)

    def step(batch):
        with autocast(setting.bfloat16):
            loss = loss_of(batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.detach()

    speed, loss = time_epochs(step, as_tensor(images), batch_size, epochs)
    return Measurement(speed, loss, str(setting))


def train_dcgan(setting, images, batch_size, epochs):
    layout = torch.channels_last if setting.channels_last else torch.contiguous_format
    gan = GAN(
        torch_networks.generator(workload.GAN_LATENT_DIM, workload.GAN_WIDTH).to(memory_format=layout),
        torch_networks.discriminator(workload.GAN_WIDTH).to(memory_format=layout),
        setting,
        keep=0.5 ** (batch_size / workload.AVERAGE_HALFLIFE),
    )

    def step(real):
        _, discriminator_loss = gan.step(real, torch.randn(len(real), workload.GAN_LATENT_DIM))
        return discriminator_loss

    speed, loss = time_epochs(step, as_tensor(images).contiguous(memory_format=layout), batch_size, epochs)
    return Measurement(speed, loss, str(setting))


def as_tensor(images):
    """uint8 [n, 28, 28, 1] -> float32 [n, 1, 28, 28] in [0, 1]."""
    return torch.from_numpy(images).reshape(-1, 1, 28, 28) / 255.0


def time_epochs(step, images, batch_size, epochs):
    """Trains for a warm-up epoch, which compiles what is compiled, and `epochs` timed ones.

    Args:
        step: (batch) -> loss, both tensors.
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


def fast_bfloat16():
    """Whether the CPU has instructions for bfloat16: the rule of `zoo.fastest_policy`."""
    capabilities = torch.cpu.get_capabilities()
    return capabilities.get("amx_bf16", False) or capabilities.get("avx512_bf16", False)


def autocast(bfloat16):
    """Under it, convolutions and products of matrices run in bfloat16, if asked for."""
    return torch.autocast("cpu", torch.bfloat16, enabled=bfloat16)


def run(settings):
    """Does what the command line asks for, in the setting of the model: {name: `Setting`}."""
    torch.manual_seed(0)
    torch.set_flush_denormal(True)
    trainings = {
        workload.DENSE_VAE: train_dense_vae,
        workload.CONV_VAE: train_conv_vae,
        workload.DCGAN: train_dcgan,
    }
    workload.run({load: functools.partial(train, settings[load.name]) for load, train in trainings.items()})


if __name__ == "__main__":
    fast = fast_bfloat16()
    run(
        {
            "dense_vae": Setting(fused=True, compiled=True, bfloat16=fast),
            "conv_vae": Setting(fused=True, compiled=True, bfloat16=fast),
            "dcgan": Setting(fused=True, channels_last=True, bfloat16=fast),
        }
    )
