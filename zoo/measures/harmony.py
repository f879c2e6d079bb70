"""Measuring harmony: how several voices move against each other, and which chords they make."""

from typing import NamedTuple

import numpy as np

from zoo.measures.notes import check_notes, sounding

BAR = 16  # sixteenths of a bar of 4/4
FIFTH, OCTAVE = 7, 0  # semitones, octaves taken out; the unison counts as an octave
# Lowest and highest pitch of soprano, alto, tenor and bass: C4-G5, G3-D5, C3-G4, F2-D4 ("Chords in SATB style" in
# Gotham et al. 2021, Open Music Theory).
RANGES = np.array([[60, 79], [55, 74], [48, 67], [41, 62]])
# A reference uses the most frequent chords that together make this share of all it has. Of the rest, each turns up
# once or twice, where a passing note meets another, and nearly any set of notes is among them.
COVERAGE = 0.98


class Consecutives(NamedTuple):
    """Perfect intervals that two voices have twice in a row, per 1,000 chord changes; textbooks want none."""

    parallel_fifths: float  # both voices move in the same direction
    parallel_octaves: float  # unisons are octaves
    contrary_fifths: float  # the voices move in opposite directions, as from a fifth to a twelfth
    contrary_octaves: float


def chord_changes(notes):
    """The steps where the pitch of a voice is another than at the step before; a repeated note is no change.

    Args:
        notes: whole numbers [n, steps, voices], the highest voice first, a sixteenth a step: a MIDI pitch where a note
            begins, -2 where what sounded, or did not, goes on, -1 where silence begins.

    Returns:
        bool array [n, steps]; never true at the first step.

    Raises:
        ValueError: `notes` has another shape, type or range, or is empty.

    Example:

    >>> chord_changes([[[67, 60], [67, -2], [69, -2], [-2, 62]]]).tolist()
    [[False, False, True, True]]
    """
    pitches = sounding(check_notes("notes", notes, voices=True))
    changes = np.zeros(pitches.shape[:2], bool)
    changes[:, 1:] = np.any(pitches[:, 1:] != pitches[:, :-1], axis=2)
    return changes


def consecutives(notes) -> Consecutives:
    """How often two voices go from a perfect fifth to a perfect fifth, or from an octave to an octave.

    Both voices must move at the same step, from a sounding pitch to a sounding pitch: an interval that is held or
    repeated is none, nor is a fifth or octave that is reached from another interval (a hidden one). Every pair of
    voices counts, also twelfths and double octaves. Bach's own chorales have some: see what held-out ones have.

    Args:
        notes: whole numbers [n, steps, voices] as in `chord_changes`.

    Returns:
        `Consecutives`, per 1,000 of the `chord_changes`; zeros where nothing changes.

    Raises:
        ValueError: `notes` has another shape, type or range, or is empty.

    Example:

    >>> consecutives([[[67, 60], [69, 62], [69, 60], [67, 60]]])  # G over C, A over D: a third of three changes
    Consecutives(parallel_fifths=333.3333333333333, parallel_octaves=0.0, contrary_fifths=0.0, contrary_octaves=0.0)
    """
    changes = int(chord_changes(notes).sum())
    pitches = sounding(check_notes("notes", notes, voices=True))
    sounds = pitches >= 0
    motion = np.where(sounds[:, 1:] & sounds[:, :-1], np.sign(np.diff(pitches, axis=1)), 0)
    counts = np.zeros(4)
    for upper, lower in _pairs(pitches.shape[2]):
        interval = np.abs(pitches[..., upper] - pitches[..., lower]) % 12
        directions = motion[..., upper] * motion[..., lower]  # 1 for the same, -1 for opposite ones, 0 if one rests
        kinds = [(direction, kind) for direction in (1, -1) for kind in (FIFTH, OCTAVE)]
        for place, (direction, kind) in enumerate(kinds):
            twice = (interval[:, 1:] == kind) & (interval[:, :-1] == kind)
            counts[place] += np.sum(twice & (directions == direction))
    return Consecutives(*(1000 * counts / max(changes, 1)).tolist())


def crossings(notes) -> float:
    """The share of the steps where a voice sounds above one that is higher in the score.

    Args:
        notes: whole numbers [n, steps, voices] as in `chord_changes`.

    Raises:
        ValueError: `notes` has another shape, type or range, or is empty.

    Example:

    >>> crossings([[[67, 60], [-2, 69], [-2, 67], [-2, 64]]])  # A above G in one step of four; a unison is none
    0.25
    """
    pitches = sounding(check_notes("notes", notes, voices=True))
    crossed = np.zeros(pitches.shape[:2], bool)
    for upper, lower in _pairs(pitches.shape[2]):
        crossed |= (pitches[..., upper] >= 0) & (pitches[..., lower] > pitches[..., upper])
    return float(crossed.mean())


def out_of_range(notes) -> float:
    """The share of the notes that lie outside of the usual range of their voice, `RANGES`.

    Args:
        notes: whole numbers [n, steps, 4] as in `chord_changes`: soprano, alto, tenor, bass.

    Returns:
        the share of all notes, each counted once where it begins; 0 where there are none.

    Raises:
        ValueError: `notes` has another shape, type or range, or is empty, or there are not four voices.

    Example:

    >>> out_of_range([[[72, 64, 55, 40], [-2, -2, -2, 48]]])  # of five notes, the bass's low E
    0.2
    """
    notes = check_notes("notes", notes, voices=True)
    if notes.shape[2] != len(RANGES):
        raise ValueError(f"notes: expected {len(RANGES)} voices, soprano first; got {notes.shape[2]}.")
    begins, outside = notes >= 0, (notes < RANGES[:, 0]) | (notes > RANGES[:, 1])
    return float(np.sum(outside & begins) / max(begins.sum(), 1))


