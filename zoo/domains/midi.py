"""MIDI files: notes out of a person's file, and into one."""

import io
import typing
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

from zoo.domains.medley import medley
from zoo.domains.score import Bar, Note, Score

if typing.TYPE_CHECKING:
    import mido

DRUMS = 9  # the channel, counted from 0, on which numbers are drums and not pitches
TOLERANCE = Fraction(1, 8)  # of a sixteenth; the nearest tuplets are at 1/7 (septuplets), 1/5 and 1/3 (triplets)
MOST_BARS = 10_000  # a broken file may claim years of silence
TICKS_PER_QUARTER = 480  # in the files that are written
LOUDNESS = 80  # of their notes, the velocity


def read(path: str | Path) -> Score:
    """The notes and bars of a MIDI file.

    Each channel of each track that has notes is a voice; the one whose pitches are highest in the mean comes first.
    Channel 10, drums, is left out. Bars follow the time signatures; before the first one they are of 4/4. An upbeat is
    known only by a time signature of its own.

    A note begins on the nearest sixteenth where that is within an eighth of a sixteenth of it, as in files that were
    played; where it is not, the exact time is kept. It lasts to the next sixteenth, as players leave keys early; an
    overlap with the voice's next note is cut off where it is of less than a sixteenth.

    Args:
        path: a file of MIDI's type 0 or 1.

    Raises:
        ValueError: it can't be read as one, or has no notes; one line.
    """
    file = opened(path)
    sounding, metres, end = _events(file)
    if not sounding:
        raise ValueError(f"path: expected a MIDI file with notes; {path} has none, drums apart.")
    tick = Fraction(4, file.ticks_per_beat)
    voices = [_on_the_grid([Note(on * tick, (off - on) * tick, pitch) for on, off, pitch in row]) for row in sounding]
    voices.sort(key=lambda voice: -sum(note.pitch for note in voice) / len(voice))
    try:
        bars = _bars({on * tick: metre for on, metre in metres.items()}, end * tick)
    except ValueError as error:
        raise ValueError(f"path: expected a MIDI file with bars; {path} {error}.") from error
    title = next((message.name.strip() for message in file.tracks[0] if message.type == "track_name"), "")
    return Score(title or Path(path).stem, tuple(voices), bars)


def write(
    path: str | Path, scores: Score | Sequence[Score], tempo: float = 110.0, voice_names: Sequence[str] = ()
) -> None:
    """Writes pieces into one MIDI file of type 1, a track a voice, one after another with a bar of rest between them.

    Args:
        path: of the file.
        scores: one piece, or some.
        tempo: quarter notes per minute.
        voice_names: of the tracks; voices beyond them are numbered.

    Raises:
        ValueError: there is no piece, or no such tempo; one line.
    """
    import mido

    score = scores if isinstance(scores, Score) else medley(scores)
    if not 4 <= tempo <= 1_000:  # a quarter note has at most 16 seconds in MIDI
        raise ValueError(f"tempo: expected 4 to 1,000 quarter notes per minute; got {tempo}.")
    metre, last = [(0, mido.MetaMessage("set_tempo", tempo=round(60e6 / tempo)))], None
    for bar in score.bars:
        if bar[1:] != last:
            signature = mido.MetaMessage("time_signature", numerator=bar.beats, denominator=bar.beat_unit)
            metre.append((_ticks(bar.onset), signature))
        last = bar[1:]
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER)
    file.tracks.append(track_of(score.title, metre))
    channels = [channel for channel in range(16) if channel != DRUMS]
    for i, voice in enumerate(score.voices):
        events = []
        for onset, duration, pitch in voice:
            about = {"note": pitch, "channel": channels[i % len(channels)]}
            events.append((_ticks(onset), mido.Message("note_on", velocity=LOUDNESS, **about)))
            events.append((_ticks(onset + duration), mido.Message("note_off", **about)))
        events.sort(key=lambda event: (event[0], event[1].type == "note_on"))  # a note ends before it is played again
        file.tracks.append(track_of(voice_names[i] if i < len(voice_names) else f"Voice {i + 1}", events))
    file.save(path)


