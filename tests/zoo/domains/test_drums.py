import json
import wave

import keras
import mido
import numpy as np
import pytest
from PIL import Image

from zoo.domains import Domain, Drums, drum_midi, midi
from zoo.domains.beats import DRUMS, Hit, beat_of, check_beats, hits_of
from zoo.domains.drum_grid import draw
from zoo.domains.drum_synthesizer import play

RNG = np.random.default_rng(0)


def made(count=1, rng=RNG):
    """Beats [count, 32, 27] of velocities and offsets that MIDI files have, all drums among them."""
    hits = rng.random([count, 32, 9]) < 0.3
    velocities = hits * rng.integers(1, 128, hits.shape) / 127
    offsets = hits * rng.integers(-60, 60, hits.shape) / 120
    return np.concatenate([hits, velocities, offsets], axis=-1).astype(np.float32)


def file_of(path, *events, ticks=480, channel=9):
    """A MIDI file of (tick, note, velocity), or of (tick, message)."""
    track, now = mido.MidiTrack(), 0
    for tick, *what in events:
        message = mido.Message("note_on", note=what[0], velocity=what[1], channel=channel) if what[1:] else what[0]
        track.append(message.copy(time=tick - now))
        now = tick
    mido.MidiFile(type=1, ticks_per_beat=ticks, tracks=[track]).save(path)
    return path


def test_hits_fall_on_the_nearest_sixteenth_by_hand():
    beat = beat_of([Hit(15.75, 0, 0.8), Hit(16.25, 8, 0.5), Hit(47.6, 1, 1.0), Hit(47.4, 2, 1.0)], first=16)
    expected = np.zeros([32, 27], np.float32)
    expected[0, [0, 9, 18]] = 1, 0.8, -0.25
    expected[0, [8, 17, 26]] = 1, 0.5, 0.25
    expected[31, [2, 11, 20]] = 1, 1, 0.4  # the one at 47.6 is nearest to the next bar's first sixteenth
    np.testing.assert_allclose(beat, expected, atol=1e-6)


def test_of_two_strokes_in_one_sixteenth_the_loudest_is_kept():
    for hits in ([Hit(4.0, 1, 0.3), Hit(4.3, 1, 0.9)], [Hit(4.3, 1, 0.9), Hit(4.4, 1, 0.3)]):
        np.testing.assert_allclose(beat_of(hits)[4, [1, 10, 19]], [1, 0.9, 0.3], atol=1e-6)


def test_hits_of_a_beat_are_those_that_it_is_made_of():
    (beat,) = made()
    np.testing.assert_allclose(beat_of(hits_of(beat)), beat, atol=1e-6)
    assert [hit.onset for hit in hits_of(beat, first=3.0)] == [3.0 + hit.onset for hit in hits_of(beat)]


def test_the_notes_of_the_drums():
    """The nine of Gillick et al. 2019, as in magenta/models/music_vae/data.py, and two of General MIDI."""
    roland = [[36], [38, 37, 40], [42, 22, 44], [46, 26], [43, 58], [47, 45], [50, 48], [49, 52, 55, 57], [51, 53, 59]]
    assert [set(pitches) - {35, 41} for pitches in drum_midi.PITCHES] == [set(pitches) for pitches in roland]
    assert [pitches[0] for pitches in drum_midi.PITCHES] == [36, 38, 42, 46, 43, 47, 50, 49, 51]
    assert len(DRUMS) == len(drum_midi.PITCHES)


def test_a_file_is_read_by_its_ticks_and_velocities(tmp_path):
    path = file_of(tmp_path / "a.mid", (0, 36, 127), (110, 42, 64), (230, 38, 1), (240, 38, 0), (480, 56, 99))
    beat = Drums().read(path)
    assert np.argwhere(beat[:, :9]).tolist() == [[0, 0], [1, 2], [2, 1]]  # 56, the cowbell, is none of the nine
    np.testing.assert_allclose(beat[1, [11, 20]], [64 / 127, 110 / 120 - 1], atol=1e-6)
    np.testing.assert_allclose(beat[2, [10, 19]], [1 / 127, 230 / 120 - 2], atol=1e-6)


def test_a_file_is_read_from_the_first_bar_with_drums(tmp_path):
    beat = Drums().read(file_of(tmp_path / "a.mid", (1900, 36, 90), (1920 + 120, 38, 90)))
    assert np.argwhere(beat[:, :9]).tolist() == [[0, 0], [1, 1]]  # a sixth of a sixteenth before the second bar's line
    assert beat[0, 18] == pytest.approx(-1 / 6)


