"""Pictures as a viewer shows them, whatever their files are like."""

import os
import re

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageOps

from recipes import UserError
from recipes.data import folder, images
from recipes.data.batches import training_batches
from recipes.data.data_set import condition_for
from recipes.settings import ImageData
from zoo.domains.pixels import colour_of, pixels


def save(path, values, mode=None, **settings):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(values, np.uint8), mode).save(path, **settings)


def shown(path, channels=3, background="white"):
    return pixels(path, channels, colour_of(background))


RED, BLUE = [255, 0, 0], [0, 0, 255]


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_its_camera_says(tmp_path, orientation, suffix):
    upright = np.zeros([6, 4, 3], np.uint8)
    upright[0] = 255  # the sky
    upright[:, 0] = 128
    # What `ImageOps` would undo: the inverse of each turn.
    stored = Image.fromarray(upright)
    inverse = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}.get(orientation)
    stored = stored if inverse is None else stored.transpose(inverse)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    for name in ("a", "b"):
        stored.save(tmp_path / f"{name}.{suffix}", exif=exif)
    assert np.array_equal(np.asarray(ImageOps.exif_transpose(Image.open(tmp_path / f"a.{suffix}"))), upright)
    np.testing.assert_array_equal(shown(tmp_path / f"a.{suffix}"), upright)
    images = folder.load(tmp_path)
    assert images.domain.shape == (6, 4, 3)  # the shape that is shown, too
    np.testing.assert_array_equal(images.test[0], upright)


def test_what_is_transparent_shows_the_background(tmp_path):
    save(tmp_path / "rgba.png", [[[*RED, 255], [*RED, 0], [*RED, 51]]])
    np.testing.assert_array_equal(shown(tmp_path / "rgba.png"), [[RED, [255, 255, 255], [255, 204, 204]]])
    np.testing.assert_array_equal(shown(tmp_path / "rgba.png", background="#0000ff")[0, 1], BLUE)
    save(tmp_path / "la.png", [[[0, 255], [0, 0]]])
    np.testing.assert_array_equal(shown(tmp_path / "la.png", 1), [[[0], [255]]])
    np.testing.assert_array_equal(shown(tmp_path / "la.png", 1, "black"), [[[0], [0]]])
    palette = Image.fromarray(np.uint8([[0, 1]]), "L").convert("P")
    palette.putpalette([*RED, *BLUE])
    palette.save(tmp_path / "p.gif", transparency=1)
    np.testing.assert_array_equal(shown(tmp_path / "p.gif"), [[RED, [255, 255, 255]]])
    with pytest.raises(UserError, match="background: expected a colour, e.g. white or #202020; got 'bleu'"):
        images.load(ImageData(dataset=None, image_dir=tmp_path, image_size="1", background="bleu"))


@pytest.mark.parametrize("suffix", ["webp", "tif", "tiff", "jfif"])
def test_more_kinds_of_pictures(tmp_path, suffix):
    for name in "ab":
        save(tmp_path / f"{name}.{suffix}", np.full([8, 8, 3], 200), **({"format": "JPEG"} if suffix == "jfif" else {}))
    np.testing.assert_allclose(folder.load(tmp_path).test, 200, atol=2)


def test_names_in_any_encoding_and_folders_behind_links(tmp_path):
    for name in (b"caf\xe9.png", "猫.png".encode()):
        save(tmp_path / "away" / "a.png", np.full([4, 4], 50))
        os.rename(os.fsencode(tmp_path / "away" / "a.png"), os.path.join(os.fsencode(tmp_path / "away"), name))
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "linked").symlink_to(tmp_path / "away")
    (tmp_path / "away" / "round").symlink_to(tmp_path / "away")
    images = folder.load(tmp_path / "pictures")
    assert (images.train_size, len(images.test)) == (1, 1)
    np.testing.assert_array_equal(next(images.train.as_numpy_iterator()), np.full([4, 4, 1], 50))


def test_hidden_folders_are_left_out(tmp_path):
    for name in ("a.png", "b.png", ".thumbnails/c.png"):
        save(tmp_path / name, np.zeros([4, 4]))
    assert folder.load(tmp_path).train_size == 1


def test_pictures_that_can_not_be_read_are_named(tmp_path, monkeypatch):
    save(tmp_path / "a.png", np.zeros([4, 4]))

    def expect(message):
        with pytest.raises(UserError, match=message) as error:
            folder.load(tmp_path)
        assert "\n" not in str(error.value)

    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)  # a picture of twice as many would be too large
    save(tmp_path / "huge.png", np.zeros([15, 15]))
    expect(r"huge\.png has more than 0.0002 million pixels; make it smaller")
    monkeypatch.undo()
    for values in (np.full([15, 15], 0.5, np.float32), np.full([15, 15], 200, np.int32)):
        Image.fromarray(values).save(tmp_path / "huge.tiff")
        expect(r"huge\.tiff has pixels of 32 bits; expected 8 or 16")


