"""Music to train on: counts of a small corpus by hand, a split that no key gets around, and what is refused."""

import importlib.util
import shutil
from pathlib import Path

import numpy as np
import pytest

from recipes import UserError
from recipes.data import bach, music, music21_corpus, variants
from recipes.settings import MusicData
from zoo.domains import abc, midi
from zoo.domains.windows import as_score, windows

QUARTERS = "M:4/4\nL:1/4\nK:C"
MUSIC21 = Path(next(iter(importlib.util.find_spec("music21").submodule_search_locations)), "corpus")


def write_abc(path, *tunes):
    """An ABC file of tunes (title, header, body)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = [f"X:{x}\nT:{title}\n{header}\n{body}\n" for x, (title, header, body) in enumerate(tunes, 1)]
    path.write_text("\n".join(texts), encoding="utf-8")


def load(folder, voices=1, transpose=0):
    return music.load(MusicData(dataset=None, midi_dir=str(folder), transpose=transpose), voices)


def rows(data):
    """What is trained on, int32 [n, ...]."""
    return np.stack(list(data.train.as_numpy_iterator()))


def refusal(*args, **settings):
    with pytest.raises(UserError) as error:
        load(*args, **settings)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.fixture
def corpus(tmp_path):
    """A folder with four tunes that can be used: five windows, all different."""
    write_abc(
        tmp_path / "tunes.abc",
        ("Three bars", QUARTERS, "CDEF|GABc|cBAG|"),  # 2 windows
        ("Waltz", "M:3/4\nL:1/4\nK:C", "CDE|FGA|Bcd|"),  # 2 pairs in another metre
        ("Upbeat", QUARTERS, "G|EEDD|C2E2|G3|"),  # 1 window, and 2 pairs with an incomplete bar
        ("Triplet", QUARTERS, "(3CDE F D|EEEE|FFFF|"),  # 1 window, and 1 pair that the triplet is in
        ("Chords", QUARTERS, "[CE]4|[DF]4|"),
        ("Long", QUARTERS, "C4|E4|"),
        ("Deep", QUARTERS, "C,,4|C,,2E,,2|C,,D,,C,,D,,|"),  # 2 pairs out of the range; the first has few notes, too
    )
    (tmp_path / "below").mkdir()
    midi.write(tmp_path / "below" / "Own.mid", as_score(np.repeat(np.int32([[60, -2], [67, -2]]), 8, 0).ravel(), "Own"))
    (tmp_path / "notes.txt").write_text("No music.")
    write_abc(tmp_path / ".hidden" / "tune.abc", ("Hidden", QUARTERS, "CCCC|CCCC|"))
    return tmp_path


def test_a_small_corpus_by_hand(corpus, capsys):
    data = load(corpus)
    assert data.train_size + len(data.test) == 5
    assert len(rows(data)) == data.train_size
    assert len(data.test) in (1, 2)
    assert data.test.dtype == rows(data).dtype == np.int32
    assert data.domain.shape == data.test.shape[1:] == (32,)
    assert (data.name, data.domain.is_folder) == (corpus.name, True)
    assert data.read_condition is None
    assert capsys.readouterr().out == data.kept + "\n"
    assert f"{corpus.name}: 2 files, 8 tunes, 4 of them with 5 windows of two bars." in data.kept
    # A pair is counted once.
    reasons = {"metre": 2, "incomplete bar": 2, "range": 2, "grid": 1, "polyphonic": 1, "too few notes": 1}
    (line,) = (line for line in data.kept.splitlines() if line.startswith("Not used:"))
    assert line.startswith("Not used: 9 pairs of bars, by reason: ")
    assert all(f" {reason} {count}" in line for reason, count in reasons.items())


def test_the_same_music_is_the_same_data(corpus, tmp_path):
    first, again = load(corpus), load(corpus)
    assert first.fingerprint == again.fingerprint
    np.testing.assert_array_equal(first.test, again.test)
    np.testing.assert_array_equal(rows(first), rows(again))
    write_abc(corpus / "another.abc", ("Another", QUARTERS, "cccc|dddd|"))
    assert load(corpus).fingerprint != first.fingerprint


def test_held_out_windows_are_in_keys_of_their_own_and_in_the_range():
    rows = np.full([500, 32], -2, np.int32)
    rows[:, 0], rows[:, 4], rows[-1, 0] = 60, 64, 43
    moved = music._in_one_key_each(rows, 5, 43, 93)
    shifts = moved[:, 0] - rows[:, 0]
    assert set(shifts[:-1]) == set(range(-5, 6))
    assert shifts[-1] >= 0
    np.testing.assert_array_equal(moved[:, 4] - rows[:, 4], shifts)
    assert (moved[:, 1] == -2).all()
    np.testing.assert_array_equal(music._in_one_key_each(rows, 0, 43, 93), rows)


def test_all_keys(tmp_path):
    write_abc(tmp_path / "a.abc", ("A", QUARTERS, "CDEF|GGGG|"), ("B", QUARTERS, "CCCC|CCCC|"))
    as_written = load(tmp_path)
    in_keys = load(tmp_path, transpose=2)
    assert (as_written.train_size, in_keys.train_size) == (1, 5)
    (held_out,), notes = in_keys.test, as_written.test[0] >= 0
    (shift,) = set(held_out[notes] - as_written.test[0][notes])  # held out in one key
    assert -2 <= shift <= 2
    np.testing.assert_array_equal(held_out[~notes], as_written.test[0][~notes])
    window = rows(as_written)[0]
    expected = [np.where(window >= 0, window + shift, window) for shift in (-2, -1, 0, 1, 2)]
    np.testing.assert_array_equal(rows(in_keys), expected)


def test_copies_that_leave_the_range_are_left_out(tmp_path):
    # From 43 to 92, so that of five semitones upwards one is left, of five downwards none; and from 44 to 93.
    write_abc(tmp_path / "a.abc", ("A", QUARTERS, "G,,^g'G,,^g'|G,,4|"), ("B", QUARTERS, "^G,,a'^G,,a'|a'4|"))
    data = load(tmp_path, transpose=5)
    assert (data.domain.lowest, data.domain.highest) == (43, 93)
    assert data.train_size == 2
    assert (rows(data) == 43).sum() in (3, 2)
    assert (rows(data).max(axis=1) == [92, 93]).all()


def test_variants_alone_are_refused(tmp_path):
    write_abc(tmp_path / "a.abc", ("A", QUARTERS, "CDEF|GABc|"), ("B", QUARTERS, "DE^FG|AB^cd|"))
    assert refusal(tmp_path) == (
        f"midi_dir: {tmp_path}: expected tunes of which some can be held out; the 2 that can be used are "
        "variants of one."
    )


def test_a_window_is_kept_once(tmp_path):
    write_abc(
        tmp_path / "a.abc",
        ("A", QUARTERS, "CDEF|GABc|CDEF|GABc|"),  # two different windows, one of them twice
        ("B", QUARTERS, "CCCC|DDDD|"),
    )
    data = load(tmp_path)
    assert data.train_size + len(data.test) == 3


def test_a_tune_and_its_variants_are_on_one_side():
    def tune(*pitches):
        return np.int32([[pitch, -2, -1, -2] for pitch in pitches])

    scale, other = tune(60, 62, 64), tune(70, 75)
    cases = [
        # Alone; in another key with another title; the same title but for a number; the same title elsewhere.
        ([scale], [("a", "One")]),
        ([scale, scale + (scale >= 0) * 5], [("a", "One"), ("a", "Two")]),
        ([scale, other], [("a", "One 1"), ("a", "One, 2")]),
    ]
    # `without_key` of rows of one pitch each is the same, so that these are variants, too.
    assert not variants.held_out(*cases[0]).any()
    for windows_of, names in cases[1:]:
        assert not variants.held_out(windows_of, names).any()


def test_families_are_held_out_as_a_whole():
    random = np.random.default_rng(0)
    tunes, names = [], []
    for family in range(300):
        first = random.integers(60, 72, [3, 32])
        # A variant in another key with one window in common, and one of the same title with none.
        tunes += [first, np.concatenate([first[1:2] + 4, random.integers(60, 72, [2, 32])])]
        names += [("a", f"{family} {chr(97 + family % 26)}{chr(97 + family // 26)}x"), ("b", "")]
        tunes.append(random.integers(60, 72, [2, 32]))
        names.append(("a", f"{chr(97 + family % 26)}{chr(97 + family // 26)}X ({family})"))
    held_out = variants.held_out(tunes, names)
    assert (held_out.reshape(300, 3).all(1) == held_out.reshape(300, 3).any(1)).all()
    assert 15 <= held_out.reshape(300, 3).all(1).sum() <= 45
    here = {variants.without_key(window) for tune, out in zip(tunes, held_out, strict=True) if out for window in tune}
    there = {
        variants.without_key(window) for tune, out in zip(tunes, held_out, strict=True) if not out for window in tune
    }
    assert not here & there
    # What else is in the data makes no difference.
    np.testing.assert_array_equal(variants.held_out(tunes[:600], names[:600]), held_out[:600])


def test_windows_without_their_key():
    window = np.int32([[60, 48], [-2, -1], [64, -2]])
    other = np.int32([[63, 51], [-2, -1], [67, -2]])
    assert variants.without_key(window) == variants.without_key(other)
    assert variants.without_key(window) != variants.without_key(np.int32([[63, 52], [-2, -1], [67, -2]]))
    assert variants.without_key(np.int32([60, -2])) != variants.without_key(np.int32([60, -1]))


@pytest.mark.parametrize(
    ("title", "plain"),
    [("The White Cockade.", "white cockade"), ("CUCA 2", "cuca"), ("Jerry Daly's", "jerry dalys"), ("bwv244.15", "")],
)
def test_plain_titles(title, plain):
    assert variants.plain_title(title) == plain


def test_what_is_damaged_is_named(corpus):
    (corpus / "bad.mid").write_bytes(b"MThd\0\0")
    write_abc(corpus / "bad.abc", ("Bad", QUARTERS, "CDEF 4|"))
    kept = load(corpus).kept
    assert "2 can't be read:" in kept
    assert f"  {corpus / 'bad.abc'}: tune X:1, line 6: expected notes; got '4|'." in kept
    assert str(corpus / "bad.mid") in kept


def test_folders_that_are_refused(tmp_path):
    assert refusal(tmp_path / "none") == f"midi_dir: {tmp_path / 'none'} is not a folder."
    assert refusal(tmp_path) == (f"midi_dir: expected MIDI or ABC files (.mid, .midi, .abc) in {tmp_path}; found none.")
    write_abc(tmp_path / "a.abc", ("Waltz", "M:3/4\nL:1/4\nK:C", "CDE|FGA|"), ("Chord", QUARTERS, "[CE]4|[DF]4|"))
    (tmp_path / "b.mid").write_bytes(b"no")
    message = refusal(tmp_path)
    assert message.startswith(
        f"midi_dir: {tmp_path}: expected at least 2 pieces with two neighbouring bars of 4/4 in 1 voice on a grid of "
        "sixteenths; found 0. 2 pairs of bars, by reason: "
    )
    assert " metre 1" in message
    assert " polyphonic 1" in message
    assert f"1 damaged, the first: path: expected a MIDI file; {tmp_path / 'b.mid'} can't be read" in message


def test_four_voices_of_a_folder(tmp_path):
    random = np.random.default_rng(0)
    for name in "abc":
        notes = np.full([32, 4], -2)
        notes[::4] = random.integers(0, 8, [8, 4]) + [64, 58, 52, 44]
        midi.write(tmp_path / f"{name}.mid", as_score(notes, name))
    data = load(tmp_path, 4)
    assert data.test.shape == (1, 32, 4)
    assert (rows(data)[:, 0, 0] > rows(data)[:, 0, 3]).all()
    assert "voices 3" in refusal(tmp_path, 1)


@pytest.fixture
def small_music21(tmp_path, monkeypatch):
    """In place of music21's corpus a copy of a few of its files, and a cache of its own."""
    few = {
        "bach": ["bwv1.6.mxl", "bwv66.6.mxl", "bwv269.mxl"],
        "airdsAirs": ["book1.abc"],
        "oneills1850": ["0001-0050.abc"],
        "ryansMammoth": ["42dHighlandRegimentStrathspey.abc", "AcrobatsHornpipe.abc", "AlhambraReel.abc"],
        "miscFolk": ["americanfifeopus.abc"],
    }
    for folder, names in few.items():
        (tmp_path / "corpus" / folder).mkdir(parents=True)
        for name in names:
            shutil.copy(MUSIC21 / folder / name, tmp_path / "corpus" / folder)
    monkeypatch.setattr(music21_corpus, "_music21", lambda: (tmp_path / "corpus", "10.0"))
    monkeypatch.setenv("ZOO_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path


def test_collections_of_music21(small_music21):
    folk = music.load(MusicData(dataset="folk", transpose=0))
    labels = folk.read_condition()
    assert labels.class_names == tuple(music21_corpus.COLLECTIONS[name].name for name in music.COLLECTIONS["folk"])
    assert (len(labels.train), len(labels.test)) == (folk.train_size, len(folk.test))
    assert set(labels.train) == {0, 1, 2, 3}
    assert "Essen" not in folk.domain.about()["licence"]
    assert "Bach's chorales: music in the public domain, encoded by volunteers." in folk.kept
    here = {variants.without_key(window) for window in folk.test}
    assert here
    assert not here & {variants.without_key(window) for window in rows(folk)}
    chorales = music.load(MusicData(dataset="bach", transpose=0), 4)
    sopranos = music.load(MusicData(dataset="bach", transpose=0), 1)
    assert chorales.domain.shape == (32, 4)
    both = np.concatenate([rows(chorales), chorales.test])
    assert {tuple(window) for window in np.concatenate([rows(sopranos), sopranos.test])} <= {
        tuple(window) for window in both[..., 0]
    }


def test_bach_as_he_is_printed():
    piece = bach.read(str(MUSIC21 / "bach" / "bwv66.6.mxl"))
    # In f sharp minor, an upbeat of two eighths in the soprano: c sharp, b, then a b c sharp e.
    assert [(int(on), int(long), pitch) for on, long, pitch in piece["voices"][0][:6]] == [
        (0, 2, 73),
        (2, 2, 71),
        (4, 4, 69),
        (8, 4, 71),
        (12, 4, 73),
        (16, 4, 76),
    ]
    assert len(piece["voices"]) == 4
    assert piece["bars"][:3] == [(0, 4, 4), (4, 4, 4), (20, 4, 4)]
    assert piece["title"] == "bwv66.6"
    assert "no_such" in bach.read("no_such.mxl")


def test_the_cache(small_music21):
    first = music21_corpus.read("bach")
    (kept,) = (small_music21 / "cache" / "music21").iterdir()
    assert kept.name == "bach-10.0-1.npz"
    written = kept.stat().st_mtime_ns
    assert music21_corpus.read("bach") == first
    assert kept.stat().st_mtime_ns == written
    kept.write_bytes(kept.read_bytes()[:1_000])  # damaged: it is read and kept again
    assert music21_corpus.read("bach") == first
    assert [file.name for file in kept.parent.iterdir()] == [kept.name]
    assert music21_corpus.read("bach") == first


def test_what_is_damaged_in_a_collection_is_named_and_kept(small_music21):
    for _ in range(2):
        pieces = music21_corpus.read("miscFolk")
        assert pieces.files == 1
        assert "miscFolk/americanfifeopus.abc: tune X:131, line 745: expected notes; got" in " ".join(pieces.damaged)


def test_real_tunes_of_music21():
    scores, damaged = abc.read_what_is_sound(MUSIC21 / "miscFolk" / "northumbrianminstrelsyopus.abc")
    assert (len(scores), damaged) == (129, [])
    assert scores[0].title == "Chevy Chase 1"
    kept = sum(len(windows(score)[0]) for score in scores)
    assert kept > 100


def test_without_music21(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError) as error:
        music.load(MusicData(dataset="folk"))
    assert str(error.value) == (
        "dataset: this music is read from the package music21, which is not installed; expected: "
        "pip install 'generative-model-zoo[music]'."
    )


def test_without_its_corpus(small_music21):
    shutil.rmtree(small_music21 / "corpus" / "bach")
    with pytest.raises(UserError, match="music21 10.0 has no files of bach; install it whole, with its corpus"):
        music.load(MusicData(dataset="bach"))


def test_a_cache_that_can_not_be_written(small_music21):
    (small_music21 / "cache").write_text("a file")
    with pytest.raises(UserError, match=r"^ZOO_CACHE_DIR: can't keep what was read in .*cache/music21: "):
        music21_corpus.read("ryansMammoth")


def test_settings_that_are_refused():
    for settings, voices, complaint in [
        ({"dataset": None}, 1, "dataset: expected the name of a data set, or a midi_dir; got neither."),
        ({"dataset": "folk"}, 4, "dataset: expected bach, which has music of 4 voices; got 'folk'."),
    ]:
        with pytest.raises(UserError) as error:
            music.load(MusicData(**settings), voices)
        assert str(error.value) == complaint
    with pytest.raises(UserError, match=r"^dataset: expected one of folk, folk_all, bach; got 'jazz'\.$"):
        music.load(MusicData(dataset="jazz"))
    with pytest.raises(UserError, match=r"^transpose: expected at most 11; got 12\.$"):
        MusicData(dataset="folk", transpose=12)
