"""What holds for every model of the zoo; a model of a new kind is a row in models.CASES."""

import json
import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf
from models import CASES, TEXT, mirrored, trained

import export
import zoo
from zoo.numerics.choice import chosen

GENERATIVE = [name for name, case in CASES.items() if case.samples]
every_model = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
every_generative_model = pytest.mark.parametrize("case", [CASES[name] for name in GENERATIVE], ids=GENERATIVE)


EAGER = {"run_eagerly": True}  # a few steps take less time than to compile one


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
        case.fit(model)
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


@every_generative_model
def test_a_sample_depends_on_the_seed_its_number_and_its_condition_alone(case):
    model, place = case.made(**EAGER), [5, 2, 0]
    case.fit(model)
    condition = {name: values[:8] for name, values in case.condition.items()}
    samples = model.sample(8, seed=3, **condition).numpy()
    assert samples.shape == (8, *model.datum.shape)
    assert samples.dtype == model.datum.dtype
    some = model.sample_at([0, 3], place, **{name: values[place] for name, values in condition.items()})
    np.testing.assert_allclose(some, samples[place], atol=1e-6)
    others = model.sample(8, seed=4, **condition), model.sample(8, seed=[1, 3], **condition)
    assert all(not np.array_equal(samples, other) for other in others)
    assert len(np.unique(samples.reshape([8, -1]), axis=0)) > 1
    one = {name: np.zeros(8, np.int32) for name in condition}
    typical = model.sample(8, seed=3, temperature=0.0, **one).numpy()
    np.testing.assert_allclose(typical, np.repeat(typical[:1], 8, axis=0), atol=1e-6)


@every_generative_model
def test_its_files_compute_what_it_computes(case, tmp_path):
    """`export_model` compares every signature of every file with Keras, and raises where they differ."""
    model = case.made(**EAGER)
    case.fit(model)
    checks, _ = export.export_model(model, tmp_path, model.examples())
    artefacts = {(check.artefact, check.signature) for check in checks}
    for name in ("sample", "sample_chunk"):
        assert {("saved_model", name), ("model.tflite", name), ("model_int8.tflite", name)} <= artefacts
    condition = {name: values[:3] for name, values in case.condition.items()}
    expected = model.sample_at([7, -8], [3, 1000, -1], 0.9, **condition).numpy()
    for file in ("saved_model", "model.tflite"):
        artefact = export.runner.load(tmp_path / file)
        samples = artefact("sample", seed=[7, -8], index=[3, 1000, -1], temperature=0.9, **condition)[model.datum.name]
        np.testing.assert_allclose(samples, expected, atol=1e-5)
        if model.domain:  # a stranger needs no file beside it
            about = json.loads(bytes(artefact("about")["json"]).decode())
            assert about == model.domain.about()
            assert (about["unit"], about["shape"], about["classes"]) == ("intensity", [8, 8, 1], ["ä", "b"])


@every_generative_model
def test_a_condition_that_is_none_is_refused_by_name(case):
    model = case.made()
    if case.y is None:
        with pytest.raises(ValueError, match="labels: expected none, as the model has no condition; got some"):
            model.sample(2, labels=[0, 1])
        return
    for labels in (None, [0, CASES["classifier"].y.max() + 1], [0], [0.5, 1.0]):
        with pytest.raises(ValueError, match="labels: expected"):
            model.sample(2, labels=labels)
    with pytest.raises(ValueError, match="label: expected no condition but labels; got some"):
        model.sample(2, label=[0, 1])


def test_a_part_that_no_file_could_name_is_refused_when_it_is_saved(tmp_path):
    class Wider(zoo.priors.StandardNormalPrior):
        pass

    model = CASES["vae_with_free_bits"].build()
    model.prior = Wider(4)
    with pytest.raises(ValueError, match=r"prior: expected a class that Keras finds .* Wider is not registered"):
        model.save(tmp_path / "model.keras")


def test_tokens_are_equal_everywhere(tmp_path):
    """A tie is decided by rounding, and decides all that follow: in one of 10^4 to 10^5 sequences."""
    case = CASES["token_vae"]
    model = case.made()
    case.fit(model, epochs=3)
    export.export_model(model, tmp_path, model.examples(TEXT[:16]))
    expected = model.sample(10_000, seed=9).numpy()
    assert len(np.unique(expected, axis=0)) > 1000  # of 5^6
    for file in ("saved_model", "model.tflite"):
        artefact = export.runner.load(tmp_path / file)
        tokens = artefact("sample", seed=[0, 9], index=np.arange(10_000), temperature=1.0)["tokens"]
        assert tokens.dtype == np.int32
        assert np.all(tokens == expected, axis=1).sum() >= 9_990


def test_a_sequential_decoder_says_what_it_then_samples():
    """The loop, step by step, draws from the very logits that training is told."""
    decoder = CASES["token_vae"].build().decoder
    latents, choices = tf.random.stateless_normal([32, 4], [0, 1]), tf.random.stateless_uniform([32, 6], [2, 3])
    tokens = decoder.from_noise(latents, choices, 0.7)
    np.testing.assert_array_equal(chosen(decoder(latents, tokens), choices, 0.7), tokens)
    changed = tf.concat([tokens[:, :3], (tokens[:, 3:] + 1) % 5], axis=1)
    before, after = decoder(latents, tokens), decoder(latents, changed)
    np.testing.assert_array_equal(before[:, :4], after[:, :4])  # no step knows itself or a later one
    assert np.abs(before[:, 4:] - after[:, 4:]).max() > 1e-4
