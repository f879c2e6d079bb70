"""How much a trained model is measured with, by the time that its training took."""

import csv
import json
import re
import shlex
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import run_python

from recipes import vae_mnist
from recipes.data.data_set import some_of
from recipes.families import vae as vae_family
from recipes.families.likelihood import images_and_latents
from recipes.harness.history import History
from recipes.report import budget
from recipes.settings import Budget, ImageData, LikelihoodSettings, Machine, Quality, Run, Training, VAESettings


@pytest.mark.parametrize(
    ("fits", "most", "count"),
    [
        (0.0, 10_000, 100),
        (199.9, 10_000, 100),
        (200.0, 10_000, 200),
        (999.0, 10_000, 500),
        (1000.0, 10_000, 1000),
        (4999.0, 10_000, 2000),
        (9999.0, 10_000, 5000),
        (1e9, 10_000, 10_000),
        (5999.0, 6000, 5000),
        (6000.0, 6000, 6000),
        (0.0, 30, 30),
        (0.0, 100, 100),
    ],
)
def test_a_budget_comes_to_a_round_count(fits, most, count):
    assert budget.round_count(fits, most, fewest=100) == count


@pytest.mark.parametrize(
    ("fits", "most", "latents", "expected"),
    [
        (10e6, 10_000, 1000, (10_000, 1000)),
        (2.7e6, 10_000, 1000, (2000, 1000)),
        (500e3, 10_000, 1000, (500, 1000)),
        (499e3, 10_000, 1000, (2000, 100)),  # so many that fewer latents are enough of a quick look
        (0.0, 10_000, 1000, (100, 100)),
        (0.0, 10_000, 10, (100, 10)),
        (50e3, 50, 1000, (50, 1000)),
        (49e3, 50, 1000, (50, 100)),
    ],
)
def test_a_budget_comes_to_images_and_latents(fits, most, latents, expected):
    assert images_and_latents(fits, most, latents) == expected


def test_a_rate_is_that_of_work_that_is_compiled():
    time, cost = [0.0], iter([60.0, 2.0])

    def work():
        time[0] += next(cost)

    assert budget.rate_of(work, 500, clock=lambda: time[0]) == 250


def trained(*seconds, measure_all=False):
    """As much of a `Trained` as says how long the epochs took; None for an epoch that doesn't."""
    rows = [{} if one is None else {"seconds": one} for one in seconds]
    return SimpleNamespace(history=History(rows), settings=SimpleNamespace(budget=Budget(measure_all=measure_all)))


def test_a_measure_may_take_a_share_of_the_trainings_time():
    assert budget.seconds_for(trained(10.0, 20.0), 1 / 3) == 10
    assert budget.seconds_for(trained(10.0, 20.0, measure_all=True), 1 / 3) is None
    assert budget.seconds_for(trained(None, 20.0), 1 / 3) is None  # a run of before


def test_which_items_does_not_depend_on_the_run_and_more_are_the_same_and_others():
    few, more = some_of(1000, 100), some_of(1000, 200)
    np.testing.assert_array_equal(few, some_of(1000, 100))
    assert set(few) < set(more)
    assert few.mean() == pytest.approx(500, abs=100)
    np.testing.assert_array_equal(some_of(1000, 1000), np.arange(1000))


def settings_for(out, **groups):
    """A VAE that learns for two steps, whose likelihood is of 500 images with 120 latents each."""
    return vae_mnist.Settings(
        data=ImageData(dataset="mnist-5000"),
        training=Training(epochs=1, batch_size=20, steps=2, learning_rate=1e-3),
        machine=Machine(strategy="one_device"),
        vae=VAESettings(latent_dim=2, encoder="dense", decoder="dense", prior="normal"),
        quality=Quality(quality_images=50),
        **{"run": Run(out_dir=out, resume=True), "likelihood": LikelihoodSettings(iw_samples=120), **groups},
    )


@pytest.fixture(scope="module")
def taking_no_time(tmp_path_factory):
    """A run that was trained, in no time by its history, and not measured yet."""
    out = tmp_path_factory.mktemp("runs") / "vae"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vae_family, "finish", lambda trained, report: None)
        vae_mnist.main(settings_for(out, run=Run(out_dir=out)))
    with open(out / "history.csv", newline="") as file:
        (row,) = csv.DictReader(file)
    with open(out / "history.csv", "w", newline="") as file:
        table = csv.DictWriter(file, row)
        table.writeheader()
        table.writerow({**row, "seconds": 0.0})
    return out


def measured(out):
    """(images, {metric: value}) of the likelihood in metrics.json."""
    metrics = json.loads((out / "metrics.json").read_text())
    return metrics["protocol"]["held_out_images"], metrics["likelihood"]["model.keras"]


def test_a_short_training_is_measured_on_few_and_says_how_to_have_all(taking_no_time, capsys):
    out = taking_no_time
    before = (out / "history.csv").read_bytes()
    vae_mnist.main(settings_for(out))
    said, card = capsys.readouterr().out, (out / "card.md").read_text()
    images, few = measured(out)
    assert (images, few["active_units"] >= 0) == (100, True)
    assert re.search(r"On 100 of 500 held-out images of mnist-5000.*\n  nll_iw100 +\d+\.\d\d \+- \d+\.\d\d ", said)
    (again,) = re.findall(r"^python -m recipes\.vae_mnist (.*--resume.*)$", card, re.M)
    assert {"--iw_images=100", "--iw_samples=100", "--measure_all"} < set(shlex.split(again))
    (command,) = re.findall(r"measure with all +python (.*)", said)
    assert f"`python {command}`" in card

    process = run_python(*shlex.split(command))
    assert process.returncode == 0, process.stderr
    images, all_of_it = measured(out)
    assert (images, "nll_iw120" in all_of_it) == (500, True)
    assert "On 500 held-out images" in process.stdout
    assert "measure with all" not in process.stdout
    assert "Timing" not in process.stdout
    assert (out / "history.csv").read_bytes() == before  # nothing was trained


@pytest.mark.slow
def test_what_the_card_says_measures_the_same_again(taking_no_time, capsys):
    out = taking_no_time
    vae_mnist.main(settings_for(out))
    few = measured(out)
    given = {"budget": Budget(measure_all=True), "likelihood": LikelihoodSettings(iw_samples=100, iw_images=100)}
    vae_mnist.main(settings_for(out, **given))
    assert measured(out) == few
    assert "measure with all" not in capsys.readouterr().out
