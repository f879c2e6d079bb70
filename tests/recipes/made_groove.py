"""Beats made up in the format of TFDS's groove/2bar-midionly, prepared so that TFDS reads them."""

import io

import mido
import numpy as np
import tensorflow_datasets as tfds

NAME = "groove/2bar-midionly"
PATTERN = {36: (0, 7, 16, 22), 38: (4, 12, 20, 28), 42: range(0, 32, 2)}  # note: steps


def midi_of(strokes, bpm, metre=(4, 4)):
    """A MIDI file, as bytes, of strokes (onset in sixteenths, note, velocity), as the drum module and TFDS write it."""
    head = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=round(60e6 / bpm))])
    head.append(mido.MetaMessage("time_signature", numerator=metre[0], denominator=metre[1]))
    events = [(0, mido.Message("control_change", control=4, value=90, channel=9))]  # the pedal of the hi-hat
    for onset, note, velocity in strokes:
        tick = round(120 * onset)
        events.append((tick, mido.Message("note_on", note=note, velocity=velocity, channel=9)))
        events.append((tick + 40, mido.Message("note_on", note=note, velocity=0, channel=9)))
    track, now = mido.MidiTrack(), 0
    for tick, message in sorted(events, key=lambda event: event[0]):
        track.append(message.copy(time=tick - now))
        now = tick
    contents = io.BytesIO()
    mido.MidiFile(type=1, ticks_per_beat=480, tracks=[head, track]).save(file=contents)
    return contents.getvalue()


def played(rng):
    """Strokes of the pattern as somebody plays it: loud on the beat, late on the snare, some hi-hats left out."""
    strokes = []
    for note, steps in PATTERN.items():
        for step in steps:
            if note != 42 or rng.random() < 0.8:
                late = (0.25 if note == 38 else 0.05) + rng.normal(0, 0.02)
                velocity = int(np.clip((110 if step % 4 == 0 else 60) + rng.normal(0, 5), 1, 127))
                strokes.append((max(step + late, 0.0), note, velocity))
    return strokes


def example(strokes, bpm=120, metre="4-4"):
    """What TFDS has of a window."""
    about = {"drummer": "drummer1", "type": "beat", "style": {"primary": "rock", "secondary": ""}}
    contents = midi_of(strokes, bpm, tuple(map(int, metre.split("-"))))
    return {"id": "drummer1/session1/1:000", "bpm": bpm, "time_signature": metre, "midi": contents, **about}


def prepare(data_dir, **splits):
    """Prepares the data set of {split: examples} in a folder, by TFDS's own builder for it."""
    builder = tfds.builder(NAME, data_dir=str(data_dir))
    made = {split: list(enumerate(examples)) for split, examples in splits.items()}
    builder._split_generators = lambda manager: {split: iter(examples) for split, examples in made.items()}
    builder.download_and_prepare(download_config=tfds.download.DownloadConfig(try_download_gcs=False))
    return str(data_dir)
