import json
import wave

import keras
import mido
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from zoo.domains import Domain, Music
from zoo.domains.score import HOLD, REST

MELODY = np.int32([60, -2, 62, -2, 64, -2, -2, -2, -1, -2, -2, -2, 64, 64, 65, 67] + [72] + [-2] * 15)
# A soprano, an alto, a tenor and a bass, in quarter notes.
CHORALE = np.full([32, 4], HOLD, np.int32)
CHORALE[::4] = [
    [72, 67, 64, 48],
    [74, 67, 65, 43],
    [76, 67, 60, 48],
    [77, 69, 60, 53],
    [79, 71, 62, 43],
    [77, 69, 60, 53],
    [76, 67, 60, 48],
    [-1, 67, -1, 48],
]


def test_what_was_written_as_midi_is_read_again(tmp_path):
    for domain, window in ((Music(1), MELODY), (Music(4), CHORALE)):
        domain.write(tmp_path / "a.mid", np.stack([window, window]), columns=2)
        read = domain.read(tmp_path / "a.mid")
        assert read.dtype == np.int32
        np.testing.assert_array_equal(read, window)


def test_what_was_written_as_abc_is_read_again(tmp_path):
    """Sharps, naturals after them, ties over the bar line, lengths that no single note has, and rests."""
    random = np.random.default_rng(0)
    for domain in (Music(1), Music(3)):
        for _ in range(20):
            window = random.integers(21, 109, [32, domain.voices])
            window[random.random(window.shape) < 0.7] = HOLD
            window[random.random(window.shape) < 0.1] = REST
            window[0] = 61
            window = as_steps(window).reshape(domain.shape)
            domain.write(tmp_path / "a.abc", np.stack([window, window]), columns=1)
            np.testing.assert_array_equal(domain.read(tmp_path / "a.abc"), window)


def as_steps(window):
    """A window [32, voices] without the rests that another rest begins."""
    for column in window.T:
        silent = False
        for step, value in enumerate(column):
            if value == REST and silent:
                column[step] = HOLD
            silent = value == REST or (silent and value == HOLD)
    return window


def test_abc_is_what_a_musician_would_write(tmp_path):
    melody = [61, -2, 60, -2, 73, *[-2] * 4, 72, -2, -2, -1, -2, -2, 42, *[-2] * 3, 96, *[-2] * 12]
    Music().write(tmp_path / "a.abc", np.array([melody]), columns=1)
    header, text = (tmp_path / "a.abc").read_text().split("K:C\n")
    assert header == "%abc-2.1\nX:1\nT:1\nM:4/4\nL:1/16\n"
    assert text == "^C2=C2 ^c4- ^c=c3 z3^F,,-|^F,,3c''- c''12|]\n"


def test_voices_have_names_in_midi(tmp_path):
    for voices, names in ((1, ["melody"]), (4, ["soprano", "alto", "tenor", "bass"]), (2, ["voice 1", "voice 2"])):
        domain = Music(voices)
        domain.write(tmp_path / "a.midi", np.full([1, *domain.shape], 60), columns=1)
        assert [track.name for track in mido.MidiFile(tmp_path / "a.midi").tracks[1:]] == names


def test_files_of_abc_are_read(tmp_path):
    (tmp_path / "a.abc").write_text(
        "X:1\nT:a waltz\nM:3/4\nL:1/4\nK:C\nCDE|FGA|\n\nX:2\nM:4/4\nL:1/8\nK:G\nG4FGAB|d8|\n"
    )
    window = Music().read(tmp_path / "a.abc")
    assert window.tolist() == [67, *[-2] * 7, 66, -2, 67, -2, 69, -2, 71, -2, 74, *[-2] * 15]


def test_what_another_program_writes_is_read(tmp_path):
    music21 = pytest.importorskip("music21")
    piece = music21.converter.parse("tinynotation: 4/4 c4 d8 e8 f2 g16 a16 b-8 c'4 r4 c4")
    piece.write("midi", tmp_path / "a.mid")
    expected = [
        60,
        -2,
        -2,
        -2,
        62,
        -2,
        64,
        -2,
        65,
        *[-2] * 7,
        67,
        69,
        70,
        -2,
        72,
        *[-2] * 3,
        -1,
        *[-2] * 3,
        60,
        *[-2] * 3,
    ]
    assert Music().read(tmp_path / "a.mid").tolist() == expected


