"""Notes as sound: a soft plucked string, made of decaying partials."""

import wave
from pathlib import Path

import numpy as np

from zoo.domains.medley import length
from zoo.domains.score import Score

RATE = 22_050  # samples per second
PARTIALS = 8
ATTACK, RELEASE = 0.006, 0.08  # seconds in which a note swells, and fades once its key is left
TAIL = 0.5  # seconds of silence at the end
PEAK = 0.8  # the loudest sample
MOST_HOURS = 2  # of sound, 320 MB in a file
INNER = 0.75  # the loudness of the voices below the first


def play(score: Score, tempo: float = 110.0) -> np.ndarray:
    """A piece as sound.

    A note of frequency f is the sum over k = 1 ... 8 of k^-1.6 exp(-t (k + 1) / (2 d)) sin(2 pi k f t): the higher a
    partial, the sooner it dies away. It swells in 6 ms, and fades in 80 ms once its key is left.

    Args:
        score: the piece.
        tempo: quarter notes per minute.

    Returns:
        float32 [samples] in [-1, 1], at 22,050 a second; as loud as the loudest sample allows, silence where nothing
        sounds.

    Raises:
        ValueError: there is no such tempo, or the piece lasts longer than 2 hours; one line.

    Example:

    >>> from zoo.domains.windows import as_score
    >>> play(as_score([69] + 15 * [-2]), tempo=120).shape
    (55125,)
    """
    if not 4 <= tempo <= 1_000:
        raise ValueError(f"tempo: expected 4 to 1,000 quarter notes per minute; got {tempo}.")
    per_step = RATE * 60 / tempo / 4
    size = round(float(length(score)) * per_step) + round(TAIL * RATE)
    if size > MOST_HOURS * 3_600 * RATE:
        raise ValueError(f"score: expected at most {MOST_HOURS} hours of sound; got {size / RATE / 3_600:.1f}.")
    sound = np.zeros(size, np.float32)
    longest = max((note.duration for voice in score.voices for note in voice), default=0)
    strings = {pitch: _string(pitch, round(float(longest) * per_step) + 1) for pitch in _pitches(score)}
    for i, voice in enumerate(score.voices):
        for onset, duration, pitch in voice:
            begin, end = round(float(onset) * per_step), round(float(onset + duration) * per_step)
            tone = _held(strings[pitch], end - begin) * (INNER if i else 1.0)
            sound[begin : begin + len(tone)] += tone
    loudest = np.abs(sound).max()
    return sound * np.float32(PEAK / loudest if loudest else 0.0)


def write(path: str | Path, sound: np.ndarray) -> None:
    """Writes sound, float [samples] in [-1, 1], as a WAV file of 16 bits, one channel, 22,050 samples a second."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.round(32_767 * np.clip(sound, -1.0, 1.0)).astype("<i2").tobytes())


def _pitches(score):
    return {note.pitch for voice in score.voices for note in voice}


def _string(pitch, held):
    """A string of this pitch that sounds for so many samples and for the release, float [samples]."""
    frequency = 440.0 * 2.0 ** ((pitch - 69) / 12)
    seconds = np.arange(held + round(RELEASE * RATE)) / RATE
    decay = 1.6 * 2.0 ** ((60 - pitch) / 24)  # seconds; high strings sound shorter
    sound = np.zeros(len(seconds))
    for k in range(1, PARTIALS + 1):
        if k * frequency > 0.45 * RATE:  # above half the rate it would be heard as another frequency
            break
        sound += k**-1.6 * np.exp(-seconds * (k + 1) / (2 * decay)) * np.sin(2 * np.pi * k * frequency * seconds)
    return sound


def _held(string, held):
    """A note whose key is held for so many samples: it swells, and fades once the key is left."""
    steps = np.arange(held + round(RELEASE * RATE))
    swell, fade = np.minimum(steps / (ATTACK * RATE), 1.0), np.minimum((len(steps) - steps) / (RELEASE * RATE), 1.0)
    return string[: len(steps)] * 0.25 * (1 - np.cos(np.pi * swell)) * (1 - np.cos(np.pi * fade))
