"""Data sets of TFDS that are not as MNIST is, made by its own builders."""

import numpy as np
import pytest
import tensorflow_datasets as tfds

from recipes import UserError
from recipes.data import tfds_images
from recipes.data.data_set import condition_for

IMAGE = np.arange(4 * 4 * 3).reshape([4, 4, 3])


def prepared(directory, name, feature, image, label=None, labels=(0, 1), splits=("train", "test")):
    """Prepares a data set of one image, again and again, in a directory."""
    features = {"image": feature} | ({} if label is None else {"label": label})

    def examples():
        for i in range(20):
            yield i, {"image": image} | ({} if label is None else {"label": labels[i % len(labels)]})

    # TFDS finds a builder by the name of its class.
    body = {
        "VERSION": tfds.core.Version("1.0.0"),
        "pkg_dir_path": directory,
        "_info": lambda self: tfds.core.DatasetInfo(builder=self, features=tfds.features.FeaturesDict(features)),
        "_split_generators": lambda self, manager: {split: examples() for split in splits},
        "_generate_examples": None,
    }
    builder = type(name, (tfds.core.GeneratorBasedBuilder,), body)(data_dir=directory)
    builder.download_and_prepare(download_config=tfds.download.DownloadConfig(try_download_gcs=False))
    return builder.name, directory


def first(images):
    return next(images.train.as_numpy_iterator())


def test_images_of_16_bits(tmp_path):
    feature = tfds.features.Image(shape=(4, 4, 3), dtype=np.uint16, encoding_format="png")
    name, place = prepared(tmp_path, "Sixteen", feature, (257 * IMAGE + 100).astype(np.uint16))
    images = tfds_images.load(name, place)
    np.testing.assert_array_equal(first(images), IMAGE)
    np.testing.assert_array_equal(images.test[0], IMAGE)
    assert abs(int(tfds_images.load(name, place, size=(2, 2)).test.mean()) - int(IMAGE.mean())) <= 1


def test_images_of_real_numbers_are_refused(tmp_path):
    feature = tfds.features.Image(shape=(4, 4, 1), dtype=np.float32)
    name, place = prepared(tmp_path, "Floating", feature, np.ones([4, 4, 1], np.float32))
    with pytest.raises(UserError, match="dataset: expected images of 8 or 16 bits; those of 'floating' are float32"):
        tfds_images.load(name, place)


@pytest.mark.parametrize("shape", [(4, 4, 4), (None, None, None)])
def test_transparent_images(tmp_path, shape):
    image = np.concatenate([IMAGE, np.full([4, 4, 1], 255)], axis=2).astype(np.uint8)
    image[0, 0, 3] = 0
    feature = tfds.features.Image(shape=shape, encoding_format="png" if shape[2] else None)
    name, place = prepared(tmp_path, f"Transparent{len(str(shape))}", feature, image)
    for channels, background, corner in [(None, "white", 255), (3, "black", 0), (1, "#808080", 128)]:
        images = tfds_images.load(name, place, (4, 4), channels, background)
        assert images.domain.shape == (4, 4, 1 if channels == 1 else 3)
        assert (first(images)[0, 0] == corner).all()
        if channels != 1:
            np.testing.assert_array_equal(first(images)[1:], IMAGE[1:])


def test_a_data_set_without_a_training_split(tmp_path):
    name, place = prepared(tmp_path, "OnlyTest", tfds.features.Image(shape=(4, 4, 3)), np.uint8(IMAGE), splits=["test"])
    with pytest.raises(UserError, match="dataset: expected a split 'train'; 'only_test' has 'test' alone"):
        tfds_images.load(name, place)


def test_labels_with_names_and_labels_that_are_none(tmp_path):
    image, classes = (tfds.features.Image(shape=(4, 4, 3)), np.uint8(IMAGE)), tfds.features.ClassLabel(names=["n", "y"])
    name, place = prepared(tmp_path, "Named", *image, classes, ["y", "n"])
    labels = condition_for(tfds_images.load(name, place))
    assert (labels.class_names, labels.num_classes) == (("n", "y"), 2)
    assert np.bincount(labels.train).tolist() == [10, 10]
    for case, feature, given, message in [
        ("Missing", classes, ["y", -1], "expected a label for each image; 'missing' has none for 10 in 'train'"),
        ("Spoken", tfds.features.Text(), ["yes"], "expected labels that are classes; those of 'spoken' are a Text"),
    ]:
        images = tfds_images.load(*prepared(tmp_path, case, *image, feature, given))
        assert images.train_size == 20  # those who need no labels have the images
        with pytest.raises(UserError, match=message):
            condition_for(images)