def test_a_picture_midi_and_sound_are_of_the_same_samples(tmp_path):
    domain = Music(4)
    for suffix in domain.suffixes:
        domain.write(tmp_path / f"a{suffix}", np.stack([CHORALE, CHORALE, CHORALE]), columns=2)
    assert Image.open(tmp_path / "a.png").size[0] > 500
    with wave.open(str(tmp_path / "a.wav")) as file:
        seconds = file.getnframes() / file.getframerate()
    bar = 4 * 60 / 110
    assert seconds == pytest.approx((3 * 2 + 2) * bar + 0.5, abs=1e-3)
    # MIDI ends with its last note: the bass's, at the end of the last bar.
    assert mido.MidiFile(tmp_path / "a.mid").length == pytest.approx((3 * 2 + 2) * bar, abs=1e-3)


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (MELODY, r"samples: expected shape [n, 32]; got [32]."),
        (np.zeros([0, 32], int), r"samples: expected shape [n, 32]; got [0, 32]."),
        (CHORALE[None], r"samples: expected shape [n, 32]; got [1, 32, 4]."),
        (MELODY[None].astype(np.float32), r"samples: expected whole numbers; got float32."),
        (np.full([1, 32], -3), r"samples: expected pitches from 48 to 88, -1 (rest) or -2 (hold); got -3."),
        (np.full([1, 32], 200), r"samples: expected pitches from 48 to 88, -1 (rest) or -2 (hold); got 200."),
        (np.full([1, 32], 47), r"samples: expected pitches from 48 to 88, -1 (rest) or -2 (hold); got 47."),
    ],
)
def test_what_are_no_notes_is_refused(tmp_path, samples, message):
    for suffix in Music.suffixes:
        with pytest.raises(ValueError, match="^samples: ") as error:
            Music(lowest=48, highest=88).write(tmp_path / f"a{suffix}", samples, columns=1)
        assert str(error.value) == message
    assert not list(tmp_path.iterdir())


def test_kinds_of_files_that_are_not_known(tmp_path):
    with pytest.raises(
        ValueError, match=r"^path: expected a file of \.png, \.mid, \.midi, \.wav, \.abc; got .*a\.mp3\.$"
    ):
        Music().write(tmp_path / "a.mp3", MELODY[None], columns=1)
    with pytest.raises(ValueError, match=r"^path: expected a file of \.mid, \.midi, \.abc; got .*a\.mp3\.$"):
        Music().read(tmp_path / "a.mp3")


def test_music_without_a_window_says_why(tmp_path):
    (tmp_path / "waltz.abc").write_text("X:1\nM:3/4\nL:1/4\nK:C\nCDE|FGA|c3|\n")
    Music(2).write(tmp_path / "duet.mid", np.stack([MELODY, MELODY], -1)[None], columns=1)
    wanted = r"^path: expected 2 bars of 4/4 in one voice, on a grid of sixteenths, from pitch 21 to 108; "
    for name, reason in (("waltz.abc", "metre"), ("duet.mid", "voices")):
        with pytest.raises(ValueError, match=rf"{wanted}.*{name} has none, for this reason: {reason} \(\d times\)\.$"):
            Music().read(tmp_path / name)
    with pytest.raises(ValueError, match=r"from pitch 80 to 90; .* range \(4 times\)"):
        Music(1, lowest=80, highest=90).read(_two(tmp_path))
    with pytest.raises(ValueError, match=r"none\.abc can't be read: No such file"):
        Music().read(tmp_path / "none.abc")


def _two(folder):
    Music().write(folder / "a.mid", np.concatenate([MELODY[None], MELODY[None]]), columns=1)
    return folder / "a.mid"


def test_stored_notes_become_whole_numbers_of_32_bits():
    for given in (np.int8([[60, -2]]), tf.constant([[60, -2]], tf.int64)):
        data = Music().as_data(given)
        assert tf.is_tensor(data) == tf.is_tensor(given)
        assert np.asarray(data).dtype == np.int32
        assert np.asarray(data).tolist() == [[60, -2]]


def test_its_values_are_what_a_step_may_be():
    domain = Music(lowest=60, highest=62)
    assert domain.values == (HOLD, REST, 60, 61, 62)
    assert domain.value_range == (-2, 62)
    assert Music(1).shape == (32,)
    assert Music(3).shape == (32, 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"voices": 0}, "voices: expected a positive number; got 0"),
        ({"lowest": 60, "highest": 59}, "lowest, highest: expected MIDI pitches from 0 to 127; got 60 and 59"),
        ({"highest": 128}, "lowest, highest: expected MIDI pitches from 0 to 127; got 21 and 128"),
    ],
)
def test_windows_that_there_are_none_of(arguments, message):
    with pytest.raises(ValueError, match=message):
        Music(**arguments)


def test_it_tells_a_stranger_what_a_file_is_of():
    about = json.loads(json.dumps(Music(4, 36, 81, source="bach", licence="public domain").about()))
    assert about == {
        "domain": "music",
        "data": "bach",
        "is_folder": False,
        "licence": "public domain",
        "shape": [32, 4],
        "unit": "MIDI pitch; -1 rest, -2 hold",
        "range": [-2, 81],
        "lowest": 36,
        "highest": 81,
        "steps_per_bar": 16,
        "beats_per_bar": 4,
        "tempo": 110,
        "voices": ["soprano", "alto", "tenor", "bass"],
        "classes": [],
    }


def test_it_is_saved_by_its_arguments():
    domain = Music(4, 36, 81, source="mine", is_folder=True, licence="CC0")
    again = keras.saving.deserialize_keras_object(json.loads(json.dumps(keras.saving.serialize_keras_object(domain))))
    assert isinstance(again, Music)
    assert isinstance(again, Domain)
    assert again.about() == domain.about()
