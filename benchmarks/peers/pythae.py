"""pythae's side of `benchmarks.training`: its `VAE`, `TrainingPipeline` and `BaseTrainer` as they come.

    TQDM_DISABLE=1 python -m benchmarks.peers.pythae conv_vae 128 4

An epoch includes the copy that its trainer keeps of the best model so far, in memory; the model that it writes to disk
in the end comes after the last epoch.
"""

import tempfile
import time

import numpy as np
import torch
from pythae.models import VAE, VAEConfig
from pythae.models.base.base_utils import ModelOutput
from pythae.models.nn import BaseDecoder, BaseEncoder
from pythae.pipelines import TrainingPipeline
from pythae.trainers import BaseTrainerConfig
from pythae.trainers.training_callbacks import TrainingCallback

from benchmarks import torch_networks
from benchmarks.core import workload
from benchmarks.core.measurement import Measurement


class Encoder(BaseEncoder):
    """A network for means and log-variances, as pythae wants it."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, images):
        mean, log_variance = self.network(images).chunk(2, dim=1)
        return ModelOutput(embedding=mean, log_covariance=log_variance)


class Decoder(BaseDecoder):
    """A network for logits, as pythae wants it: with probabilities."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, latents):
        return ModelOutput(reconstruction=torch.sigmoid(self.network(latents)))


class Clock(TrainingCallback):
    """Seconds of each epoch, and the loss of the last one."""

    def on_train_begin(self, training_config, **kwargs):
        self.seconds = []

    def on_epoch_begin(self, training_config, **kwargs):
        self.start = time.perf_counter()

    def on_epoch_end(self, training_config, **kwargs):
        self.seconds.append(time.perf_counter() - self.start)

    def on_log(self, training_config, logs, **kwargs):
        self.loss = logs["train_epoch_loss"]


def train_dense_vae(images, batch_size, epochs):
    return train(torch_networks.dense_encoder(), torch_networks.dense_decoder(), images, batch_size, epochs)


def train_conv_vae(images, batch_size, epochs):
    return train(torch_networks.conv_encoder(), torch_networks.conv_decoder(), images, batch_size, epochs)


def train(encoder, decoder, images, batch_size, epochs):
    """Trains for a warm-up epoch and `epochs` timed ones.

    Args:
        images: uint8 [n, 28, 28, 1], each 0 or 255.

    Returns:
        `Measurement`.
    """
    config = VAEConfig(input_dim=(1, 28, 28), latent_dim=workload.VAE_LATENT_DIM, reconstruction_loss="bce")
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        settings = BaseTrainerConfig(
            output_dir=folder,
            per_device_train_batch_size=batch_size,
            num_epochs=1 + epochs,
            # Faster than 1 or 2: the data are in memory, and loader processes would be started anew for each epoch.
            train_dataloader_num_workers=0,
            learning_rate=workload.VAE_LEARNING_RATE,
            no_cuda=True,
        )
        pipeline = TrainingPipeline(VAE(config, Encoder(encoder), Decoder(decoder)), settings)
        pipeline(images.reshape([-1, 1, 28, 28]).astype(np.float32) / 255.0, callbacks=[clock])
    return Measurement(epochs * len(images) / sum(clock.seconds[1:]), clock.loss, "float32, as it comes")


if __name__ == "__main__":
    torch.manual_seed(0)
    workload.run({workload.DENSE_VAE: train_dense_vae, workload.CONV_VAE: train_conv_vae})
