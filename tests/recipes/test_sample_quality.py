from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf

import zoo
from recipes import UserError, dcgan_mnist
from recipes.data import embedded_digits
from recipes.data.data_set import Condition, condition_for
from recipes.data.images import load
from recipes.harness.history import History
from recipes.report import artefacts, quality
from recipes.report import samples as samples_of
from recipes.report.trained import Trained
from recipes.settings import Budget, ImageData, Quality


@pytest.fixture(scope="module")
def embedded():
    return load(ImageData(dataset=embedded_digits.NAME))


@pytest.fixture(scope="module")
def extractor():
    return zoo.digit_classifier()


class Runner:
    """What `export` opens an artefact as, with one signature."""

    def __init__(self, sample, arguments):
        self.sample, self.signatures = sample, {"sample": list(arguments)}

    def __call__(self, signature, **arrays):
        assert signature == "sample"
        assert list(arrays) == sorted(arrays, key=["seed", "index", "labels", "temperature"].index)
        return {"images": self.sample(**arrays)}


def artefact_that_draws(images):
    """An artefact whose sample i is images[i]."""
    runner = Runner(lambda **given: images[given["index"]], ["seed", "index", "temperature"])
    return artefacts.Artefact("images", runner)


def training_images(embedded, count):
    chosen = embedded.train.shuffle(4500, seed=1).take(count).as_numpy_iterator()
    return np.stack(list(chosen)).astype(np.float32) / 255


def test_real_images_score_as_the_floor_does(embedded, extractor):
    reference = quality.reference(extractor, embedded, 500)
    figures = quality.measure(artefact_that_draws(training_images(embedded, 500)), reference)
    floor = quality.floor(reference)
    name = extractor.name
    assert floor[f"fid500_test@{name}"] / 3 < figures[f"fid500_test@{name}"] < 3 * floor[f"fid500_test@{name}"]
    assert figures[f"coverage500_test@{name}"] == pytest.approx(floor[f"coverage500_test@{name}"], abs=0.05)
    assert abs(figures[f"kid500_test@{name}"]) < 3 * figures[f"kid500_test@{name}_standard_deviation"]
    np.testing.assert_allclose(figures["class_shares"], 0.1, atol=0.06)


def test_worse_images_score_worse(embedded, extractor):
    good = training_images(embedded, 500)
    noisy = np.clip(good + np.random.default_rng(0).normal(0, 0.5, good.shape), 0, 1).astype(np.float32)
    reference = quality.reference(extractor, embedded, 500)
    metric = f"fid500_test@{extractor.name}"
    fid = [quality.measure(artefact_that_draws(images), reference)[metric] for images in (good, noisy)]
    assert fid[1] > 5 * fid[0]


def test_a_conditional_artefact_is_asked_for_the_classes_of_the_held_out_images(embedded, extractor):
    labels = condition_for(embedded)
    test = embedded.held_out
    first = {int(label): test[np.argmax(labels.test == label)] for label in range(10)}

    def obey(**given):
        return np.stack([first[int(label)] for label in given["labels"]])

    arguments = ["seed", "index", "temperature", "labels"]
    reference = quality.reference(extractor, embedded, 500, labels)
    figures = quality.measure(artefacts.Artefact("obedient", Runner(obey, arguments)), reference)
    assert figures[f"recognized_as_asked@{extractor.name}"] > 0.9

    def refuse(**given):
        return obey(labels=(given["labels"] + 1) % 10)

    figures = quality.measure(artefacts.Artefact("contrary", Runner(refuse, arguments)), reference)
    assert figures[f"recognized_as_asked@{extractor.name}"] < 0.1


def test_what_an_extractor_sees_of_samples(embedded, extractor):
    drawn = artefact_that_draws(embedded.held_out)
    features, probabilities = quality.seen(drawn, extractor, 500)
    np.testing.assert_array_equal(features, quality.reference(extractor, embedded, 500).features)
    assert probabilities.shape == (500, 10)
    purity = zoo.measures.purity
    labels = condition_for(embedded).test
    assert purity(probabilities, labels) > 0.9
    assert purity(probabilities, np.arange(500) % 10) < 0.4


