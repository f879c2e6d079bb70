from fractions import Fraction

import mido
import pytest

from zoo.domains import midi
from zoo.domains.medley import length, medley
from zoo.domains.score import Bar, Note, Score
from zoo.domains.windows import as_score, windows


def note(onset, duration, pitch):
    return Note(Fraction(onset), Fraction(duration), pitch)


def file_of(path, *tracks, ticks_per_beat=480, kind=1):
    """A file of tracks, each a list of (tick, message)."""
    file = mido.MidiFile(type=kind, ticks_per_beat=ticks_per_beat)
    for events in tracks:
        track, now = mido.MidiTrack(), 0
        for tick, message in sorted(events, key=lambda event: event[0]):
            track.append(message.copy(time=tick - now))
            now = tick
        file.tracks.append(track)
    file.save(path)
    return path


def played(pitch, on, off, channel=0):
    """A note's two events, in ticks."""
    pressed = mido.Message("note_on", note=pitch, velocity=64, channel=channel)
    return [(on, pressed), (off, mido.Message("note_off", note=pitch, channel=channel))]


def metre(tick, beats, unit):
    return tick, mido.MetaMessage("time_signature", numerator=beats, denominator=unit)


def test_what_was_written_is_read_again(tmp_path):
    soprano = (note(0, 4, 72), note(4, 4, 72), note(8, 6, 74), note(16, 1, 76))
    bass = (note(0, 16, 48), note(18, 10, 43))
    bars = (Bar(Fraction(0), 4, 4), Bar(Fraction(16), 3, 4))
    midi.write(tmp_path / "a.mid", Score("Hymn é", (soprano, bass), bars), voice_names=["soprano", "bass"])
    assert midi.read(tmp_path / "a.mid") == Score("Hymn é", (soprano, bass), bars)
    tracks = mido.MidiFile(tmp_path / "a.mid").tracks
    assert [track.name for track in tracks] == ["Hymn é", "soprano", "bass"]
    assert [message.tempo for message in tracks[0] if message.type == "set_tempo"] == [round(60e6 / 110)]


def test_the_tempo_is_what_was_asked_for(tmp_path):
    midi.write(tmp_path / "a.mid", as_score([60] * 16), tempo=60)
    assert mido.MidiFile(tmp_path / "a.mid").length == pytest.approx(4)


def test_pieces_follow_each_other_with_a_bar_of_rest_between(tmp_path):
    pieces = [as_score([60] + [-2] * 31, "first"), as_score([-1] + [-2] * 3 + [62] + [-2] * 27, "second")]
    midi.write(tmp_path / "a.mid", pieces)
    read = midi.read(tmp_path / "a.mid")
    assert read.title == "first"
    assert read.voices == ((note(0, 32, 60), note(52, 28, 62)),)
    assert [int(bar.onset) for bar in read.bars] == [0, 16, 32, 48, 64]
    assert length(medley(pieces)) == 80


def test_voices_are_tracks_and_channels_the_highest_first_and_drums_are_none(tmp_path):
    low, high, drum = played(40, 0, 480), played(80, 0, 480, channel=3), played(100, 0, 480, channel=9)
    both = file_of(tmp_path / "channels.mid", [*low, *high, *drum], kind=0)
    apart = file_of(tmp_path / "tracks.mid", [metre(0, 4, 4)], low, drum, high)
    for path in (both, apart):
        assert midi.read(path).voices == ((note(0, 4, 80),), (note(0, 4, 40),))
    assert midi.read(both).title == "channels"


