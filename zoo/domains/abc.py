"""Tunes in ABC notation: a text file -> scores.

Follows the ABC standard 2.1 (abcnotation.com/wiki/abc:standard:v2.1), which names the sections that are given below.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from zoo.domains.score import Bar, Note, Score


def read(path: str | Path) -> list[Score]:
    """The tunes of an ABC file, in their order; one voice for each `V:` that has notes.

    The notes stand as they are written, once and in order: repeats are not played twice, and a second ending follows
    the first. Grace notes, chord symbols, decorations and words are left out. Notes of a chord have the same onset.
    A bar goes from one bar line to the next, and its onset is that of its first note or rest. So an upbeat is a bar
    that is shorter than its metre, and so are the two parts of a bar that a repeat sign divides. Where a line of the
    file ends with a bar that is full, a bar line is assumed: many collections leave it out there. The bars are those
    of the first voice. A tune in free metre has bars of 0 beats.

    Raises:
        OSError: the file can't be read.
        ValueError: it is not ABC, or damaged; one line that names the file, the tune's number and the line.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "scale.abc")
    ...     _ = file.write_text("X:1\\nT:A scale\\nM:2/4\\nL:1/8\\nK:D\\nDEFG | A4 |]\\n")
    ...     (tune,) = read(file)
    >>> [(int(note.onset), note.pitch) for note in tune.voices[0]]
    [(0, 62), (2, 64), (4, 66), (6, 67), (8, 69)]
    >>> [int(bar.onset) for bar in tune.bars]
    [0, 8]
    """
    scores, faults = read_what_is_sound(path)
    if faults:
        raise ValueError(faults[0])
    return scores


def read_what_is_sound(path: str | Path) -> tuple[list[Score], list[str]]:
    """The tunes of an ABC file without those that are damaged, and one line about each of these.

    For collections of hundreds of tunes, which are seldom without an error of typing.

    Raises:
        OSError: the file can't be read.
        ValueError: it is not ABC; one line.
    """
    data = Path(path).read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    scores, faults = [], []
    for number, lines in _tunes(text):
        place = lines[0][0] if lines else None
        try:
            tune = _Tune()
            for place, line in lines:  # noqa: B007
                tune.read(line)
            if not tune.in_body:
                raise ValueError("expected a key, K:, after the header; got none.")
        except ValueError as error:
            faults.append(f"{path}: tune X:{number}, line {place}: {error}")
        else:
            scores.append(tune.score())
    if "\0" in text or (not scores and not faults):
        raise ValueError(f"{path}: expected ABC notation; got no line that begins with X:, as a tune does.")
    return scores, faults


def _tunes(text: str) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """(what stands after X:, its lines with their numbers in the file) of each tune, which an empty line ends (2.2)."""
    number, lines = None, []
    for place, line in enumerate(text.splitlines(), 1):
        begins = re.match(r"\s*X:\s*(.*)", line)
        if number is not None and (begins or not line.strip()):
            yield number, lines
            number, lines = None, []
        if begins:
            number = begins[1].split("%")[0].strip()
        elif number is not None:
            lines.append((place, line))
    if number is not None:
        yield number, lines


class _Tune:
    """A tune while it is read."""

    def __init__(self):
        self.title = ""
        self.in_body = False  # after the first K:
        self.voice = _Voice()  # the one that is written at present; before the first V: the only one
        self.voices = {None: self.voice}

    def read(self, line: str) -> None:
        """Takes one line of the file."""
        line = re.sub(r"(?<!\\)%.*", "", line).strip()
        line = re.sub(r"=(20)?$", "", line)  # how mail divided long lines
        # A line of music may begin like a field, "d:|".
        if field := re.match(r"([A-Za-z+]):(?![|:])(.*)", line):
            self.field(field[1], field[2].strip())
        elif self.in_body and line:
            self.music(line)

    def field(self, name: str, value: str) -> None:
        if name == "T" and not self.title:
            self.title = value
        elif name == "V" and value:
            self.choose_voice(value.split()[0])
        elif name == "M":
            self.voice.metre = _metre(value)
            if not self.voice.unit_is_told:
                self.voice.unit = _usual_unit(self.voice.metre)
        elif name == "L":
            self.voice.unit = _unit(value)
            self.voice.unit_is_told = True
        elif name == "K":
            self.voice.signature = _signature(value)
            self.in_body = True

    def choose_voice(self, name: str) -> None:
        """The voice of this name; a new one begins with the metre, unit and key of the header."""
        if not self.in_body:
            return  # the header only tells of it
        if name not in self.voices:
            first = self.voices[None]
            # The first that is named takes up what stands before any name.
            self.voices[name] = first if len(self.voices) == 1 else first.beginning()
        self.voice = self.voices[name]

    def music(self, line: str) -> None:
        at = 0
        while at < len(line):
            token = _TOKEN.match(line, at)
            if not token:
                raise ValueError(f"expected notes; got {line[at : at + 10]!r}.")
            if token["field"]:
                self.field(token["field"], token["value"].strip())
            else:
                self.voice.take(token)
            at = token.end()
        self.voice.end_line()

    def score(self) -> Score:
        """What was read."""
        voices = list(dict.fromkeys(self.voices.values()))
        for voice in voices:
            voice.end_bar()
        voices = [voice for voice in voices if voice.notes] or voices[:1]
        first = voices[0]
        notes = tuple(tuple(sorted(Note(*note) for note in voice.notes)) for voice in voices)
        return Score(self.title, notes, tuple(first.bars), first.time)


class _Voice:
    """A voice while it is read; times in sixteenths."""

    def __init__(self):
        self.metre = (0, 4)
        self.unit = Fraction(2)
        self.unit_is_told = False
        self.signature = {}  # {letter: semitones}
        self.notes = []  # [onset, duration, pitch]
        self.bars = []
        self.time = Fraction(0)  # where the next note begins
        self.bar_onset = Fraction(0)
        self.bar_metre = self.metre
        self.accidentals = {}  # of this bar, {letter: semitones}
        self.last = []  # the indices of the last note, those of a chord, none for a rest
        self.last_duration = None  # of the last note or rest
        self.shortened = Fraction(1)  # what a > or < makes of the next note
        self.tied = {}  # {(letter, octave): index} of notes that go on
        self.tuplet = Fraction(1)
        self.tuplet_notes = 0  # how many are left in it

    def beginning(self) -> "_Voice":
        """Another voice of the same tune, at its beginning."""
        other = _Voice()
        other.metre, other.unit, other.unit_is_told = self.metre, self.unit, self.unit_is_told
        other.signature = self.signature
        return other

    def take(self, token: re.Match) -> None:
        """Takes what stands in a line of music."""
        if token["letter"]:
            self.sound([token], _length(token["length"]))
        elif token["chord"]:
            notes = list(_NOTE.finditer(_CHORD_TEXT.sub("", token["chord"])))
            if not notes:
                raise ValueError(f"expected notes in a chord; got {token[0]!r}.")
            self.sound(notes, _length(notes[0]["length"]) * _length(token["chord_length"]))
        elif token["rest"]:
            self.sound([], _length(token["rest_length"]))
        elif token["bars"]:
            self.rest_bars(int(token["bars_count"] or 1))
        elif token["broken"]:
            self.break_rhythm(token["broken"])
        elif token["tuplet"]:
            self.begin_tuplet(token)
        elif token["tie"]:
            self.tied = {key: index for index, key in self.last}
        elif token["bar"]:
            self.end_bar()

    def sound(self, notes: list[re.Match], length: Fraction) -> None:
        """The notes together, none for a rest, for so many units."""
        if self.time == self.bar_onset:
            self.bar_metre = self.metre
        duration = length * self.unit * self.shortened
        if self.tuplet_notes:
            duration *= self.tuplet
            self.tuplet_notes -= 1
        tied, self.tied, self.last = self.tied, {}, []
        for note in notes:
            letter = note["letter"].upper()
            octave = (note["letter"].islower()) + note["octaves"].count("'") - note["octaves"].count(",")
            goes_on = tied.get((letter, octave))
            if goes_on is not None and not note["accidental"]:
                self.notes[goes_on][1] += duration
                self.last.append((goes_on, (letter, octave)))
                continue
            if note["accidental"]:
                self.accidentals[letter] = _ACCIDENTALS[note["accidental"]]
            semitones = self.accidentals.get(letter, self.signature.get(letter, 0))
            pitch = 60 + 12 * octave + _LETTERS[letter] + semitones
            if goes_on is not None and self.notes[goes_on][2] == pitch:
                self.notes[goes_on][1] += duration
                self.last.append((goes_on, (letter, octave)))
                continue
            if not 0 <= pitch <= 127:
                raise ValueError(f"expected a pitch that MIDI has; got {note[0]!r}.")
            self.last.append((len(self.notes), (letter, octave)))
            self.notes.append([self.time, duration, pitch])
        self.time += duration
        self.last_duration, self.shortened = duration, Fraction(1)

    def rest_bars(self, count: int) -> None:
        """Rests of so many whole bars (4.5)."""
        for _ in range(count):
            self.end_bar()
            bar = Bar(self.time, *self.metre).duration or Fraction(16)
            self.sound([], bar / self.unit)

    def break_rhythm(self, signs: str) -> None:
        """`a>b`: the first is dotted and the second halved; `<` the other way; `>>` doubly dotted (4.4)."""
        if self.last_duration is None:
            raise ValueError(f"expected a note before {signs!r}; got none.")
        short = Fraction(1, 2 ** len(signs))
        first, self.shortened = (2 - short, short) if signs[0] == ">" else (short, 2 - short)
        change = self.last_duration * (first - 1)
        for index, _ in self.last:
            self.notes[index][1] += change
        self.time += change
        self.last_duration = None

    def begin_tuplet(self, token: re.Match) -> None:
        """`(p:q:r`: p notes in the time of q, for the next r notes (4.13)."""
        count = int(token["tuplet"])
        usual = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}.get(count, 3 if self.metre in ((6, 8), (9, 8), (12, 8)) else 2)
        if count < 2:
            return  # a slur, and the number of a finger
        self.tuplet = Fraction(int(token["in_time_of"] or usual), count)
        self.tuplet_notes = int(token["for_notes"] or count)

    def end_line(self) -> None:
        """A bar that is full ends with its line."""
        if self.time - self.bar_onset == Bar(self.bar_onset, *self.bar_metre).duration:
            self.end_bar()

    def end_bar(self) -> None:
        self.accidentals = {}
        if self.time > self.bar_onset:  # two bar lines may follow each other
            self.bars.append(Bar(self.bar_onset, *self.bar_metre))
            self.bar_onset = self.time


_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}  # semitones above C
_ACCIDENTALS = {"__": -2, "_": -1, "=": 0, "^": 1, "^^": 2}
_SHARPS = "FCGDAEB"  # in the order in which a signature has them; flats the other way round
_FIFTHS = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}  # sharps of the major key
_MODES = {
    "": 0,
    "maj": 0,
    "ion": 0,
    "lyd": 1,
    "mix": -1,
    "dor": -2,
    "m": -3,
    "min": -3,
    "aeo": -3,
    "phr": -4,
    "loc": -5,
}


_LENGTH = r"[0-9]*/*[0-9]*"
_NOTE_TEXT = rf"(?P<accidental>\^\^?|__?|=)?(?P<letter>[A-Ga-g])(?P<octaves>[,']*)(?P<length>{_LENGTH})"
_NOTE = re.compile(_NOTE_TEXT)
_CHORD_TEXT = re.compile(r'"[^"]*"|![^!]*!')
_TOKEN = re.compile(
    rf"""
      "[^"]*"                                                # a chord's name or another text
    | \{{[^}}]*\}}                                           # grace notes
    | \[(?P<field>[A-Za-z]):(?P<value>[^]]*)\]
    | (?P<bar>(?:\[\||\||:)[|:\]]*)(?:\[?[1-9][0-9,.-]*)?    # a bar line, and perhaps the number of an ending
    | \[[1-9][0-9,.-]*                                       # an ending
    | !(?:[^!|\s]+!)?                                        # a decoration; alone an old sign for a new line
    | \+[a-z]+\+                                             # a decoration, as it was written before
    | {_NOTE_TEXT}
    | \[(?P<chord>[^]|]*)\](?P<chord_length>{_LENGTH})
    | (?P<rest>[zx])(?P<rest_length>{_LENGTH})
    | (?P<bars>[ZX])(?P<bars_count>[0-9]*)
    | (?P<broken>>+|<+)
    | \((?P<tuplet>[1-9])(?::(?P<in_time_of>[0-9]*))?(?::(?P<for_notes>[0-9]*))?
    | (?P<tie>-)
    | y[0-9]*                                                # space
    | [\s`().~\\$*;?@\#H-Wh-w]                               # slurs, letters that stand for decorations, reserved signs
    """,
    re.VERBOSE,
)


def _length(text: str) -> Fraction:
    """`3`, `/`, `//`, `3/2`, or nothing for 1, in units (4.3)."""
    above, slashes, below = re.fullmatch(r"([0-9]*)(/*)([0-9]*)", text).groups()
    divisor = int(below) if below else 2 ** len(slashes)
    if divisor == 0 or (above and int(above) == 0):
        raise ValueError(f"expected a length above 0; got {text!r}.")
    return Fraction(int(above or 1), divisor)


def _metre(text: str) -> tuple[int, int]:
    """(beats, beat unit) of a field M:, with 0 beats for a free metre."""
    if text in ("C", "c"):
        return 4, 4
    if text in ("C|", "c|"):
        return 2, 2
    if not text or re.match(r"(?i)none|frei", text):  # the Essen collection says FREI
        return 0, 4
    if metre := re.match(r"\(?([0-9]+(?:\+[0-9]+)*)\)?\s*/\s*(1|2|4|8|16|32)(?![0-9])", text):
        return sum(int(beats) for beats in metre[1].split("+")), int(metre[2])
    raise ValueError(f"M: expected a metre, such as 4/4; got {text!r}.")


def _unit(text: str) -> Fraction:
    """Sixteenths of a field L:."""
    if unit := re.match(r"1\s*/\s*([1-9][0-9]*)$|1$", text):
        return Fraction(16, int(unit[1] or 1))
    raise ValueError(f"L: expected a length, such as 1/8; got {text!r}.")


def _usual_unit(metre: tuple[int, int]) -> Fraction:
    """Sixteenths of a unit where no field L: tells: a sixteenth in metres below 3/4, else an eighth (3.1.7)."""
    return Fraction(1 if 0 < Fraction(*metre) < Fraction(3, 4) else 2)


def _signature(text: str) -> dict[str, int]:
    """{letter: semitones} of a field K: (3.1.14)."""
    text = re.sub(r"[a-z]+=[^_^=\s]\S*|\b(?:treble|alto|tenor|bass|perc)\S*", "", text).strip()  # clefs
    if text[:2].lower() == "hp":  # the bagpipes'
        return {"F": 1, "C": 1}
    # The Essen collection writes some keys in German: H and Es.
    key = re.fullmatch(r"(?:([A-H])(s|[#b]?)\s*([A-Za-z]*)|none|)((?:\s*(?:\^\^?|__?|=)[A-Ga-g])*)", text)
    mode = (key[3] or "")[:3] if key else ""
    mode = {"m": "m", "M": ""}.get(mode, mode.lower())
    if not key or mode not in (*_MODES, "exp"):
        raise ValueError(f"K: expected a key, such as G, Am or D mix; got {text!r}.")
    fifths = 0
    if key[1] and mode != "exp":
        fifths = _FIFTHS[key[1].replace("H", "B")] + {"": 0, "#": 7, "b": -7, "s": -7}[key[2]] + _MODES[mode]
    letters = _SHARPS[: max(fifths, 0)] + _SHARPS[::-1][: max(-fifths, 0)]
    signature = dict.fromkeys(letters, 1 if fifths > 0 else -1)
    for sign, letter in re.findall(r"(\^\^?|__?|=)([A-Ga-g])", key[4]):
        signature[letter.upper()] = _ACCIDENTALS[sign]
    return signature
