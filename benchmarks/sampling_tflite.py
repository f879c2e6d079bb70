"""The zoo's sides of `benchmarks.sampling`: an exported VAE in LiteRT.

python -m benchmarks.sampling_tflite sample conv 64 1000
"""

import tempfile
from pathlib import Path

import keras
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from benchmarks import sampling_calls
from benchmarks.core import workload
from benchmarks.peers import ours
from export.saved_model import write_saved_model
from export.tflite import write_tflite


def make_draw(way, decoder, count):
    """A function that draws `count` digits from its number, by the signature `sample` or `decode`."""
    model = {"dense": ours.dense_vae, "conv": ours.conv_vae}[decoder]("float32")
    with tempfile.TemporaryDirectory() as folder:
        write_saved_model(model, Path(folder, "saved_model"))
        write_tflite(Path(folder, "saved_model"), Path(folder, "model.tflite"), ["sample", "decode"])
        content = Path(folder, "model.tflite").read_bytes()
    interpreter = Interpreter(model_content=content, num_threads=sampling_calls.THREADS)
    run = interpreter.get_signature_runner(way)
    index, one = np.arange(count, dtype=np.int32), np.float32(1)
    latents = np.random.default_rng(0).standard_normal([count, workload.VAE_LATENT_DIM], np.float32)

    def sample(number):
        return run(seed=np.array([0, number], np.int32), index=index, temperature=one)["images"]

    def decode(number):
        return run(latents=latents)["images"]

    return {"sample": sample, "decode": decode}[way]


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    sampling_calls.run(make_draw, ["sample", "decode"])
