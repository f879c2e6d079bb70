"""Trained models from files and folders: what is loaded is what was meant, or one line says why not."""

import json
import shutil
import zipfile

import keras
import numpy as np
import pytest

import zoo
from zoo.pretrained import writing

SHAPE = (8, 8, 1)


@pytest.fixture(scope="module")
def gan():
    keras.utils.set_random_seed(3)
    made = zoo.GAN(
        zoo.networks.dcgan.generator(SHAPE, 4, 2, num_classes=3),
        zoo.networks.dcgan.discriminator(SHAPE, 2, num_classes=3),
        num_classes=3,
        domain=zoo.domains.Images(*SHAPE, source="noise", class_names="abc"),
    )
    for weight in made.generator_ema.weights:  # the average is another network by now
        weight.assign(np.random.default_rng(0).normal(weight, 0.1))
    return made


@pytest.fixture(scope="module")
def file(gan, tmp_path_factory):
    return writing.write(gan.averaged(), tmp_path_factory.mktemp("shipped"), "tiny")


def sampled(model):
    return np.asarray(model.sample(6, seed=7, labels=[0, 1, 2] * 2))


def refused(match, model, error=ValueError):
    with pytest.raises(error, match=match) as caught:
        zoo.load(model)
    assert len(str(caught.value).splitlines()) == 1


def edited(file, folder, change):
    """A copy of a .keras file whose config is another, under a name without a hash."""
    path = folder / "edited.keras"
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, json.dumps(change(json.loads(content))) if name == "config.json" else content)
    return path


def test_a_file_holds_the_weights_in_16_bits(gan, file, tmp_path):
    loaded = zoo.load(file)
    for actual, expected in zip(loaded.get_weights(), gan.averaged().get_weights(), strict=True):
        np.testing.assert_array_equal(actual, expected.astype(np.float16).astype(np.float32))
    np.testing.assert_allclose(sampled(loaded), sampled(gan), atol=0.02)
    gan.averaged().save(tmp_path / "whole.keras")
    assert file.stat().st_size < 0.9 * (tmp_path / "whole.keras").stat().st_size


def test_the_same_weights_make_the_same_file(gan, file, tmp_path):
    assert writing.write(gan.averaged(), tmp_path, "tiny").name == file.name
    other = gan.averaged()
    other.generator.weights[0].assign(other.generator.weights[0] * 1.01)
    assert writing.write(other, tmp_path, "tiny").name != file.name


@pytest.mark.parametrize("value", [1e5, float("nan")])
def test_weights_that_16_bits_do_not_have_are_refused(gan, tmp_path, value):
    large = gan.averaged()
    large.generator.weights[0].assign(large.generator.weights[0] * 0 + value)
    with pytest.raises(ValueError, match="model: expected weights from -65,504 to 65,504"):
        writing.write(large, tmp_path, "large")
    assert not list(tmp_path.iterdir())


def test_a_folder_with_one_model_is_that_model(file, tmp_path):
    shutil.copy(file, tmp_path)
    np.testing.assert_array_equal(sampled(zoo.load(tmp_path)), sampled(zoo.load(file)))
    np.testing.assert_array_equal(sampled(zoo.load(str(tmp_path))), sampled(zoo.load(file)))


def test_the_directory_of_a_run_is_its_model(gan, file, tmp_path):
    gan.save(tmp_path / "model.keras")
    shutil.copy(file, tmp_path)
    np.testing.assert_array_equal(sampled(zoo.load(tmp_path)), sampled(gan))


def test_a_folder_with_several_models_or_none_is_refused(file, tmp_path):
    refused(r"expected .* to hold model.keras or one other .keras file; got none", tmp_path)
    shutil.copy(file, tmp_path / "a.keras")
    shutil.copy(file, tmp_path / "b.keras")
    refused(r"got a.keras, b.keras", tmp_path)


