"""Samples of music as files: a picture, notes and sound, of one and the same samples."""

import os
import shutil
import wave

import keras
import numpy as np
import pytest

import zoo
from recipes import UserError, sample
from recipes.harness.run_directory import RunDirectory
from recipes.report import drawing, shows
from recipes.report.trained import Sheet
from recipes.settings.field import replaced
from zoo.domains import Music

DOMAIN = Music(lowest=60, highest=72)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    keras.utils.set_random_seed(0)
    notes = keras.Input([32], dtype="int32", name="notes")
    hidden = keras.layers.Flatten()(keras.layers.Embedding(80, 2)(notes + 2))
    latents = keras.Input([2])
    likelihood = zoo.likelihoods.Categorical(DOMAIN.values)
    shape = likelihood.parameters_shape(DOMAIN.shape)
    logits = keras.layers.Reshape(shape)(keras.layers.Dense(int(np.prod(shape)))(latents))
    model = zoo.VAE(
        keras.Model(notes, keras.layers.Dense(4)(hidden)),
        keras.Model(latents, logits),
        likelihood=likelihood,
        domain=DOMAIN,
    )
    model.sample(1)
    path = tmp_path_factory.mktemp("models") / "tunes.keras"
    model.save(path)
    return path


def test_a_picture_notes_and_sound_are_left(file, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    settings = sample.Settings(model=str(file), num_samples=3, seed=4)
    sample.main(settings)
    names = [f"tunes_seed4{suffix}" for suffix in (".png", ".mid", ".wav")]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    assert f"Made {', '.join(names)}. Next: open {names[0]};" in capsys.readouterr().out
    first = zoo.load(file).sample(1, seed=4)[0]
    # Silence at the beginning is a rest, whether a model says so or holds what was not there.
    expected = np.where((np.arange(32) == 0) & (first == -2), -1, first)
    np.testing.assert_array_equal(DOMAIN.read("tunes_seed4.mid")[expected >= 0], expected[expected >= 0])
    with pytest.raises(UserError, match=r"out: tunes_seed4.png is there; give --overwrite"):
        drawing.draw(settings)


def test_one_kind_is_written_where_its_suffix_is_given(file, tmp_path):
    out = tmp_path / "x.mid"
    assert drawing.draw(sample.Settings(model=str(file), num_samples=2, out=str(out))) == [out]
    assert [path.name for path in tmp_path.iterdir()] == ["x.mid"]
    with pytest.raises(UserError, match=r"out: .*x.jpg can't be written: path: expected a file of \.png, \.mid"):
        drawing.draw(sample.Settings(model=str(file), num_samples=2, out=str(tmp_path / "x.jpg")))
    assert [path.name for path in tmp_path.iterdir()] == ["x.mid"]


def test_a_report_leaves_all_kinds_and_a_training_pictures(tmp_path):
    run = RunDirectory(tmp_path / "run", {})
    windows = np.full([2, 32], 60)
    made = shows.write(run, DOMAIN, Sheet("samples", windows, 2), DOMAIN.suffixes)
    assert made == ["samples.png", "samples.mid", "samples.wav"]
    shows.after_epochs(run, DOMAIN, lambda _: windows)(None, 3)
    files = {str(path.relative_to(run.path)) for path in run.path.rglob("*") if path.is_file()}
    assert files == {*made, "progress/epoch_0003.png", "run_files.txt"}


def test_a_soundfont_that_nothing_plays_is_refused(file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = sample.Settings(model=str(file), num_samples=1, soundfont="none.sf2")
    with pytest.raises(UserError, match=r"soundfont: expected music into a \.wav file, which it is played with"):
        drawing.draw(replaced(settings, {"out": "x.mid"}))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="soundfont: expected the program fluidsynth to play it; it is not installed"):
        drawing.draw(settings)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(shutil.which("fluidsynth") is None, reason="plays with a program that is not installed")
def test_a_soundfont_is_played_and_a_broken_one_refused(file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = sample.Settings(model=str(file), num_samples=1)
    for name, content in (("none.sf2", None), ("bad.sf2", "bad")):
        if content:
            (tmp_path / name).write_text(content)
        with pytest.raises(UserError, match=rf"^soundfont: .*{name}"):
            drawing.draw(replaced(settings, {"soundfont": name}))
        assert [path.name for path in tmp_path.iterdir()] == ([name] if content else [])
    if "SOUNDFONT" in os.environ:
        drawing.draw(replaced(settings, {"soundfont": os.environ["SOUNDFONT"], "out": "x.wav"}))
        with wave.open("x.wav") as played:
            assert played.getframerate() == 22_050
            assert np.frombuffer(played.readframes(played.getnframes()), "<i2").any()
