"""Drums as sound: skins that are decaying sines, and metal that is decaying noise."""

from collections.abc import Sequence

import numpy as np

from zoo.domains.beats import Hit
from zoo.domains.synthesizer import PEAK, RATE, TAIL

LOUDNESS = 1.5  # the power of a velocity that its amplitude goes with


def play(hits: Sequence[Hit], steps: float, tempo: float) -> np.ndarray:
    """Hits as sound.

    Args:
        hits: none of them before the beginning.
        steps: how long it lasts, in sixteenths.
        tempo: quarter notes per minute.

    Returns:
        float32 [samples] in [-1, 1], at 22,050 a second; as loud as the loudest sample allows, silence where nothing
        sounds.

    Example:

    >>> play([Hit(0.0, 0, 1.0)], steps=16, tempo=120).shape  # two seconds, and half of one in which it fades
    (55125,)
    """
    kit, per_step = _kit(), RATE * 15 / tempo
    sound = np.zeros(round(steps * per_step) + round(TAIL * RATE))
    for onset, drum, velocity in hits:
        begin = round(onset * per_step)
        stroke = kit[drum][: len(sound) - begin]
        sound[begin : begin + len(stroke)] += velocity**LOUDNESS * stroke
    loudest = np.abs(sound).max()
    return (sound * (PEAK / loudest if loudest else 0.0)).astype(np.float32)


def _kit():
    """A stroke on each of `zoo.domains.beats.DRUMS`, float [samples]; the same whenever it is made."""
    random = np.random.default_rng(0)
    snare = 0.5 * _skin(190, 160, 0.10, 0.4) + 0.35 * _metal(random, 0.12, 0.4)
    ride = 0.16 * _metal(random, 0.35, 1.0) + 0.1 * sum(_skin(f, f, 0.4, 1.0) for f in (2_070, 3_130, 4_690))
    return (
        1.0 * _skin(120, 50, 0.16, 0.6),
        snare,
        0.4 * _metal(random, 0.03, 0.15),
        0.35 * _metal(random, 0.18, 0.6),
        0.7 * _skin(110, 85, 0.25, 0.8),
        0.7 * _skin(155, 125, 0.22, 0.8),
        0.7 * _skin(210, 170, 0.18, 0.8),
        0.35 * _metal(random, 0.5, 1.6),
        ride,
    )


def _skin(begin, end, decay, seconds):
    """A sine whose frequency falls from `begin` to `end` Hz, and whose loudness falls by e in `decay` seconds."""
    time = _time(seconds)
    frequency = end + (begin - end) * np.exp(-time / 0.03)
    return _swell(time) * np.exp(-time / decay) * np.sin(2 * np.pi * np.cumsum(frequency) / RATE)


def _metal(random, decay, seconds):
    """Noise without low notes or sharp ones, whose loudness falls by e in `decay` seconds."""
    time = _time(seconds)
    noise = random.normal(size=len(time) + 2)
    bright = (noise[2:] - noise[:-2]) / 2  # most at a quarter of the rate, 5.5 kHz; nothing at its ends
    return _swell(time) * np.exp(-time / decay) * bright


def _time(seconds):
    return np.arange(round(seconds * RATE)) / RATE


def _swell(time):
    """A rise within 2 ms and a fall within the last 20 ms, so that nothing clicks."""
    return np.minimum(time / 0.002, 1.0) * np.minimum((time[-1] - time) / 0.02, 1.0)
