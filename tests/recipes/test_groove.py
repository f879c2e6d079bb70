"""The Groove MIDI Dataset as TFDS has it, made up and prepared by TFDS's builder for it."""

import numpy as np
import pytest
import tensorflow_datasets as tfds
from made_groove import NAME, example, played, prepare

import zoo.cache
from recipes import UserError
from recipes.data import groove, tfds_source
from recipes.settings import DrumData
from zoo.domains import Drums


def load(place):
    return groove.load(DrumData(data_dir=str(place)))


def first(data):
    return next(data.train.as_numpy_iterator())


def test_tfds_reads_what_was_made(tmp_path):
    strokes = [(0, 36, 100), (4.25, 38, 64)]
    place = prepare(tmp_path, train=[example(strokes, bpm=95)], test=[example(strokes)])
    (read,) = tfds.as_numpy(tfds.load(NAME, split="train", data_dir=place))
    assert read.keys() == {"id", "drummer", "type", "bpm", "time_signature", "style", "midi"}
    assert read["bpm"] == 95
    assert read["midi"].startswith(b"MThd")


def test_beats_by_hand(tmp_path):
    train = [example([(0, 36, 127), (4.25, 38, 64), (7.8, 22, 10), (31.6, 36, 90)], bpm=95)]
    test = [example([(8, 51, 32)], bpm=140), example([(2, 51, 32)], bpm=80)]
    found = load(prepare(tmp_path, train=train, test=test))
    expected = np.zeros([32, 27], np.float32)
    expected[0, [0, 9]] = 1, 1
    expected[4, [1, 10, 19]] = 1, 64 / 127, 0.25
    expected[8, [2, 11, 20]] = 1, 10 / 127, -0.2
    np.testing.assert_allclose(first(found.data), expected, atol=1e-3)  # the last one is nearest to the next bar
    assert (found.data.train_size, found.data.held_out.shape) == (1, (2, 32, 27))
    steps = [int(np.argwhere(beat[:, 8])[0, 0]) for beat in found.data.test]
    assert {step: int(tempo) for step, tempo in zip(steps, found.tempos)} == {8: 140, 2: 80}
    assert isinstance(found.data.domain, Drums)
    assert found.data.domain.about()["licence"] == "CC BY 4.0"


def test_time_goes_by_the_metronome_and_not_by_what_the_file_says(tmp_path):
    told = example([(8, 36, 100)], bpm=120)
    told["bpm"] = 60  # the windows of such a recording are twice as long
    found = load(prepare(tmp_path, train=[told], test=[told]))
    assert np.argwhere(first(found.data)[:, 0]).tolist() == [[4]]


def test_what_is_left_out_is_said(tmp_path, capsys):
    strokes = [(0, 36, 100)]
    train = [example(strokes), example(strokes, metre="6-8"), example([]), example([(0, 56, 100)])]
    found = load(prepare(tmp_path, train=train, test=[example(strokes)]))
    assert found.data.train_size == 1
    said = capsys.readouterr().out
    assert "1 of 4 windows of 'train' are beats" in said
    assert "1 not in 4/4" in said
    assert "2 without a hit" in said
    assert "1 of 1 windows of 'test' are beats." in said


def test_what_was_read_once_is_kept_and_other_data_are_not_taken_for_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(zoo.cache.CACHE, str(tmp_path / "cache"))
    place = prepare(tmp_path / "a", train=[example([(0, 36, 100)])], test=[example([(0, 36, 90)]), example([])])
    capsys.readouterr()
    before, said = load(place), capsys.readouterr().out
    assert len(list((tmp_path / "cache" / "groove").iterdir())) == 2
    monkeypatch.setattr(groove, "_read", None)
    again = load(place)
    assert capsys.readouterr().out == said
    np.testing.assert_array_equal(first(again.data), first(before.data))
    np.testing.assert_array_equal(again.tempos, before.tempos)
    assert again.data.fingerprint == before.data.fingerprint
    monkeypatch.undo()
    monkeypatch.setenv(zoo.cache.CACHE, str(tmp_path / "cache"))
    for file in (tmp_path / "cache" / "groove").iterdir():
        file.write_bytes(file.read_bytes()[:100])
    np.testing.assert_array_equal(first(load(place).data), first(before.data))
    # As many windows of as many bytes, at the same place.
    (tmp_path / "a").rename(tmp_path / "b")
    other = prepare(tmp_path / "a", train=[example([(0, 36, 50)])], test=[example([(0, 36, 90)]), example([])])
    assert first(load(other).data)[0, 9] == pytest.approx(50 / 127)


def refused(message, call, *arguments):
    with pytest.raises(UserError, match=f"^{message}") as error:
        call(*arguments)
    assert "\n" not in str(error.value)


def test_what_is_missing_is_named(tmp_path, monkeypatch):
    refused(f"data_dir: .* holds no prepared '{NAME}'; expected ", load, tmp_path)
    strokes = [(0, 36, 100)]
    refused(
        f"data_dir: expected splits 'train' and 'test' of '{NAME}'; .* lacks 'test'",
        load,
        prepare(tmp_path / "a", train=[example(strokes)]),
    )
    refused(
        "data_dir: expected beats in 4-4 in split 'test' of .*; got none",
        load,
        prepare(tmp_path / "b", train=[example(strokes)], test=[example(strokes, metre="3-4")]),
    )
    broken = example(strokes)
    broken["midi"] = broken["midi"][:30]
    refused(
        "data: a record of .*groove.* is truncated or corrupted",
        load,
        prepare(tmp_path / "c", train=[broken], test=[example(strokes)]),
    )


def test_without_a_network_or_the_package_that_cuts_the_windows(tmp_path, monkeypatch):
    monkeypatch.setattr("tensorflow_datasets.core.constants.DATA_DIR", str(tmp_path), raising=False)
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(groove.importlib.util, "find_spec", lambda name: None)
    refused(f"data_dir: TFDS prepares '{NAME}' with a package that is not there: pip install", groove.load, DrumData())
    monkeypatch.setattr(groove.importlib.util, "find_spec", lambda name: name)
    monkeypatch.setattr(tfds_source, "source_answers", lambda builder: False)
    refused(f"data_dir: expected a folder with '{NAME}', as its source can't be reached", groove.load, DrumData())


def test_the_pattern_that_recipes_are_tried_on_has_a_groove():
    late = [onset - round(onset) for onset, note, _ in played(np.random.default_rng(0)) if note == 38]
    assert np.mean(late) == pytest.approx(0.25, abs=0.05)
