"""Tunes of two bars to have harmonized, all older than any right in them."""

from zoo.domains.score import HOLD

# (MIDI pitch, length in sixteenths)
TUNES = {
    "Ode to Joy": [(71, 4), (71, 4), (72, 4), (74, 4), (74, 4), (72, 4), (71, 4), (69, 4)],
    "Old Hundredth": [(67, 4), (67, 4), (66, 4), (64, 4), (62, 4), (67, 4), (69, 4), (71, 4)],
    "Twinkle, Twinkle": [(65, 4), (65, 4), (72, 4), (72, 4), (74, 4), (74, 4), (72, 8)],
    "Joy to the World": [(74, 4), (73, 3), (71, 1), (69, 6), (67, 2), (66, 4), (64, 4), (62, 8)],
    "Frère Jacques": [(65, 4), (67, 4), (69, 4), (65, 4), (69, 4), (70, 4), (72, 8)],
}


def notes(tune):
    """A tune on the grid: 32 numbers, a pitch where a note begins and holds while it sounds."""
    return [number for pitch, length in tune for number in (pitch, *[HOLD] * (length - 1))]
