"""The models that ship: each is what its card says, and draws its card's picture wherever it runs."""

import json
import os

import numpy as np
import pytest
from conftest import ROOT, run_python
from PIL import Image

import zoo
from recipes import evaluate
from recipes.settings import ImageData, Quality

MODELS = zoo.models()
NAMES = [model.name for model in MODELS]
MOST_BYTES = 19e6  # of all of them, cards and pictures included: the package stays below 20 MB
DIGITS = [model for model in MODELS if model.draws.startswith("images")]
MUSIC = [model for model in MODELS if model.draws.startswith("windows")]
every_model = pytest.mark.parametrize("model", MODELS, ids=NAMES)
every_model_of_digits = pytest.mark.parametrize("model", DIGITS, ids=[model.name for model in DIGITS])
every_model_of_music = pytest.mark.parametrize("model", MUSIC, ids=[model.name for model in MUSIC])
FEWEST_EQUAL = {"gan_chorale": 9_990}  # of 10,000 samples: rounding decides a tie; of others, all
SHIPPABLE = {"folk", "bach"}  # music that nobody's licence forbids to train on and to ship
SOPRANO = [pitch for note in (67, 69, 71, 72, 74, 72, 71, 67) for pitch in (note, -2, -2, -2)]
RECIPES = {
    "cgan_mnist",
    "dcgan_mnist",
    "gan_chorale",
    "gan_images",
    "infogan_mnist",
    "sngan_mnist",
    "stylegan_mnist",
    "vae_melody",
    "vae_mnist",
    "wgan_gp_mnist",
}


def labels_of(model):
    """What a picture of a hundred samples is asked for: a row for each class."""
    return {"labels": np.repeat(np.arange(10, dtype=np.int32), 10)} if model.draws.endswith("labels") else {}


def told(model, count):
    """What a model is told for so many samples: a row for each class, or a soprano, quarter by quarter; or nothing."""
    if model.draws.endswith("soprano"):
        return {"soprano": np.tile(np.int32(SOPRANO), [count, 1])}
    return {name: values[:count] for name, values in labels_of(model).items()}


def cells(path):
    """The hundred digits of a picture, uint8 [100, 28, 28]; it shows each at twice its size."""
    pixels = np.asarray(Image.open(path))[::2, ::2]
    return pixels.reshape([10, 28, 10, 28]).swapaxes(1, 2).reshape([100, 28, 28])


def as_pixels(images):
    return np.round(255 * np.asarray(images)[..., 0]).astype(np.uint8)


def assert_same_picture(images, model):
    """The same picture: a number that lies between two grey levels may be rounded to the other one."""
    difference = np.abs(as_pixels(images).astype(int) - cells(model.picture))
    assert difference.max() <= 1
    assert np.mean(difference > 0) < 1e-4


def test_every_recipe_has_its_model():
    assert set(NAMES) == RECIPES


