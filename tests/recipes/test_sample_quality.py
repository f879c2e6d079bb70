from types import SimpleNamespace

import keras
import numpy as np
import pytest

import zoo
from recipes.harness import artefacts, data, quality
from recipes.harness.errors import UserError


@pytest.fixture(scope="module")
def embedded():
    return data.embedded_digits()


@pytest.fixture(scope="module")
def extractor():
    return zoo.digit_classifier()


def artefact_that_draws(images, arguments=("seed", "index", "truncation")):
    """An artefact whose sample i is images[i]."""
    return artefacts.Artefact("images", lambda **given: {"images": images[given["index"]]}, list(arguments))


def training_images(embedded, count):
    chosen = embedded.train.shuffle(4500, seed=1).take(count).as_numpy_iterator()
    return np.stack(list(chosen)).astype(np.float32) / 255


def test_real_images_score_as_the_floor_does(embedded, extractor):
    reference = quality.reference(extractor, embedded)
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
    reference = quality.reference(extractor, embedded)
    metric = f"fid500_test@{extractor.name}"
    fid = [quality.measure(artefact_that_draws(images), reference)[metric] for images in (good, noisy)]
    assert fid[1] > 5 * fid[0]


def test_a_conditional_artefact_is_asked_for_the_classes_of_the_held_out_images(embedded, extractor):
    labels = data.labels_for(embedded)
    test = data.evaluation_images(embedded, "none")
    first = {int(label): test[np.argmax(labels.test == label)] for label in range(10)}

    def obey(**given):
        return {"images": np.stack([first[int(label)] for label in given["labels"]])}

    arguments = ["seed", "index", "truncation", "labels"]
    reference = quality.reference(extractor, embedded, labels)
    figures = quality.measure(artefacts.Artefact("obedient", obey, arguments), reference)
    assert figures[f"recognized_as_asked@{extractor.name}"] > 0.9

    def refuse(**given):
        return obey(labels=(given["labels"] + 1) % 10)

    figures = quality.measure(artefacts.Artefact("contrary", refuse, arguments), reference)
    assert figures[f"recognized_as_asked@{extractor.name}"] < 0.1


def test_categories_are_pure_where_each_is_of_one_class(embedded, extractor):
    labels = data.labels_for(embedded)
    reference = quality.reference(extractor, embedded)
    drawn = artefact_that_draws(data.evaluation_images(embedded, "none"))
    metric = f"category_purity500@{extractor.name}"
    assert quality.measure(drawn, reference, categories=labels.test)[metric] > 0.9
    assert quality.measure(drawn, reference, categories=np.arange(500) % 10)[metric] < 0.4
    assert metric not in quality.measure(drawn, reference)


def test_the_held_out_images_are_looked_at_once(embedded, extractor):
    looked_at = []

    class Counting:
        name, classes = extractor.name, extractor.num_classes

        def __call__(self, images):
            looked_at.append(len(images))
            return extractor(images)

    reference = quality.reference(Counting(), embedded._replace(test=embedded.test[:100]))
    floors = [quality.floor(reference)]
    figures = [quality.measure(artefact_that_draws(training_images(embedded, 100)), reference) for _ in range(2)]
    assert looked_at == [100, 100, 100, 100]  # held out, floor, samples, samples
    assert figures[0] == figures[1]
    keras.utils.set_random_seed(7)  # what a run's --seed sets; the floor is the same for all
    assert floors == [quality.floor(quality.reference(extractor, embedded, count=100))]


def test_count_is_in_the_name(embedded, extractor):
    reference = quality.reference(extractor, embedded, count=100)
    figures = quality.measure(artefact_that_draws(training_images(embedded, 100)), reference)
    assert {name for name in figures if name.startswith("fid")} == {f"fid100_test@{extractor.name}"}


def test_what_can_not_be_measured_is_refused_before_a_training(embedded, monkeypatch):
    monkeypatch.setattr(quality, "FLAGS", SimpleNamespace(extractor=None))
    labels = data.Labels(train=np.zeros(4500, np.int32), test=np.zeros(500, np.int32), num_classes=11)
    with pytest.raises(UserError, match="extractor: digits-.* knows 10 classes; got labels of 11"):
        quality.extractor_for(embedded, labels)
    few = embedded._replace(test=embedded.test[:5])
    with pytest.raises(UserError, match="at least 6 training and as many held-out images.*; got 5"):
        quality.extractor_for(few)
