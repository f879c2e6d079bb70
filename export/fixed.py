"""A model of fixed shapes, for runtimes that need every shape before they run: browsers, phones' accelerators."""

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf


class FixedEndpoint(NamedTuple):
    """What `export.saved_model` reads of an endpoint."""

    function: Callable
    inputs: list
    outputs: list


class FixedModel:
    """A model whose endpoints take and give tensors of the shapes of its examples, and of no others.

    Args:
        model: a Keras model with `endpoints()`.
        expected: of `export.verify.expected_outputs`, which has the shapes.
    """

    def __init__(self, model, expected):
        self.variables = model.variables
        self._endpoints = {name: _fixed(endpoint, expected[name]) for name, endpoint in model.endpoints().items()}

    def endpoints(self):
        return self._endpoints


def _fixed(endpoint, expected):
    shapes = [value.shape for value in expected.outputs.values()]

    def function(*arguments):
        outputs = endpoint.function(*arguments)
        if not isinstance(outputs, tuple):
            return tf.ensure_shape(outputs, shapes[0])
        return tuple(map(tf.ensure_shape, outputs, shapes))

    inputs = [tf.TensorSpec(expected.arguments[spec.name].shape, spec.dtype, spec.name) for spec in endpoint.inputs]
    return FixedEndpoint(function, inputs, endpoint.outputs)
