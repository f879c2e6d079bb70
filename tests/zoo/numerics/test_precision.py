import numpy as np
import pytest
from conftest import make_vae

import zoo
from zoo.numerics.precision import POLICY


def test_in_float32_keeps_the_weights_and_drops_bfloat16(digits):
    mixed = make_vae(dtype="mixed_bfloat16", prior=zoo.priors.RealNVPPrior)
    plain = zoo.in_float32(mixed)
    for a, b in zip(mixed.get_weights(), plain.get_weights()):
        np.testing.assert_array_equal(a, b)
    layers = [*plain.encoder.layers, *plain.decoder.layers]
    assert {layer.compute_dtype for layer in layers} == {"float32"}
    # bfloat16 has 8 bits: close, but visibly not the same.
    difference = np.abs(mixed.decode(np.ones([4, 4])) - plain.decode(np.ones([4, 4]))).max()
    assert 0 < difference < 0.02


def test_fastest_policy_is_one_of_two(monkeypatch):
    monkeypatch.delenv(POLICY, raising=False)
    assert zoo.fastest_policy() in ("float32", "mixed_bfloat16")


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
def test_the_environment_can_have_another_machines_policy(policy, monkeypatch):
    monkeypatch.setenv(POLICY, policy)
    assert zoo.fastest_policy() == policy
    monkeypatch.setenv(POLICY, "float31")
    with pytest.raises(ValueError, match="ZOO_DTYPE_POLICY: expected float32 or mixed_bfloat16; got 'float31'"):
        zoo.fastest_policy()
