"""TFLite files for a browser, each signature of them with one row: LiteRT.js compiles a model for the shapes it has."""

import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

import keras
import tensorflow as tf

import zoo
from export import TFLITE, export_model
from export.saved_model import write_saved_model
from export.tflite import write_tflite
from zoo.endpoint import Endpoint
from zoo.generative import GenerativeModel

CLASSIFIER = "classifier"


def write_model(model: GenerativeModel, directory: Path) -> None:
    """Writes model.tflite, and discriminator.tflite where there is one, checked against the model, into a directory.

    Raises:
        export.ExportError: the model can't be expressed, or a file disagrees with it.
    """
    with tempfile.TemporaryDirectory() as workshop:
        export_model(model, workshop, model.examples(), batch_size=1, quantized=False)
        for name in (TFLITE, "discriminator.tflite"):
            if (Path(workshop) / name).exists():
                shutil.copy(Path(workshop) / name, directory)


def write_reader(extractor: zoo.FeatureExtractor, directory: Path) -> None:
    """Writes classifier.tflite, whose signature `read` says which class an image has, into a directory."""
    with tempfile.TemporaryDirectory() as workshop:
        saved_model = Path(workshop) / "saved_model"
        write_saved_model(_Reader(extractor.model), saved_model)
        write_tflite(saved_model, directory / f"{CLASSIFIER}.tflite", ["read"])


class _Reader(NamedTuple):
    """A classifier as `export` sees a model."""

    network: keras.Model

    @property
    def variables(self):
        return self.network.variables

    def endpoints(self):
        images = tf.TensorSpec([1, *self.network.input_shape[1:]], tf.float32, "images")
        return {"read": Endpoint(lambda image: self.network(image)[1], [images], ["probabilities"], file=CLASSIFIER)}
