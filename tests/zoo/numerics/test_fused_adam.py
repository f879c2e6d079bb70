import keras
import numpy as np
import pytest
import tensorflow as tf

import zoo


def trained(adam, strategy=None, path=None, **settings):
    """The weights of a small model after some steps, on the way of which it may be saved and loaded."""
    settings = {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3, "clipnorm": 0.5, **settings}
    with (strategy or tf.distribute.get_strategy()).scope():
        keras.utils.set_random_seed(0)
        layers = [keras.layers.Dense(7, activation="relu"), keras.layers.Dense(3)]
        model = keras.Sequential([keras.Input([5]), *layers])
        model.compile(adam(keras.optimizers.schedules.CosineDecay(0.1, 6), **settings), loss="mse")
    random = np.random.default_rng(0)
    x, y = random.normal(size=[96, 5]), random.normal(size=[96, 3])
    model.fit(x[:48], y[:48], batch_size=16, shuffle=False, verbose=0)
    if path:
        model.save(path)
        model = keras.models.load_model(path)
    model.fit(x[48:], y[48:], batch_size=16, shuffle=False, verbose=0)
    return np.concatenate([weight.ravel() for weight in model.get_weights()])


def test_its_steps_are_those_of_keras():
    np.testing.assert_allclose(trained(zoo.FusedAdam), trained(keras.optimizers.Adam), atol=1e-6)


@pytest.mark.parametrize("setting", [{"beta_1": 0.9}, {"beta_2": 0.99}, {"epsilon": 1e-1}])
def test_each_setting_counts(setting):
    assert np.abs(trained(zoo.FusedAdam, **setting) - trained(zoo.FusedAdam)).max() > 1e-3


def test_saving_carries_its_state(tmp_path):
    np.testing.assert_array_equal(trained(zoo.FusedAdam, path=tmp_path / "model.keras"), trained(zoo.FusedAdam))


def test_on_replicas_too():
    reduction = tf.distribute.ReductionToOneDevice()
    two = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"], cross_device_ops=reduction)
    np.testing.assert_allclose(trained(zoo.FusedAdam, two), trained(keras.optimizers.Adam, two), atol=1e-6)


def test_what_it_does_not_offer():
    with pytest.raises(ValueError, match="amsgrad: expected False"):
        zoo.FusedAdam(amsgrad=True)