def test_time_by_seconds_where_the_tempo_is_told(tmp_path):
    """At 60 quarter notes a minute, a sixteenth takes a quarter of a second."""
    slow = mido.MetaMessage("set_tempo", tempo=1_000_000)
    file = midi.opened(file_of(tmp_path / "a.mid", (0, slow), (480, 36, 90)))
    assert [hit.onset for hit in drum_midi.hits_in(file)] == [4]
    assert [hit.onset for hit in drum_midi.hits_in(file, tempo=60)] == [pytest.approx(4)]
    assert [hit.onset for hit in drum_midi.hits_in(file, tempo=90)] == [pytest.approx(6)]
    # Half a second at MIDI's own 120, then a quarter note at 60 and half a one at 120.
    faster = mido.MetaMessage("set_tempo", tempo=500_000)
    changing = file_of(tmp_path / "b.mid", (480, slow), (480, 38, 9), (960, faster), (1200, 36, 90))
    hits = drum_midi.hits_in(midi.opened(changing), tempo=60)
    assert [hit.onset for hit in hits] == [pytest.approx(4 * second) for second in (0.5, 0.5 + 1 + 0.25)]


def test_what_was_written_as_midi_is_read_again(tmp_path):
    beats = made(3)
    beats[0, 0, [0, 9, 18]] = 1, 1, -0.5  # before the first bar line
    Drums().write(tmp_path / "a.mid", beats, columns=2)
    np.testing.assert_allclose(Drums().read(tmp_path / "a.mid"), beats[0], atol=1e-6)
    hits = drum_midi.hits_in(mido.MidiFile(tmp_path / "a.mid"))
    for i in range(3):
        np.testing.assert_allclose(beat_of(hits, first=16 + 48 * i), beats[i], atol=1e-6)
    messages = [message for track in mido.MidiFile(tmp_path / "a.mid").tracks for message in track]
    assert {message.channel for message in messages if message.type == "note_on"} == {9}
    assert [round(60e6 / message.tempo) for message in messages if message.type == "set_tempo"] == [110]


def test_hits_without_a_velocity_are_not_lost_in_midi(tmp_path):
    score = made()
    score[..., 9:] = 0
    Drums().write(tmp_path / "a.mid", score, columns=1)
    read = Drums().read(tmp_path / "a.mid")
    np.testing.assert_array_equal(read[:, :9], score[0, :, :9])
    assert set(read[:, 9:18][read[:, :9] == 1]) == {np.float32(1 / 127)}


