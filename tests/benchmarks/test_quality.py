import json

import pytest
from conftest import run_python

from benchmarks import quality


def finished(path, course, fid):
    """A folder as a recipe leaves it."""
    path.mkdir()
    (path / "run.json").write_text("{}")
    rows = [f"{epoch},0.5,{value}" for epoch, value in enumerate(course)]
    (path / "history.csv").write_text("\n".join(["epoch,loss,fid50_train@x", *rows]))
    figures = {"fid9_test@x": fid, "kid9_test@x_standard_deviation": 1.0, "class_shares": [0.5, 0.5]}
    (path / "metrics.json").write_text(json.dumps({"samples": {"floor": {}, "model.tflite": figures}}))
    return path


def test_the_table_has_means_and_deviations_of_the_best_and_the_last_epoch(tmp_path):
    runs = [finished(tmp_path / "a_0", [5.0, 2.0, 4.0], 10.0), finished(tmp_path / "a_1", [9.0, 4.0, 6.0], 20.0)]
    (tmp_path / "a_2").mkdir()
    (tmp_path / "a_2.log").write_text("epoch 1\ndcgan_mnist: training: the loss became nan\n")
    runs = {"a": [quality.read(tmp_path / f"a_{seed}") for seed in range(3)]}
    assert runs["a"][2] == quality.Run({}, [], "dcgan_mnist: training: the loss became nan")
    head, _, row = (line.strip("| ").split(" | ") for line in quality.table(runs).splitlines())
    assert head[-1] == "`fid9_test@x`"
    assert row == ["a", "2 of 3", "3 +- 1.4", "5 +- 1.4", "15 +- 7.1"]
    quality.save_plot(tmp_path / "plot.png", runs)
    assert (tmp_path / "plot.png").stat().st_size > 1000


def test_only_what_is_not_finished_is_run(tmp_path, monkeypatch):
    done = finished(tmp_path / "done_0", [1.0], 2.0)
    run = quality.train(["a_module_that_is_not_there"], 0, done)
    assert run.figures["fid9_test@x"] == 2.0
    begun = finished(tmp_path / "begun_4", [1.0], 2.0)
    (begun / "metrics.json").unlink()
    (tmp_path / "pretended_recipe.py").write_text("import sys; print(sys.argv[1:])")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    run = quality.train(["pretended_recipe", "--epochs=1"], 4, begun, "data")
    given = ["--seed=4", f"--out_dir={begun}", "--measure_all", "--data_dir=data", "--overwrite"]
    assert run.reason == str(["--epochs=1", *given])


@pytest.mark.parametrize("flag", ["--study=magic", "--seeds=0"])
def test_bad_flags_are_refused(flag, tmp_path):
    process = run_python("-m", "benchmarks.quality", flag, f"--out_dir={tmp_path / 'out'}")
    assert process.returncode != 0
    assert flag.split("=")[0] in process.stdout + process.stderr
    assert not (tmp_path / "out").exists()
