"""Number formats: bfloat16 for training where it is fast, float32 for everything that is measured or shipped."""

import os
from pathlib import Path

import tensorflow as tf

POLICY_CLASS = "DTypePolicy"  # in the configs of Keras
POLICY = "ZOO_DTYPE_POLICY"  # environment variable: the policy to take as the fastest, so as to try another machine's


def fastest_policy():
    """The Keras dtype policy that trains the zoo's networks fastest on this machine.

    "mixed_bfloat16" on GPUs from compute capability 8.0 and on CPUs with AMX or AVX512-BF16; "float32" elsewhere,
    where bfloat16 would be emulated. Where the environment variable ZOO_DTYPE_POLICY names a policy, that one: a
    machine with bfloat16 is then like one without, or the other way round.

    Raises:
        ValueError: ZOO_DTYPE_POLICY is neither of the two.
    """
    told = os.environ.get(POLICY)
    if told:
        if told not in ("float32", "mixed_bfloat16"):
            raise ValueError(f"{POLICY}: expected float32 or mixed_bfloat16; got {told!r}.")
        return told
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        capability = tf.config.experimental.get_device_details(gpus[0]).get("compute_capability", (0, 0))
        return "mixed_bfloat16" if capability >= (8, 0) else "float32"
    cpuinfo = Path("/proc/cpuinfo")
    flags = cpuinfo.read_text() if cpuinfo.exists() else ""
    return "mixed_bfloat16" if "amx_bf16" in flags or "avx512_bf16" in flags else "float32"


def in_float32(model):
    """A copy of a model whose layers all compute in float32, with the same weights; not compiled.

    Mixed precision keeps the weights in float32, so nothing is lost.
    """
    copy = type(model).from_config(_float32(model.get_config()))
    copy.set_weights(model.get_weights())
    return copy


def as_float32(model):
    """The model itself where all of its layers compute in float32 already; else `in_float32` of it."""
    return model if set(_policies(model.get_config())) <= {"float32"} else in_float32(model)


def _float32(config):
    """A config with every dtype policy in it replaced by float32."""
    if isinstance(config, dict):
        if config.get("class_name") == POLICY_CLASS:
            return {**config, "config": {"name": "float32"}}
        return {key: _float32(value) for key, value in config.items()}
    if isinstance(config, list | tuple):
        return type(config)(_float32(value) for value in config)
    return config


def _policies(config):
    """The names of all dtype policies in a config."""
    if isinstance(config, dict):
        if config.get("class_name") == POLICY_CLASS:
            yield config["config"]["name"]
        else:
            for value in config.values():
                yield from _policies(value)
    elif isinstance(config, list | tuple):
        for value in config:
            yield from _policies(value)
