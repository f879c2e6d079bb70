"""What holds for every generative model of the zoo: its samples and its files."""

import functools
import json

import numpy as np
import pytest
import tensorflow as tf
from models import CASES, EAGER, TEXT, VALUES

import export
import zoo
from zoo.generative import NO_DATUM
from zoo.numerics.choice import chosen

GENERATIVE = {name: case for name, case in CASES.items() if case.samples}
every_generative_model = pytest.mark.parametrize("name", GENERATIVE)


@functools.cache
def learned(name):
    """A model that has learned a little; tests only look at it."""
    case = CASES[name]
    model = case.made(**EAGER)
    case.fit(model)
    return model


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """name -> (where that model was exported to, the checks of its files)."""

    @functools.cache
    def export_of(name):
        directory = tmp_path_factory.mktemp(name)
        model = learned(name)
        # More examples of tokens, as one wrong choice decides all that follow.
        examples = model.examples(TEXT[:16]) if name == "token_vae" else model.examples()
        return directory, export.export_model(model, directory, examples)[0]

    return export_of


@every_generative_model
def test_a_sample_depends_on_the_seed_its_number_and_its_condition_alone(name):
    case, model, place = CASES[name], learned(name), [5, 2, 0]
    condition = case.condition(model, slice(8))
    samples = model.sample(8, seed=3, **condition).numpy()
    assert samples.shape == (8, *model.datum.shape)
    assert samples.dtype == model.datum.dtype
    some = model.sample_at([0, 3], place, **{key: values[place] for key, values in condition.items()})
    np.testing.assert_allclose(some, samples[place], atol=1e-6)
    others = model.sample(8, seed=4, **condition), model.sample(8, seed=[1, 3], **condition)
    assert all(not np.array_equal(samples, other) for other in others)
    assert len(np.unique(samples.reshape([8, -1]), axis=0)) > 1
    one = {key: np.repeat(values[:1], 8, axis=0) for key, values in condition.items()}
    typical = model.sample(8, seed=3, temperature=0.0, **one).numpy()
    np.testing.assert_allclose(typical, np.repeat(typical[:1], 8, axis=0), atol=1e-6)


@every_generative_model
def test_a_temperature_may_be_a_whole_number(name):
    case, model = CASES[name], learned(name)
    condition = case.condition(model, slice(2))
    np.testing.assert_array_equal(model.sample(2, temperature=1, **condition), model.sample(2, **condition))


@every_generative_model
def test_a_sample_is_made_of_its_latents(name):
    case, model, index = CASES[name], learned(name), [5, -1, 2, 2**31 - 1]
    condition = case.condition(model, slice(4))
    told = condition if model.prior.conditional else {}
    latents = model.latents_at(3, index, 0.7, **told)
    assert latents.shape == (4, model.latent_dim)
    assert latents.dtype == tf.float32
    for row, number in enumerate(index):  # each is of its own number alone
        one = {key: values[[row]] for key, values in told.items()}
        np.testing.assert_allclose(model.latents_at([0, 3], [number], 0.7, **one)[0], latents[row], atol=1e-6)
    assert np.abs(latents - model.latents_at(4, index, 0.7, **told)).max() > 1e-3
    assert np.abs(latents - model.latents_at(3, index, **told)).max() > 1e-3
    with pytest.raises(ValueError, match=r"index: expected int32 \[n\]"):
        model.latents_at(3, [0.5], **one)
    if model.choice_noise:  # its steps are decided by other noise, too
        return
    data = (model.decode if isinstance(model, zoo.VAE) else model.generate)(latents, **condition)
    np.testing.assert_allclose(data, model.sample_at(3, index, 0.7, **condition), atol=1e-6)


# TFLite's converter takes long, most of all with spectral normalization; these have what others have, too. The files of
# a conditional GAN are those of tests/export/test_export_gan.py.
LONG = {"residual_gan", "gan", "conditional_gan", "gan_of_melodies", "vae_with_free_bits"}
FILES = [pytest.param(name, marks=[pytest.mark.slow] if name in LONG else []) for name in GENERATIVE]


@pytest.mark.parametrize("name", FILES)
def test_its_files_compute_what_it_computes(name, exported):
    """`export_model` compares every signature of every file with Keras, and raises where they differ."""
    case, model, (directory, checks) = CASES[name], learned(name), exported(name)
    artefacts = {(check.artefact, check.signature) for check in checks}
    for one in ("sample", "sample_chunk", "latents"):
        assert {("saved_model", one), ("model.tflite", one), ("model_int8.tflite", one)} <= artefacts
    condition = case.condition(model, slice(3))
    expected = model.sample_at([7, -8], [3, 1000, -1], 0.9, **condition).numpy()
    for file in ("saved_model", "model.tflite"):
        artefact = export.runner.load(directory / file)
        samples = artefact("sample", seed=[7, -8], index=[3, 1000, -1], temperature=0.9, **condition)[model.datum.name]
        np.testing.assert_allclose(samples, expected, atol=1e-5)
        told = condition if model.prior.conditional else {}
        latents = artefact("latents", seed=[7, -8], index=[3, 1000, -1], temperature=0.9, **told)["latents"]
        np.testing.assert_allclose(latents, model.latents_at([7, -8], [3, 1000, -1], 0.9, **told), atol=1e-5)
        if model.domain:  # a stranger needs no file beside it
            about = json.loads(bytes(artefact("about")["json"]).decode())
            assert about == model.domain.about()
            assert (about["unit"], about["shape"], about["classes"]) == ("intensity", [8, 8, 1], ["ä", "b"])