def test_a_file_that_is_not_what_its_name_says_is_refused(gan, file, tmp_path):
    path = tmp_path / file.name
    gan.save(path)
    refused(rf"model: expected .*{file.name} to have the hash of its name", path)


@pytest.mark.parametrize("kept", [0, 100, -100])
def test_a_truncated_file_is_refused(file, tmp_path, kept):
    path = tmp_path / "model.keras"
    path.write_bytes(file.read_bytes()[:kept])
    refused("model: .*model.keras is damaged, or no Keras model", path)


def test_a_damaged_file_is_refused(file, tmp_path):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 255
    path = tmp_path / "model.keras"
    path.write_bytes(content)
    refused("model: .*model.keras can't be loaded", path)


def test_another_model_is_refused(tmp_path):
    keras.Sequential([keras.Input([2]), keras.layers.Dense(1)]).save(tmp_path / "model.keras")
    refused("expected a generative model of the zoo; .* holds a Sequential", tmp_path)


def test_no_code_from_a_file_is_run(file, tmp_path):
    """Neither a function that a file names, nor one that it brings along."""

    def system(config):
        return config | {"module": "os", "class_name": "system", "registered_name": "system"}

    def brought(config):
        layers = config["config"]["generator"]["config"]["layers"]
        code = {"class_name": "__lambda__", "config": {"code": "4wEAAAA=", "defaults": None, "closure": None}}
        layers[-1] |= {"module": "keras.layers", "class_name": "Lambda", "registered_name": None}
        layers[-1]["config"] = {"name": layers[-1]["name"], "function": code}
        return config

    refused("can't be loaded", edited(file, tmp_path, system))
    refused("can't be loaded: .*[Ll]ambda", edited(file, tmp_path, brought))


def test_what_is_not_there_is_said(tmp_path):
    refused(r"model: .*nothing.keras does not exist", tmp_path / "nothing.keras")
    refused(r"model: .*nothing does not exist", str(tmp_path / "nothing"))
    refused(r"model: the zoo has no 'gan'", "gan")


def test_an_averaged_gan_samples_to_the_bit_and_is_smaller(gan, tmp_path):
    for discriminator in (True, False):
        averaged = gan.averaged(discriminator)
        np.testing.assert_array_equal(sampled(averaged), sampled(gan))
        averaged.save(tmp_path / "model.keras")
        np.testing.assert_array_equal(sampled(zoo.load(tmp_path)), sampled(gan))
        assert ("score" in averaged.endpoints()) == discriminator
    assert len(averaged.weights) == len(gan.generator.weights)
    np.testing.assert_array_equal(
        gan.averaged().score(sampled(gan), labels=[0] * 6)[0], gan.score(sampled(gan), labels=[0] * 6)[0]
    )


def test_a_gan_without_a_discriminator_says_that_it_only_samples(gan):
    alone = gan.averaged(discriminator=False)
    assert alone.datum == gan.datum
    with pytest.raises(ValueError, match="discriminator: expected one to train with; this GAN has none"):
        alone.compile("adam", "adam")
    with pytest.raises(ValueError, match="discriminator: expected one to score data with; this GAN has none"):
        alone.score(sampled(gan), labels=[0] * 6)


def test_a_gan_that_nothing_names_the_data_of_keeps_its_discriminator():
    with pytest.raises(ValueError, match="domain: expected one of 'images', as without a discriminator nothing else"):
        zoo.dcgan(SHAPE, latent_dim=4, width=2).averaged(discriminator=False)


def test_a_gan_without_an_average_trains_and_samples_by_its_generator(gan):
    alone = gan.averaged()
    alone.compile(keras.optimizers.Adam(1e-2), keras.optimizers.Adam(1e-2), run_eagerly=True)
    before = sampled(alone)
    alone.train_on_batch(before, np.int32([0, 1, 2] * 2))
    assert alone.generator_ema is alone.generator
    assert np.abs(sampled(alone) - before).max() > 1e-4
