"""A picture of beats: time to the right, a row for each drum, a panel for each beat."""

import numpy as np

from zoo.domains import piano_roll
from zoo.domains.beats import DRUMS, hits_of
from zoo.domains.piano_roll import FINE, GAP, WIDTH
from zoo.domains.windows import BAR, STEPS

INK, FAINT = 20, 215  # the grey of the loudest hit, and of one that can't be heard
WIDE = 0.7  # of a sixteenth, how wide a hit is drawn


def draw(beats: np.ndarray, columns: int):
    """Draws beats [n, 32, 27] as one picture, n at least 1: the kick in the lowest row, the ride in the uppermost.

    The louder a hit, the darker it is; it is drawn to the left or to the right of its place on the grid by as much as
    it comes early or late.

    Args:
        beats: as `zoo.domains.beats.beat_of` has them.
        columns: panels per row.

    Returns:
        A picture of Pillow's, RGB.
    """
    from PIL import Image, ImageDraw

    columns = min(columns, len(beats))
    across = min(max((WIDTH // columns - GAP) // (STEPS + 1), 4), 16)  # pixels a sixteenth
    panel = ((STEPS + 1) * across, len(DRUMS) * across)  # half a sixteenth more on each side, for what is early or late
    rows = -(-len(beats) // columns)
    picture = Image.new("RGB", (columns * (panel[0] + GAP) + GAP, rows * (panel[1] + GAP) + GAP), piano_roll.PAPER)
    for i, beat in enumerate(beats):
        image = Image.new("RGB", (panel[0] * FINE, panel[1] * FINE), piano_roll.PANEL)
        _draw_panel(ImageDraw.Draw(image), beat, across * FINE)
        place = (GAP + i % columns * (panel[0] + GAP), GAP + i // columns * (panel[1] + GAP))
        picture.paste(image.resize(panel, Image.Resampling.BOX), place)
    return picture


def _draw_panel(pen, beat, side):
    """Draws one beat; a place on the grid is `side` wide and high."""
    width, height = pen.im.size
    for step in range(0, STEPS, BAR // 4):
        x = (step + 1) * side
        pen.line([(x, 0), (x, height)], fill=piano_roll.BEAT if step % BAR else piano_roll.BAR, width=FINE)
    for row in range(1, len(DRUMS)):
        pen.line([(0, row * side), (width, row * side)], fill=piano_roll.BEAT, width=1)
    for onset, drum, velocity in hits_of(beat):
        middle, top = (onset + 1) * side, (len(DRUMS) - 1 - drum) * side
        grey = round(FAINT + (INK - FAINT) * velocity)
        left, right = middle - WIDE * side / 2, middle + WIDE * side / 2
        pen.rectangle([(left, top + side * 0.12), (right, top + side * 0.88)], fill=(grey, grey, grey))
