"""What recipes tell a model that is no class: a soprano, whole numbers [n, 32]."""

import dataclasses
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf

import zoo
from recipes import UserError, evaluate, sample
from recipes.data import known, music
from recipes.data.data_set import Condition, DataSet
from recipes.data.music import completed
from recipes.report import artefacts, drawing, quality
from recipes.report.sampling import values_for
from recipes.settings import ImageData, MusicData
from recipes.settings.field import flat_described, replaced
from zoo.domains import Images, Music

SOPRANOS = Condition(np.zeros([4, 3], np.int32), np.int32([[60, -2, -1], [62, -2, -2]]), name="soprano")
LABELS = Condition(np.zeros(4, np.int32), np.int32([1, 0]), num_classes=2)


def test_a_row_of_samples_is_of_one_condition():
    rows = SOPRANOS.in_rows(3, 2)
    np.testing.assert_array_equal(rows, SOPRANOS.test[[0, 0, 1, 1, 0, 0]])
    np.testing.assert_array_equal(LABELS.in_rows(3, 2), [0, 0, 1, 1, 0, 0])


def test_what_a_person_types_is_a_condition_that_works():
    arguments = ("seed", "index", "temperature", "soprano")
    specs = [tf.TensorSpec([None], tf.float32, name) for name in arguments]
    typed = values_for(SimpleNamespace(inputs=specs), 2, SOPRANOS)
    assert typed["soprano"] == f"[{SOPRANOS.in_rows(1, 1)[0].tolist()}] * 2"
    assert eval(typed["soprano"]) == SOPRANOS.in_rows(1, 2).tolist()
    assert (typed["seed"], typed["index"], typed["temperature"]) == ("[0, 1]", "[0, 1]", "1.0")
    specs[3] = tf.TensorSpec([None], tf.int32, "labels")
    assert values_for(SimpleNamespace(inputs=specs), 3, LABELS)["labels"] == "[0, 0, 0]"


def test_an_artefact_is_told_what_held_out_items_have():
    told = []

    class Runner:
        def __init__(self, *told):
            self.signatures = {"sample": ["seed", "index", *told, "temperature"]}

        def __call__(self, signature, soprano, index, **others):
            told.append(soprano)
            return {"images": np.zeros([len(index), 28, 28, 1], np.float32)}

    artefact, sopranos = artefacts.Artefact("made", Runner("soprano")), np.arange(40).reshape([20, 2])
    assert artefact.condition == "soprano"
    digits = np.random.default_rng(0).random([20, 28, 28, 1])
    data = DataSet("digits", Images(28, 28, 1), None, 20, (255 * digits).astype(np.uint8))
    reference = quality.reference(zoo.digit_classifier(), data, 20, Condition(sopranos, sopranos, name="soprano"))
    metrics = quality.measure(artefact, reference)
    np.testing.assert_array_equal(told[0], sopranos)
    assert "class_shares" in metrics
    assert not [name for name in metrics if name.startswith("recognized_as_asked")]
    with pytest.raises(UserError, match="artefact: expected one that takes .* one condition at most"):
        artefacts.Artefact("both", Runner("soprano", "labels")).condition  # noqa: B018


def test_domains_share_the_flags_that_they_both_have():
    settings = evaluate.Settings(artefact="x")
    kind, dataset = flat_described(settings)["dataset"]
    parts = [flat_described(one)["dataset"][1].help for one in (ImageData(dataset=None), MusicData(dataset=None))]
    assert dataset.help == " ".join(parts)
    given = replaced(settings, {"dataset": "bach"})
    assert (given.images.dataset, given.music.dataset) == ("bach", "bach")
    assert kind == str | None
    assert known.LOADERS.keys() <= {field.name for field in dataclasses.fields(settings)}


def test_music_that_an_artefact_was_trained_on():
    about = Music(4, 36, 81, source="bach").about()
    assert completed(MusicData(dataset=None), about).dataset == "bach"
    assert completed(MusicData(dataset="folk"), about).dataset == "folk"
    for told, message in [
        (None, "dataset: the artefact does not say what it was trained on; give --dataset or --midi_dir"),
        (
            about | {"is_folder": True, "data": "mine"},
            "midi_dir: the artefact was trained on .* 'mine'; give --midi_dir",
        ),
    ]:
        with pytest.raises(UserError, match=message):
            completed(MusicData(dataset=None), told)
    with pytest.raises(UserError, match="dataset: expected one of folk, folk_all, bach; got 'mnist'"):
        music.load(MusicData(dataset="mnist"))


@pytest.fixture(scope="module")
def harmonizer(tmp_path_factory):
    """The file of a model that makes two voices for a soprano, and its domain."""
    domain = Music(voices=2, lowest=60, highest=72)
    latents, soprano = keras.Input([2]), keras.Input([32], dtype="int32", name="soprano")
    notes = keras.Input([32, 2], dtype="int32", name="notes")
    told = keras.layers.Flatten()(zoo.layers.OneHot(domain.values)(soprano))
    count = len(domain.values)
    logits = keras.layers.Dense(64 * count)(keras.layers.Concatenate()([latents, told]))
    heard = keras.layers.Flatten()(zoo.layers.OneHot(domain.values)(notes))
    vae = zoo.VAE(
        keras.Model(notes, keras.layers.Dense(4)(heard)),
        keras.Model([latents, soprano], keras.layers.Reshape([32, 2, count])(logits)),
        likelihood=zoo.likelihoods.Categorical(domain.values),
        condition_values=domain.values,
        domain=domain,
    )
    path = tmp_path_factory.mktemp("model") / "harmonizer.keras"
    vae.save(path)
    return path, vae


def test_a_soprano_out_of_a_file(harmonizer, tmp_path):
    path, vae = harmonizer
    tune = np.full([1, 32], -2, np.int32)
    tune[0, ::4] = [60, 62, 64, 65, 67, 65, 64, 62]
    Music(1, 60, 72).write(tmp_path / "tune.mid", tune, 1)
    out = tmp_path / "made.mid"
    settings = sample.Settings(model=path, num_samples=1, seed=3, given=tmp_path / "tune.mid", out=out)
    assert drawing.draw(settings) == [out]
    assert out.exists()
    told = drawing._condition(vae, settings, 1)["soprano"]
    np.testing.assert_array_equal(told, tune)
    for changes, message in [
        ({"given": None}, "given: expected a file with the soprano that .*harmonizer.keras is told; got none"),
        ({"labels": "1"}, "labels: expected none, as .*harmonizer.keras knows no classes; got 1"),
        ({"given": tmp_path / "none.mid"}, "given: expected a MIDI file; .*none.mid can't be read"),
    ]:
        with pytest.raises(UserError, match=message) as error:
            drawing.draw(replaced(settings, changes | {"overwrite": True}))
        assert "\n" not in str(error.value)


def test_a_file_for_a_model_that_is_told_nothing(tmp_path):
    with pytest.raises(UserError, match="given: expected none, as cgan_mnist is told nothing but classes, if any"):
        drawing.draw(sample.Settings(model="cgan_mnist", given=tmp_path / "a.mid", out=tmp_path / "a.png"))
    with pytest.raises(ValueError, match="given: expected none, as models of images are told nothing"):
        Images(8, 8, 1).read_given("a.mid", (32,))
