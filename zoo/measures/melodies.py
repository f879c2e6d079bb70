"""Measuring melodies: statistics of windows of notes and how far two sets of windows agree in them."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage
from scipy.spatial import distance

from zoo.domains.score import HOLD, REST
from zoo.measures.notes import check_notes, sounding

LENGTHS = np.array([1, 2, 3, 4, 6, 8, 12, 16])  # classes of note lengths, in sixteenths: plain and dotted values
WINDOWS = 2000  # of each set whose pairs are compared: 4 million distances, 32 MB
# Of each sixteenth of a bar: 0 for its first, one less for each halving of the bar that is needed to reach a step.
METRICAL_WEIGHTS = np.array([0, -4, -3, -4, -2, -4, -3, -4, -1, -4, -3, -4, -2, -4, -3, -4])


class Reconstruction(NamedTuple):
    """Shares in [0, 1]; higher is better. Most steps are holds: the first number alone flatters."""

    steps: float  # of all steps, those that are right
    onsets: float  # of the steps where a note of the original begins, those with the same pitch beginning
    windows: float  # of the windows, those without any error


class Blemishes(NamedTuple):
    """Shares in [0, 1]: to be compared with those of real tunes, which have some of everything."""

    rests: float  # of the steps, those where nothing sounds
    repeated_notes: float  # of the intervals between consecutive notes, those of no semitone
    leaps: float  # of these intervals, those of more than an octave
    repeated_bars: float  # of the windows, those whose second half is the same as their first, note for note
    off_beats: float  # of the notes, those that begin on an odd sixteenth, between two eighths


def pitch_count(notes):
    """How many different pitches a window has; [n, steps] -> float64 [n]."""
    notes = check_notes("notes", notes)
    return _counts(_Notes(notes).rows, notes[notes >= 0], len(notes), 128).astype(bool).sum(axis=1).astype(float)


def pitch_class_histogram(notes):
    """The share of the sounding steps that each pitch class has, C first; [n, steps] -> float64 [n, 12].

    Weighted by duration, as in the paper's code. Zeros for a window where nothing sounds.
    """
    pitches = sounding(check_notes("notes", notes))
    rows, steps = np.nonzero(pitches >= 0)
    return _shares(_counts(rows, pitches[rows, steps] % 12, len(pitches), 12))


def pitch_class_transition_matrix(notes):
    """How often a note of one pitch class is followed by one of another; [n, steps] -> float64 [n, 144].

    Counts of consecutive notes, entry 12 a + b for a followed by b. A rest between them does not matter; in the paper's
    code, which takes pretty_midi's matrix, it does.
    """
    events = _Notes(check_notes("notes", notes))
    return events.transitions(events.pitches % 12, 12)


def pitch_range(notes):
    """Semitones between the lowest and the highest pitch of a window; [n, steps] -> float64 [n].

    0 for a window without notes.
    """
    notes = check_notes("notes", notes)
    lowest = np.where(notes >= 0, notes, 128).min(axis=1)
    return np.maximum(notes.max(axis=1) - lowest, 0).astype(float)


def average_interval(notes):
    """The mean of the absolute intervals between consecutive notes, in semitones; [n, steps] -> float64 [n].

    The paper's average pitch shift. 0 for a window with fewer than two notes.
    """
    events = _Notes(check_notes("notes", notes))
    return events.means_of_pairs(np.abs(np.diff(events.pitches)), otherwise=0.0)


def note_count(notes):
    """How many notes begin in a window; [n, steps] -> float64 [n]."""
    return np.sum(check_notes("notes", notes) >= 0, axis=1).astype(float)


def average_inter_onset_interval(notes):
    """The mean time from the beginning of a note to that of the next, in sixteenths; [n, steps] -> float64 [n].

    The length of the window, in steps, where it has fewer than two notes.
    """
    notes = check_notes("notes", notes)
    events = _Notes(notes)
    return events.means_of_pairs(np.diff(events.steps), otherwise=float(notes.shape[1]))


def note_length_histogram(notes):
    """The share of a window's notes in each class of lengths, `LENGTHS`; [n, steps] -> float64 [n, 8].

    These are the paper's classes but for the dotted sixteenth and the triplets, which a grid of sixteenths does not
    have. Another length counts as the nearest class, as the shorter where two are; what is longer than a bar counts as
    one. Zeros for a window without notes.
    """
    events = _Notes(check_notes("notes", notes))
    return _shares(_counts(events.rows, events.length_classes, events.windows, len(LENGTHS)))


def note_length_transition_matrix(notes):
    """How often a note of one class of lengths is followed by one of another; [n, steps] -> float64 [n, 64].

    Counts of consecutive notes, entry 8 a + b for class a of `LENGTHS` followed by b; classes as in
    `note_length_histogram`.
    """
    events = _Notes(check_notes("notes", notes))
    return events.transitions(events.length_classes, len(LENGTHS))


STATISTICS = (
    pitch_count,
    pitch_class_histogram,
    pitch_class_transition_matrix,
    pitch_range,
    average_interval,
    note_count,
    average_inter_onset_interval,
    note_length_histogram,
    note_length_transition_matrix,
)


def statistics(notes) -> dict[str, np.ndarray]:
    """The nine statistics of Yang and Lerch 2020 for every window, by the names of the functions here.

    "On the evaluation of generative models in music", Neural Computing and Applications 32, 4773-4784; as in its code,
    mgeval, transitions are counts and histograms are shares. Where the functions differ from it, they say so.

    Args:
        notes: whole numbers [n, steps], a sixteenth a step: a MIDI pitch where a note begins, -2 where what sounded, or
            did not, goes on, -1 where silence begins.

    Returns:
        for each statistic, float64 [n] or [n, d].

    Raises:
        ValueError: `notes` has another shape, type or range, or is empty.

    Example:

    >>> melody = [60, -2, 64, -2, -1, -2, 60, -2]  # C, E, an eighth rest, C
    >>> {name: float(values[0]) for name, values in statistics([melody]).items() if values.ndim == 1}
    {'pitch_count': 2.0, 'pitch_range': 4.0, 'average_interval': 4.0, 'note_count': 3.0,
     'average_inter_onset_interval': 3.0}
    """
    return {statistic.__name__: statistic(notes) for statistic in STATISTICS}


def overlaps(reference, notes) -> dict[str, float]:
    """How far a set of windows agrees with a reference in each of the nine statistics; higher is better.

    The overlapping area of Yang and Lerch 2020: the area under both of two densities, that of the
    Euclidean distances between all pairs in the reference and that of the distances from the reference to the other
    set, each a Gaussian kernel density estimate. Here, both have the same bandwidth (Scott's rule, m^(-1/5) standard
    deviations of all m distances together) and the area goes over the whole line: the paper's own code gives two equal
    densities less than 1, as it cuts the kernels at the smallest distance. Of more than `WINDOWS` windows, so many
    evenly spaced ones are compared. Compare a number only with one of as many windows against the same reference, such
    as that of other real tunes.

    Args:
        reference: whole numbers [n, steps] as in `statistics`, n >= 3: held-out tunes.
        notes: [m, steps], m >= 2: samples, or training tunes for what can be reached.

    Returns:
        for each statistic of `statistics`, the area, in [0, 1].

    Raises:
        ValueError: an array has another shape, type or range, or too few windows.

    Example:

    >>> tunes = np.random.default_rng(0).integers(60, 72, [200, 32])
    >>> areas = overlaps(tunes[:100], tunes[100:])
    >>> areas["pitch_count"] > 0.9, overlaps(tunes, tunes[:, :1])["note_count"]
    (True, 0.0)
    """
    reference, notes = check_notes("reference", reference), check_notes("notes", notes)
    for name, windows, smallest in (("reference", reference, 3), ("notes", notes, 2)):
        if len(windows) < smallest:
            raise ValueError(f"{name}: expected at least {smallest} windows; got {len(windows)}.")
    real, other = statistics(_some(reference)), statistics(_some(notes))
    return {name: _overlapping_area(real[name], other[name]) for name in real}


def histogram_overlaps(reference, notes) -> dict[str, float]:
    """How far a set of windows has the same notes as a reference, in five histograms; higher is better.

    Each is the sum over bins of min(p, q), which is 1 less the total variation distance. It sees what `overlaps` hardly
    does, a distribution that is a little off as a whole: those distances barely change when all windows have one more
    note. It falls for small sets, as bins fill by chance: compare it with other real tunes, of as many windows.

    Args:
        reference: whole numbers [n, steps] as in `statistics`: held-out tunes.
        notes: [m, steps]: samples, or training tunes for what can be reached.

    Returns:
        the shares, in [0, 1], for `note_count` and `pitch_range` of windows, for `pitch_class`, signed `interval`, in
        semitones, and `note_length`, in sixteenths, of notes.

    Raises:
        ValueError: an array has another shape, type or range, or is empty.

    Example:

    >>> upwards, downwards = [[60, 62, 64, -2]], [[64, 62, 60, -2]]
    >>> histogram_overlaps(upwards, downwards)
    {'note_count': 1.0, 'pitch_range': 1.0, 'pitch_class': 1.0, 'interval': 0.0, 'note_length': 1.0}
    """
    ours, theirs = (_of_notes(check_notes(name, x)) for name, x in (("reference", reference), ("notes", notes)))
    return {name: _shared(ours[name], theirs[name]) for name in ours}


def reconstruction(notes, decoded) -> Reconstruction:
    """How much of windows comes back after encoding and decoding.

    Args:
        notes: whole numbers [n, steps] as in `statistics`, or [n, steps, voices]: the originals.
        decoded: what came back, of the same shape.

    Returns:
        `Reconstruction`; `onsets` is NaN where the originals have no notes.

    Raises:
        ValueError: the shapes differ, or an array has another type or range, or is empty.

    Example:

    >>> reconstruction([[60, -2, 64, -2], [60, -2, -2, -2]], [[60, -2, 62, -2], [60, -2, -2, -2]])
    Reconstruction(steps=0.875, onsets=0.6666666666666666, windows=0.5)
    """
    voices = np.ndim(notes) == 3
    notes, decoded = check_notes("notes", notes, voices), check_notes("decoded", decoded, voices)
    if decoded.shape != notes.shape:
        raise ValueError(f"decoded: expected the shape of notes, {list(notes.shape)}; got {list(decoded.shape)}.")
    right, onsets = notes == decoded, notes >= 0
    return Reconstruction(
        steps=float(right.mean()),
        onsets=float(right[onsets].mean()) if onsets.any() else float("nan"),
        windows=float(right.reshape([len(right), -1]).all(axis=1).mean()),
    )


def syncopation(notes):
    """How strongly the notes of a window avoid the beats; [n, steps] -> float64 [n], 0 or more.

    The sum over notes of max(0, max_{s < t < e} w(t) - w(s)), w the weights of a 4/4 bar (`METRICAL_WEIGHTS`), for a
    note that begins at step s when the next one, or the end of the window, is at e: a step that is stronger than the
    one where the note began, and where none begins (Longuet-Higgins and Lee 1984, "The rhythmic interpretation of
    monophonic music", Music Perception 1, 424-441: the weights and the pairs; one pair a note).

    Args:
        notes: whole numbers [n, steps] as in `statistics`; the first step is the first of a bar.

    Raises:
        ValueError: `notes` has another shape, type or range, or is empty.

    Example:

    >>> on_the_beats, off_the_beats = [60, -2] * 4, [60, 60, -2, -2, 60, -2, 60, -2]
    >>> syncopation([on_the_beats, off_the_beats]).tolist()  # from a sixteenth, -4, over an eighth, -3
    [0.0, 1.0]
    """
    notes = check_notes("notes", notes)
    windows, steps = notes.shape
    weights = np.resize(METRICAL_WEIGHTS, steps)
    total = np.zeros(windows)
    strongest = np.full(windows, METRICAL_WEIGHTS.min())  # of the steps after this one and before the next note
    for step in reversed(range(steps)):
        begins = notes[:, step] >= 0
        total += np.where(begins, np.maximum(strongest - weights[step], 0), 0)
        strongest = np.where(begins, METRICAL_WEIGHTS.min(), np.maximum(strongest, weights[step]))
    return total


def attributes(notes) -> dict[str, np.ndarray]:
    """What a latent direction can be measured for: numbers of a window that a listener can name.

    Args:
        notes: whole numbers [n, steps] as in `statistics`; the first step is the first of a bar.

    Returns:
        `density`, notes per window, `range`, in semitones, and `syncopation`; each float64 [n].

    Raises:
        ValueError: `notes` has another shape, type or range, or is empty.

    Example:

    >>> {name: values.tolist() for name, values in attributes([[60, -2, 67, -2], [60, 60, -2, 60]]).items()}
    {'density': [2.0, 3.0], 'range': [7.0, 0.0], 'syncopation': [0.0, 1.0]}
    """
    return {"density": note_count(notes), "range": pitch_range(notes), "syncopation": syncopation(notes)}


def blemishes(notes) -> Blemishes:
    """What the ear would mind in a set of windows, if there is more of it than in real tunes.

    Args:
        notes: whole numbers [n, steps] as in `statistics`, the number of steps even.

    Returns:
        `Blemishes`; a share of no notes or intervals at all is 0.

    Raises:
        ValueError: `notes` has another shape, type or range, or is empty, or the number of steps is odd.

    Example:

    >>> blemishes([[60, -2, 60, -2], [60, 73, -1, -2]])
    Blemishes(rests=0.25, repeated_notes=0.5, leaps=0.5, repeated_bars=0.5, off_beats=0.25)
    """
    notes = check_notes("notes", notes)
    if notes.shape[1] % 2:
        raise ValueError(f"notes: expected an even number of steps; got {notes.shape[1]}.")
    events = _Notes(notes)
    intervals = np.abs(np.diff(events.pitches))[events.neighbours]
    half = notes.shape[1] // 2
    return Blemishes(
        rests=float(np.mean(sounding(notes) == REST)),
        repeated_notes=_share(intervals == 0),
        leaps=_share(intervals > 12),
        repeated_bars=float(np.mean(np.all(notes[:, :half] == notes[:, half:], axis=1))),
        off_beats=_share(events.steps % 2 == 1),
    )


class _Notes:
    """The notes of all windows in one row, window by window and in the order of time."""

    def __init__(self, notes):
        self.windows, steps = notes.shape
        self.rows, self.steps = np.nonzero(notes >= 0)
        self.pitches = notes[self.rows, self.steps]
        self.neighbours = self.rows[1:] == self.rows[:-1]  # of a note and the one after it: both in one window
        # The step where the next note or rest begins, the end of the window where none does, from each step.
        ends = np.where(notes == HOLD, steps, np.arange(steps))
        ends = np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1]
        ends = np.concatenate([ends[:, 1:], np.full([self.windows, 1], steps)], axis=1)
        self.lengths = ends[self.rows, self.steps] - self.steps

    @property
    def length_classes(self):
        return np.abs(self.lengths[:, None] - LENGTHS).argmin(axis=1)  # the first of two that are as near

    def transitions(self, classes, number):
        """Counts of pairs of consecutive notes by their classes, 0 to number - 1; float64 [n, number^2]."""
        pairs = (number * classes[:-1] + classes[1:])[self.neighbours]
        return _counts(self.rows[1:][self.neighbours], pairs, self.windows, number**2)

    def means_of_pairs(self, values, otherwise):
        """Means per window of a value for each note but the last of all, over the pairs within a window; [n]."""
        rows = self.rows[1:][self.neighbours]
        pairs = np.bincount(rows, minlength=self.windows)
        sums = np.bincount(rows, values[self.neighbours], minlength=self.windows)
        return np.where(pairs, sums / np.maximum(pairs, 1), otherwise)


def _counts(rows, classes, windows, number):
    """How often each class, 0 to number - 1, comes in each row; float64 [windows, number]."""
    return np.bincount(rows * number + classes, minlength=windows * number).reshape([windows, number]).astype(float)


def _shares(counts):
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def _share(found):
    return float(found.mean()) if found.size else 0.0


def _of_notes(notes):
    """Whole numbers whose histograms are compared, each [windows], [notes] or [pairs of consecutive notes]."""
    events = _Notes(notes)
    return {
        "note_count": note_count(notes),
        "pitch_range": pitch_range(notes),
        "pitch_class": events.pitches % 12,
        "interval": np.diff(events.pitches)[events.neighbours],
        "note_length": events.lengths,
    }


def _shared(ours, theirs):
    """The sum of min(p, q) over the values of two lists of whole numbers; where one list is empty, 1 if both are."""
    if not (ours.size and theirs.size):
        return float(ours.size == theirs.size)
    bins = np.unique(np.concatenate([ours, theirs]), return_inverse=True)[1].ravel()
    shares = [np.bincount(x, minlength=bins.max() + 1) / x.size for x in np.split(bins, [ours.size])]
    return float(np.minimum(*shares).sum())


def _some(windows):
    """At most `WINDOWS` of them, evenly spaced."""
    return windows[np.linspace(0, len(windows) - 1, min(len(windows), WINDOWS)).astype(int)]


def _overlapping_area(reference, other):
    """Statistics [n] or [n, d] and [m] or [m, d] -> the area under the densities of intra- and inter-set distances."""
    reference, other = (x.reshape([len(x), -1]) for x in (reference, other))
    within, between = distance.pdist(reference), distance.cdist(reference, other).ravel()
    pairs = within.size + between.size
    mean = (within.sum() + between.sum()) / pairs
    deviation = np.sqrt((np.sum((within - mean) ** 2) + np.sum((between - mean) ** 2)) / pairs)
    farthest = max(within.max(), between.max())
    if deviation <= 1e-9 * farthest:
        return 1.0  # all distances are equal, so the distributions are
    bandwidth = deviation * pairs**-0.2
    step = bandwidth / 20  # of the grid: the distances on it are at most 1/40 of a bandwidth off
    places = int(np.ceil(farthest / step)) + 1
    margin = 20 * 5  # five bandwidths on either side, where the kernels end
    densities = [
        ndimage.gaussian_filter1d(
            np.pad(np.bincount(np.rint(x / step).astype(int), minlength=places) / x.size, margin),
            sigma=20,
            mode="constant",
            truncate=5,
        )
        for x in (within, between)
    ]
    return float(min(1.0, np.minimum(*densities).sum()))
