"""Tunes that are held out: none has a variant, in any key, among those that are trained on."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Hashable, Sequence

import numpy as np

HELD_OUT = 0.1  # of the families of tunes
LARGEST = 0.02  # of all windows: a family that has more is trained on


def held_out(windows: Sequence[np.ndarray], names: Sequence[tuple[str, str]]) -> np.ndarray:
    """Which tunes are held out: about a tenth, the same ones in every run, and families of variants as a whole.

    Tunes are of one family if they have a window in common, in the same key or in another, or if they bear the same
    title in the same collection, numbers and punctuation apart, and so are two tunes of the family of a third. Whether
    a family is held out is decided by a hash of the first of its titles and notes. So what else is in the data makes no
    difference, unless it joins families. A family with more than a fiftieth of all windows is trained on. Where thus
    none, or all, would be held out, one family is; none where there is only one.

    Args:
        windows: of each tune, int [n, steps] or [n, steps, voices], n > 0: pitches, or numbers below 0.
        names: (collection, title) of each tune.

    Returns:
        bool [tunes].
    """
    tunes_with = defaultdict(list)  # {what tunes have in common: those tunes}
    fingerprints = []
    for tune, (rows, (collection, title)) in enumerate(zip(windows, names, strict=True)):
        for window in rows:
            tunes_with[without_key(window)].append(tune)
        plain = plain_title(title)
        if plain:
            tunes_with[collection, plain].append(tune)
        fingerprints.append((plain, without_key(rows[0])))
    families = defaultdict(list)
    for tune, family in enumerate(_joined(len(windows), tunes_with.values())):
        families[family].append(tune)
    sizes = {family: sum(len(windows[tune]) for tune in members) for family, members in families.items()}
    fractions = {family: _fraction(min(fingerprints[tune] for tune in members)) for family, members in families.items()}
    total = sum(sizes.values())
    chosen = [
        family
        for family, members in families.items()
        if fractions[family] < HELD_OUT and (len(members) == 1 or sizes[family] <= LARGEST * total)
    ]
    if len(chosen) in (0, len(families)):  # as may be where there are few
        chosen = sorted(families, key=lambda family: (sizes[family] > total / 2, fractions[family]))[:1]
    held = np.zeros(len(windows), bool)
    if len(families) > 1:
        held[[tune for family in chosen for tune in families[family]]] = True
    return held


def without_key(window: np.ndarray) -> bytes:
    """A window [steps] or [steps, voices] as bytes that are the same in every key."""
    pitches = window[window >= 0]
    return (
        np.where(window >= 0, window - (pitches[0] if pitches.size else 0), window - 1_000).astype(np.int16).tobytes()
    )


def plain_title(title: str) -> str:
    """A title without punctuation, capitals, articles, and words with digits; empty for "bwv244.15"."""
    words = re.findall(r"\w+", title.replace("'", "").lower().replace("_", " "))
    return " ".join(word for word in words if word.isalpha() and word not in ("the", "a", "an"))


def _joined(count: int, groups) -> list[int]:
    """The family of each of `count` tunes, where those of each group are in one; families are named by a member."""
    parent = list(range(count))

    def root(tune):
        while parent[tune] != tune:
            parent[tune] = tune = parent[parent[tune]]
        return tune

    for first, *others in groups:
        for other in others:
            parent[root(other)] = root(first)
    return [root(tune) for tune in range(count)]


def _fraction(value: Hashable) -> float:
    """A number in [0, 1) that depends on the value alone."""
    return int.from_bytes(hashlib.sha256(repr(value).encode()).digest()[:4], "big") / 2**32
