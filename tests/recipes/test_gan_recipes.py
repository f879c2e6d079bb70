"""The GAN recipes for a few steps, as their users run them: in Python, or as a process of its own."""

import contextlib
import csv
import importlib
import io
import json
import re
import shlex
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from conftest import card_row, run_python
from PIL import Image

import zoo
from recipes import UserError, cgan_mnist, evaluate, gan_images
from recipes.families import gan as gan_family
from recipes.families import latent_codes
from recipes.families.gan_watchers import stop_when_won
from recipes.harness.history import History
from recipes.harness.schedule import Schedule
from recipes.report import codes as codes_of
from recipes.settings.field import replaced
from zoo.domains import Images

QUICK = {"steps": 4, "batch_size": 16, "width": 4, "quality_images": 100, "strategy": "one_device"}


def settings_of(recipe, **changes):
    """A recipe's settings with few steps, and other changes by their names."""
    return replaced(importlib.import_module(f"recipes.{recipe}").Settings(), QUICK | changes)


def run(recipe, **changes):
    """Runs a recipe in this process; what it printed."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        importlib.import_module(f"recipes.{recipe}").main(settings_of(recipe, **changes))
    return said.getvalue()


@pytest.fixture(scope="module")
def finished(tmp_path_factory, mnist_dir):
    """A finished run of cgan_mnist on real digits."""
    out = tmp_path_factory.mktemp("runs") / "cgan"
    return out, run("cgan_mnist", data_dir=str(mnist_dir), out_dir=str(out))


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    for i, image in enumerate(np.random.default_rng(0).integers(0, 255, [40, 32, 32, 3], dtype=np.uint8)):
        Image.fromarray(image).save(folder / f"{i:02}.png")
    return folder


def test_it_makes_what_it_says(finished):
    out, said = finished
    for name in ("samples.png", "interpolations.png", "learning_curve.png", "model.keras", "model.tflite"):
        assert (out / name).stat().st_size > 1000
    assert Image.open(out / "samples.png").size == (560, 560)
    assert (out / "quality.png").stat().st_size > 1000
    with open(out / "history.csv", newline="") as file:
        (epoch,) = csv.DictReader(file)
    assert float(epoch[f"fid100_train@{zoo.digit_classifier().name}"]) > 50  # four steps make no digits
    assert f"read its metrics       {out}/card.md" in said
    assert f"python -m recipes.evaluate --artefact={out}/model.tflite" in (out / "card.md").read_text()


def test_every_artefact_is_measured_beside_the_floor(finished):
    metrics = json.loads((finished[0] / "metrics.json").read_text())
    name, samples = zoo.digit_classifier().name, metrics["samples"]
    for artefact in ("saved_model", "model.tflite", "model_int8.tflite"):
        figures = samples[artefact]
        # Four steps make no digits; the same hundred training images are far nearer to the test set.
        assert figures[f"fid100_test@{name}"] > 5 * samples["floor"][f"fid100_test@{name}"] > 0
        assert 0 <= figures[f"recognized_as_asked@{name}"] < 0.5
        assert sum(figures["class_shares"]) == pytest.approx(1)
    tolerance = {"rel": 1e-2, "abs": 1e-3}  # the same samples, but for the last digits
    fids = [samples[artefact][f"fid100_test@{name}"] for artefact in ("saved_model", "model.tflite")]
    assert fids[0] == pytest.approx(fids[1], **tolerance)
    assert samples["model_int8.tflite"][f"fid100_test@{name}"] == pytest.approx(fids[1], rel=0.1)
    assert metrics["bytes"]["model_int8.tflite"] == (finished[0] / "model_int8.tflite").stat().st_size


def test_the_card_says_what_metrics_json_says(finished):
    out, _ = finished
    card, metrics = (out / "card.md").read_text(), json.loads((out / "metrics.json").read_text())
    samples = metrics["samples"]
    for metric, value in samples["model_int8.tflite"].items():
        cells = card_row(card, f"`{metric}`")
        if metric == "class_shares":
            assert cells[-1] == f"{min(value):.4g} to {max(value):.4g}"
            continue
        columns = [samples[name].get(metric) for name in ("floor", "saved_model", "model.tflite", "model_int8.tflite")]
        given = [float(cell) if cell else None for cell in cells]
        assert given == [value if value is None else pytest.approx(value, rel=1e-3, abs=1e-12) for value in columns]
    assert "4 steps of 16 images, seed 0" in card
    assert "python -m recipes.cgan_mnist --data_dir=" in card
    assert "`labels` int32 [n]" in card_row(card, "`sample`")[0]
    assert "Likelihood" not in card
    assert "Labels: 0 0, 1 1, 2 2" in card
    assert card.count("--dataset=mnist ") == 3  # the defaults of recipes.evaluate need not be the recipe's


def test_it_resumes_with_its_settings(finished):
    out, _ = finished
    again = run_python("-m", "recipes.cgan_mnist", f"--out_dir={out}", "--resume", "--steps=5")
    assert again.returncode == 1
    assert "--steps is 4 in the run" in again.stderr
    with pytest.raises(UserError, match="--steps is 4 in the run at .*; got 5"):
        run("cgan_mnist", out_dir=str(out), resume=True, steps=5)


def fid_of(printed):
    name = f"fid100_test@{zoo.digit_classifier().name}"
    (line,) = [line for line in printed.splitlines() if line.startswith(name)]
    return float(line.split()[1])


def test_an_artefact_can_be_measured_again_as_the_card_says(finished, mnist_dir, capsys):
    out, _ = finished
    (command,) = re.findall(
        r"^python (-m recipes.evaluate .*model_int8.tflite.*)$", (out / "card.md").read_text(), re.M
    )
    process = run_python(*shlex.split(command))
    assert process.returncode == 0, process.stderr
    name = f"fid100_test@{zoo.digit_classifier().name}"
    written = json.loads((out / "metrics.json").read_text())["samples"]["model_int8.tflite"][name]
    assert fid_of(process.stdout) == pytest.approx(written, rel=1e-3)
    # What it is of, it says itself.
    given = {"artefact": str(out / "model_int8.tflite"), "data_dir": str(mnist_dir), "quality_images": 100}
    evaluate.main(replaced(evaluate.Settings(), given))
    assert fid_of(capsys.readouterr().out) == pytest.approx(written, rel=1e-3)


def test_the_model_that_others_load_knows_what_it_is_of(finished):
    gan = keras.models.load_model(finished[0] / "model.keras")
    assert isinstance(gan.domain, Images)
    assert gan.domain.about()["data"] == "mnist"
    assert gan.domain.class_names == tuple("0123456789")


@pytest.fixture(scope="module")
def pets(tmp_path_factory):
    """Pictures of two classes, bright and dark, in a folder each."""
    folder, random = tmp_path_factory.mktemp("pets"), np.random.default_rng(0)
    for level, name in enumerate(["bright", "dark"]):
        (folder / name).mkdir()
        for i in range(60):
            image = random.integers(0, 100, [16, 16, 1], np.uint8) + np.uint8(150 * (1 - level))
            Image.fromarray(image[..., 0]).save(folder / name / f"{i}.png")
    return folder


@pytest.mark.slow
def test_ones_own_pictures_lead_to_metrics(pets, tmp_path):
    """A classifier, a conditional GAN that it measures, and another one measured in features learned without labels."""
    where, measured = {"dataset": None, "image_dir": str(pets), "steps": 60, "batch_size": 36}, {}
    for recipe in ("classifier", "features"):
        sizes = {"image_size": "16", "channels": "1"} if recipe == "features" else {}
        made = run(recipe, **where, **sizes, name="pets", out_dir=str(tmp_path / recipe))
        (extractor,) = (tmp_path / recipe / "extractor").glob("pets-*.keras")
        assert f"--extractor={extractor}" in made
        assert f"--image_dir={pets}" in made
        out = tmp_path / f"gan_{recipe}"
        said = run("cgan_mnist", **where | QUICK, extractor=str(extractor), out_dir=str(out))
        measured[recipe] = json.loads((out / "metrics.json").read_text())
        assert f"fid12_test@{extractor.stem}" in measured[recipe]["samples"]["model.tflite"]
        assert measured[recipe]["protocol"]["classes"] == ["bright", "dark"]
        assert "Labels: 0 bright, 1 dark." in (out / "card.md").read_text()
        (program,) = re.findall(r'draw more of them +python -c "(.*)"', said)
        drawn = run_python("-c", program.replace(".shape", ".numpy().min() >= 0"), cwd=out)
        assert drawn.stdout.strip() == "True", drawn.stderr  # a class that there is: another would give NaN
        again = ("-m", "recipes.evaluate", f"--artefact={out}", f"--extractor={extractor}")
        assert run_python(*again, f"--image_dir={pets}").returncode == 0
        asked = run_python(*again)
        assert asked.stderr.startswith("evaluate: image_dir: the artefact was trained on the pictures in a folder")
        assert len(asked.stderr.splitlines()) == 1
    assert json.loads((tmp_path / "classifier" / "metrics.json").read_text())["accuracy_test"] > 0.7
    classified, unlabelled = (
        {name.partition("@")[0] for name in measured[key]["samples"]["saved_model"]} for key in measured
    )
    # What takes probabilities of classes.
    assert classified - unlabelled == {"classifier_score12", "class_shares", "recognized_as_asked"}


@pytest.mark.slow
def test_colour_pictures_of_ones_own(pictures, tmp_path):
    out = tmp_path / "run"
    said = run("gan_images", image_size="16", dataset=None, image_dir=str(pictures), out_dir=str(out))
    gan = keras.models.load_model(out / "model.keras")
    assert isinstance(gan.augmentation, zoo.augmentation.AdaptiveAugmentation)
    assert "not measured: give an --extractor" in said
    assert "Not measured" in (out / "card.md").read_text()
    loaded = tf.saved_model.load(str(out / "saved_model"))
    images = loaded.sample([0, 1], [0, 1], 1.0)
    assert images.shape == [2, 16, 16, 3]
    flags = ("--dataset=mnist-5000", "--quality_images=50", "--image_size=28", "--channels=1")
    other = run_python("-m", "recipes.evaluate", f"--artefact={out}", *flags)
    assert other.returncode == 1
    assert re.search(r"artefact: saved_model is of other images than mnist-5000: .*16, 16, 3", other.stderr)


@pytest.mark.parametrize(
    ("recipe", "changes", "message"),
    [
        ("cgan_mnist", {}, "has no labels, which this recipe needs"),
        ("dcgan_mnist", {"image_size": "7"}, "image_shape: expected sides of at least 8"),
        ("infogan_mnist", {"latent_dim": 11}, "latent_dim: expected at least .* = 12; got 11"),
        ("dcgan_mnist", {"extractor": "nowhere-12345678.keras"}, "extractor: .*nowhere-12345678.keras"),
    ],
)
def test_bad_input_gets_one_line_and_leaves_nothing(recipe, changes, message, pictures, tmp_path):
    out = tmp_path / "run"
    with pytest.raises(UserError, match=message) as error:
        run(recipe, dataset=None, image_dir=str(pictures), out_dir=str(out), **changes)
    assert "\n" not in str(error.value)
    assert not out.exists()


def test_categories_are_those_of_the_samples():
    paint = keras.layers.Dense(64, use_bias=False, activation="sigmoid")
    generator = keras.Sequential([keras.Input([8]), paint, keras.layers.Reshape([8, 8, 1])])
    paint.set_weights([np.eye(8, 64)])  # the first row of an image is its latent
    gan = zoo.GAN(
        generator,
        zoo.networks.dcgan.discriminator([8, 8, 1], width=4),
        prior=zoo.priors.LatentCodePrior(8, 5, 1, scale=9.0),
    )
    codes = gan.sample(50, seed=0).numpy()[:, 0, 2:7, 0]
    np.testing.assert_array_equal(codes_of.categories_of(gan.prior, 50), codes.argmax(axis=1))


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ["dcgan_mnist", "infogan_mnist", "sngan_mnist"])
def test_a_recipe_goes_all_the_way_to_its_exports(recipe, mnist_dir, tmp_path):
    out = tmp_path / "run"
    run(recipe, data_dir=str(mnist_dir), out_dir=str(out))
    gan = keras.models.load_model(out / "model.keras")
    sample = Interpreter(str(out / "model.tflite")).get_signature_runner("sample")
    images = sample(seed=np.int32([0, 1]), index=np.int32([5]), temperature=np.float32(1))["images"]
    np.testing.assert_allclose(images, gan.sample_at([0, 1], [5]), atol=1e-5)
    codes = recipe == "infogan_mnist"
    assert (out / "codes.png").exists() == codes
    metrics, card = json.loads((out / "metrics.json").read_text()), (out / "card.md").read_text()
    assert ("codes" in metrics) == codes
    if codes:
        ((metric, value),) = metrics["codes"]["model.tflite"].items()
        assert metric == f"category_purity100@{zoo.digit_classifier().name}"
        assert float(card_row(card, f"`{metric}`")[1]) == pytest.approx(value, rel=1e-3)


@pytest.mark.slow
def test_a_critic_that_learns_five_times_a_step(pictures, tmp_path):
    out = tmp_path / "run"
    run("wgan_gp_mnist", steps=1, batch_size=20, dataset=None, image_dir=str(pictures), out_dir=str(out))
    checkpoint = keras.models.load_model(out / "checkpoints" / "epoch_000001.keras")
    players = checkpoint.optimizer, checkpoint.discriminator_optimizer
    assert [int(player.iterations) for player in players] == [1, 5]
    # Both learning rates end with the training.
    schedules = [player.get_config()["learning_rate"]["config"] for player in players]
    assert schedules[1]["decay_steps"] == 5 * schedules[0]["decay_steps"]


def test_a_missing_artefact(tmp_path):
    with pytest.raises(UserError, match=r"nothing does not exist\.$"):
        evaluate.main(evaluate.Settings(artefact=tmp_path / "nothing"))


def test_a_picture_of_codes_changes_one_code_at_a_time():
    prior = zoo.priors.LatentCodePrior(9, num_categories=4, num_continuous=2, scale=3.0)
    rows = latent_codes.latents_by_code(prior).reshape([6, 10, 9])
    noise, category, continuous = np.split(rows, [3, 7], axis=2)
    np.testing.assert_array_equal(category[:4], np.repeat(3 * np.eye(4)[:, None], 10, axis=1))
    assert np.ptp(noise[:4], axis=0).max() == 0  # the same ten in each row
    np.testing.assert_allclose(continuous[4, :, 0], np.linspace(-2, 2, 10), rtol=1e-6)
    np.testing.assert_allclose(continuous[5, :, 1], np.linspace(-2, 2, 10), rtol=1e-6)
    assert np.ptp(np.delete(rows[4], 7, axis=1), axis=0).max() == 0
    assert np.ptp(np.delete(rows[5], 8, axis=1), axis=0).max() == 0


def play(loss, *probabilities):
    """What watches over a game says after epochs with these probabilities, each (of real, of generated images)."""
    rows = [{"real_probability": real, "fake_probability": fake} for real, fake in probabilities]
    return stop_when_won(SimpleNamespace(loss_function=loss), History(rows))


WON, UNDECIDED = (0.999, 0.001), (0.9, 0.001)


@pytest.mark.parametrize("loss", [zoo.losses.NonSaturating(), zoo.losses.Relativistic()])
def test_a_game_that_is_lost_for_good_is_ended(loss):
    for epochs in ([UNDECIDED] * 5, [WON], [WON, UNDECIDED, WON], [WON, WON, UNDECIDED]):
        assert play(loss, *epochs) == {}
    with pytest.raises(UserError, match=r"sure of every item for 2 epochs \(real 0.999, generated 0.001\)"):
        play(loss, UNDECIDED, WON, WON)


def test_a_logit_that_is_no_probability_ends_nothing():
    assert play(zoo.losses.Wasserstein(), WON, WON, WON) == {}


def test_a_conditional_model_needs_classes():
    with pytest.raises(ValueError, match="domain: expected one with classes"):
        cgan_mnist.build_model(Images(8, 8, 1))
    assert cgan_mnist.build_model(Images(8, 8, 1, class_names=["a", "b"])).num_classes == 2
    assert gan_images.build_model(Images(8, 8, 3, class_names=["a", "b"])).num_classes is None


def test_a_gradient_is_scaled_down_to_the_largest_norm():
    optimizer = Schedule(10, 20, 0.1).optimizer(beta_1=0.0, clip_norm=1.0)
    weights = keras.Variable([0.0, 0.0])
    optimizer.apply([tf.constant([3.0, 4.0])], [weights])
    np.testing.assert_allclose(optimizer._momentums[0], [0.6, 0.8], rtol=1e-6)


@pytest.mark.parametrize(
    ("size", "replicas", "message"),
    [(4, 1, "at least 5, .* updated 5 times a step on 1 replicas; got 4"), (32, 2, "a multiple of 10, .* got 32")],
)
def test_batches_that_the_discriminators_updates_can_not_share(size, replicas, message):
    with pytest.raises(UserError, match="batch_size: expected " + message):
        gan_family.check_batch_size(size, 5, replicas)
