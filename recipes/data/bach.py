"""music21's files of Bach as lines of JSON: a program for the processes that read them side by side.

It takes paths from its input, one a line, and writes what `read` gives, one a line. It imports nothing but music21, so
that such a process starts at once.
"""

import json
import sys
from fractions import Fraction
from typing import Any

VOICES = ("soprano", "alto", "tenor", "bass")


def read(path: str) -> dict[str, Any] | str:
    """The piece in a file that music21 can parse, or, where it can't, why not.

    A piece has a title, voices, lists of notes (onset, duration, pitch), bars (onset, beats, beat unit), and an end.
    Times are in sixteenths.

    Where soprano, alto, tenor and bass are among the parts, each once, these are the voices: what instruments double or
    add is left out.
    """
    from music21 import converter

    try:
        score = converter.parse(path)
        parts = list(score.parts)
        named = {name: [part for part in parts if str(part.partName).strip().lower() == name] for name in VOICES}
        if all(len(of_name) == 1 for of_name in named.values()):
            parts = [of_name[0] for of_name in named.values()]
        if not parts:
            return "it has no parts"
        bars, end = _bars(parts[0])
        title = path.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
        return {"title": title, "voices": [_notes(part) for part in parts], "bars": bars, "end": end}
    except Exception as error:  # whatever music21 raises for a file that it does not like
        return " ".join(f"{type(error).__name__}: {error}".split())


def _notes(part):
    """(onset, duration, pitch) of a part's notes, those that are tied as one."""
    notes, sounding = [], {}  # {pitch: index} of the notes that a tie may go on with
    for element in part.flatten().notes:
        if element.duration.isGrace or "ChordSymbol" in element.classes:
            continue
        onset, duration = _sixteenths(element.offset), _sixteenths(element.duration.quarterLength)
        for note in element.notes if element.isChord else [element]:
            pitch = int(note.pitch.midi)
            last = sounding.get(pitch)
            tied = note.tie is not None and note.tie.type in ("stop", "continue")
            if tied and last is not None and notes[last][0] + notes[last][1] == onset:
                notes[last] = (notes[last][0], notes[last][1] + duration, pitch)
            else:
                sounding[pitch] = len(notes)
                notes.append((onset, duration, pitch))
    return notes


def _bars(part):
    """(onset, beats, beat unit) of each bar, and where the last one ends."""
    metres = [(m.getOffsetInHierarchy(part), m) for m in part.recurse().getElementsByClass("TimeSignature")]
    bars, end = [], Fraction(0)
    for bar in part.getElementsByClass("Measure"):
        metre = [metre for since, metre in metres if since <= bar.offset][-1]
        bars.append((_sixteenths(bar.offset), int(metre.numerator), int(metre.denominator)))
        end = _sixteenths(bar.offset + bar.duration.quarterLength)
    return bars, end


def _sixteenths(quarters):
    return Fraction(quarters).limit_denominator(960) * 4


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(read(line.rstrip("\n")), default=str), flush=True)
