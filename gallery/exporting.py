"""TFLite files for a browser: the signatures that the page runs, of static shapes.

LiteRT.js compiles a model for the shapes that it has: whatever has rows has one, but for `sample_chunk`, which has 16.
"""

import tempfile
from pathlib import Path
from typing import NamedTuple

import tensorflow as tf

from export.saved_model import write_saved_model
from export.tflite import write_tflite
from zoo.endpoint import Endpoint

SIGNATURES = ("sample_chunk", "latents", "generate", "decode", "reconstruct", "score")  # each model has some of them


class _Static(NamedTuple):
    """What `export` looks at in a model."""

    variables: list
    static: dict

    def endpoints(self):
        return self.static


def write_model(model, directory):
    """Writes model.tflite, and discriminator.tflite where there is one, into a directory.

    Raises:
        export.ExportError: an operation has no TFLite built-in.
    """
    model = model.in_float32()
    endpoints = {**model.endpoints(), "latents": _latents(model)}
    static = _Static(model.variables, {name: _of_one_row(one) for name, one in endpoints.items() if name in SIGNATURES})
    _write(static, directory)


def write_reader(extractor, directory):
    """Writes classifier.tflite, whose signature `read` says which class an image has, into a directory."""
    network = extractor.model
    images = tf.TensorSpec([1, *extractor.image_shape], tf.float32, "images")
    read = Endpoint(lambda image: network(image)[1], [images], ["probabilities"], file="classifier")
    _write(_Static(network.variables, {"read": read}), directory)


def _write(static, directory):
    files = {}
    for name, endpoint in static.endpoints().items():
        files.setdefault(f"{endpoint.file}.tflite", []).append(name)
    with tempfile.TemporaryDirectory() as workshop:
        saved_model = Path(workshop) / "saved_model"
        write_saved_model(static, saved_model)
        for file, signatures in files.items():
            write_tflite(saved_model, Path(directory) / file, signatures)


def _latents(model):
    def latents(seed, index, temperature):
        return model.prior.from_noise(model.prior.noise.at(seed, index), temperature)

    specs = [([2], tf.int32, "seed"), ([None], tf.int32, "index"), ([], tf.float32, "temperature")]
    return Endpoint(latents, [tf.TensorSpec(*spec) for spec in specs], ["latents"])


def _of_one_row(endpoint):
    def static(spec):
        rows = spec.shape.rank and spec.shape[0] is None
        return tf.TensorSpec([1, *spec.shape[1:]], spec.dtype, spec.name) if rows else spec

    return endpoint._replace(inputs=[static(spec) for spec in endpoint.inputs])
