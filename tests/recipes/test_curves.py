from PIL import Image

from recipes.harness.history import History
from recipes.report import curves


def test_a_learning_curve_is_a_picture(tmp_path):
    curves.save_learning_curve(tmp_path / "curve.png", {"ELBO": [-200.0, -120.0, -100.0]}, "nats per image")
    assert Image.open(tmp_path / "curve.png").size == (840, 480)


def test_a_curve_over_time_is_a_picture(tmp_path):
    curves.save_curve_over_time(tmp_path / "curve.png", [1.0, 2.5, 4.0], [20.0, 5.0, 1.5], "distance")
    assert Image.open(tmp_path / "curve.png").size == (840, 480)


def test_a_curve_needs_its_metrics_of_all_epochs(tmp_path):
    history = History([{"fid": 3.0, "seconds": 60.0}, {"fid": 2.0, "seconds": 60.0, "elbo": 1.0}])
    over_time = curves.Curve("quality", {"fid": "distance"}, "distance", over_minutes=True)
    assert over_time.known(history)
    over_time.save(history, tmp_path / "quality.png")
    assert Image.open(tmp_path / "quality.png").size == (840, 480)
    assert not curves.Curve("learning_curve", {"elbo": "ELBO"}, "nats").known(history)
    assert not over_time.known(History([]))