@every_generative_model
def test_a_condition_that_is_none_is_refused_by_name(name):
    case, model = CASES[name], CASES[name].build()
    if case.y is None:
        with pytest.raises(ValueError, match="labels: expected none, as the model has no condition; got some"):
            model.sample(2, labels=[0, 1])
        return
    known, (named, fitting) = model.condition, *case.condition(model, slice(2)).items()
    for wrong in (None, np.full_like(fitting, known.value_range[1] + 1), fitting[:1], fitting + 0.5):
        with pytest.raises(ValueError, match=f"{named}: expected"):
            model.sample(2, **{named: wrong})
    with pytest.raises(ValueError, match=f"label: expected no condition but {named}; got some"):
        model.sample(2, label=fitting)


@every_generative_model
def test_a_row_whose_condition_is_unknown_is_no_data(name, exported):
    """In a graph, as in an export, in which nothing can be refused."""
    case, model = CASES[name], learned(name)
    if case.y is None:
        return
    low, high = model.condition.value_range
    given = case.y[[0, 1, 2, 3, 3]].copy()
    unknown = [high + 1, low - 1, 2**31 - 1, -(2**31)] if model.condition.values is None else [0, 61, 65, -(2**31)]
    for row, number in zip([0, 1, 2, 4], unknown):
        given[row, ...] = np.where(np.arange(given[row].size).reshape(given[row].shape) == 0, number, given[row])
    sample = tf.function(lambda given: model.sample_at(3, [0, 1, 2, 3, 4], **{model.condition.name: given}))
    samples = sample(given).numpy()
    none = samples == NO_DATUM if model.datum.dtype == "int32" else np.isnan(samples)
    np.testing.assert_array_equal(none.reshape([5, -1]).all(axis=1), [True, True, True, False, True])
    assert not none[3].any()
    if name not in LONG:
        ran = export.runner.load(exported(name)[0] / "model.tflite")
        of_file = ran("sample", seed=[0, 3], index=range(5), temperature=1.0, **{model.condition.name: given})
        np.testing.assert_allclose(of_file[model.datum.name], samples, atol=1e-5)


def test_a_condition_of_whole_numbers_is_described_once():
    gan, vae = CASES["gan_of_melodies"].build(), CASES["token_vae"].build()
    for given, message in [
        ({}, "num_classes: expected how many values the generator's second input, melody, may have, or condition_va"),
        ({"num_classes": 3, "condition_values": [1, 2]}, "num_classes: expected none beside condition_values; got 3"),
        ({"condition_values": [2, 1]}, r"condition_values: expected at least two whole numbers, rising; got \[2, 1\]"),
        ({"condition_values": 7}, "condition_values: expected a list of whole numbers; got 7"),
    ]:
        with pytest.raises(ValueError, match=message):
            zoo.GAN(gan.generator, gan.discriminator, **given)
    plain = CASES["gan"].build()
    with pytest.raises(ValueError, match=r"generator: expected the inputs .* because of condition_values; got one"):
        zoo.GAN(plain.generator, plain.discriminator, condition_values=[1, 2])
    with pytest.raises(ValueError, match="condition_values: expected none, as the decoder's own"):
        zoo.VAE(vae.encoder, vae.decoder, likelihood=vae.likelihood, condition_values=[1, 2])
    for copy in (gan.averaged(), type(gan).from_config(gan.get_config())):
        assert copy.condition_values == VALUES
        assert copy.condition.values == VALUES


def test_tokens_are_equal_everywhere(exported):
    """A tie is decided by rounding, and decides all that follow: in one of 10^4 to 10^5 sequences."""
    directory, _ = exported("token_vae")
    expected = learned("token_vae").sample(10_000, seed=9).numpy()
    assert len(np.unique(expected, axis=0)) > 1000  # of 5^6
    for file in ("saved_model", "model.tflite"):
        artefact = export.runner.load(directory / file)
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


def test_a_conditional_vae_in_a_notebook():
    model = CASES["conditional_vae"].made()
    x, labels, latents = CASES["conditional_vae"].x[:3], [0, 1, 2], np.zeros([3, 4], np.float32)
    decoded = model.decode(latents, labels=labels)
    assert np.abs(decoded[0] - decoded[1]).max() > 0
    reconstructed = model.reconstruct(x, labels=labels)
    np.testing.assert_allclose(model.predict([x, np.array(labels)], verbose=0), reconstructed, atol=1e-6)
    np.testing.assert_array_equal(np.isnan(model([x, tf.constant([0, 3, 1])])).any(axis=(1, 2, 3)), [0, 1, 0])
    for refused, message in [
        (lambda: model.decode(latents, labels=[0]), "labels: expected 3 labels, one for each item; got 1"),
        (lambda: model.encode(x, labels=[0, 1]), "labels: expected 3 labels, one for each item; got 2"),
        (lambda: model.predict(x, verbose=0), r"x: expected \[images, labels\]; got ndarray"),
        (lambda: model.sample(2, labels=[0, 1], seed=2**32), "seed: expected an integer or two, from -2"),
        (lambda: model.sample(-1, labels=[]), "num_samples: expected a whole number from 0 on; got -1"),
        (lambda: model.sample_at([0, 1], [0.5], labels=[0]), r"index: expected int32 \[n\]"),
    ]:
        with pytest.raises(ValueError, match=message):
            refused()
    np.testing.assert_array_equal(model.sample_at(3, [1], labels=[2]), model.sample(2, seed=3, labels=[0, 2])[1:])


def test_a_domain_of_other_data_is_refused():
    gan = CASES["gan"].build()
    for domain, message in [
        (zoo.domains.Images(28, 28, 3), r"domain: expected data \[n, 8, 8, 1\], as the model's; got \[n, 28, 28, 3\]"),
        ("images", "domain: expected a zoo.domains.Domain; got str"),
    ]:
        with pytest.raises(ValueError, match=message):
            zoo.GAN(gan.generator, gan.discriminator, domain=domain)
