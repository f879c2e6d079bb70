"""The recipe for drums, on beats made up in the format of the Groove MIDI Dataset."""

import json

import keras
import numpy as np
import pytest
from conftest import card_row
from made_groove import example, played, prepare

import zoo
from recipes import UserError, vae_drums
from recipes.data import groove
from recipes.families import beats as family
from recipes.settings import DrumData, DrumSettings, LikelihoodSettings, Machine, Run, Training
from zoo.domains import Drums


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    rng = np.random.default_rng(0)
    made = {
        split: [example(played(rng), bpm) for bpm in [100, 140] * count]
        for split, count in (("train", 60), ("test", 10))
    }
    return prepare(tmp_path_factory.mktemp("tfds"), **made)


def settings(place, out, task="humanize", steps=2, **training):
    return vae_drums.Settings(
        data=DrumData(data_dir=place),
        training=Training(epochs=1, batch_size=20, steps=steps, learning_rate=3e-3, **training),
        machine=Machine(strategy="one_device"),
        run=Run(out_dir=out),
        vae=DrumSettings(task=task, latent_dim=4, width=32),
        likelihood=LikelihoodSettings(iw_samples=2),
    )


@pytest.fixture(scope="module")
def finished(place, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "drums"
    vae_drums.main(settings(place, out))
    return out


def test_it_makes_what_it_says(finished):
    for name in ("samples", "reconstructions", "interpolations", "humanized"):
        for suffix in (".png", ".mid", ".wav"):
            assert (finished / f"{name}{suffix}").stat().st_size > 100
    for name in (
        "learning_curve.png",
        "model.keras",
        "saved_model/saved_model.pb",
        "model.tflite",
        "model_int8.tflite",
    ):
        assert (finished / name).is_file()
    assert Drums().read(finished / "humanized.mid").shape == (32, 27)


def test_metrics_and_card_say_how_it_plays(finished):
    metrics, card = json.loads((finished / "metrics.json").read_text()), (finished / "card.md").read_text()
    playing = metrics["playing"]
    assert playing["model.keras"].keys() == {
        "hits_f1",
        "hits_right",
        "whole_beats",
        "velocity_error",
        "timing_error_ms",
    }
    assert playing["floor"].keys() == {"velocity_error", "timing_error_ms"}
    assert float(card_row(card, "`hits_f1`")[1]) == pytest.approx(playing["model.keras"]["hits_f1"], rel=1e-3)
    floor, own = map(float, card_row(card, "`timing_error_ms`"))
    assert floor == pytest.approx(playing["floor"]["timing_error_ms"], rel=1e-3)
    assert own == pytest.approx(playing["model.keras"]["timing_error_ms"], rel=1e-3)
    protocol = metrics["protocol"]
    assert (protocol["train_beats"], protocol["held_out_beats"], protocol["unit"]) == (120, 20, "nats per beat")
    assert np.isfinite(metrics["likelihood"]["model.keras"]["nll_iw2"])
    assert {check["signature"] for check in metrics["export"]} >= {"sample", "encode", "decode", "reconstruct"}


def test_a_file_says_what_its_encoder_sees(finished):
    model = keras.models.load_model(finished / "model.keras")
    assert model.datum.name == "drums"
    assert model.domain.about()["data"] == groove.NAME
    score = np.zeros([1, 32, 27], np.float32)
    score[0, ::4, 0] = 1
    loud = score.copy()
    loud[0, ::4, 9] = 1
    np.testing.assert_array_equal(model.encode(score)[0], model.encode(loud)[0])


def test_to_humanize_changes_velocities_and_times_and_not_the_hits(place, tmp_path):
    """What the made-up drummer does with a score is learned: loud on the beat, late on the snare."""
    data, tempos = groove.load(DrumData(data_dir=place))
    keras.utils.set_random_seed(0)
    model = vae_drums.build_model(data.domain, settings(place, tmp_path))
    model.compile(keras.optimizers.Adam(3e-3))
    train = np.stack(list(data.train.as_numpy_iterator()))
    model.fit(train, batch_size=30, epochs=150, verbose=0)
    score = zoo.measures.beats.on_the_grid(data.held_out, 0.0)
    assert not score[..., 9:].any()
    human = model.reconstruct(score).numpy()
    kick_and_snare = human[..., :2]
    np.testing.assert_array_equal(kick_and_snare, score[..., :2])
    assert np.mean(human[:, 4, 19]) == pytest.approx(0.25, abs=0.05)  # the snare's offset
    assert np.mean(human[:, 0, 18]) == pytest.approx(0.05, abs=0.05)  # the kick's
    assert np.mean(human[:, 0, 9]) - np.mean(human[:, 22, 9]) == pytest.approx(50 / 127, abs=0.1)
    np.testing.assert_array_equal(human, model.reconstruct(data.held_out))
    playing = zoo.measures.beats.compare(data.held_out, human, tempos)
    floor = zoo.measures.beats.compare(data.held_out, zoo.measures.beats.on_the_grid(data.held_out, 0.6), tempos)
    assert playing.hits_f1 > 0.85
    assert playing.timing_error < 0.5 * floor.timing_error
    assert playing.velocity_error < 0.5 * floor.velocity_error


def test_to_groove_the_encoder_sees_all(place, tmp_path):
    data = groove.load(DrumData(data_dir=place)).data
    model = vae_drums.build_model(data.domain, settings(place, tmp_path, task="groove"))
    score = zoo.measures.beats.on_the_grid(data.held_out, 0.0)
    assert np.abs(model.encode(score)[0] - model.encode(data.held_out)[0]).max() > 1e-3


def test_data_of_another_form_are_refused(place, tmp_path):
    model = vae_drums.build_model(Drums(), settings(place, tmp_path))
    with pytest.raises(ValueError, match=r"drums: expected shape \[n, 32, 27\]; got "):
        model.reconstruct(np.zeros([1, 16, 27], np.float32))
    with pytest.raises(ValueError, match="drums: expected numbers from -0.5 to 1; got "):
        model.reconstruct(np.full([1, 32, 27], 64, np.float32))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"task": "swing"}, "task: expected one of humanize, groove; got 'swing'"),
        ({"latent_dim": 5}, "latent_dim: --prior=flow needs an even --latent_dim; got 5"),
        ({"width": 0}, "width: expected at least 1; got 0"),
    ],
)
def test_bad_settings(wrong, message):
    with pytest.raises(UserError, match=f"^{message}"):
        DrumSettings(**wrong)


def test_data_that_are_not_there_leave_no_run(tmp_path):
    with pytest.raises(UserError, match="^data_dir: .* holds no prepared 'groove/2bar-midionly'"):
        vae_drums.main(settings(str(tmp_path), tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_what_was_not_hit_has_no_error():
    assert family._metrics(zoo.measures.beats.Playing(0.0, 1.0, 0.0, float("nan"), 3.0))["velocity_error"] is None
    assert family._text(None) == "not known"
