"""pythae's side of `benchmarks.likelihood`: its `VAE.get_nll`.

    python -m benchmarks.likelihood_pythae dense_vae 20 1000

`benchmarks.likelihood` starts it.
"""

import torch
from pythae.models import VAE, VAEConfig

from benchmarks import likelihood_calls, torch_networks
from benchmarks.core import workload
from benchmarks.peers import pythae as pythae_peer
from benchmarks.peers import torch as torch_peer


def make_estimate(model):
    encoder, decoder = {
        "dense_vae": (torch_networks.dense_encoder, torch_networks.dense_decoder),
        "conv_vae": (torch_networks.conv_encoder, torch_networks.conv_decoder),
    }[model]
    config = VAEConfig(input_dim=(1, 28, 28), latent_dim=workload.VAE_LATENT_DIM, reconstruction_loss="bce")
    vae = VAE(config, pythae_peer.Encoder(encoder()), pythae_peer.Decoder(decoder())).eval()

    @torch.inference_mode()
    def estimate(images, samples):
        return -vae.get_nll(torch_peer.as_tensor(images), samples)  # it returns log p(x)

    return estimate


if __name__ == "__main__":
    torch.manual_seed(0)
    likelihood_calls.run(make_estimate)
