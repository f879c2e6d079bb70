"""The peers of `benchmarks.sampling`: the same decoder in PyTorch, and as exported to ONNX in ONNX Runtime.

python -m benchmarks.sampling_torch onnxruntime conv 64 1000
"""

import io

import numpy as np
import onnxruntime
import torch

from benchmarks import sampling_calls, torch_networks
from benchmarks.core import workload


def make_draw(way, decoder, count):
    """A function that draws `count` digits."""
    network = {"dense": torch_networks.dense_decoder, "conv": torch_networks.conv_decoder}[decoder]()
    network = torch.nn.Sequential(network, torch.nn.Sigmoid()).eval()
    return {"eager": eager, "onnxruntime": in_onnxruntime}[way](network, [count, workload.VAE_LATENT_DIM])


def eager(network, shape):
    @torch.inference_mode()
    def draw(number):
        return network(torch.randn(shape)).numpy()

    return draw


def in_onnxruntime(network, shape):
    file = io.BytesIO()
    axes = {"latents": {0: "n"}, "images": {0: "n"}}
    names = {"input_names": ["latents"], "output_names": ["images"], "dynamic_axes": axes}
    torch.onnx.export(network, torch.zeros(shape), file, dynamo=False, **names)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = sampling_calls.THREADS
    session = onnxruntime.InferenceSession(file.getvalue(), options, providers=["CPUExecutionProvider"])
    random = np.random.default_rng(0)

    def draw(number):
        (images,) = session.run(None, {"latents": random.standard_normal(shape, np.float32)})
        return images

    return draw


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_num_threads(sampling_calls.THREADS)
    sampling_calls.run(make_draw, ["eager", "onnxruntime"])
