"""How terms start and end: which lengths are worth trying at a place of a text, and which endings many names share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from zhengming.dictionary.index.hashes import Stretches, bounds, hash_of, position

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

START = 4  # characters of a term by which it is looked up; a term of fewer is looked up by its first one
ENDINGS = (2, 3, 4)  # characters
_AT_ONCE = 200_000  # terms


class Starts:
    """For how a term may start, the lengths of the terms that start so, longest first."""

    def __init__(self, arrays: dict[str, NDArray[Any]], name: str) -> None:
        """The arrays that `starts` made under this name."""
        self._hashes, self._lengths = arrays[f"{name}_start"], arrays[f"{name}_length"]

    def get(self, start: str, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        """The lengths of the terms that start so."""
        wanted = hash_of(start)
        place = position(self._hashes, wanted)
        if place < 0:
            return default
        found: list[int] = []
        while place < len(self._hashes) and int(self._hashes[place]) == wanted:
            found.append(int(self._lengths[place]))
            place += 1
        return tuple(found)

    def places(self, stretches: Stretches) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """(text, first, length) of every stretch of the texts that starts as a term of this length does."""
        import numpy as np

        lengths = stretches.lengths
        which = np.repeat(np.arange(len(lengths)), lengths)
        at = np.arange(len(which)) - np.repeat(stretches.starts[:-1], lengths)
        left = lengths[which] - at
        found = []
        for size in (1, START):
            here = (left >= size).nonzero()[0]
            hashes = stretches.part(which[here], at[here], at[here] + size)
            first, last = bounds(self._hashes, hashes)
            counts = last - first
            places = np.arange(int(counts.sum())) + np.repeat(first - (np.cumsum(counts) - counts), counts)
            here, sizes = np.repeat(here, counts), self._lengths[places].astype(np.int64)
            fits = sizes <= left[here]
            found.append((which[here[fits]], at[here[fits]], sizes[fits]))
        owners, firsts, sizes = (np.concatenate(one) for one in zip(*found, strict=True))
        return owners, firsts, sizes


def starts(keys: Sequence[str], name: str, classes: NDArray[np.int64] | None = None) -> dict[str, NDArray[Any]]:
    """Sorted hashes of the starts of all keys, each with a length; one that has several lengths stands there as often.

    `classes` gives for a code point the one it counts as.
    """
    import numpy as np

    hashes, lengths = np.empty(0, np.uint64), np.empty(0, np.uint16)
    for first in range(0, len(keys), _AT_ONCE):
        stretches = Stretches.of(keys[first : first + _AT_ONCE], classes)
        size = stretches.lengths
        which = np.arange(len(size))
        here = stretches.part(which, 0 * size, np.where(size >= START, START, np.minimum(size, 1)))
        hashes = np.concatenate([hashes, here])
        lengths = np.concatenate([lengths, np.minimum(size, 65_535).astype(np.uint16)])
        order = np.lexsort((65_535 - lengths, hashes))
        hashes, lengths = hashes[order], lengths[order]
        distinct = np.ones(len(hashes), dtype=bool)
        distinct[1:] = (hashes[1:] != hashes[:-1]) | (lengths[1:] != lengths[:-1])
        hashes, lengths = hashes[distinct], lengths[distinct]
    return {f"{name}_start": hashes, f"{name}_length": lengths}


def endings(keys: Sequence[str], least: int) -> dict[str, NDArray[np.uint64]]:
    """The sorted hashes of endings that at least `least` keys share; keys of ASCII do not count."""
    import numpy as np

    found = np.empty(0, np.uint64)
    for size in ENDINGS:
        counted, counts = np.empty(0, np.uint64), np.empty(0, np.int64)
        for first in range(0, len(keys), _AT_ONCE):
            listed = [one for one in keys[first : first + _AT_ONCE] if len(one) > size + 1 and not one.isascii()]
            stretches = Stretches.of(listed)
            which, lengths = np.arange(len(listed)), stretches.lengths
            here, many = np.unique(stretches.part(which, lengths - size, lengths), return_counts=True)
            counted, place = np.unique(np.concatenate([counted, here]), return_inverse=True)
            counts = np.bincount(place, weights=np.concatenate([counts, many])).astype(np.int64)
        found = np.concatenate([found, counted[counts >= least]])
    return {"ending": np.unique(found)}
