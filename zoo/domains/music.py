"""Music: notes in MIDI and ABC files, pitches on a grid of sixteenths in a model."""

from collections import Counter
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from zoo.domains import abc, engraving, midi, piano_roll, synthesizer
from zoo.domains.domain import Domain
from zoo.domains.medley import medley
from zoo.domains.pixels import with_palette
from zoo.domains.score import HOLD, REST
from zoo.domains.windows import BAR, BARS, STEPS, as_score, windows

TEMPO = 110.0  # quarter notes per minute, of what is written
NAMES = {1: ("melody",), 4: ("soprano", "alto", "tenor", "bass")}  # of the voices, where there are so many
PICTURES, MIDI, SOUND, ABC = (".png",), (".mid", ".midi"), ".wav", ".abc"


@keras.saving.register_keras_serializable("zoo")
class Music(Domain):
    """Windows of music: two bars of 4/4, a sixteenth a step, each voice a row of MIDI pitches, rests and holds.

    Args:
        voices: 1, and a window is [32]; of more it is [32, voices], the highest voice first.
        lowest, highest: MIDI pitches that a model knows.
        source: the name of the data set, or of the folder, that the music is from.
        is_folder: whether it is a folder of a person's own.
        licence: what the source may be used for, as its owners say.

    Raises:
        ValueError: there is no such window; one line.

    Example:

    >>> Music(voices=4, lowest=36, highest=81).about()["shape"]
    [32, 4]
    """

    name = "music"
    item, items, datum, suffixes, columns = "window", "windows", "notes", (".png", ".mid", ".wav"), 5
    unit = f"MIDI pitch; {REST} rest, {HOLD} hold"
    hub_task = "other"
    class_names = ()

    def __init__(
        self,
        voices: int = 1,
        lowest: int = 21,
        highest: int = 108,
        source: str = "",
        is_folder: bool = False,
        licence: str = "",
    ):
        if voices < 1:
            raise ValueError(f"voices: expected a positive number; got {voices}.")
        if not 0 <= lowest <= highest <= 127:
            raise ValueError(f"lowest, highest: expected MIDI pitches from 0 to 127; got {lowest} and {highest}.")
        self.voices, self.lowest, self.highest = int(voices), int(lowest), int(highest)
        self.source, self.is_folder, self.licence = source, bool(is_folder), licence

    @property
    def shape(self) -> tuple[int, ...]:
        """(32,) of one voice, (32, voices) of more."""
        return (STEPS,) if self.voices == 1 else (STEPS, self.voices)

    @property
    def values(self) -> tuple[int, ...]:
        """What a step may be, in ascending order: hold, rest, and the pitches from the lowest to the highest."""
        return (HOLD, REST, *range(self.lowest, self.highest + 1))

    @property
    def value_range(self) -> tuple[int, int]:
        """The least and the largest value of a step."""
        return HOLD, self.highest

    def read(self, path: str | Path) -> np.ndarray:
        """The first window of the music in a person's file, MIDI or ABC: int32 [*shape].

        Raises:
            ValueError: it can't be read as one, or has no such window; one line.
        """
        kind = Path(path).suffix.lower()
        if kind not in (*MIDI, ABC):
            raise ValueError(f"path: expected a file of {', '.join((*MIDI, ABC))}; got {path}.")
        try:
            scores = abc.read(path) if kind == ABC else [midi.read(path)]
        except OSError as error:
            raise ValueError(f"path: expected a file of music; {path} can't be read: {error.strerror}.") from error
        reasons = Counter()
        for score in scores:
            found, refused = windows(score, self.voices, lowest=self.lowest, highest=self.highest)
            if found:
                return np.asarray(found[0], np.int32)
            reasons += refused
        why = ", ".join(f"{reason} ({count} times)" for reason, count in reasons.most_common()) or "it is too short"
        raise ValueError(f"path: expected {self._wanted()}; {path} has none, for this reason: {why}.")

    def read_given(self, path: str | Path, shape: tuple[int, ...]) -> np.ndarray:
        """Voices that others are made for, int32 [32] or [32, voices]: the first such window, as `read` has it."""
        voices = 1 if len(shape) == 1 else shape[-1]
        return Music(voices, self.lowest, self.highest).read(path)

    def as_data(self, stored: Any) -> Any:
        """Whole numbers of any type [..., *shape] -> int32; an array or a tensor, as it was."""
        return tf.cast(stored, tf.int32) if tf.is_tensor(stored) else np.asarray(stored, np.int32)

    def write(self, path: str | Path, samples: np.ndarray, columns: int) -> None:
        """Writes windows int [n, *shape] as a picture, `columns` of them to a row, as MIDI, sound or ABC notation.

        In MIDI (.mid, .midi) and as sound (.wav) they come one after another, with a bar of rest between them; in ABC
        (.abc) each is a tune.

        Raises:
            ValueError: they are of another shape or have values that no step has, or the suffix says no kind of file
                that is known; one line.
        """
        kind = Path(path).suffix.lower()
        if kind not in (*PICTURES, *MIDI, SOUND, ABC):
            raise ValueError(f"path: expected a file of {', '.join((*PICTURES, *MIDI, SOUND, ABC))}; got {path}.")
        scores = [as_score(window) for window in self._checked(samples)]
        if kind in PICTURES:
            with_palette(piano_roll.draw(scores, columns)).save(path)
        elif kind in MIDI:
            midi.write(path, scores, TEMPO, self.voice_names)
        elif kind == ABC:
            engraving.write(path, scores, self.voice_names)
        else:
            synthesizer.write(path, synthesizer.play(medley(scores), TEMPO))

    def about(self) -> dict[str, Any]:
        return {
            **super().about(),
            "licence": self.licence,
            "lowest": self.lowest,
            "highest": self.highest,
            "steps_per_bar": BAR,
            "beats_per_bar": 4,
            "tempo": TEMPO,
            "voices": list(self.voice_names),
        }

    @property
    def voice_names(self) -> tuple[str, ...]:
        """What the voices are called, the highest first."""
        return NAMES.get(self.voices) or tuple(f"voice {i + 1}" for i in range(self.voices))

    def _checked(self, samples):
        """Samples as whole numbers, or a ValueError."""
        samples = np.asarray(samples)
        wanted = f"[n, {', '.join(map(str, self.shape))}]"
        if samples.shape[1:] != self.shape or not len(samples):
            raise ValueError(f"samples: expected shape {wanted}; got {list(samples.shape)}.")
        if samples.dtype.kind not in "iu":
            raise ValueError(f"samples: expected whole numbers; got {samples.dtype}.")
        strange = samples[~np.isin(samples, self.values)]
        if strange.size:
            raise ValueError(
                f"samples: expected pitches from {self.lowest} to {self.highest}, {REST} (rest) or {HOLD} (hold); "
                f"got {strange[0]}."
            )
        return samples

    def _wanted(self):
        voices = "one voice" if self.voices == 1 else f"{self.voices} voices"
        return f"{BARS} bars of 4/4 in {voices}, on a grid of sixteenths, from pitch {self.lowest} to {self.highest}"
