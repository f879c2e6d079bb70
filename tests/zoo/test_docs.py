"""The examples in docstrings run, where they need no data but random ones."""

import doctest
import importlib
import pkgutil

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp

import zoo

MODULES = [module.name for module in pkgutil.walk_packages(zoo.__path__, "zoo.")]
RNG = np.random.default_rng(0)
KNOWN = {
    "keras": keras,
    "np": np,
    "tf": tf,
    "tfp": tfp,
    "zoo": zoo,
    "digits": (RNG.random([64, 28, 28, 1]) < 0.2).astype(np.float32),
    "labels": np.arange(64, dtype=np.int32) % 10,
}


@pytest.mark.parametrize("name", ["zoo", *MODULES])
def test_examples(name):
    keras.utils.set_random_seed(0)
    module = importlib.import_module(name)
    failed, _ = doctest.testmod(module, extraglobs=KNOWN, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert not failed
