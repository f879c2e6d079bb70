import wave

import numpy as np
import pytest

from zoo.domains import synthesizer
from zoo.domains.medley import medley
from zoo.domains.synthesizer import RATE, play
from zoo.domains.windows import as_score

HELD = [-2] * 15


def loudest_frequency(sound):
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 8 * len(sound)))
    return spectrum.argmax() * RATE / (8 * len(sound))


@pytest.mark.parametrize(("pitch", "frequency"), [(69, 440.0), (57, 220.0), (60, 261.63), (96, 2093.0)])
def test_a_pitch_has_its_frequency(pitch, frequency):
    assert loudest_frequency(play(as_score([pitch, *HELD]))[: RATE // 2]) == pytest.approx(frequency, abs=1.0)


def test_time_is_that_of_the_tempo():
    """At 120 a quarter note lasts half a second, 11,025 samples; a rest is silent once the note before has faded."""
    sound = play(as_score([69, -2, -2, -2, -1, -2, -2, -2, 81, -2, -2, -2, -1, -2, -2, -2]), tempo=120)
    assert len(sound) == 4 * 11_025 + RATE // 2
    assert sound.dtype == np.float32
    fade = round(0.08 * RATE)
    assert not sound[11_025 + fade : 2 * 11_025].any()
    assert not sound[3 * 11_025 + fade :].any()
    assert loudest_frequency(sound[:11_025]) == pytest.approx(440, abs=2)
    assert loudest_frequency(sound[2 * 11_025 : 3 * 11_025]) == pytest.approx(880, abs=2)
    assert np.abs(sound[2 * 11_025 : 2 * 11_025 + 100]).max() > 0.05


def test_a_repeated_note_is_struck_again():
    held, again = (play(as_score([69, *HELD[:7], second, *HELD[:7]])) for second in (-2, 69))
    strike = round(8 * RATE * 60 / 110 / 4)
    window = slice(strike + 400, strike + 3_000)
    assert np.abs(again[window]).max() > 1.2 * np.abs(held[window]).max()


def test_it_is_loud_and_never_too_loud_and_does_not_click():
    chords = np.random.default_rng(0).integers(36, 97, [32, 4])
    sound = play(as_score(chords))
    assert np.abs(sound).max() == pytest.approx(0.8, abs=1e-5)
    # A note begins and ends in silence: the largest jump is that of its own fast partials.
    single = play(as_score([48, -2, -2, -1, *HELD[:12]]))
    assert np.abs(np.diff(single)).max() < 0.15
    assert np.abs(single[:3]).max() < 1e-3
    assert np.abs(np.diff(single, prepend=0.0)[:20]).max() < 0.01


def test_nothing_is_heard_that_is_higher_than_the_rate_can_hold():
    """A partial above half the rate would come back below the note itself."""
    sound = play(as_score([108, *HELD]))[: RATE // 2]
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    frequencies = np.fft.rfftfreq(len(sound), 1 / RATE)
    assert power[frequencies < 4_000].sum() < 1e-6 * power.sum()


def test_the_first_voice_is_heard_over_the_others():
    sound = play(as_score(np.array([[69, 74], *[[-2, -2]] * 15])))[: RATE // 2]
    power = np.abs(np.fft.rfft(sound)) / len(sound)
    frequencies = np.fft.rfftfreq(len(sound), 1 / RATE)
    assert power[np.abs(frequencies - 440) < 5].max() > 1.2 * power[np.abs(frequencies - 587.33) < 5].max()


def test_silence_is_silent():
    assert not play(as_score([-1, *HELD])).any()


def test_pieces_are_heard_one_after_the_other():
    sound = play(medley([as_score([69, *HELD]), as_score([81, *HELD])]), tempo=120)
    bar = 2 * RATE
    assert loudest_frequency(sound[:bar]) == pytest.approx(440, abs=2)
    assert not sound[bar + RATE // 5 : 2 * bar].any()
    assert loudest_frequency(sound[2 * bar : 3 * bar]) == pytest.approx(880, abs=2)


def test_a_file_holds_what_is_played(tmp_path):
    sound = play(as_score([69, *HELD]))
    synthesizer.write(tmp_path / "a.wav", sound)
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        stored = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    np.testing.assert_allclose(stored / 32_767, sound, atol=2e-5)


def test_hours_of_sound_are_refused():
    long = as_score([60, *HELD])
    with pytest.raises(ValueError, match=r"^score: expected at most 2 hours of sound; got 2\.7\.$"):
        play(long._replace(end=long.end * 600), tempo=4 * 60 / 16)


def test_tempos_that_are_none():
    with pytest.raises(ValueError, match=r"^tempo: expected 4 to 1,000 quarter notes per minute; got 0\.$"):
        play(as_score([60]), tempo=0)
