"""ABC notation: what is written is read, by the standard's own rules, and what is damaged is named."""

import re
from fractions import Fraction

import pytest

from zoo.domains import abc


def tune(folder, body, header="M:4/4\nL:1/8\nK:C", title="A tune"):
    """The only tune of a file that is written for it."""
    path = folder / "tune.abc"
    path.write_text(f"X:1\nT:{title}\n{header}\n{body}\n", encoding="utf-8")
    (score,) = abc.read(path)
    return score


def notes(score, voice=0):
    """(onset, duration, pitch) of a voice's notes, in sixteenths."""
    return [tuple(note) for note in score.voices[voice]]


def pitches(score, voice=0):
    return [note.pitch for note in score.voices[voice]]


def test_pitches_and_octaves(tmp_path):
    assert pitches(tune(tmp_path, "C,, C, C D E F G A B c c' c''")) == [36, 48, 60, 62, 64, 65, 67, 69, 71, 72, 84, 96]


def test_lengths(tmp_path):
    # In units of an eighth: 1, 2, 3/2, 1/2, 1/2, 1/4, 1/4, 3/4.
    lengths = [note.duration for note in tune(tmp_path, "C C2 C3/2 C/2 C/ C// C/4 C3/4").voices[0]]
    assert lengths == [2, 4, 3, 1, 1, Fraction(1, 2), Fraction(1, 2), Fraction(3, 2)]


@pytest.mark.parametrize(
    ("header", "sixteenths"),
    [
        ("M:4/4\nL:1/4\nK:C", 4),
        ("M:4/4\nL:1/16\nK:C", 1),
        ("M:4/4\nK:C", 2),  # 1/8 by default
        ("M:3/4\nK:C", 2),
        ("M:2/4\nK:C", 1),  # 1/16 in metres below 3/4
        ("M:6/8\nK:C", 2),
        ("L:1/4\nM:2/4\nK:C", 4),
        ("K:C", 2),
    ],
)
def test_the_unit(tmp_path, header, sixteenths):
    assert tune(tmp_path, "C", header).voices[0][0].duration == sixteenths


def test_accidentals_hold_to_the_end_of_the_bar(tmp_path):
    score = tune(tmp_path, "^F F f =F F | F _B B, __E ^^C", "M:4/4\nL:1/8\nK:D")
    # F is sharp by the key, too; the accidental holds in other octaves, as the standard has it.
    assert pitches(score) == [66, 66, 78, 65, 65, 66, 70, 58, 62, 62]


@pytest.mark.parametrize(
    ("key", "sharp", "flat"),
    [
        ("C", "", ""),
        ("G", "F", ""),
        ("Bb", "", "BE"),
        ("F#", "FCGDAE", ""),
        ("Gb", "", "BEADGC"),
        ("Am", "", ""),
        ("Em", "F", ""),
        ("F#m", "FCG", ""),
        ("Gmin", "", "BE"),
        ("D minor", "", "B"),
        ("Ador", "F", ""),
        ("D Dorian", "", ""),
        ("Amix", "FC", ""),
        ("D MIX", "F", ""),
        ("Flyd", "", ""),
        ("Ephr", "", ""),
        ("Bloc", "", ""),
        ("Cionian", "", ""),
        ("Aaeo", "", ""),
        ("GM", "F", ""),
        ("none", "", ""),
        ("", "", ""),
        ("Hp", "FC", ""),
        ("Es", "", "BEA"),  # as the Essen collection writes E flat
        ("D exp _b ^f", "F", "B"),
        ("D ^g =f", "CG", ""),
        ("G clef=bass", "F", ""),
        ("G bass", "F", ""),
        ("G % pentatonic", "F", ""),
    ],
)
def test_keys(tmp_path, key, sharp, flat):
    natural = dict(zip("CDEFGAB", [60, 62, 64, 65, 67, 69, 71], strict=True))
    expected = [pitch + (letter in sharp) - (letter in flat) for letter, pitch in natural.items()]
    assert pitches(tune(tmp_path, "C D E F G A B", f"M:4/4\nL:1/8\nK:{key}")) == expected


def test_broken_rhythm(tmp_path):
    assert notes(tune(tmp_path, "C>D E<F G>>A B2>c2")) == [
        (0, 3, 60),
        (3, 1, 62),
        (4, 1, 64),
        (5, 3, 65),
        (8, Fraction(7, 2), 67),
        (Fraction(23, 2), Fraction(1, 2), 69),
        (12, 6, 71),
        (18, 2, 72),
    ]
    # What stands between the two makes no difference, and a rest takes part.
    assert notes(tune(tmp_path, '(C) > {d}"G"D z>E')) == [(0, 3, 60), (3, 1, 62), (7, 1, 64)]