def test_the_held_out_images_are_looked_at_once(embedded, extractor):
    looked_at = []

    class Counting:
        name, num_classes = extractor.name, extractor.num_classes

        def __call__(self, images):
            looked_at.append(len(images))
            return extractor(images)

    reference = quality.reference(Counting(), embedded, 100)
    floors = [quality.floor(reference)]
    figures = [quality.measure(artefact_that_draws(training_images(embedded, 100)), reference) for _ in range(2)]
    assert looked_at == [100, 100, 100, 100]  # held out, floor, samples, samples
    assert figures[0] == figures[1]
    keras.utils.set_random_seed(7)  # what a run's --seed sets; the floor is the same for all
    assert floors == [quality.floor(quality.reference(extractor, embedded, 100))]


def test_count_is_in_the_name(embedded, extractor):
    reference = quality.reference(extractor, embedded, 100)
    figures = quality.measure(artefact_that_draws(training_images(embedded, 100)), reference)
    assert {name for name in figures if name.startswith("fid")} == {f"fid100_test@{extractor.name}"}


def test_as_many_are_compared_as_there_are():
    data = load(ImageData(dataset=embedded_digits.NAME))
    count = quality.samples_to_measure
    assert count(data, Quality()) == 500
    assert count(data, Quality(quality_images=60)) == 60
    assert count(data._replace(train_size=70), Quality()) == 70


def test_fewer_held_out_images_are_of_all_classes_where_they_are_sorted(embedded, extractor):
    labels = condition_for(embedded)
    order = np.argsort(labels.test, kind="stable")
    data, labels = embedded._replace(test=embedded.test[order]), labels._replace(test=labels.test[order])
    reference = quality.reference(extractor, data, 100, labels)
    assert set(reference.asked) == set(range(10))
    assert len(reference.features) == 100
    whole = quality.reference(extractor, data, 500, labels)
    np.testing.assert_array_equal(whole.asked, labels.test)
    np.testing.assert_array_equal(whole.features, extractor(data.held_out)[0])


@pytest.mark.parametrize(
    ("seconds", "measure_all", "count"), [(0.0, False, 100), (1e9, False, 200), (0.0, True, 200), (None, False, 200)]
)
def test_as_many_samples_are_measured_as_the_training_leaves_time_for(
    seconds, measure_all, count, embedded, extractor, monkeypatch
):
    drawn = artefact_that_draws(training_images(embedded, 200))
    monkeypatch.setattr(samples_of, "FEWEST", 100)
    monkeypatch.setattr(artefacts, "load", lambda path: drawn)
    settings = dcgan_mnist.Settings(
        data=ImageData(dataset="mnist-5000"),
        quality=Quality(quality_images=200),
        budget=Budget(measure_all=measure_all),
    )
    run = SimpleNamespace(path=Path("x"), writes=False, recipe="dcgan_mnist")
    history = History([{} if seconds is None else {"seconds": seconds}])
    trained = Trained(None, history, embedded, None, extractor, run, settings, tf.distribute.get_strategy())
    section = samples_of.samples(trained._replace(sampled=("model.tflite",)))
    assert section.whole == (count == 200)
    assert section.metrics["model.tflite"] == quality.measure(drawn, quality.reference(extractor, embedded, count))
    assert section.metrics["floor"][f"fid{count}_test@{extractor.name}"] > 0
    command = "python -m recipes.evaluate --artefact=x/model.tflite --dataset=mnist-5000"
    assert section.commands == (f"{command} --quality_images={count}",)
    assert f"model.tflite, {'200' if count == 200 else '100 of 200'} samples\n" in section.text
    assert ("--resume --quality_images=200 --measure_all`" in section.note) == (count < 200)


def test_what_can_not_be_measured_is_refused_before_a_training(embedded, tmp_path):
    labels = Condition(train=np.zeros(4500, np.int32), test=np.zeros(500, np.int32), num_classes=11)
    with pytest.raises(UserError, match="extractor: digits-.* knows 10 classes; got labels of 11"):
        quality.extractor_for(embedded, Quality(), labels)
    few = embedded._replace(test=embedded.test[:5])
    with pytest.raises(UserError, match="at least 6 training and as many held-out images.*; got 5"):
        quality.extractor_for(few, Quality())
    with pytest.raises(UserError, match="extractor: .*absent-12345678.keras"):
        quality.extractor_for(embedded, Quality(extractor=tmp_path / "absent-12345678.keras"))
    assert quality.extractor_for(embedded._replace(default_extractor=None), Quality()) is None