def pitch_classes_per_bar(notes) -> float:
    """How many different pitch classes sound in a bar of 16 steps, on average: more, the more chromatic.

    Args:
        notes: whole numbers [n, steps, voices] as in `chord_changes`; full bars.

    Raises:
        ValueError: `notes` has another shape, type or range, or is empty, or the steps make no full bars.

    Example:

    >>> pitch_classes_per_bar([[[72, 60], [74, -2], [76, -1]] + [[-2, -2]] * 13])
    3.0
    """
    notes = check_notes("notes", notes, voices=True)
    if notes.shape[1] % BAR:
        raise ValueError(f"notes: expected full bars, a multiple of {BAR} steps; got {notes.shape[1]}.")
    bars = sounding(notes).reshape([-1, BAR * notes.shape[2]])
    classes = np.where(bars >= 0, bars % 12, -1)
    return float(sum(np.mean(np.any(classes == number, axis=1)) for number in range(12)))


def chords(notes):
    """The kind of chord at each step: which intervals sound above the lowest note.

    Octaves, doublings and the transposition are taken out: triads in all keys and voicings are one, their inversions
    are others.

    Args:
        notes: whole numbers [n, steps, voices] as in `chord_changes`.

    Returns:
        int32 array [n, steps]: the sum of 2^i over the intervals i above the lowest note, in semitones, 0 to 11; 0
        where nothing sounds.

    Raises:
        ValueError: `notes` has another shape, type or range, or is empty.

    Example:

    >>> chords([[[64, 55, 48], [69, 54, 50], [-1, -1, -1]]]).tolist()  # C, then D in another voicing: 1 + 2^4 + 2^7
    [[145, 145, 0]]
    """
    pitches = sounding(check_notes("notes", notes, voices=True))
    lowest = np.where(pitches >= 0, pitches, 128).min(axis=2, keepdims=True)
    return np.bitwise_or.reduce(np.where(pitches >= 0, 1 << (pitches - lowest) % 12, 0), axis=2).astype(np.int32)


def known_chords(reference, notes) -> float:
    """The share of the chords that are of a kind that the reference uses.

    Kinds are those of `chords`; a chord is counted once, where it begins. A reference uses its most frequent kinds that
    make up `COVERAGE` of its chords, so that is also, about, what other music of the same composer has.

    Args:
        reference: whole numbers [m, steps, voices] as in `chord_changes`: the training set.
        notes: whole numbers [n, steps, voices].

    Returns:
        the share, in [0, 1]; NaN where nothing sounds in `notes`.

    Raises:
        ValueError: an array has another shape, type or range, is empty, or nothing sounds in `reference`.

    Example:

    >>> major, fourths = [[64, 55, 48]], [[65, 58, 48]]
    >>> known_chords([major], [major, [[62, 53, 46]], fourths, fourths])
    0.5
    """
    reference = check_notes("reference", reference, voices=True)
    kinds, counts = np.unique(_begun(reference), return_counts=True)
    if not len(kinds):
        raise ValueError("reference: expected notes; got rests alone.")
    order = np.argsort(-counts, kind="stable")
    before = np.cumsum(counts[order]) - counts[order]  # chords of more frequent kinds
    used = kinds[order][before < COVERAGE * counts.sum()]
    begun = _begun(notes)
    return float(np.isin(begun, used).mean()) if len(begun) else float("nan")


def harmony_difference(notes, other) -> float:
    """How much two harmonies of the same melody differ: the share of the chords that are others.

    Compared are the steps where a chord of one or the other begins. A chord is another where another set of pitch
    classes sounds, or another pitch class is the lowest; a change of octaves or of the voices alone is none.

    Args:
        notes: whole numbers [n, steps, voices] as in `chord_changes`.
        other: of the same shape, with the same first voice.

    Returns:
        the share, in [0, 1].

    Raises:
        ValueError: the shapes or the first voices differ, or an array has another shape, type or range, or is empty.

    Example:

    >>> harmony_difference([[[72, 60], [-2, 57]]], [[[72, 48], [-2, 53]]])  # C and C; then A against F
    0.5
    """
    notes, other = check_notes("notes", notes, voices=True), check_notes("other", other, voices=True)
    if other.shape != notes.shape:
        raise ValueError(f"other: expected the shape of notes, {list(notes.shape)}; got {list(other.shape)}.")
    different = np.any(notes[..., 0] != other[..., 0], axis=1).sum()
    if different:
        raise ValueError(f"other: expected the first voice of notes; got another in {different} of {len(notes)} rows.")
    begins = chord_changes(notes) | chord_changes(other)
    begins[:, 0] = True
    lowest, other_lowest = (
        np.where(pitches >= 0, pitches, 128).min(axis=2) % 12 for pitches in (sounding(notes), sounding(other))
    )
    return float(np.mean(((chords(notes) != chords(other)) | (lowest != other_lowest))[begins]))


def _pairs(voices):
    return [(upper, lower) for lower in range(voices) for upper in range(lower)]


def _begun(notes):
    """The kinds of all chords, each where it begins; [chords]."""
    begins = chord_changes(notes)
    begins[:, 0] = True
    kinds = chords(notes)[begins]
    return kinds[kinds > 0]
