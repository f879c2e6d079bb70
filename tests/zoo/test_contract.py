"""What holds for every model of the zoo while it learns; a model of a new kind is a row in models.CASES."""

import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf
from models import CASES, EAGER, mirrored, trained

import zoo

every_model = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def weights(model):
    return np.concatenate([weight.ravel() for weight in model.get_weights()])


@every_model
def test_a_run_that_was_interrupted_ends_as_one_that_was_not(case, tmp_path):
    """Config, weights, both optimizers and what a compilation says survive in a file."""
    whole = case.made(steps_per_execution=2)
    case.fit(whole)
    whole.save(tmp_path / "model.keras")
    before = weights(whole)
    case.fit(whole)
    second = keras.models.load_model(tmp_path / "model.keras")
    assert second.steps_per_execution == 2
    case.fit(second)
    np.testing.assert_allclose(weights(second), weights(whole), atol=1e-6)
    assert np.abs(weights(second) - before).max() > 1e-4


@every_model
def test_a_compiled_model_that_was_never_trained_survives_in_a_file(case, tmp_path):
    model = case.made()
    model.save(tmp_path / "model.keras")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(weights(loaded), weights(model))


@every_model
def test_a_config_says_all_that_a_model_is_made_from(case):
    model = case.made()
    copy = type(model).from_config(model.get_config())
    assert copy.get_config() == model.get_config()
    assert [weight.shape for weight in copy.weights] == [weight.shape for weight in model.weights]
    assert (copy.datum, copy.target) == (model.datum, model.target)


@every_model
def test_training_moves_every_weight(case):
    model = case.made(**EAGER)
    ema = model.generator_ema.weights if isinstance(model, zoo.GAN) else []
    variables = [*model.trainable_variables, *ema]
    before = [np.array(variable) for variable in variables]
    case.fit(model)  # one step, if it is the first, moves nothing that comes before weights of 0
    still = [one.path for one, old in zip(variables, before) if np.array_equal(one, old)]
    assert not still
    assert len(variables) > 3


@every_model
def test_evaluation_moves_nothing(case):
    model = case.made(**EAGER)
    before = weights(model)
    logs = model.evaluate(case.x, case.y, batch_size=16, verbose=0, return_dict=True)
    assert all(np.isfinite(value) for value in logs.values())
    np.testing.assert_array_equal(weights(model), before)


@every_model
def test_a_seed_fixes_the_training(case):
    runs = []
    for seed in (5, 5, 6):
        model = case.made(**EAGER)
        model.seed = seed
        case.step(model)
        runs.append(weights(model))
    np.testing.assert_array_equal(runs[0], runs[1])
    assert not np.allclose(runs[0], runs[2])


@every_model
def test_any_number_of_replicas_learns_the_same(case):
    one, one_metrics = trained(case, tf.distribute.get_strategy())
    two, two_metrics = trained(case, mirrored(2))
    for actual, expected in zip(two, one, strict=True):
        np.testing.assert_allclose(actual, expected, atol=1e-5)
    assert two_metrics == pytest.approx(one_metrics, abs=1e-3)


def test_a_part_that_no_file_could_name_is_refused_when_it_is_saved(tmp_path):
    class Wider(zoo.priors.StandardNormalPrior):
        pass

    model = CASES["vae_with_free_bits"].build()
    model.prior = Wider(4)
    with pytest.raises(ValueError, match=r"prior: expected a class that Keras finds .* Wider is not registered"):
        model.save(tmp_path / "model.keras")
