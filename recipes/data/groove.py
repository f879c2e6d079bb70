"""The Groove MIDI Dataset of TensorFlow Datasets, in beats of two bars (Gillick et al. 2019; CC BY 4.0)."""

import contextlib
import importlib.util
import os
import zipfile
import zlib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
from tqdm import tqdm

import zoo.cache
from recipes import UserError
from recipes.data import tfds_source
from recipes.data.data_set import MOST_HELD_OUT, DataSet, damaged
from recipes.settings import DrumData
from zoo.domains import Drums, drum_midi, midi
from zoo.domains.beats import beat_of

NAME, LICENCE = "groove/2bar-midionly", "CC BY 4.0"
METRE = "4-4"
READER = 1  # rises when something else is read from the same files


class Groove(NamedTuple):
    """Beats, and at which tempo each of the held-out ones was played."""

    data: DataSet
    tempos: np.ndarray  # int32 [held-out beats], quarter notes per minute


class Split(NamedTuple):
    """What was read of a split."""

    beats: np.ndarray  # float32 [n, 32, 27]
    tempos: np.ndarray  # int32 [n]
    total: int  # windows that it has
    left_out: dict[str, int]  # {why: how many}


def load(settings: DrumData) -> Groove:
    """The beats that TFDS has in its splits for training and for testing; that for validation is left alone.

    Windows of two bars, one bar apart, as TFDS cuts them: at the bar lines, so that a window lacks a hit on its first
    sixteenth that was played early, and what comes nearer to the bar after it is no part of it. Those that are not in
    4/4, or in which nothing is hit, are left out. Hits are placed by the metronome to which each was played. Reading
    them takes minutes, so they are kept in the user's cache.

    Raises:
        UserError: they can't be had, or are damaged; one line.
    """
    builder = tfds.builder(NAME, data_dir=settings.data_dir)
    _prepare(builder, settings.data_dir)
    missing = [split for split in ("train", "test") if split not in builder.info.splits]
    if missing:
        raise UserError(
            f"data_dir: expected splits 'train' and 'test' of {NAME!r}; {builder.data_path} lacks {missing[0]!r}."
        )
    train, test = (_kept_or_read(builder, split) for split in ("train", "test"))
    said = {split: _said(split, what) for split, what in {"train": train, "test": test}.items()}
    print(*said.values(), sep="\n", flush=True)
    for split, what in {"train": train, "test": test}.items():
        if not len(what.beats):
            raise UserError(f"data_dir: expected beats in {METRE} in split {split!r} of {builder.data_path}; got none.")
    data = DataSet(
        NAME,
        Drums(source=NAME, licence=LICENCE),
        tf.data.Dataset.from_tensor_slices(train.beats),
        len(train.beats),
        test.beats[:MOST_HELD_OUT],
        version=repr((READER, builder.info.full_name, _contents(builder))),
        protocol={"windows": "two bars of 4/4 in which something is hit, of the test split"},
    )
    return Groove(data, test.tempos[:MOST_HELD_OUT])


def _prepare(builder, data_dir):
    if not data_dir and not builder.is_prepared() and importlib.util.find_spec("pretty_midi") is None:
        raise UserError(f"data_dir: TFDS prepares {NAME!r} with a package that is not there: pip install pretty_midi.")
    if not tfds_source.prepared(builder, NAME, data_dir):
        raise UserError(
            f"data_dir: expected a folder with {NAME!r}, as its source can't be reached; prepare it where there is a "
            "network (BUILD.md, Data)."
        )


def _kept_or_read(builder, split):
    """A split from the user's cache, or else read and kept there; what can't be kept is read again the next time."""
    # By the files themselves: two data sets may have as many windows, and as many bytes, and be others.
    files = [(file.name, file.stat().st_mtime_ns) for file in sorted(Path(builder.data_path).iterdir())]
    key = zlib.crc32(repr((READER, str(builder.data_path), _contents(builder), files)).encode())
    kept = zoo.cache.cache_dir() / "groove" / f"{split}-{key:08x}.npz"
    with contextlib.suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile), np.load(kept) as arrays:
        left_out = dict(zip(arrays["reasons"].tolist(), arrays["counts"].tolist()))
        return Split(arrays["beats"], arrays["tempos"], int(arrays["total"]), left_out)
    found = _read(builder, split)
    with contextlib.suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        new = kept.with_name(f".new-{os.getpid()}-{kept.name}")
        reasons, counts = [*found.left_out], [*found.left_out.values()]
        arrays = {"beats": found.beats, "tempos": found.tempos, "total": found.total}
        np.savez_compressed(new, **arrays, reasons=np.array(reasons, str), counts=np.array(counts, int))
        new.replace(kept)
    return found


def _read(builder, split):
    metre = builder.info.features["time_signature"].names.index(METRE)
    total, left_out, beats, tempos = builder.info.splits[split].num_examples, Counter(), [], []
    examples = builder.as_dataset(split=split).as_numpy_iterator()
    try:
        for example in tqdm(examples, f"Reading {split} once", total, unit=" beats", delay=2, dynamic_ncols=True):
            if example["time_signature"] != metre:
                left_out["not in 4/4"] += 1
                continue
            file = midi.opened(example["id"].decode(), example["midi"])
            # TFDS cuts windows by the tempo of the metronome, in seconds.
            beat = beat_of(drum_midi.hits_in(file, tempo=float(example["bpm"])))
            if not beat.any():
                left_out["without a hit"] += 1
                continue
            beats.append(beat)
            tempos.append(example["bpm"])
    except (tf.errors.OpError, ValueError) as error:
        raise damaged(f"{builder.data_path} ({split})") from error
    shape = Drums().shape
    return Split(np.array(beats, np.float32).reshape([-1, *shape]), np.array(tempos, np.int32), total, dict(left_out))


def _said(split, found):
    why = "".join(f", {count:,} {reason}" for reason, count in found.left_out.items())
    return f"{len(found.beats):,} of {found.total:,} windows of {split!r} are beats{why}."


def _contents(builder):
    return sorted((split.name, split.num_examples, split.num_bytes) for split in builder.info.splits.values())
