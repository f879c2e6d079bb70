import json

import keras
import numpy as np
import pytest
from PIL import Image

import zoo
from zoo.domains import Domain, Images
from zoo.domains.pixels import colour_of, grid, with_palette


def test_a_grid_puts_each_image_in_its_place(tmp_path):
    images = np.stack([np.full([2, 3, 1], value) for value in (0.2, 0.4, 0.6, 0.8, 1.0)])
    Images(2, 3, 1).write(tmp_path / "grid.png", images, columns=3)
    picture = np.asarray(Image.open(tmp_path / "grid.png"))
    assert picture.shape == (2 * 2 * 2, 3 * 3 * 2)
    assert picture[::4, ::6].tolist() == [[51, 102, 153], [204, 255, 0]]


def test_colours_stay(tmp_path):
    red = np.zeros([1, 2, 2, 3])
    red[..., 0] = 1
    Images(2, 2, 3).write(tmp_path / "red.png", red, columns=1)
    assert np.asarray(Image.open(tmp_path / "red.png"))[0, 0].tolist() == [255, 0, 0]


def test_a_grid_may_be_as_large_as_its_images():
    assert grid(np.zeros([3, 4, 5, 1]), columns=2, scale=1).shape == (8, 10, 1)


def test_a_palette_takes_less_room_and_changes_no_pixel(tmp_path):
    rng = np.random.default_rng(0)
    few = Image.fromarray(rng.integers(0, 256, [200, 3], np.uint8)[rng.integers(0, 200, [90, 70])])
    with_palette(few).save(tmp_path / "few.png")
    few.save(tmp_path / "few_rgb.png")
    np.testing.assert_array_equal(Image.open(tmp_path / "few.png").convert("RGB"), few)
    assert (tmp_path / "few.png").stat().st_size < 0.6 * (tmp_path / "few_rgb.png").stat().st_size
    many = Image.fromarray(rng.integers(0, 256, [90, 70, 3], np.uint8))
    assert with_palette(many) is many


def test_samples_of_another_shape_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"^samples: expected shape \[n, 2, 3, 1\]; got \(4, 3, 2, 1\)\.$"):
        Images(2, 3, 1).write(tmp_path / "grid.png", np.zeros([4, 3, 2, 1]), columns=2)
    assert not (tmp_path / "grid.png").exists()


def test_a_picture_is_read_as_a_viewer_shows_it(tmp_path):
    Image.fromarray(np.uint8([[[255, 0, 0, 255], [255, 0, 0, 0]]])).save(tmp_path / "a.png")
    picture = Images(1, 2, 3, background="#0000ff").read(tmp_path / "a.png")
    assert picture.dtype == np.uint8
    assert picture.tolist() == [[[255, 0, 0], [0, 0, 255]]]
    wide = np.zeros([6, 12], np.uint8)
    wide[:, 3:9] = 200
    Image.fromarray(wide).save(tmp_path / "wide.png")
    np.testing.assert_array_equal(Images(3, 3, 1).read(tmp_path / "wide.png"), np.full([3, 3, 1], 200))


def test_what_was_written_is_read_again(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, [1, 4, 5, 3])
    domain = Images(8, 10, 3)
    Images(4, 5, 3).write(tmp_path / "one.png", images / 255, columns=1)
    np.testing.assert_array_equal(domain.read(tmp_path / "one.png")[::2, ::2], images[0])


def test_stored_images_become_intensities():
    stored = np.uint8([[[[0]], [[255]]]])
    for given in (stored, keras.ops.convert_to_tensor(stored)):
        data = Images(2, 1, 1).as_data(given)
        assert np.asarray(data).dtype == np.float32
        assert np.asarray(data).ravel().tolist() == [0, 1]


def test_what_is_no_picture_is_named(tmp_path):
    (tmp_path / "notes.png").write_text("mine")
    with pytest.raises(ValueError, match=r"path: expected a picture; .*notes\.png can't be read") as error:
        Images(2, 2, 1).read(tmp_path / "notes.png")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((0, 2, 1), "height, width: expected positive"), ((2, 2, 2), "channels: expected 1 or 3; got 2")],
)
def test_bad_shapes(arguments, message):
    with pytest.raises(ValueError, match=message):
        Images(*arguments)


def test_colours():
    assert colour_of("#0080ff") == (0, 128, 255)
    with pytest.raises(ValueError, match="background: expected a colour, e.g. white or #202020; got 'bleu'"):
        colour_of("bleu")


def test_it_tells_a_stranger_what_a_file_is_of():
    domain = Images(28, 28, 1, source="mnist", class_names=["zero", "one"])
    about = json.loads(json.dumps(domain.about()))
    assert about == {
        "domain": "images",
        "data": "mnist",
        "is_folder": False,
        "shape": [28, 28, 1],
        "unit": "intensity",
        "range": [0, 1],
        "background": "white",
        "classes": ["zero", "one"],
    }
    assert domain.num_classes == 2
    assert Images(28, 28, 1).num_classes == 0


def test_it_is_saved_by_its_arguments():
    domain = Images(4, 5, 3, source="pets", is_folder=True, background="black", class_names=("cats", "dogs"))
    again = keras.saving.deserialize_keras_object(json.loads(json.dumps(keras.saving.serialize_keras_object(domain))))
    assert isinstance(again, Images)
    assert isinstance(again, Domain)
    assert isinstance(again, zoo.part.Part)
    assert again.about() == domain.about()
    assert again.shape == (4, 5, 3)
