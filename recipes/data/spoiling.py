"""Windows of music, spoiled in ways that a musician hears and labelled by the way, for a network to tell apart.

As Gidaris et al. 2018, "Unsupervised representation learning by predicting image rotations": labels that cost nothing,
and that nobody can tell who does not know what such data are like.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from recipes.data.data_set import Condition, DataSet
from zoo.domains.score import HOLD
from zoo.domains.windows import BAR

UNTOUCHED = "untouched"
WRONG = 0.2  # of the notes, what the way of that name changes
OFF_KEY = (-6, -1, 1, 6)  # semitones: nothing leads further out of a key than a tritone or a semitone
LATE = (-4, -2, 2, 4)  # steps: an eighth or a beat


class Way(NamedTuple):
    """One way of spoiling windows."""

    name: str
    spoil: Callable[[np.ndarray, np.random.Generator], np.ndarray]  # int [n, steps, voices] -> the same, spoiled


def spoiled(data: DataSet, seed: int = 0) -> DataSet:
    """Each window of a data set as it was and in each of the ways, labelled by the way, 0 for untouched.

    Held-out windows are spoiled with held-out windows alone. What a way leaves as it was is left out, as where there is
    a single pitch to shuffle, and what leaves the range of the domain.

    Args:
        data: windows of notes, of a `zoo.domains.Music`.
        seed: of what is drawn.
    """
    domain = data.domain
    ways = ways_for(domain.shape)

    def in_ways(notes, held_out):
        draw = np.random.default_rng([seed, held_out])
        return in_all_ways(notes, ways, draw, domain.lowest, domain.highest)

    train, train_labels = in_ways(np.concatenate(list(data.train.batch(10_000).as_numpy_iterator())), 0)
    test, test_labels = in_ways(data.test, 1)
    names = (UNTOUCHED, *(way.name for way in ways))
    return data._replace(
        train=tf.data.Dataset.from_tensor_slices(train),
        train_size=len(train),
        test=test,
        read_condition=lambda: Condition(train_labels, test_labels, len(names), names),
        version=f"{data.version}, spoiled by {', '.join(names[1:])}; seed {seed}",
    )


def ways_for(shape: tuple[int, ...]) -> tuple[Way, ...]:
    """The ways for windows of a shape, [32] or [32, voices]."""
    return OF_A_VOICE if len(shape) == 1 else OF_A_VOICE + OF_VOICES


def in_all_ways(
    notes: np.ndarray, ways: tuple[Way, ...], draw: np.random.Generator, lowest: int = 0, highest: int = 127
) -> tuple[np.ndarray, np.ndarray]:
    """Windows as they were and spoiled, and their labels.

    Args:
        notes: int [n, 32] or [n, 32, voices].
        ways: of spoiling; the label of the first is 1.
        draw: what chance is taken from.
        lowest, highest: MIDI pitches; what leaves them is left out.

    Returns:
        (int8 [m, ...], int32 [m])
    """
    voices = np.asarray(notes, np.int8).reshape([*notes.shape[:2], -1])
    found, labels = [voices], [np.zeros(len(notes), np.int32)]
    for label, way in enumerate(ways, 1):
        changed = way.spoil(voices, draw)
        inside = (changed < 0) | ((lowest <= changed) & (changed <= highest))
        found.append(changed[np.all(inside, axis=(1, 2)) & np.any(changed != voices, axis=(1, 2))])
        labels.append(np.full(len(found[-1]), label, np.int32))
    return np.concatenate(found).reshape([-1, *notes.shape[1:]]), np.concatenate(labels)


def _in_one_voice(spoil):
    """Makes a way for a voice, int [n, steps], one for windows: it spoils a voice of each, drawn for each."""

    def spoil_one(notes, draw):
        voice = draw.integers(notes.shape[2], size=[len(notes), 1, 1])
        changed = notes.copy()
        one = spoil(np.take_along_axis(notes, voice, axis=2)[..., 0], draw)
        np.put_along_axis(changed, voice, one[..., None], axis=2)
        return changed

    return spoil_one


def _wrong_notes(voice, draw):
    """Some notes, one at least, a semitone or two off."""
    luck = np.where(voice >= 0, draw.random(voice.shape), 2)
    wrong = (luck < WRONG) | ((luck == luck.min(axis=1, keepdims=True)) & (voice >= 0))
    return voice + np.where(wrong, draw.choice((-2, -1, 1, 2), size=voice.shape), 0).astype(voice.dtype)


def _bar_off_key(voice, draw):
    """The second bar in another key than the first."""
    changed = _begun_again(voice, BAR)
    turned = changed[:, BAR:] + draw.choice(OFF_KEY, size=[len(voice), 1]).astype(voice.dtype)
    changed[:, BAR:] = np.where(changed[:, BAR:] >= 0, turned, changed[:, BAR:])
    return changed


def _pitches_shuffled(voice, draw):
    """The same rhythm and the same pitches, in another order."""
    rows, steps = np.nonzero(voice >= 0)
    order = np.lexsort([draw.random(len(rows)), rows])
    changed = voice.copy()
    changed[rows, steps] = voice[rows, steps][order]
    return changed


def _lengths_shuffled(voice, draw):
    """The same notes and rests in the same order, of the same lengths in another order."""
    rows, steps, lengths = _events(voice)
    shuffled = lengths[np.lexsort([draw.random(len(rows)), rows])]
    ends = np.cumsum(shuffled) - rows * voice.shape[1]  # all lengths of a row are its steps
    return _written(voice, rows, ends - shuffled, voice[rows, steps])


def _intervals_shuffled(voice, draw):
    """The same rhythm, from the same note to the same note, by the same intervals in another order."""
    rows, steps = np.nonzero(voice >= 0)
    pitches = voice[rows, steps].astype(int)
    first = np.diff(rows, prepend=-1) > 0
    intervals = np.where(first, pitches, np.diff(pitches, prepend=0))
    order = np.lexsort([np.where(first, -1, draw.random(len(rows))), rows])
    walked = np.cumsum(intervals[order])
    before = np.maximum.accumulate(np.where(first, np.arange(len(rows)), 0))
    changed = voice.copy()
    changed[rows, steps] = pitches[before] + walked - walked[before]
    return changed


def _displaced(voice, draw):
    """All earlier or later in the bar; what is pushed out at one end comes in at the other."""
    late = draw.choice(LATE, size=[len(voice), 1])
    places = (np.arange(voice.shape[1]) - late) % voice.shape[1]
    changed = np.take_along_axis(voice, places, axis=1)
    begun = np.take_along_axis(voice, np.take_along_axis(_begins(voice), places[:, :1], axis=1), axis=1)
    changed[:, :1] = np.where(changed[:, :1] == HOLD, begun, changed[:, :1])
    return changed


def _backwards(notes, draw):
    """All voices from the end to the beginning."""
    changed = np.empty_like(notes)
    for v in range(notes.shape[2]):
        voice = notes[..., v]
        rows, steps, lengths = _events(voice)
        changed[..., v] = _written(voice, rows, voice.shape[1] - steps - lengths, voice[rows, steps])
    return changed


def _another_bar(notes, draw):
    """In place of the second bar, one of another window."""
    return np.concatenate([notes[:, :BAR], notes[_others(len(notes), draw), :BAR]], axis=1)


def _another_voice(notes, draw):
    """One voice of another window, in place of the same voice."""
    voice = draw.integers(notes.shape[2], size=[len(notes), 1, 1])
    changed = notes.copy()
    others = np.take_along_axis(notes[_others(len(notes), draw)], voice, axis=2)
    np.put_along_axis(changed, voice, others, axis=2)
    return changed


def _swapped(notes, draw):
    """Two neighbouring voices, each with the notes of the other."""
    upper = draw.integers(notes.shape[2] - 1, size=[len(notes), 1, 1])
    order = np.broadcast_to(np.arange(notes.shape[2]), [len(notes), 1, notes.shape[2]]).copy()
    np.put_along_axis(order, upper, upper + 1, axis=2)
    np.put_along_axis(order, upper + 1, upper, axis=2)
    return np.take_along_axis(notes, order, axis=2)


OF_A_VOICE = (
    Way("wrong notes", _in_one_voice(_wrong_notes)),
    Way("second bar off key", _in_one_voice(_bar_off_key)),
    Way("pitches shuffled", _in_one_voice(_pitches_shuffled)),
    Way("note lengths shuffled", _in_one_voice(_lengths_shuffled)),
    Way("intervals shuffled", _in_one_voice(_intervals_shuffled)),
    Way("displaced", _in_one_voice(_displaced)),
    Way("backwards", _backwards),
    Way("another second bar", _another_bar),
)
OF_VOICES = (Way("another voice", _another_voice), Way("voices swapped", _swapped))


def _others(count, draw):
    """For each of `count` windows another one."""
    return (np.arange(count) + draw.integers(1, max(count, 2), size=count)) % count


def _events(voice):
    """The notes and rests of a voice [n, steps], in the order of time: rows, steps, lengths, each [events]."""
    rows, steps = np.nonzero(voice != HOLD)
    ends = np.append(steps[1:], voice.shape[1])
    ends[np.append(np.diff(rows) > 0, True)] = voice.shape[1]
    return rows, steps, ends - steps


def _written(voice, rows, steps, values):
    """A voice like another one [n, steps], made of notes and rests."""
    changed = np.full_like(voice, HOLD)
    changed[rows, steps] = values
    return changed


def _begun_again(voice, step):
    """A voice in which what is held over a step is begun again there."""
    changed = voice.copy()
    changed[:, step] = np.take_along_axis(voice, _begins(voice)[:, [step]], axis=1)[:, 0]
    return changed


def _begins(voice):
    """The step where what a voice [n, steps] has at each step began, int [n, steps]."""
    return np.maximum.accumulate(np.where(voice != HOLD, np.arange(voice.shape[1]), 0), axis=1)
