"""Notes as text in ABC notation, which programs for sheet music read."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from zoo.domains.medley import length
from zoo.domains.score import Score

LETTERS = "CCDDEFFGGAAB"  # of the pitches of an octave; where one comes twice, the second is sharp
WRITTEN = (16, 12, 8, 6, 4, 3, 2, 1)  # sixteenths that one note can have, dotted ones among them
BEAT = 4  # sixteenths that are beamed together
LOW = 55  # a voice whose pitches are below in the mean is in the bass clef


def write(path: str | Path, scores: Sequence[Score], voice_names: Sequence[str] = ()) -> None:
    """Writes pieces into one ABC file, a tune each, in C with an accidental at each note that needs one.

    Args:
        path: of the file.
        scores: pieces whose notes come one at a time in a voice, and last whole sixteenths.
        voice_names: of the voices; those beyond them are numbered.
    """
    tunes = [_tune(number, score, voice_names) for number, score in enumerate(scores, 1)]
    Path(path).write_text("%abc-2.1\n" + "\n".join(tunes), encoding="utf-8")


def _tune(number, score, names):
    beats, unit = score.bars[0][1:] if score.bars else (4, 4)
    lines = [f"X:{number}", f"T:{score.title or number}", f"M:{beats}/{unit}", "L:1/16", "K:C"]
    for i, voice in enumerate(score.voices):
        if len(score.voices) > 1:
            low = voice and sum(note.pitch for note in voice) < LOW * len(voice)
            name = names[i] if i < len(names) else f"voice {i + 1}"
            lines.append(f'V:{i + 1} name="{name}" clef={"bass" if low else "treble"}')
        lines.append(_music(voice, score))
    return "\n".join(lines) + "\n"


def _music(voice, score):
    """The notes and rests of a voice, with bar lines."""
    end = length(score)
    lines = [bar.onset for bar in score.bars[1:]] + [end]
    text, sharp, now = "", set(), Fraction(0)
    for onset, until, pitch in [*_filled(voice), (_end(voice), end, None)]:
        now = onset
        while now < until:
            line = next(line for line in lines if line > now)
            size = _first_part(now, min(until, line))
            ties = "-" if pitch is not None and now + size < until else ""
            text += f"{_name(pitch, sharp)}{size if size > 1 else ''}{ties}"
            now += size
            if now == line:
                text, sharp = text + ("|" if now < end else "|]"), set()
            elif now % BEAT == 0:
                text += " "
    return text


def _first_part(now, until):
    """The sixteenths of the first of the notes, tied to each other, that fill a span of a bar."""
    if until - now in WRITTEN:
        return until - now
    whole = until if now % BEAT == 0 else min(until, now - now % BEAT + BEAT)  # to the next beat first
    return next(size for size in WRITTEN if now + size <= whole)


def _filled(voice):
    """(onset, end, pitch) of the notes of a voice, and of the rests before them, whose pitch is None."""
    now = Fraction(0)
    for note in voice:
        if now < note.onset:
            yield now, note.onset, None
        now = note.onset + note.duration
        yield note.onset, now, note.pitch


def _end(voice):
    return voice[-1].onset + voice[-1].duration if voice else Fraction(0)


def _name(pitch, sharp):
    """A pitch as ABC has it, or the sign of a rest; `sharp` collects the letters that were sharp in the bar."""
    if pitch is None:
        return "z"
    octave, step = divmod(pitch, 12)
    letter, is_sharp = LETTERS[step], step in (1, 3, 6, 8, 10)
    accidental = "^" if is_sharp else "=" if letter in sharp else ""
    if is_sharp:
        sharp.add(letter)
    # C is 60 and c 72; each comma is an octave down, each apostrophe one up.
    return accidental + (letter + "," * (5 - octave) if octave < 6 else letter.lower() + "'" * (octave - 6))