def test_tuplets(tmp_path):
    third = Fraction(4, 3)
    assert [note.duration for note in tune(tmp_path, "(3CDE F").voices[0]] == [third, third, third, 2]
    # A tuplet may have fewer notes, of other lengths: 3 units in the time of 2.
    assert [note.duration for note in tune(tmp_path, "(3:2:2C2D E").voices[0]] == [2 * third, third, 2]
    assert [note.duration for note in tune(tmp_path, "(3::2C2D E").voices[0]] == [2 * third, third, 2]
    # 2 in the time of 3, 4 of 3, 5 of 2 or, in compound metres, of 3.
    assert [note.onset for note in tune(tmp_path, "(2CD E").voices[0]] == [0, 3, 6]
    assert tune(tmp_path, "(4CDEF G").voices[0][-1].onset == 6
    assert tune(tmp_path, "(5CDEFG A").voices[0][-1].onset == 4
    assert tune(tmp_path, "(5CDEFG A", "M:6/8\nL:1/8\nK:C").voices[0][-1].onset == 6


def test_slurs_are_no_tuplets(tmp_path):
    assert [note.duration for note in tune(tmp_path, "((3CDE) (FG) (A2 B)").voices[0]][3:] == [2, 2, 4, 2]


def test_ties(tmp_path):
    assert notes(tune(tmp_path, "C4- C2 D2-|D4 E4")) == [(0, 12, 60), (12, 12, 62), (24, 8, 64)]
    # The accidental goes over the bar line with its note, and no further; a tie to another note is a slur.
    assert notes(tune(tmp_path, "^C8-|C4 C2 D2-E2")) == [(0, 24, 61), (24, 4, 60), (28, 4, 62), (32, 4, 64)]
    assert notes(tune(tmp_path, "C4 C4")) == [(0, 8, 60), (8, 8, 60)]


def test_rests(tmp_path):
    score = tune(tmp_path, "z2 C2 x2 D2 | Z2 | E8")
    assert notes(score) == [(4, 4, 60), (12, 4, 62), (48, 16, 64)]
    assert [bar.onset for bar in score.bars] == [0, 16, 32, 48]


def test_the_end_is_that_of_the_last_bar(tmp_path):
    assert tune(tmp_path, "C4 z4 |]").end == 16


def test_chords(tmp_path):
    assert notes(tune(tmp_path, "[CEG]2 [C2c4]- [C2c2]/2")) == [
        (0, 4, 60),
        (0, 4, 64),
        (0, 4, 67),
        (4, 6, 60),
        (4, 6, 72),
    ]


def test_what_is_no_note_is_left_out(tmp_path):
    body = '"Am7"C {gag}D .E ~F !trill!G !f!TA vB u(c "^slow"`d) He y2 f +trill+g\\\n\n'
    assert pitches(tune(tmp_path, body)) == [60, 62, 64, 65, 67, 69, 71, 72, 74, 76, 77, 79]
    assert pitches(tune(tmp_path, "C D % E F\nw: la la\nW: La\nN: C D\nE")) == [60, 62, 64]


def test_fields_within_a_tune(tmp_path):
    score = tune(tmp_path, "F8 | [K:G] F8 | [M:3/4] [L:1/4] F3 |\nM:2/4\nK:C\nF2 |\nP:B\nd:| F2 |]")
    assert notes(score) == [(0, 16, 65), (16, 16, 66), (32, 12, 66), (44, 8, 65), (52, 4, 74), (56, 8, 65)]
    assert [(bar.onset, bar.beats, bar.beat_unit) for bar in score.bars] == [
        (0, 4, 4),
        (16, 4, 4),
        (32, 3, 4),
        (44, 2, 4),
        (52, 2, 4),
        (56, 2, 4),
    ]


@pytest.mark.parametrize(
    ("metre", "beats", "beat_unit"),
    [
        ("4/4", 4, 4),
        ("C", 4, 4),
        ("C|", 2, 2),
        ("2/2", 2, 2),
        ("6/8", 6, 8),
        ("2+3/8", 5, 8),
        ("(2+2+3)/8", 7, 8),
        ("9/8 % 6/8 in print", 9, 8),
        ("none", 0, 4),
        ("FREI 4/4", 0, 4),
    ],
)
def test_metres(tmp_path, metre, beats, beat_unit):
    assert tune(tmp_path, "C", f"M:{metre}\nL:1/8\nK:C").bars == ((0, beats, beat_unit),)


