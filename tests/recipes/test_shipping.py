"""A folder for others, of a run: its model as small as it gets, measured on that very file."""

import json
from pathlib import Path

import numpy as np
import pytest
from conftest import card_row
from PIL import Image
from test_gan_recipes import run

import zoo
from recipes import UserError, classifier, evaluate, sample
from recipes.report import drawing
from recipes.report.shipping import check_free
from recipes.settings import ImageData, Quality
from recipes.settings.field import replaced

DIGITS = {"dataset": "mnist-5000"}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A short run of cgan_mnist, and the folder for others that it made."""
    folder = tmp_path_factory.mktemp("runs")
    out, shipped = folder / "run", folder / "models" / "tiny"
    run("cgan_mnist", out_dir=str(out), **DIGITS)
    said = run("cgan_mnist", out_dir=str(out), resume=True, ship_to=str(shipped), **DIGITS)
    return out, shipped, said


def metrics_of(folder):
    return json.loads((folder / "metrics.json").read_text())


def test_it_holds_what_others_need_and_nothing_else(finished):
    _, shipped, said = finished
    names = {path.name for path in shipped.iterdir()}
    (file,) = shipped.glob("tiny-*.keras")
    assert names == {file.name, "card.md", "metrics.json", "samples.png", "progress"}
    assert [path.name for path in (shipped / "progress").iterdir()] == ["epoch_0001.png"]
    assert not list(shipped.parent.glob(".*"))
    assert f"Made {shipped}" in said
    assert f"--model={shipped} --seed=7" in said


def test_the_model_is_that_of_the_run_without_what_nobody_needs(finished):
    out, shipped, _ = finished
    small, whole = zoo.load(shipped), zoo.load(out)
    assert small.discriminator is None
    labels = [3, 1, 4]
    np.testing.assert_allclose(small.sample(3, labels=labels), whole.sample(3, labels=labels), atol=0.02)
    (file,) = shipped.glob("*.keras")
    assert file.stat().st_size < (out / "model.keras").stat().st_size / 4


def test_it_is_measured_on_the_very_file(finished, capsys):
    """By the command on its card, for the file that the card names."""
    _, shipped, _ = finished
    (file,) = shipped.glob("*.keras")
    card, found = (shipped / "card.md").read_text(), metrics_of(shipped)["samples"][file.name]
    assert f"--artefact={file.stem} --dataset=mnist-5000 --quality_images=100" in card
    settings = evaluate.Settings(
        artefact=str(shipped), images=ImageData(dataset=None, background=None), quality=Quality(quality_images=100)
    )
    evaluate.main(settings)
    said = capsys.readouterr().out
    distance = found["fid100_test@digits-fa4e1aca"]
    assert f"{distance:.4f}" in next(line for line in said.splitlines() if line.startswith("fid100_test"))
    assert f"{distance:.4g}" in card_row(card, "`fid100_test@digits-fa4e1aca`")


def test_it_says_in_a_line_what_it_is(finished):
    _, shipped, _ = finished
    about, found = metrics_of(shipped)["about"], metrics_of(shipped)["samples"]
    (file,) = shipped.glob("*.keras")
    assert about["metric"] == "fid100_test@digits-fa4e1aca"
    assert about["value"] == found[file.name][about["metric"]]
    assert about["floor"] == found["floor"][about["metric"]]
    assert about["draws"] == "images 28 x 28 x 1 of mnist-5000, by labels"
    assert about["title"] == "A conditional GAN: ask for a digit, get that digit"


def test_a_card_has_a_head_that_hubs_read(finished):
    out, shipped, _ = finished
    for card, name in ((out / "README.md", "cgan_mnist"), (shipped / "card.md", "tiny-")):
        dashes, *lines = card.read_text().splitlines()
        head = dict(line.split(": ", 1) for line in lines[: lines.index("---")])
        head = {key: json.loads(value) for key, value in head.items()}  # which is YAML, too
        assert dashes == "---"
        assert (head["library_name"], head["pipeline_tag"]) == ("keras", "unconditional-image-generation")
        assert head["datasets"] == ["mnist-5000"]
        (index,) = head["model-index"]
        assert index["name"].startswith(name)
        metrics = {one["name"]: one["value"] for result in index["results"] for one in result["metrics"]}
        about = metrics_of(card.parent)["samples"]
        file = next(name for name in about if name != "floor")
        assert metrics[f"fid100_test@digits-fa4e1aca of {file}"] == about[file]["fid100_test@digits-fa4e1aca"]
    assert (out / "README.md").read_text() == (out / "card.md").read_text()


def test_a_folder_that_no_shipping_made_is_left_alone(finished, tmp_path):
    out, shipped, _ = finished
    check_free(tmp_path / "nothing")
    check_free(tmp_path)  # empty
    check_free(shipped)
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match=r"ship_to: .* is there, and no shipping made it"):
        run("cgan_mnist", out_dir=str(out), resume=True, ship_to=str(tmp_path), **DIGITS)
    assert (tmp_path / "mine.txt").read_text() == "mine"
    for recipe in ("vae_mnist", "cgan_mnist"):  # before anything is trained
        with pytest.raises(UserError, match="no shipping made it"):
            run(recipe, out_dir=str(tmp_path / "new"), ship_to=str(tmp_path), **DIGITS)
    assert not (tmp_path / "new").exists()


def test_a_recipe_of_no_generative_model_ships_nothing(tmp_path):
    with pytest.raises(UserError, match="ship_to: expected none, as this recipe trains no generative model; got x"):
        classifier.main(replaced(classifier.Settings(), {"ship_to": "x", "out_dir": str(tmp_path / "run")}))
    assert not (tmp_path / "run").exists()


def drawn(tmp_path, name, **settings):
    sample.main(sample.Settings(out=str(tmp_path / name), **settings))
    return np.asarray(Image.open(tmp_path / name))


def test_samples_are_drawn_by_seed_temperature_and_label(finished, tmp_path):
    _, shipped, _ = finished
    model, gan = str(shipped), zoo.load(shipped)
    first = drawn(tmp_path, "a.png", model=model, seed=7)
    gan.domain.write(tmp_path / "b.png", gan.sample(100, seed=7, labels=np.arange(100) // 10), 10)
    np.testing.assert_array_equal(first, np.asarray(Image.open(tmp_path / "b.png")))
    for name, other in (
        ("c.png", {"seed": 8}),
        ("d.png", {"seed": 7, "temperature": 0.5}),
        ("e.png", {"seed": 7, "labels": "7"}),
    ):
        assert not np.array_equal(first, drawn(tmp_path, name, model=model, **other))
    assert drawn(tmp_path, "f.png", model=model, num_samples=3, labels="3,1,4").shape == (56, 3 * 56)


def test_a_file_of_each_kind_is_left_and_none_is_replaced(finished, tmp_path, monkeypatch, capsys):
    _, shipped, _ = finished
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(zoo.domains.Images, "suffixes", (".png", ".bmp"))
    settings = sample.Settings(model=str(shipped), num_samples=2)
    sample.main(settings)
    names = [f"{path.stem}_seed0{suffix}" for path in shipped.glob("*.keras") for suffix in (".png", ".bmp")]
    assert f"Made {names[0]}, {names[1]}. Next: open {names[0]};" in capsys.readouterr().out
    of_png, of_bmp = (np.asarray(Image.open(name)) for name in names)
    np.testing.assert_array_equal(of_png, of_bmp)
    (tmp_path / names[0]).unlink()
    with pytest.raises(UserError, match=f"out: {names[1]} is there; give --overwrite"):
        drawing.draw(settings)
    assert [path.name for path in tmp_path.iterdir()] == [names[1]]
    assert drawing.draw(replaced(settings, {"out": "one.bmp"})) == [Path("one.bmp")]
    assert {path.name for path in tmp_path.iterdir()} == {names[1], "one.bmp"}


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"model": "cgan_mnits"}, "model: the zoo has no 'cgan_mnits'"),
        ({"labels": "10"}, "labels: expected numbers from 0 to 9, as 3,1,4; got 10"),
        ({"labels": "seven"}, "labels: expected numbers from 0 to 9, as 3,1,4; got seven"),
        ({"out": "there.png"}, "out: .*there.png is there; give --overwrite"),
        ({"out": "x.unknown"}, "out: .*x.unknown can't be written: unknown file extension"),
        ({"out": "nowhere/x.png"}, "out: .*x.png can't be written: No such file"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_line(finished, tmp_path, settings, match, monkeypatch):
    _, shipped, _ = finished
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.png").write_text("mine")
    with pytest.raises(UserError, match=match):
        drawing.draw(sample.Settings(**{"model": str(shipped), **settings}))
    assert [path.name for path in tmp_path.iterdir()] == ["there.png"]


def test_a_likelihood_is_of_vaes(finished):
    _, shipped, _ = finished
    with pytest.raises(UserError, match="likelihood: expected the artefact to be a VAE"):
        evaluate.main(evaluate.Settings(artefact=str(shipped), likelihood=True))


def test_the_likelihood_of_a_vae_is_that_of_its_card(tmp_path, capsys):
    out, shipped = tmp_path / "run", tmp_path / "vae"
    quick = {"iw_images": 50, "iw_samples": 10, "out_dir": str(out), **DIGITS}
    run("vae_mnist", decoder="dense", ship_to=str(shipped), **quick)
    assert not (out / "model.keras").exists()  # in place of the report on the run
    (file,) = shipped.glob("*.keras")
    metrics = metrics_of(shipped)
    assert metrics["about"]["metric"] == "nll_iw10"
    assert metrics["about"]["unit"] == "nats per image"
    assert metrics["about"]["floor"] is None
    command = (
        f"--artefact={file.stem} --dataset=mnist-5000 --quality_images=100 --likelihood --iw_images=50 --iw_samples=10"
    )
    assert command in (shipped / "card.md").read_text()
    evaluate.main(
        evaluate.Settings(
            artefact=str(shipped),
            quality=Quality(quality_images=100),
            likelihood=True,
            amount=evaluate.LikelihoodSettings(iw_images=50, iw_samples=10),
        )
    )
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("nll_iw10 ")]
    assert float(line.split()[1]) == pytest.approx(metrics["likelihood"][file.name]["nll_iw10"], abs=2e-4)
