"""A picture of notes: time to the right, pitch upwards, a panel for each piece."""

from collections.abc import Sequence
from math import ceil

from zoo.domains.medley import length
from zoo.domains.score import Score

# Okabe and Ito's colours, which colour-blind people tell apart; of the voices in turn.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#aa4499")
PAPER, PANEL, BEAT, BAR, OCTAVE = "#ffffff", "#f6f6f3", "#e6e6e2", "#b4b4ae", "#d4d4ce"
FINE = 3  # the picture is drawn so many times larger than it is, for smooth edges
WIDTH = 1_800  # pixels of a row, about
GAP = 10  # between panels


def draw(scores: Sequence[Score], columns: int):
    """Draws pieces as one picture, in panels of the same span of time and of pitch: those that the notes take.

    A note has a dark head where it begins and a gap where it ends, so that one that is played again is seen as two.
    Voices have colours of their own; where two meet at a pitch, the lower one is drawn thinner and both are seen.

    Args:
        scores: at least one.
        columns: panels per row.

    Returns:
        A picture of Pillow's, RGB.
    """
    from PIL import Image, ImageDraw

    columns = min(columns, len(scores))
    pitches = [note.pitch for score in scores for voice in score.voices for note in voice] or [60]
    top, bottom = max(pitches) + 1, min(pitches) - 1
    steps = max(1, ceil(max(map(length, scores))))
    across = min(max((WIDTH // columns - GAP) // steps, 3), 16)  # pixels a sixteenth
    up = min(max(across, 5), 8)  # pixels a semitone
    panel = (steps * across, (top - bottom + 1) * up)
    rows = -(-len(scores) // columns)
    size = (columns * (panel[0] + GAP) + GAP, rows * (panel[1] + GAP) + GAP)
    picture = Image.new("RGB", size, PAPER)
    for i, score in enumerate(scores):
        image = Image.new("RGB", (panel[0] * FINE, panel[1] * FINE), PANEL)
        _draw_panel(ImageDraw.Draw(image), score, top, across * FINE, up * FINE)
        place = (GAP + i % columns * (panel[0] + GAP), GAP + i // columns * (panel[1] + GAP))
        picture.paste(image.resize(panel, Image.Resampling.BOX), place)
    return picture


def _draw_panel(pen, score, top, across, up):
    """Draws one piece; a step is `across` wide and a semitone `up` high, `top` the pitch of the uppermost row."""
    width, height = pen.im.size
    for bar in score.bars:
        for beat in range(bar.beats):
            x = float(bar.onset + bar.duration * beat / bar.beats) * across
            pen.line([(x, 0), (x, height)], fill=BEAT if beat else BAR, width=FINE)
    for pitch in range(0, 128, 12):
        y = (top - pitch + 1) * up
        pen.line([(0, y), (width, y)], fill=OCTAVE, width=FINE)
    for i, voice in enumerate(score.voices):
        colour = COLOURS[i % len(COLOURS)]
        for note in voice:
            left, right = float(note.onset) * across, float(note.onset + note.duration) * across - FINE
            shared = sum(any(_meet(note, other) for other in above) for above in score.voices[:i])
            upper, lower = (top - note.pitch) * up + min(shared, 2) * up // 3, (top - note.pitch + 1) * up - 1
            pen.rounded_rectangle([(left, upper), (right, lower)], radius=up // 3, fill=colour)
            head = min(left + max(across // 3, 2 * FINE), right)
            pen.rounded_rectangle([(left, upper), (head, lower)], radius=up // 3, fill=_dark(colour))


def _meet(note, other):
    """Whether two notes sound at the same pitch and time."""
    return (
        note.pitch == other.pitch
        and note.onset < other.onset + other.duration
        and other.onset < note.onset + note.duration
    )


def _dark(colour):
    """A colour with half of its light."""
    return tuple(int(colour[i : i + 2], 16) // 2 for i in (1, 3, 5))
