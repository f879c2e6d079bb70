import numpy as np
from PIL import Image

from recipes.harness import pictures


def test_a_grid_puts_each_image_in_its_place(tmp_path):
    images = np.stack([np.full([2, 3, 1], value) for value in (0.2, 0.4, 0.6, 0.8, 1.0)])
    pictures.save_grid(tmp_path / "grid.png", images, columns=3, scale=2)
    grid = np.asarray(Image.open(tmp_path / "grid.png"))
    assert grid.shape == (2 * 2 * 2, 3 * 3 * 2)
    assert grid[::4, ::6].tolist() == [[51, 102, 153], [204, 255, 0]]


def test_colours_stay(tmp_path):
    red = np.zeros([1, 2, 2, 3])
    red[..., 0] = 1
    pictures.save_grid(tmp_path / "red.png", red, columns=1)
    assert np.asarray(Image.open(tmp_path / "red.png"))[0, 0].tolist() == [255, 0, 0]


def test_a_learning_curve_is_a_picture(tmp_path):
    pictures.save_learning_curve(tmp_path / "curve.png", {"ELBO": [-200.0, -120.0, -100.0]}, "nats an image")
    assert Image.open(tmp_path / "curve.png").size == (840, 480)


def test_a_curve_over_time_is_a_picture(tmp_path):
    pictures.save_curve_over_time(tmp_path / "curve.png", [1.0, 2.5, 4.0], [20.0, 5.0, 1.5], "distance")
    assert Image.open(tmp_path / "curve.png").size == (840, 480)
