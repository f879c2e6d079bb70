"""Recipes that go on from a trained model, as their users run them."""

import contextlib
import io
import json
import re

import keras
import numpy as np
import pytest
from conftest import card_row
from PIL import Image

import zoo
from recipes import UserError, cgan_mnist, classifier, vae_mnist
from recipes.harness import starting
from recipes.settings.field import replaced
from zoo.domains import Images

QUICK = {"dataset": None, "steps": 2, "batch_size": 8, "strategy": "one_device"}
SMALL = {"width": 4, "latent_dim": 4}


@pytest.fixture(scope="module")
def letters(tmp_path_factory):
    """Pictures of three classes, in a folder each."""
    folder, random = tmp_path_factory.mktemp("letters"), np.random.default_rng(0)
    for name in "abc":
        (folder / name).mkdir()
        for i in range(12):
            Image.fromarray(random.integers(0, 255, [16, 16], np.uint8)).save(folder / name / f"{i:02}.png")
    return folder


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """The file of a GAN of ten classes, whose weights are all others than a new one's."""
    path = tmp_path_factory.mktemp("source") / "digits.keras"
    settings = replaced(cgan_mnist.Settings(), SMALL)
    keras.utils.set_random_seed(7)
    gan = cgan_mnist.build_model(Images(16, 16, 1, class_names=tuple("0123456789")), settings)
    for weight in gan.generator_ema.weights:
        weight.assign(weight + 0.25)
    gan.save(path)
    return path


def run(letters, out, recipe=cgan_mnist, **changes):
    """Runs a recipe in this process; what it printed."""
    said = io.StringIO()
    settings = replaced(recipe.Settings(), {**QUICK, "image_dir": str(letters), "out_dir": str(out), **changes})
    with contextlib.redirect_stdout(said):
        recipe.main(settings)
    return said.getvalue()


@pytest.fixture(scope="module")
def finished(letters, source, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "letters"
    # A step that moves next to nothing, so that one can see where it began.
    return out, run(letters, out, start_from=str(source), learning_rate=1e-9, **SMALL)


def test_a_run_begins_with_the_weights_and_says_so(finished, source):
    out, said = finished
    (told,) = re.findall(r"^Taken over from (.*)$", said, re.M)
    numbers = r"generator ([\d,]+) of ([\d,]+) parameters, discriminator ([\d,]+) of ([\d,]+) parameters"
    (name, *counts) = re.fullmatch(f"(.*): {numbers}\\.", told).groups()
    assert name == str(source)
    taken = [int(count.replace(",", "")) for count in counts]
    assert 0 < taken[0] < taken[1]
    assert 0 < taken[2] < taken[3]
    begun, learned = keras.models.load_model(out / "model.keras"), keras.models.load_model(source)
    for generator in (begun.generator, begun.generator_ema):
        pairs = zip(generator.weights, learned.generator_ema.weights, learned.generator.weights, strict=True)
        fits = [(one, two) for one, two, like in pairs if one.shape == two.shape and like.trainable]
        assert len(fits) > 3
        for one, two in fits:
            np.testing.assert_allclose(one, two, atol=1e-5)


def test_its_card_and_its_metrics_say_what_it_started_from(finished, source):
    out, _ = finished
    card = (out / "card.md").read_text()
    assert f"from the weights of `{source}` on" in card
    assert f"--start_from={source}" in card  # in the command that trains the same again
    assert json.loads((out / "metrics.json").read_text())["protocol"]["started_from"] == str(source)
    assert json.loads((out / "run.json").read_text())["start_from"] == str(source)
    assert card_row(card, "generator")


def test_it_is_gone_on_with_from_its_checkpoint_without_the_file(finished, letters, source):
    out, _ = finished
    before = keras.models.load_model(out / "model.keras").get_weights()
    away = source.rename(source.with_suffix(".away"))
    again = {"learning_rate": 1e-9, "resume": True, **SMALL}
    try:
        said = run(letters, out, start_from=str(source), **again)
    finally:
        away.rename(source)
    assert "Taken over" not in said
    for one, two in zip(before, keras.models.load_model(out / "model.keras").get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    with pytest.raises(UserError, match=r"resume: --start_from is .*digits.keras in the run at .*; got None"):
        run(letters, out, **again)


def test_without_it_the_first_weights_are_those_of_always(letters, tmp_path):
    """And with it, so are those that begin anew."""
    keras.utils.set_random_seed(0)
    domain = Images(16, 16, 1, class_names=tuple("abc"))
    settings = replaced(cgan_mnist.Settings(), SMALL)
    expected = cgan_mnist.build_model(domain, settings)
    run(letters, tmp_path / "run", learning_rate=1e-9, precision="float32", **SMALL)
    begun = keras.models.load_model(tmp_path / "run" / "model.keras")
    for one, two in zip(expected.generator.trainable_weights, begun.generator.trainable_weights, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5)


@pytest.mark.slow
def test_a_vae_starts_from_a_vae(letters, tmp_path):
    small = {"latent_dim": 4, "encoder": "dense", "decoder": "dense", "iw_samples": 2}
    assert "Taken over" not in run(letters, tmp_path / "first", vae_mnist, **small)
    source = tmp_path / "first" / "model.keras"
    said = run(letters, tmp_path / "second", vae_mnist, start_from=str(source), **small)
    assert re.search(r"Taken over from .*: encoder all of .*, decoder all of .*, prior all of .* parameters\.", said)


def test_a_tilde_is_the_home_directory(monkeypatch):
    monkeypatch.setenv("HOME", "/home/somebody")
    given = replaced(cgan_mnist.Settings(), {"start_from": "~/a.keras"}).training.start_from
    assert given == "/home/somebody/a.keras"
    assert replaced(cgan_mnist.Settings(), {"start_from": "cgan_mnist"}).training.start_from == "cgan_mnist"


@pytest.mark.parametrize(
    ("recipe", "start_from", "message"),
    [
        (cgan_mnist, "nowhere.keras", r"^start_from: .*nowhere.keras does not exist\.$"),
        (cgan_mnist, "cgan-mnits", "^start_from: the zoo has no 'cgan-mnits'"),
        (classifier, "source", "^start_from: expected none, as this recipe trains no generative model"),
        (vae_mnist, "source", r"^start_from: .*digits.keras: expected a VAE; got a GAN\.$"),
    ],
)
def test_what_can_not_be_started_from_gets_one_line_and_leaves_nothing(
    recipe, start_from, message, letters, source, tmp_path
):
    path = {"source": source, "nowhere.keras": tmp_path / start_from}.get(start_from, start_from)
    with pytest.raises(UserError, match=message) as error:
        run(letters, tmp_path / "run", recipe, start_from=str(path))
    assert "\n" not in str(error.value)
    assert not (tmp_path / "run").exists()


def test_what_was_taken_over_in_words():
    taken = {"generator": (1_200, 5_000), "discriminator": (800, 800), "prior": (0, 64)}
    assert starting.in_words({name: zoo.transfer.Taken(*count) for name, count in taken.items()}) == (
        "generator 1,200 of 5,000 parameters, discriminator all of 800 parameters, prior none of 64 parameters"
    )
