"""The zoo's side of `benchmarks.likelihood`; compiling is part of its time.

    python -m benchmarks.likelihood_ours dense_vae 1000 1000

`benchmarks.likelihood` starts it.
"""

import keras
import numpy as np

import zoo
from benchmarks import likelihood_calls
from benchmarks.peers import ours


def make_estimate(model):
    vae = {"dense_vae": ours.dense_vae, "conv_vae": ours.conv_vae}[model]("float32")
    return lambda images, samples: zoo.estimate_likelihood(vae, images.astype(np.float32) / 255, samples).nll


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    likelihood_calls.run(make_estimate)