def test_bars_are_where_bar_lines_are(tmp_path):
    score = tune(tmp_path, "G2 | C8 |: D8 || E8 :| F8 :: G8 |1 A8 :|2 B8 |] c8 [| d8 .| e8 :||: f6")
    assert [bar.onset for bar in score.bars] == [0, *range(4, 4 + 16 * 12, 16)][:12]
    assert score.end == 4 + 10 * 16 + 12
    # Repeats are not played, and a second ending follows the first.
    assert pitches(score) == [67, 60, 62, 64, 65, 67, 69, 71, 72, 74, 76, 77]


def test_a_line_ends_a_bar_that_is_full(tmp_path):
    # As in the Essen collection. A bar that is not full goes on in the next line.
    score = tune(tmp_path, "^F8\nF4\nG4 | A8")
    assert [bar.onset for bar in score.bars] == [0, 16, 32]
    assert pitches(score) == [66, 65, 67, 69]


def test_voices(tmp_path):
    header = "M:4/4\nL:1/8\nV:1 name=Soprano\nV:2\nK:G"
    score = tune(tmp_path, "V:1\nF8 |\nV:2\n[L:1/4] ^C4 |\n[V:1] C8 |\n[V:2] C4 |", header)
    assert notes(score) == [(0, 16, 66), (16, 16, 60)]
    assert notes(score, 1) == [(0, 16, 61), (16, 16, 60)]
    assert [bar.onset for bar in score.bars] == [0, 16]


def test_a_file_of_many_tunes(tmp_path):
    path = tmp_path / "tunes.abc"
    path.write_bytes(
        b"% A collection\nnot music\n\nX:1\nT:One\nT:Another title\nK:C\nC\n\nfree text CDE\n\n"
        b"X: 2 % two\r\nT:M\xe4rz\r\nK:G\r\nF\r\nX:3\nK:C\nG\n"
    )
    scores = abc.read(path)
    assert [score.title for score in scores] == ["One", "März", ""]
    assert [pitches(score) for score in scores] == [[60], [66], [67]]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "expected ABC notation; got no line that begins with X:, as a tune does."),
        ("Dear all,\nhello.\n", "expected ABC notation; got no line that begins with X:, as a tune does."),
        ("X:1\nK:C\nC\0", "expected ABC notation; got no line that begins with X:, as a tune does."),
        ("X:7\nT:Lost\nM:4/4\n", "tune X:7, line 3: expected a key, K:, after the header; got none."),
        ("X:7\nM:four\nK:C\nC", "tune X:7, line 2: M: expected a metre, such as 4/4; got 'four'."),
        ("X:7\nL:0\nK:C\nC", "tune X:7, line 2: L: expected a length, such as 1/8; got '0'."),
        ("X:7\nK:Xyz\nC", "tune X:7, line 2: K: expected a key, such as G, Am or D mix; got 'Xyz'."),
        ("X:7\nK:C\nCDE\nC 2 D", "tune X:7, line 4: expected notes; got '2 D'."),
        ("X:7\nK:C\nC {abc", "tune X:7, line 3: expected notes; got '{abc'."),
        ("X:7\nK:C\nC [CEG", "tune X:7, line 3: expected notes; got '[CEG'."),
        ('X:7\nK:C\nC "Am D', "tune X:7, line 3: expected notes; got '\"Am D'."),
        ("X:7\nK:C\nC0 D", "tune X:7, line 3: expected a length above 0; got '0'."),
        ("X:7\nK:C\n> C", "tune X:7, line 3: expected a note before '>'; got none."),
        ("X:7\nK:C\nC,,,,,,", "tune X:7, line 3: expected a pitch that MIDI has; got 'C,,,,,,'."),
        ("X:7\nK:C\n[z]", "tune X:7, line 3: expected notes in a chord; got '[z]'."),
    ],
)
def test_what_is_damaged_is_named(tmp_path, text, complaint):
    path = tmp_path / "bad.abc"
    path.write_text(text)
    with pytest.raises(ValueError, match=f"^{re.escape(f'{path}: {complaint}')}$"):
        abc.read(path)


def test_sound_tunes_beside_damaged_ones(tmp_path):
    path = tmp_path / "tunes.abc"
    path.write_text("X:1\nT:Good\nK:C\nC\n\nX:2\nT:Bad\nK:C\nC 4\n\nX:3\nT:Good too\nK:C\nD\n")
    scores, faults = abc.read_what_is_sound(path)
    assert [score.title for score in scores] == ["Good", "Good too"]
    assert faults == [f"{path}: tune X:2, line 9: expected notes; got '4'."]
