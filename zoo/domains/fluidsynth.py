"""MIDI as sound by FluidSynth, a program of its own, with the instruments of a SoundFont."""

import shutil
import subprocess
from pathlib import Path

from zoo.domains.synthesizer import RATE


def play(midi: str | Path, soundfont: str | Path, path: str | Path) -> None:
    """Plays a MIDI file into a WAV file: 16 bits, two channels, 22,050 samples a second.

    Args:
        midi: the file with the notes.
        soundfont: a file of instruments, .sf2 or .sf3.
        path: of the WAV file.

    Raises:
        ValueError: FluidSynth is not installed, the SoundFont can't be read, or the file not written; one line.
    """
    program = shutil.which("fluidsynth")
    if program is None:
        raise ValueError("soundfont: expected the program fluidsynth to play it; it is not installed, or not in PATH.")
    if not Path(soundfont).is_file():
        raise ValueError(f"soundfont: expected a file; {soundfont} is none.")
    options = ["-n", "-i", "-q", "-T", "wav", "-O", "s16", "-r", str(RATE), "-F", str(path)]
    done = subprocess.run([program, *options, str(soundfont), str(midi)], capture_output=True, text=True, check=False)
    # Without instruments it writes silence and says in words alone that something is wrong.
    said = [line for line in done.stderr.splitlines() if line.startswith(("fluidsynth: error", "Parameter"))]
    if done.returncode or said:
        Path(path).unlink(missing_ok=True)
        why = said[0].removeprefix("fluidsynth: error: ") if said else f"exit code {done.returncode}"
        raise ValueError(f"soundfont: {soundfont} can't be played by fluidsynth: {why.rstrip('.')}.")