def opened(path: str | Path, contents: bytes | None = None) -> "mido.MidiFile":
    """A MIDI file, as mido has it.

    Args:
        path: of the file, or what errors are to call it.
        contents: of the file, where they are known already.

    Raises:
        ValueError: it can't be read as one of type 0 or 1 with ticks per beat; one line.
    """
    import mido

    try:
        file = mido.MidiFile(path) if contents is None else mido.MidiFile(file=io.BytesIO(contents))
    except Exception as error:  # mido raises whatever a broken byte led to
        raise ValueError(f"path: expected a MIDI file; {path} can't be read: {_reason(error)}.") from error
    if file.type == 2 or file.ticks_per_beat <= 0:
        kind = "has pieces side by side, type 2" if file.type == 2 else "has no beats, only seconds"
        raise ValueError(f"path: expected a MIDI file of type 0 or 1 with ticks per beat; {path} {kind}.")
    return file


def _reason(error):
    """Why a file can't be read, in one line."""
    if isinstance(error, EOFError):
        return "it ends too early"
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(text.split()).rstrip(".")


def _events(file):
    """What a file holds, in ticks: its voices, rows of (on, off, pitch), {onset: (beats, unit)}, and its end."""
    voices, metres, end = [], {}, 0
    for track in file.tracks:
        pressed, rows, now = defaultdict(list), defaultdict(list), 0
        for message in track:
            now += message.time
            if message.type == "time_signature":
                metres[now] = (message.numerator, message.denominator)
            elif message.type in ("note_on", "note_off") and message.channel != DRUMS:
                key = message.channel, message.note
                if message.type == "note_on" and message.velocity:
                    pressed[key].append(now)
                elif pressed[key]:
                    rows[message.channel].append((pressed[key].pop(0), now, message.note))
        for (channel, pitch), ons in pressed.items():  # they sound to the end of the track
            rows[channel] += [(on, now, pitch) for on in ons]
        heard = ([note for note in row if note[0] < note[1]] for row in rows.values())
        voices += [sorted(row) for row in heard if row]
        end = max(end, *(note[1] for row in voices for note in row), 0)
    return voices, metres, end


def _on_the_grid(notes):
    """Notes of one voice, in ascending order of their onsets, as sixteenths where they are near to them."""
    onsets = [round(note.onset) if abs(note.onset - round(note.onset)) <= TOLERANCE else note.onset for note in notes]
    placed, following = [], None
    for i in reversed(range(len(notes))):
        if i + 1 < len(notes) and onsets[i + 1] > onsets[i]:  # notes of a chord are followed by the same one
            following = onsets[i + 1]
        left = notes[i].onset + notes[i].duration
        end = Fraction(max(ceil(left - TOLERANCE), floor(onsets[i]) + 1))
        if following is not None and left - following < 1:
            end = min(end, following)
        placed.append(Note(Fraction(onsets[i]), end - onsets[i], notes[i].pitch))
    return tuple(sorted(placed, key=lambda note: (note.onset, -note.pitch)))


def _bars(metres, end):
    """Bars from the beginning to an end, in sixteenths, by {onset: (beats, unit)}; a new metre begins a bar."""
    bars, changes = [], sorted(({Fraction(0): (4, 4)} | metres).items())
    for (begin, (beats, unit)), (until, _) in zip(changes, [*changes[1:], (max(end, changes[-1][0] + 1), None)]):
        if beats < 1 or unit not in (1, 2, 4, 8, 16, 32, 64):
            raise ValueError("has some of a metre that is none")
        step = Bar(begin, beats, unit).duration
        if (until - begin) / step + len(bars) > MOST_BARS:
            raise ValueError(f"has more than {MOST_BARS:,}")
        while begin < until and begin < end:
            bars.append(Bar(begin, beats, unit))
            begin += step
    return tuple(bars)


def track_of(name: str, events: Sequence[tuple]) -> "mido.MidiTrack":
    """A track of events (tick, message), the ticks from its beginning on and rising."""
    import mido

    track, now = mido.MidiTrack([mido.MetaMessage("track_name", name=_latin(name), time=0)]), 0
    for tick, message in events:
        track.append(message.copy(time=tick - now))
        now = tick
    return track


def _latin(name):
    """A name with the letters that MIDI files have."""
    return name.encode("latin-1", "replace").decode("latin-1")


def _ticks(sixteenths):
    return round(sixteenths * TICKS_PER_QUARTER / 4)
