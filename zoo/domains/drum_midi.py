"""Drums in MIDI files: hits with their velocity and their time, out of channel 10 and into it."""

import typing
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from zoo.domains import midi
from zoo.domains.beats import DRUMS, Hit

if typing.TYPE_CHECKING:
    import mido

# The notes of each drum. Those of a Roland TD-11 go to drums as Gillick et al. 2019 have it: the first one
# stands for the drum where beats are written. General MIDI's acoustic bass drum, 35, and low floor tom, 41, are added.
PITCHES = (
    (36, 35),  # kick
    (38, 37, 40),  # snare: head, cross stick, rim
    (42, 22, 44),  # closed hi-hat: bow, edge, pedal
    (46, 26),  # open hi-hat: bow, edge
    (43, 58, 41),  # low tom: head, rim
    (47, 45),  # mid tom: rim, head
    (50, 48),  # high tom: rim, head
    (49, 52, 55, 57),  # crash: two of them, bow and edge
    (51, 53, 59),  # ride: bow, bell, edge
)
LENGTH = 10  # ticks of a written note; drums sound as long as they do


def hits_in(file: "mido.MidiFile", tempo: float | None = None) -> list[Hit]:
    """The hits of a MIDI file, in the order of their onsets. Percussion that is none of the nine drums is left out.

    Args:
        file: of `zoo.domains.midi.opened`.
        tempo: quarter notes per minute, where seconds count and not the file's own beats.
    """
    drum_of = {pitch: drum for drum, pitches in enumerate(PITCHES) for pitch in pitches}
    struck, changes = [], []
    for track in file.tracks:  # mido's own merging of tracks takes ten times as long
        now = 0
        for message in track:
            now += message.time
            if message.type == "set_tempo":
                changes.append((now, message.tempo))
            elif message.type == "note_on" and message.channel == midi.DRUMS and message.note in drum_of:
                struck.append((now, drum_of[message.note], message.velocity / 127))
    struck = [stroke for stroke in struck if stroke[2]]  # a velocity of 0 says that the drum is left
    if tempo is None:
        return sorted(Hit(4 * tick / file.ticks_per_beat, drum, velocity) for tick, drum, velocity in struck)
    seconds = _seconds(np.array([tick for tick, _, _ in struck], float), sorted(changes), file.ticks_per_beat)
    return sorted(Hit(float(at) * tempo / 15, drum, loud) for at, (_, drum, loud) in zip(seconds, struck))


def metres_in(file: "mido.MidiFile") -> set[tuple[int, int]]:
    """(beats, unit) of all time signatures in a MIDI file; none where it has none, which means 4/4."""
    changes = (message for track in file.tracks for message in track if message.type == "time_signature")
    return {(message.numerator, message.denominator) for message in changes}


def write(path: str | Path, hits: Sequence[Hit], tempo: float) -> None:
    """Writes hits into a MIDI file of type 1; each on the nearest 120th of a sixteenth, and as loud as 1 at least.

    Args:
        path: of the file.
        hits: none of them before the beginning.
        tempo: quarter notes per minute.
    """
    import mido

    head = [
        (0, mido.MetaMessage("set_tempo", tempo=round(60e6 / tempo))),
        (0, mido.MetaMessage("time_signature", numerator=4, denominator=4)),
    ]
    events = []
    for onset, drum, velocity in hits:
        tick = round(onset * midi.TICKS_PER_QUARTER / 4)
        about = {"note": PITCHES[drum][0], "channel": midi.DRUMS}
        # A velocity of 0 would say that the drum is left.
        events.append((tick, mido.Message("note_on", velocity=max(round(127 * velocity), 1), **about)))
        events.append((tick + LENGTH, mido.Message("note_off", **about)))
    events.sort(key=lambda event: (event[0], event[1].type == "note_on"))
    file = mido.MidiFile(type=1, ticks_per_beat=midi.TICKS_PER_QUARTER)
    file.tracks += [midi.track_of("Drums", head), midi.track_of(", ".join(DRUMS), events)]
    file.save(path)


def _seconds(ticks, changes, ticks_per_beat):
    """Ticks, float [n] -> seconds, by the changes of tempo: (tick, microseconds of a quarter note), rising."""
    seconds, begin, per_quarter = np.zeros_like(ticks), 0, 500_000  # MIDI's own tempo unless a file says another
    for until, following in [*changes, (np.inf, 0)]:
        seconds += np.clip(ticks - begin, 0, until - begin) * per_quarter / ticks_per_beat / 1e6
        begin, per_quarter = until, following
    return seconds
