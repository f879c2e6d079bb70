"""Music to train on: windows of two bars of 4/4, in many keys; of music21's collections, or of a folder."""

import dataclasses
import functools
import zlib
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

import zoo
from recipes import UserError
from recipes.data import music21_corpus, music_folder, variants
from recipes.data.bach import VOICES
from recipes.data.data_set import MOST_HELD_OUT, Condition, DataSet, trained_on
from recipes.data.music21_corpus import Pieces
from recipes.settings import MusicData
from zoo.domains import Music
from zoo.domains.windows import windows

COLLECTIONS = {
    "folk": ("airdsAirs", "oneills1850", "ryansMammoth", "bach"),
    "folk_all": ("airdsAirs", "oneills1850", "ryansMammoth", "bach", "miscFolk", "essenFolksong"),
    "bach": ("bach",),
}
RANGES = {1: (43, 93), 4: (36, 81)}  # MIDI pitches by voices: folk tunes and five semitones more; Bach's choir
EXTRACTORS = {1: zoo.melody_features, 4: zoo.chorale_features}  # of the collections, by voices
CHORALES = music21_corpus.COLLECTIONS["bach"].name
MOST_NAMED = 5  # damaged files and tunes


class Tune(NamedTuple):
    """What is used of a piece."""

    collection: int
    title: str
    windows: np.ndarray  # int32 [n, 32] or [n, 32, voices], all different


def load(settings: MusicData, voices: int = 1) -> DataSet:
    """The windows that the settings ask for; int32 [32], or [32, voices] for more than one voice.

    Windows are trained on in all keys from `-transpose` to `transpose` semitones, as far as they stay in the range.
    Those of other tunes are held out, each in one of these keys, so that samples, which are in all keys, compare with
    their like. The report, `kept`, is printed. Their condition is the highest voice where there are several, else the
    collection where there are several.

    Args:
        settings: where from, and in which keys.
        voices: 1 for melodies, of which a collection of chorales gives the sopranos; 4 for chorales.

    Raises:
        UserError: music21 or a folder is missing, or there is nothing that can be used, with the reasons; one line.
    """
    lowest, highest = RANGES.get(voices, (21, 108))
    if settings.midi_dir:
        sources = [music_folder.read(Path(settings.midi_dir))]
        name = sources[0].name
    elif settings.dataset is None:
        raise UserError("dataset: expected the name of a data set, or a midi_dir; got neither.")
    elif voices > 1 and settings.dataset != "bach":
        raise UserError(f"dataset: expected bach, which has music of {voices} voices; got {settings.dataset!r}.")
    elif settings.dataset not in COLLECTIONS:
        raise UserError(f"dataset: expected one of {', '.join(COLLECTIONS)}; got {settings.dataset!r}.")
    else:
        sources = [music21_corpus.read(collection) for collection in COLLECTIONS[settings.dataset]]
        name = settings.dataset
    tunes, left_out, lines = _tunes(sources, voices, lowest, highest)
    where = f"midi_dir: {settings.midi_dir}" if settings.midi_dir else f"dataset: {name}"
    if len(tunes) < 2:
        raise UserError(
            f"{where}: expected at least 2 pieces with two neighbouring bars of 4/4 in {voices} "
            f"voice{'s' if voices > 1 else ''} on a grid of sixteenths; found {len(tunes)}.{_reasons(left_out)}"
            f"{_first(sources)}"
        )
    held_out = variants.held_out([tune.windows for tune in tunes], [(str(t.collection), t.title) for t in tunes])
    if not held_out.any():
        raise UserError(
            f"{where}: expected tunes of which some can be held out; the {len(tunes)} that can be used are "
            "variants of one."
        )
    test, test_labels = _different([tune for tune, out in zip(tunes, held_out, strict=True) if out])
    train, train_labels = _different([tune for tune, out in zip(tunes, held_out, strict=True) if not out])
    written = len(train)
    train, train_labels = _in_all_keys(train, train_labels, settings.transpose, lowest, highest)
    test = _in_one_key_each(test, settings.transpose, lowest, highest)
    chosen = np.linspace(0, len(test) - 1, min(len(test), MOST_HELD_OUT)).astype(int)
    keys = f"in {2 * settings.transpose + 1} keys {len(train):,}" if settings.transpose else "in their own keys"
    lines += [
        f"To train on: {written:,} different windows of {np.sum(~held_out):,} tunes, {keys}. "
        f"Held out: {len(test):,} of {held_out.sum():,} tunes, none of which has a variant or a window, in any key, "
        "among the others.",
        *([f"Not used:{_reasons(left_out)}"] if left_out else []),
        *_damaged(sources),
        *(f"{source.name}: {source.licence}." for source in sources if source.licence),
    ]
    kept = "\n".join(lines)
    print(kept, flush=True)
    domain = Music(
        voices=voices,
        lowest=lowest,
        highest=highest,
        source=name,
        is_folder=bool(settings.midi_dir),
        licence="; ".join(f"{source.name}: {source.licence}" for source in sources if source.licence),
    )
    told = None
    if voices > 1:
        highest_voice = domain.voice_names[0].replace(" ", "_")
        told = functools.partial(Condition, train[..., 0], test[chosen][..., 0], name=highest_voice)
    elif len(sources) > 1:
        names = tuple(source.name for source in sources)
        told = functools.partial(Condition, train_labels, test_labels[chosen], len(names), names)
    return DataSet(
        name,
        domain,
        tf.data.Dataset.from_tensor_slices(train),
        len(train),
        test[chosen],
        told,
        default_extractor=None if settings.midi_dir else EXTRACTORS.get(voices),
        version=repr((zlib.crc32(train.tobytes()), zlib.crc32(test.tobytes()))),
        protocol={
            "windows": "two neighbouring bars of 4/4, a sixteenth per step",
            "split": "by tune, a tenth held out, variants in any key on one side",
            "keys": f"-{settings.transpose} to {settings.transpose} semitones; held-out windows in one of them each",
        },
        kept=kept,
    )


