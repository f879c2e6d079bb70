"""Pieces one after another."""

from collections.abc import Sequence
from fractions import Fraction

from zoo.domains.score import Bar, Score


def medley(scores: Sequence[Score]) -> Score:
    """Pieces one after another as one, with a bar of rest between them; each begins with a bar.

    Voice i of it has the notes of voice i of each piece. The title is that of the first.
    """
    voices, bars, now = [[] for _ in range(max(len(score.voices) for score in scores))], [], Fraction(0)
    for score in scores:
        if bars:
            rest = Bar(now, *bars[-1][1:])
            bars.append(rest)
            now += rest.duration
        for voice, notes in zip(voices, score.voices):
            voice += [note._replace(onset=now + note.onset) for note in notes]
        bars += [bar._replace(onset=now + bar.onset) for bar in score.bars]
        now += length(score)
    return Score(scores[0].title, tuple(map(tuple, voices)), tuple(bars))


def length(score: Score) -> Fraction:
    """Sixteenth notes from the beginning of a piece to the end of its last bar or note."""
    ends = [note.onset + note.duration for voice in score.voices for note in voice]
    bar = [bar.onset + bar.duration for bar in score.bars[-1:]] if score.end is None else [score.end]
    return max([*ends, *bar], default=Fraction(0))
