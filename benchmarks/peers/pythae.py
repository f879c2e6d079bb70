"""pythae's side of the comparisons of VAEs: its `VAE`, `TrainingPipeline` and `BaseTrainer` as they come.

    TQDM_DISABLE=1 python -m benchmarks.peers.pythae train conv_vae 128 4

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

from benchmarks.core import measurement, workload
from benchmarks.core.measurement import Measurement
from benchmarks.peers.torch import as_tensor, vae_networks


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


def train(model: str, batch_size: int, epochs: int) -> Measurement:
    """Trains one of the VAEs of `workload.WORKLOADS` for a warm-up epoch and `epochs` timed ones."""
    pixels = workload.WORKLOADS[model].images().reshape([-1, 1, 28, 28]).astype(np.float32) / 255.0
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
        TrainingPipeline(vae(model), settings)(pixels, callbacks=[clock])
    return Measurement(epochs * len(pixels) / sum(clock.seconds[1:]), clock.loss, "float32, as it comes")


def likelihood(model: str, images: int, samples: int) -> Measurement:
    """Estimates the likelihood of so many images by `VAE.get_nll`."""
    return workload.time_estimate(estimator(model), images, samples)


def estimator(model):
    """What `workload.time_estimate` calls."""
    learner = vae(model).eval()

    @torch.inference_mode()
    def estimate(images, samples):
        return -learner.get_nll(as_tensor(images), samples)  # it returns log p(x)

    return estimate


def vae(model):
    encoder, decoder = vae_networks(model)
    config = VAEConfig(input_dim=(1, 28, 28), latent_dim=workload.VAE_LATENT_DIM, reconstruction_loss="bce")
    return VAE(config, Encoder(encoder), Decoder(decoder))


if __name__ == "__main__":
    torch.manual_seed(0)
    measurement.report_one(train, likelihood)