def test_they_are_small():
    files = [path for model in MODELS for path in model.path.parent.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MOST_BYTES


@every_model
def test_a_name_its_hash_and_its_file_are_the_same_model(model):
    samples = [
        np.asarray(zoo.load(what).sample(2, seed=3, **told(model, 2)))
        for what in (model.name, f"{model.name}-{model.hash}", model.path, model.path.parent)
    ]
    for other in samples[1:]:
        np.testing.assert_array_equal(other, samples[0])


@every_model_of_digits
def test_keras_draws_the_picture_of_the_card(model):
    assert_same_picture(zoo.load(model.name).sample(100, seed=0, **labels_of(model)), model)


@pytest.mark.parametrize("model", [model for model in MUSIC if not told(model, 1)], ids=lambda model: model.name)
def test_keras_draws_the_notes_of_the_card(model, tmp_path):
    """Note for note: its piano rolls are those of the card, pixel for pixel. Others are told what is not here."""
    trained = zoo.load(model.name)
    trained.domain.write(tmp_path / "drawn.png", np.asarray(trained.sample(30, seed=0)), columns=5)
    drawn, card = (np.asarray(Image.open(path)) for path in (tmp_path / "drawn.png", model.picture))
    np.testing.assert_array_equal(drawn, card)


@every_model_of_music
def test_what_music_it_was_trained_on_may_ship(model):
    assert model.metrics["protocol"]["data"] in SHIPPABLE
    assert "essen" not in model.card.lower()
    assert model.metrics["equality"]["model.tflite"]["equal10000"] >= FEWEST_EQUAL.get(model.name, 10_000)


@every_model
def test_the_card_says_what_the_list_says(model):
    metrics, card = model.metrics, model.card
    section = "likelihood" if model.metric.startswith("nll") else "samples"
    assert metrics[section][model.path.name][model.metric] == model.value
    assert f"| `{model.metric}` |" in card
    assert f"{model.value:.4g}" in card
    assert f"# {model.path.stem}\n" in card
    assert "--data_dir" not in card  # a folder of whoever trained it


@every_model_of_digits
def test_a_card_of_digits_says_which(model):
    metrics = model.metrics
    assert model.draws == f"images 28 x 28 x 1 of mnist{', by labels' if model.name == 'cgan_mnist' else ''}"
    assert metrics["protocol"]["data"] == "mnist"
    assert metrics["protocol"]["train_images"] == 60_000


def test_the_readme_has_the_list():
    assert MODELS._repr_markdown_() in (ROOT / "README.md").read_text()


def test_the_list_is_a_table_for_a_person():
    head, *rows = repr(MODELS).splitlines()
    assert head.split()[0] == "name"
    for model, row in zip(MODELS, rows, strict=True):
        assert row.startswith(model.name)
        assert model.figure in row


def test_an_unknown_name_gets_the_nearest_ones():
    with pytest.raises(ValueError, match=r"the zoo has no 'cgan_mnits'\. Did you mean cgan_mnist"):
        zoo.load("cgan_mnits")
    with pytest.raises(ValueError, match=r"the zoo has no 'xyz'\. There are cgan_mnist, dcgan_mnist, gan_chorale"):
        zoo.load("xyz")
    with pytest.raises(ValueError, match=r"the zoo has no 'cgan_mnist-00000000'\. It ships cgan_mnist-[0-9a-f]{8}"):
        zoo.load("cgan_mnist-00000000")


STRANGER = """
import json, sys
import numpy as np

out, labelled, runtime = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
labels = np.repeat(np.arange(10, dtype=np.int32), 10)
seed, index, temperature = np.int32([0, 0]), np.arange(100, dtype=np.int32), np.float32(1)
if runtime == "saved_model":
    import tensorflow as tf
    model = tf.saved_model.load(f"{out}/saved_model")
    images = model.sample(seed, index, temperature, *([labels] if labelled else [])).numpy()
else:
    from ai_edge_litert.interpreter import Interpreter
    sample = Interpreter(f"{out}/model.tflite").get_signature_runner("sample")
    given = {"labels": labels} if labelled else {}
    images = sample(seed=seed, index=index, temperature=temperature, **given)["images"]
assert not {"zoo", "keras" if runtime == "litert" else "zoo", "recipes", "export"} & set(sys.modules)
np.save(f"{out}/{runtime}.npy", images)
"""


@pytest.mark.parametrize(
    "model",
    [pytest.param(one, id=one.name, marks=[] if one.name == "cgan_mnist" else pytest.mark.slow) for one in DIGITS],
)
def test_a_strangers_process_draws_the_picture_of_the_card(model, tmp_path):
    """One with TensorFlow and one with LiteRT, and none of our code, from what an export by name wrote."""
    out = tmp_path / "out"
    exported = run_python("-m", "export", model.name, str(out))
    assert exported.returncode == 0, exported.stderr
    for runtime in ("saved_model", "litert"):
        arguments = (str(out), json.dumps(bool(labels_of(model))), runtime)
        process = run_python("-c", STRANGER, *arguments, cwd=tmp_path, env={**os.environ, "PYTHONPATH": ""})
        assert process.returncode == 0, process.stderr
        assert_same_picture(np.load(out / f"{runtime}.npy"), model)


STRANGER_TO_MUSIC = """
import json, sys
import numpy as np
from ai_edge_litert.interpreter import Interpreter

sample = Interpreter(f"{sys.argv[1]}/model.tflite").get_signature_runner("sample")
given = {name: np.tile(np.int32(value), [500, 1]) for name, value in json.loads(sys.argv[2]).items()}
parts = [
    sample(seed=np.int32([0, 0]), index=np.arange(i, i + 500, dtype=np.int32), temperature=np.float32(1), **given)
    for i in range(0, 10_000, 500)
]
assert not {"zoo", "keras", "tensorflow"} & set(sys.modules)
np.save(f"{sys.argv[1]}/notes.npy", np.concatenate([part["notes"] for part in parts]))
"""


@pytest.mark.slow
@every_model_of_music
def test_a_strangers_process_draws_the_same_notes_ten_thousand_times(model, tmp_path):
    out = tmp_path / "out"
    exported = run_python("-m", "export", model.name, str(out))
    assert exported.returncode == 0, exported.stderr
    given = json.dumps({name: values[0].tolist() for name, values in told(model, 1).items()})
    process = run_python("-c", STRANGER_TO_MUSIC, str(out), given, cwd=tmp_path, env={**os.environ, "PYTHONPATH": ""})
    assert process.returncode == 0, process.stderr
    notes, trained = np.load(out / "notes.npy"), zoo.load(model.name)
    wanted = [trained.sample_at(0, range(i, i + 500), **told(model, 500)) for i in range(0, 10_000, 500)]
    equal = np.all(notes == np.concatenate(wanted), axis=tuple(range(1, notes.ndim)))
    assert equal.sum() >= FEWEST_EQUAL.get(model.name, 10_000)


@pytest.mark.slow
@pytest.mark.parametrize(
    "model", [model for model in DIGITS if model.metric.startswith("fid")], ids=lambda one: one.name
)
def test_a_figure_measured_again_is_that_of_the_card(model, capsys, mnist_dir):
    data = ImageData(dataset=None, background=None, data_dir=str(mnist_dir))
    evaluate.main(evaluate.Settings(artefact=model.name, images=data, quality=Quality()))
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith(model.metric))
    assert float(line.split()[1]) == pytest.approx(model.value, abs=2e-3)
