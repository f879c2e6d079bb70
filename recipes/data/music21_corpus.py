"""The collections of music that come with music21, read once and kept in the user's cache."""

import functools
import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

import zoo.cache
from recipes import UserError
from recipes.data import bach
from zoo.domains import abc
from zoo.domains.score import Bar, Note, Score

READER = 1  # rises when what is read from the same files changes


class Collection(NamedTuple):
    """What is known of a collection before it is read."""

    name: str
    folder: str  # in music21's corpus
    suffixes: tuple[str, ...]
    licence: str


ABC = (".abc",)
BY_VOLUNTEERS = "tunes in the public domain, transcribed by volunteers"
COLLECTIONS = {
    collection.folder: collection
    for collection in (
        Collection("Aird's Airs", "airdsAirs", ABC, BY_VOLUNTEERS),
        Collection("O'Neill's Music of Ireland", "oneills1850", ABC, BY_VOLUNTEERS),
        Collection("Ryan's Mammoth Collection", "ryansMammoth", ABC, BY_VOLUNTEERS),
        Collection(
            "Bach's chorales", "bach", (".mxl", ".xml", ".krn"), "music in the public domain, encoded by volunteers"
        ),
        Collection("Miscellaneous folk music", "miscFolk", ABC, BY_VOLUNTEERS),
        Collection("Essen Folksong Collection", "essenFolksong", ABC, "legal status unclear; non-commercial use alone"),
    )
}


class Pieces(NamedTuple):
    """What a collection, or a folder, holds."""

    name: str
    licence: str  # what its owners, or music21, say; empty where nobody said anything
    files: int
    scores: list[Score]
    damaged: list[str]  # a line for each tune, or file, that can't be read


def read(name: str) -> Pieces:
    """A collection, by its folder in music21's corpus; from the cache after the first time.

    Raises:
        UserError: music21, or its corpus, is not installed, or the cache can't be written; one line.
    """
    collection = COLLECTIONS[name]
    place, version = _music21()
    files = sorted(file for file in (place / name).glob("*") if file.suffix in collection.suffixes)
    if not files:
        raise UserError(f"dataset: music21 {version} has no files of {name}; install it whole, with its corpus.")
    kept = zoo.cache.cache_dir() / "music21" / f"{name}-{version}-{READER}.npz"
    pieces = _from_cache(kept, collection, len(files))
    if pieces is None:
        scores, damaged = (_bach if name == "bach" else _tunes)(files, collection)
        damaged = [line.replace(f"{place}{os.sep}", "") for line in damaged]
        pieces = Pieces(collection.name, collection.licence, len(files), scores, damaged)
        _to_cache(kept, pieces)
    return pieces


def _music21() -> tuple[Path, str]:
    """(folder of music21's corpus, its version), without importing it, which takes seconds."""
    found = importlib.util.find_spec("music21")
    if found is None or not found.submodule_search_locations:
        raise UserError(
            "dataset: this music is read from the package music21, which is not installed; expected: "
            "pip install 'generative-model-zoo[music]'."
        )
    return Path(next(iter(found.submodule_search_locations)), "corpus"), importlib.metadata.version("music21")


def _tunes(files: list[Path], collection: Collection) -> tuple[list[Score], list[str]]:
    scores, damaged = [], []
    for file in _progress(files, collection.name, len(files)):
        found, faults = abc.read_what_is_sound(file)
        scores += found
        damaged += faults
    return scores, damaged


def _bach(files: list[Path], collection: Collection) -> tuple[list[Score], list[str]]:
    """music21 takes a minute for these, so all cores read them. Each process takes every so many-th file."""
    scores, damaged = [], []
    command = [sys.executable, "-P", bach.__file__]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        for _ in range(min(os.cpu_count() or 1, len(files)))
    ]
    try:
        for i, process in enumerate(processes):
            process.stdin.write("".join(f"{file}\n" for file in files[i :: len(processes)]))
            process.stdin.close()
        for i, file in enumerate(_progress(files, collection.name, len(files))):
            line = processes[i % len(processes)].stdout.readline()
            if not line:
                raise UserError(f"dataset: expected music21 to read {file}; its process ended.")
            piece = json.loads(line)
            if isinstance(piece, str):
                damaged.append(f"{file}: {piece}")
            else:
                scores.append(_score(piece))
    finally:
        for process in processes:
            process.kill()
            process.stdout.close()
            process.wait()
    return scores, damaged


def _score(piece: dict) -> Score:
    """What a process of `_bach` read."""
    voices = tuple(
        tuple(sorted(Note(Fraction(onset), Fraction(duration), pitch) for onset, duration, pitch in voice))
        for voice in piece["voices"]
    )
    bars = tuple(Bar(Fraction(onset), beats, beat_unit) for onset, beats, beat_unit in piece["bars"])
    return Score(piece["title"], voices, bars, Fraction(piece["end"]))


def _progress(files, name, total) -> Iterator:
    return tqdm(files, f"Reading {name}, once", total, unit=" files", delay=1, dynamic_ncols=True)


def _to_cache(path: Path, pieces: Pieces) -> None:
    """Keeps pieces in a file, which is written aside and then moved to its place."""
    notes, bars, ends = [], [], []
    for p, score in enumerate(pieces.scores):
        for v, voice in enumerate(score.voices):
            notes += [
                (p, v, *note.onset.as_integer_ratio(), *note.duration.as_integer_ratio(), note.pitch) for note in voice
            ]
        bars += [(p, *bar.onset.as_integer_ratio(), bar.beats, bar.beat_unit) for bar in score.bars]
        ends.append((len(score.voices), *score.end.as_integer_ratio()))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as file:
            try:
                np.savez_compressed(
                    file,
                    notes=np.array(notes, np.int64).reshape(-1, 7),
                    bars=np.array(bars, np.int64).reshape(-1, 5),
                    ends=np.array(ends, np.int64).reshape(-1, 3),
                    titles=np.array([score.title for score in pieces.scores], np.str_),
                    damaged=np.array(pieces.damaged, np.str_),
                )
                file.close()
                os.replace(file.name, path)
            except BaseException:
                os.unlink(file.name)
                raise
    except OSError as error:
        raise UserError(f"{zoo.cache.CACHE}: can't keep what was read in {path.parent}: {error.strerror}.") from error


def _from_cache(path: Path, collection: Collection, files: int) -> Pieces | None:
    """What `_to_cache` kept; None where there is nothing, or something else."""
    try:
        with np.load(path) as kept:
            notes, bars, ends = (kept[name].tolist() for name in ("notes", "bars", "ends"))
            titles, damaged = kept["titles"].tolist(), kept["damaged"].tolist()
        fraction = functools.cache(Fraction)  # few different ones
        voices = [[[] for _ in range(count)] for count, _, _ in ends]
        bars_of = [[] for _ in ends]
        for p, v, onset, onset_unit, duration, duration_unit, pitch in notes:
            voices[p][v].append(Note(fraction(onset, onset_unit), fraction(duration, duration_unit), pitch))
        for p, onset, onset_unit, beats, beat_unit in bars:
            bars_of[p].append(Bar(fraction(onset, onset_unit), beats, beat_unit))
        scores = [
            Score(title, tuple(map(tuple, voices[p])), tuple(bars_of[p]), Fraction(*ends[p][1:]))
            for p, title in enumerate(titles)
        ]
    except (
        OSError,
        EOFError,
        KeyError,
        IndexError,
        TypeError,
        ValueError,
        ZeroDivisionError,
        zipfile.BadZipFile,
        zlib.error,
    ):
        return None
    return Pieces(collection.name, collection.licence, files, scores, damaged)