@pytest.mark.parametrize("ticks_per_beat", [96, 480, 1024])
def test_a_played_note_comes_to_its_sixteenth_and_a_triplet_stays(tmp_path, ticks_per_beat):
    step = ticks_per_beat / 4
    events = [
        *played(60, round(0.1 * step), round(3.8 * step)),  # late, and its key left early
        *played(62, round(3.9 * step), round(8.4 * step)),  # early, and held into the next
        *played(64, round(8.1 * step), round(8.5 * step)),  # short
        *played(65, ticks_per_beat * 10 // 3, ticks_per_beat * 11 // 3),
    ]
    (voice,) = midi.read(file_of(tmp_path / "a.mid", events, ticks_per_beat=ticks_per_beat)).voices
    assert voice[:3] == (note(0, 4, 60), note(4, 4, 62), note(8, 1, 64))
    onset = voice[3].onset
    assert onset == Fraction(4, ticks_per_beat) * (ticks_per_beat * 10 // 3)
    assert onset.denominator > 1


def test_a_triplet_is_off_the_grid(tmp_path):
    quarters = [event for i in range(5) for event in played(60 + i, 480 * i, 480 * i + 480)]
    triplet = [event for i in range(9) for event in played(70, 2400 + 160 * i, 2560 + 160 * i)]
    kept, left_out = windows(midi.read(file_of(tmp_path / "a.mid", [*quarters, *triplet])), 1)
    assert not kept
    assert left_out == {"grid": 1}


def test_notes_at_the_same_time_stay_so(tmp_path):
    chord = [*played(60, 0, 960), *played(64, 0, 960), *played(67, 480, 960)]
    assert midi.read(file_of(tmp_path / "a.mid", chord)).voices == ((note(0, 8, 64), note(0, 8, 60), note(4, 4, 67)),)


def test_a_note_without_an_end_sounds_to_the_end_of_its_track(tmp_path):
    events = [(0, mido.Message("note_on", note=60)), (960, mido.MetaMessage("text", text="end"))]
    assert midi.read(file_of(tmp_path / "a.mid", events)).voices == ((note(0, 8, 60),),)


def test_note_on_without_velocity_ends_a_note(tmp_path):
    events = [(0, mido.Message("note_on", note=60)), (480, mido.Message("note_on", note=60, velocity=0))]
    assert midi.read(file_of(tmp_path / "a.mid", events, [*played(50, 0, 960)])).voices[0] == (note(0, 4, 60),)


@pytest.mark.parametrize(
    ("metres", "bars"),
    [
        ([], [(0, 4, 4), (16, 4, 4), (32, 4, 4)]),
        ([metre(0, 3, 4)], [(0, 3, 4), (12, 3, 4), (24, 3, 4)]),
        ([metre(0, 1, 4), metre(480, 4, 4)], [(0, 1, 4), (4, 4, 4), (20, 4, 4)]),  # an upbeat
        ([metre(1440, 6, 8)], [(0, 4, 4), (12, 6, 8), (24, 6, 8)]),  # within a bar, which ends there
        ([metre(0, 4, 4), metre(9600, 3, 4)], [(0, 4, 4), (16, 4, 4), (32, 4, 4)]),  # after all notes
    ],
)
def test_bars_follow_the_time_signatures(tmp_path, metres, bars):
    read = midi.read(file_of(tmp_path / "a.mid", metres, played(60, 0, 480 * 9)))
    assert [(int(bar.onset), bar.beats, bar.beat_unit) for bar in read.bars] == bars


def test_what_is_no_midi_is_named_in_one_line(tmp_path):
    whole = file_of(tmp_path / "whole.mid", played(60, 0, 480)).read_bytes()
    contents = {
        "empty": b"",
        "text": b"X:1\nK:C\nCDEF|\n",
        "cut": whole[:-9],
        "bent": whole[:30] + b"\xff" * 20,
        "seconds": whole[:12] + b"\xe7\x28" + whole[14:],
    }
    for name, content in contents.items():
        (tmp_path / f"{name}.mid").write_bytes(content)
        with pytest.raises(ValueError, match=rf"^path: expected a MIDI file.*{name}\.mid") as error:
            midi.read(tmp_path / f"{name}.mid")
        assert "\n" not in str(error.value)
    with pytest.raises(ValueError, match=r"^path: expected a MIDI file; .*none\.mid can't be read: No such file"):
        midi.read(tmp_path / "none.mid")


def test_a_file_cut_anywhere_is_refused_or_read(tmp_path):
    whole = file_of(tmp_path / "whole.mid", [metre(0, 4, 4)], played(60, 0, 480), played(50, 0, 480)).read_bytes()
    for size in range(len(whole)):
        (tmp_path / "cut.mid").write_bytes(whole[:size])
        with pytest.raises(ValueError, match=r"^path: .*cut\.mid.*\.$"):
            midi.read(tmp_path / "cut.mid")


@pytest.mark.parametrize(
    ("tracks", "kind", "match"),
    [
        ([[metre(0, 4, 4)]], 1, "path: expected a MIDI file with notes; .* has none, drums apart"),
        ([played(36, 0, 480, channel=9)], 1, "path: expected a MIDI file with notes; .* has none, drums apart"),
        ([played(60, 0, 0)], 1, "path: expected a MIDI file with notes"),
        ([played(60, 0, 480)], 2, "type 0 or 1 with ticks per beat; .* has pieces side by side, type 2"),
        ([[metre(0, 0, 4)], played(60, 0, 480)], 1, "with bars; .* has some of a metre that is none"),
        ([[metre(0, 4, 256)], played(60, 0, 480)], 1, "with bars; .* has some of a metre that is none"),
        ([played(60, 0, 10**8)], 1, "with bars; .* has more than 10,000"),
    ],
)
def test_files_without_music_are_refused(tmp_path, tracks, kind, match):
    path = file_of(tmp_path / "a.mid", *tracks, kind=kind)
    with pytest.raises(ValueError, match=match):
        midi.read(path)


@pytest.mark.parametrize("tempo", [0, 3, float("nan"), 2_000])
def test_tempos_that_midi_does_not_have(tmp_path, tempo):
    with pytest.raises(ValueError, match=r"^tempo: expected 4 to 1,000 quarter notes per minute; got"):
        midi.write(tmp_path / "a.mid", as_score([60]), tempo=tempo)
    assert not (tmp_path / "a.mid").exists()


def test_a_chorale_that_another_program_writes_is_read_and_written_again(tmp_path):
    music21 = pytest.importorskip("music21")
    piece = music21.corpus.parse("bwv253")
    piece.write("midi", tmp_path / "theirs.mid")
    read = midi.read(tmp_path / "theirs.mid")
    theirs = [
        tuple(note(4 * one.offset, 4 * one.quarterLength, one.pitch.midi) for one in part.stripTies().flatten().notes)
        for part in piece.parts
    ]
    assert list(read.voices) == theirs
    kept, left_out = windows(read, 4)
    assert len(kept) == len(read.bars) - 1
    assert not left_out
    midi.write(tmp_path / "ours.mid", read)
    assert midi.read(tmp_path / "ours.mid") == read
    again = music21.converter.parse(tmp_path / "ours.mid")
    assert [len(part.stripTies().flatten().notes) for part in again.parts] == [len(voice) for voice in theirs]
