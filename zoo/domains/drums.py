"""Drums: beats in MIDI files, a grid with velocities and microtiming in a model."""

from math import floor
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from zoo.domains import drum_grid, drum_midi, drum_synthesizer, midi, synthesizer
from zoo.domains.beats import COLUMNS, DRUMS, beat_of, check_beats, hits_of
from zoo.domains.domain import Domain
from zoo.domains.pixels import with_palette
from zoo.domains.windows import BAR, STEPS

TEMPO = 110.0  # quarter notes per minute, of what is written
PICTURES, MIDI, SOUND = (".png",), (".mid", ".midi"), ".wav"


@keras.saving.register_keras_serializable("zoo")
class Drums(Domain):
    """Beats of two bars of 4/4, a sixteenth a step, on nine drums: hits, how loud each is, and how early or late.

    A beat is float32 [32, 27], see `zoo.domains.beats.beat_of`: 9 hits, 0 or 1; their velocities in [0, 1]; and their
    offsets from the grid in [-0.5, 0.5] of a sixteenth, above 0 where a hit comes late. Both are 0 where there is no
    hit. That is the form of Gillick et al. 2019, "Learning to groove with inverse sequence transformations", with one
    deviation: their offsets are above 0 where a hit comes early, and reach from -1 to 1.

    Args:
        source: the name of the data set, or of the folder, that the beats are from.
        is_folder: whether it is a folder of a person's own.
        licence: what the source may be used for, as its owners say.

    Example:

    >>> Drums(source="groove").about()["shape"]
    [32, 27]
    """

    name = "drums"
    item, items, datum, suffixes, columns = "beat", "beats", "drums", (".png", ".mid", ".wav"), 5
    unit = "hit, 0 or 1; velocity, 0 to 1; offset in sixteenths, late above 0"
    value_range = (-0.5, 1.0)
    hub_task = "other"
    class_names = ()

    def __init__(self, source: str = "", is_folder: bool = False, licence: str = ""):
        self.source, self.is_folder, self.licence = source, bool(is_folder), licence

    @property
    def shape(self) -> tuple[int, int]:
        """(32, 27)."""
        return STEPS, COLUMNS

    def read(self, path: str | Path) -> np.ndarray:
        """The first two bars with drums in a person's MIDI file: float32 [32, 27].

        Raises:
            ValueError: it can't be read, is not in 4/4, or has no drums on channel 10; one line.
        """
        file = midi.opened(path)
        others = drum_midi.metres_in(file) - {(4, 4)}
        if others:
            beats, unit = min(others)
            raise ValueError(f"path: expected a MIDI file in 4/4; {path} has bars of {beats}/{unit}.")
        hits = drum_midi.hits_in(file)
        if not hits:
            raise ValueError(f"path: expected a MIDI file with drums on channel 10; {path} has none.")
        first = floor(hits[0].onset + 0.5) // BAR * BAR
        return beat_of(hits, first)

    def as_data(self, stored: Any) -> Any:
        """Beats [..., 32, 27] -> float32; an array or a tensor, as it was.

        Raises:
            ValueError: those of an array are no beats; one line.
        """
        if tf.is_tensor(stored):
            return tf.cast(stored, tf.float32)
        beats = np.asarray(stored, np.float32)
        check_beats("drums", beats)
        return beats

    def write(self, path: str | Path, samples: np.ndarray, columns: int) -> None:
        """Writes beats [n, 32, 27] as a picture, `columns` of them to a row, as MIDI or as sound.

        In MIDI (.mid, .midi) and as sound (.wav) they come one after another, with a bar of rest between them, and
        after a bar of rest where the first hit comes before its beat.

        Raises:
            ValueError: there are none or they are no beats, or the suffix says no kind of file that is known; one line.
        """
        kind = Path(path).suffix.lower()
        if kind not in (*PICTURES, *MIDI, SOUND):
            raise ValueError(f"path: expected a file of {', '.join((*PICTURES, *MIDI, SOUND))}; got {path}.")
        samples = np.asarray(samples, np.float32)
        if samples.ndim != 3 or not len(samples):
            raise ValueError(f"samples: expected shape [n, {STEPS}, {COLUMNS}]; got {list(samples.shape)}.")
        check_beats("samples", samples)
        if kind in PICTURES:
            with_palette(drum_grid.draw(samples, columns)).save(path)
            return
        hits = [hit for i, beat in enumerate(samples) for hit in hits_of(beat, i * (STEPS + BAR))]
        rest = BAR if hits and hits[0].onset < 0 else 0
        hits = [hit._replace(onset=rest + hit.onset) for hit in hits]
        if kind in MIDI:
            drum_midi.write(path, hits, TEMPO)
        else:
            steps = rest + len(samples) * (STEPS + BAR) - BAR
            synthesizer.write(path, drum_synthesizer.play(hits, steps, TEMPO))

    def about(self) -> dict[str, Any]:
        return {
            **super().about(),
            "licence": self.licence,
            "drums": list(DRUMS),
            "pitches": [pitches[0] for pitches in drum_midi.PITCHES],
            "steps_per_bar": BAR,
            "beats_per_bar": 4,
            "tempo": TEMPO,
        }