def test_a_picture_shows_velocities_as_darkness_and_offsets_as_shifts():
    beats = np.zeros([1, 32, 27], np.float32)
    beats[0, 8, [0, 9, 18]] = 1, 1.0, 0.0
    beats[0, 16, [0, 9, 18]] = 1, 0.25, 0.0
    beats[0, 24, [0, 9, 18]] = 1, 1.0, 0.5
    picture = np.asarray(draw(beats, 1).convert("L"), float)
    side = 16
    row = picture[10 + 8 * side + side // 2, 10:-10]  # the middle of the lowest row

    def middle(step):
        ink = 246 - row[step * side : (step + 2) * side]
        ink[ink < 40] = 0  # the lines of the beats
        return (ink * (np.arange(2 * side) + 0.5)).sum() / ink.sum() / side

    assert row[9 * side + 2] < 40
    assert 100 < row[17 * side + 2] < 200
    assert middle(8) == pytest.approx(1.0, abs=0.05)
    assert middle(24) == pytest.approx(1.5, abs=0.05)


def test_pictures_have_a_panel_for_each_beat(tmp_path):
    Drums().write(tmp_path / "a.png", made(3), columns=2)
    wide = Image.open(tmp_path / "a.png").size
    Drums().write(tmp_path / "b.png", made(1), columns=2)
    assert wide[0] == pytest.approx(2 * Image.open(tmp_path / "b.png").size[0], abs=30)
    assert wide[1] == 2 * 9 * 16 + 3 * 10


def test_sound_is_where_the_hits_are_and_as_loud():
    at, rate = 60 / 110 / 4, 22_050  # seconds of a sixteenth
    sound = play([Hit(4.0, 1, 1.0), Hit(20.0, 1, 0.5)], steps=32, tempo=110)
    assert len(sound) == round(32 * at * rate) + rate // 2
    begins = [round(step * at * rate) for step in (4, 20)]
    assert not sound[: begins[0]].any()
    loud, soft = (np.abs(sound[begin : begin + rate // 4]).max() for begin in begins)
    assert loud == pytest.approx(0.8)
    assert soft / loud == pytest.approx(0.5**1.5, rel=1e-3)
    assert not play([], steps=4, tempo=110).any()


@pytest.mark.parametrize("drum", range(9))
def test_each_drum_sounds_and_does_not_click(drum):
    sound = play([Hit(1.0, drum, 1.0)], steps=64, tempo=110)
    heard = np.flatnonzero(sound)
    assert abs(sound[heard[0]]) < 0.1
    assert abs(sound[heard[-1]]) < 0.01
    others = [play([Hit(1.0, other, 1.0)], steps=64, tempo=110) for other in range(9) if other != drum]
    assert all(np.abs(sound - other).max() > 0.1 for other in others)


def test_sound_as_a_file(tmp_path):
    Drums().write(tmp_path / "a.wav", made(2), columns=1)
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22_050)
        seconds = file.getnframes() / 22_050
    assert seconds == pytest.approx((32 + 16 + 32) * 60 / 110 / 4 + 0.5, abs=60 / 110 * 4 + 0.01)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        (0, 0.5, "hits of 0 or 1; got 0.5"),
        (9, 1.5, "velocities of 0 to 1; got 1.5"),
        (18, -0.75, "offsets of -0.5 to 0.5 of a sixteenth; got -0.75"),
        (10, 0.5, "velocities of 0 where there is no hit; got 0.5"),
        (19, 0.25, "offsets of 0 where there is no hit; got 0.25"),
        (9, np.nan, "velocities of 0 to 1; got nan"),
    ],
)
def test_numbers_that_are_no_beat_are_refused_where_they_come_in(column, value, message, tmp_path):
    beats = np.zeros([2, 32, 27], np.float32)
    beats[1, 3, [0, 9]] = 1, 0.5
    check_beats("drums", beats)
    beats[1, 3, column] = value
    with pytest.raises(ValueError, match=f"^drums: expected {message}") as error:
        Drums().as_data(beats)
    assert "\n" not in str(error.value)
    with pytest.raises(ValueError, match=f"^samples: expected {message}"):
        Drums().write(tmp_path / "a.mid", beats, columns=1)
    assert not (tmp_path / "a.mid").exists()


def test_stored_beats_become_float32():
    for given in (made().astype(np.float64), keras.ops.convert_to_tensor(made(), "float64")):
        assert np.asarray(Drums().as_data(given)).dtype == np.float32


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([(0, mido.MetaMessage("time_signature", numerator=6, denominator=8)), (0, 36, 9)], "in 4/4; .* has .* 6/8"),
        ([(0, 56, 90)], "with drums on channel 10; .* has none"),
        ([], "with drums on channel 10; .* has none"),
    ],
)
def test_files_without_a_beat_are_refused(events, message, tmp_path):
    with pytest.raises(ValueError, match=f"^path: expected a MIDI file {message}") as error:
        Drums().read(file_of(tmp_path / "a.mid", *events))
    assert "\n" not in str(error.value)


def test_notes_of_other_channels_are_no_drums(tmp_path):
    with pytest.raises(ValueError, match="with drums on channel 10"):
        Drums().read(file_of(tmp_path / "a.mid", (0, 36, 90), channel=0))


def test_what_is_no_midi_and_what_no_kind_of_file(tmp_path):
    (tmp_path / "a.mid").write_text("mine")
    with pytest.raises(ValueError, match=r"^path: expected a MIDI file; .*a\.mid can't be read"):
        Drums().read(tmp_path / "a.mid")
    with pytest.raises(ValueError, match=r"^path: expected a file of \.png, \.mid, \.midi, \.wav; got .*a\.mp3\.$"):
        Drums().write(tmp_path / "a.mp3", made(), columns=1)
    with pytest.raises(ValueError, match=r"^samples: expected shape \[n, 32, 27\]; got \[32, 27\]\.$"):
        Drums().write(tmp_path / "b.mid", made()[0], columns=1)
    with pytest.raises(ValueError, match=r"^samples: expected shape \[\.\.\., 32, 27\]; got \[1, 32, 26\]\.$"):
        Drums().write(tmp_path / "b.mid", made()[..., :26], columns=1)


def test_it_is_saved_by_its_arguments_and_tells_a_stranger_what_it_is_of():
    domain = Drums(source="groove/2bar-midionly", licence="CC BY 4.0")
    again = keras.saving.deserialize_keras_object(json.loads(json.dumps(keras.saving.serialize_keras_object(domain))))
    assert isinstance(again, Drums)
    assert isinstance(again, Domain)
    about = json.loads(json.dumps(again.about()))
    assert about == domain.about()
    assert (about["domain"], about["shape"], about["range"]) == ("drums", [32, 27], [-0.5, 1.0])
    assert about["drums"][0] == "kick"
    assert about["pitches"][0] == 36