def load_for(settings: MusicData, about: dict[str, Any] | None) -> DataSet:
    """The windows to compare an artefact's with: `load` of what `completed` gives; raises as both."""
    return load(completed(settings, about), len(about["voices"]) if about else 1)


def completed(settings: MusicData, about: dict[str, Any] | None) -> MusicData:
    """The settings, with the music that an artefact says it was trained on where they name none.

    Args:
        settings: what a person gave.
        about: of `zoo.domains.Music.about`; None where the artefact does not say.

    Raises:
        UserError: it does not say what it was trained on and nobody else does.
    """
    if settings.dataset or settings.midi_dir:
        return settings
    return dataclasses.replace(settings, dataset=trained_on(about, "midi_dir", "music"))


def _tunes(sources: list[Pieces], voices, lowest, highest):
    """(the tunes with windows, Counter of pairs of bars that are not used by reason, a line for each source)."""
    tunes, left_out, lines = [], Counter(), []
    for label, source in enumerate(sources):
        before, total = len(tunes), 0
        for score in source.scores:
            if voices == 1 and len(score.voices) == len(VOICES) and source.name == CHORALES:
                score = score._replace(voices=score.voices[:1])
            found, reasons = windows(score, voices, lowest=lowest, highest=highest)
            left_out += reasons
            if found:
                rows = np.stack(found)
                tunes.append(Tune(label, score.title, rows[_first_of_each(rows)]))
                total += len(tunes[-1].windows)
        lines.append(
            f"{source.name}: {source.files:,} files, {len(source.scores):,} tunes, {len(tunes) - before:,} of them "
            f"with {total:,} windows of two bars."
        )
    return tunes, left_out, lines


def _different(tunes):
    """(the windows of tunes, each once, int32 [n, ...]; the collection of each, int32 [n])."""
    rows = np.concatenate([tune.windows for tune in tunes])
    labels = np.repeat(np.int32([tune.collection for tune in tunes]), [len(tune.windows) for tune in tunes])
    first = _first_of_each(rows)
    return rows[first], labels[first]


def _in_one_key_each(rows, semitones, lowest, highest):
    """Windows, each moved by so many semitones at most as are drawn for it, the same in every run."""
    notes = rows.reshape(len(rows), -1)
    lowest_note = np.where(notes >= 0, notes, highest).min(axis=1)
    highest_note = np.where(notes >= 0, notes, lowest).max(axis=1)
    down, up = np.maximum(lowest - lowest_note, -semitones), np.minimum(highest - highest_note, semitones)
    shift = np.random.default_rng(0).integers(down, up, endpoint=True)
    return np.where(notes >= 0, notes + shift[:, None], notes).astype(rows.dtype).reshape(rows.shape)


def _in_all_keys(rows, labels, semitones, lowest, highest):
    """Windows and labels of all keys in which all notes are in the range, each window once."""
    copies, labels_of_copies = [], []
    for shift in range(-semitones, semitones + 1):
        moved = np.where(rows >= 0, rows + shift, rows)
        voices = moved.reshape(len(moved), -1)
        fits = ((voices < 0) | ((voices >= lowest) & (voices <= highest))).all(axis=1)
        copies.append(moved[fits])
        labels_of_copies.append(labels[fits])
    copies = np.concatenate(copies)
    first = _first_of_each(copies)
    return copies[first], np.concatenate(labels_of_copies)[first]


def _first_of_each(rows):
    """Where each different row [n, ...] stands first, in their order."""
    small = np.ascontiguousarray(rows.reshape(len(rows), -1).astype(np.int8))  # MIDI pitches fit
    as_one = small.view(np.dtype((np.void, small.shape[1])))[:, 0]
    return np.sort(np.unique(as_one, return_index=True)[1])


def _reasons(left_out):
    """Text of the reasons for which pairs of bars are not used, after a space."""
    if not left_out:
        return ""
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in left_out.most_common())
    return f" {left_out.total():,} pairs of bars, by reason: {reasons}."


def _first(sources):
    """Text of the first damaged file, after a space."""
    damaged = [line for source in sources for line in source.damaged]
    return f" {len(damaged)} damaged, the first: {damaged[0]}" if damaged else ""


def _damaged(sources):
    """Lines that name what can't be read."""
    damaged = [line for source in sources for line in source.damaged]
    more = [f"and {len(damaged) - MOST_NAMED:,} more."] if len(damaged) > MOST_NAMED else []
    return (
        [f"{len(damaged):,} can't be read:", *(f"  {line}" for line in damaged[:MOST_NAMED]), *more] if damaged else []
    )