def test_large_pictures_are_no_warning(tmp_path, monkeypatch, recwarn):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    for name in "ab":
        save(tmp_path / f"{name}.png", np.zeros([12, 12]))
    assert folder.load(tmp_path, size=(4, 4)).train_size == 1
    assert not [warning for warning in recwarn if "bomb" in str(warning.message)]


def zoo_of_animals(path, counts):
    for level, (name, count) in enumerate(counts.items()):
        for i in range(count):
            save(path / name / f"{i:03}.png", np.full([4, 4], 60 * level + i))
    return path


def test_sub_folders_are_classes_of_which_each_is_held_out_from(tmp_path):
    images = folder.load(zoo_of_animals(tmp_path, {"cats": 20, "dogs": 5, "yaks": 1}))
    labels = condition_for(images)
    assert (labels.num_classes, labels.class_names) == (3, ("cats", "dogs", "yaks"))
    assert images.test[:, 0, 0, 0].tolist() == [0, 10, 60]
    assert labels.test.tolist() == [0, 0, 1]
    train = [int(image[0, 0, 0]) for image in images.train.as_numpy_iterator()]
    assert [level // 60 for level in train] == labels.train.tolist()
    assert len(train) == images.train_size == 18 + 4 + 1
    for pictures, batch_labels in training_batches(images, 10, 0, condition=labels.train).take(5):
        levels = np.round(255 * pictures.numpy()[:, 0, 0, 0]).astype(int)
        assert (levels // 60).tolist() == batch_labels.numpy().tolist()


def test_16_bits_with_a_transparent_level(tmp_path):
    picture = Image.fromarray(np.uint16([[257 * 50 + 120, 9999, 257 * 200]]))
    picture.save(tmp_path / "a.png", transparency=9999)
    np.testing.assert_array_equal(shown(tmp_path / "a.png", 1)[..., 0], [[50, 255, 200]])
    np.testing.assert_array_equal(shown(tmp_path / "a.png", 1, "black")[..., 0], [[50, 0, 200]])


def test_a_folder_for_each_picture_is_no_class(tmp_path):
    images = folder.load(zoo_of_animals(tmp_path, {"a": 1, "b": 1, "c": 1}))
    assert (images.train_size, len(images.test), images.read_condition) == (2, 1, None)


def test_a_link_from_one_class_to_another_changes_no_classes(tmp_path):
    zoo_of_animals(tmp_path, {"cats": 4, "dogs": 4})
    (tmp_path / "cats" / "also").symlink_to(tmp_path / "dogs")
    labels = condition_for(folder.load(tmp_path))
    assert np.bincount(np.concatenate([labels.train, labels.test])).tolist() == [4, 4]


def test_names_of_classes_can_be_written_anywhere(tmp_path):
    for name in (b"caf\xe9", b"the"):
        place = os.path.join(os.fsencode(tmp_path), name)
        os.mkdir(place)
        for i in range(2):
            Image.new("L", (4, 4)).save(os.path.join(os.fsdecode(place), f"{i}.png"))
    names = condition_for(folder.load(tmp_path)).class_names
    assert names == ("caf\ufffd", "the")
    (tmp_path / "card.md").write_text(str(names), encoding="utf-8")


def test_pictures_beside_the_folders_have_no_classes(tmp_path):
    zoo_of_animals(tmp_path, {"cats": 3, "dogs": 3})
    save(tmp_path / "beside.png", np.zeros([4, 4]))
    images = folder.load(tmp_path)
    message = f"{re.escape(images.name)}: has no labels, which this recipe needs; .* sub-folders"
    with pytest.raises(UserError, match=message):
        condition_for(images)


def test_many_held_out_pictures_are_of_all_classes(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "MOST_HELD_OUT", 4)
    images = folder.load(zoo_of_animals(tmp_path, {"cats": 40, "dogs": 40}))
    assert np.bincount(condition_for(images).test).tolist() == [2, 2]
    assert images.train_size == 72  # those that are not measured with are not trained on either


def test_the_fingerprint_changes_with_the_pictures(tmp_path):
    def fingerprint(name="pictures", change=lambda path: None, **settings):
        path = zoo_of_animals(tmp_path / name, {"cats": 12, "dogs": 12})
        change(path)
        return folder.load(path, **settings).fingerprint

    same = fingerprint()
    assert fingerprint() == same == fingerprint("elsewhere")
    others = [
        fingerprint("replaced", lambda path: save(path / "cats" / "005.png", np.full([4, 4], 250))),
        fingerprint("moved", lambda path: (path / "cats" / "005.png").rename(path / "dogs" / "012.png")),
        fingerprint(size=(2, 2)),
    ]
    assert len({same, *others}) == 4
