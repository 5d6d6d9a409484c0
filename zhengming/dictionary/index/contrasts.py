"""What tells the terms of different concepts apart, worked out for millions of terms at once.

The same facts as the confusable guard finds in a small category (`normalizers.terms.guard` says what they mean), found
by hashes instead of by looking at every pair of terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from zhengming.dictionary.index.hashes import Stretches

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_AT_ONCE = 100_000  # terms whose stretches are looked up together
_FILTER_BITS = 26  # of a hash: a table of 64 MB that turns away nearly all stretches that are no term
_LEAST = 3  # characters of a term that can tell anything
_LONGEST_ADDED = 2  # characters that are added to make another term
POINT_BITS = 21


@dataclass(frozen=True, slots=True)
class Coded:
    """Terms with the concepts they may name: of term i the hashes `codes[starts[i]:starts[i + 1]]`."""

    keys: Sequence[str]
    codes: NDArray[np.uint64]
    starts: NDArray[np.int64]

    def chosen(self, which: NDArray[np.int64]) -> Coded:
        """Some of the terms, in order."""
        import numpy as np

        sizes = (self.starts[1:] - self.starts[:-1])[which]
        starts = np.zeros(len(which) + 1, dtype=np.int64)
        np.cumsum(sizes, out=starts[1:])
        places = np.arange(int(starts[-1])) + np.repeat(self.starts[:-1][which] - starts[:-1], sizes)
        return Coded([self.keys[place] for place in which.tolist()], self.codes[places], starts)

    def differ(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether two terms have no concept in common, for many pairs of terms."""
        first, second = self.starts[one], self.starts[other]
        apart: NDArray[np.bool_] = self.codes[first] != self.codes[second]
        several = (self.starts[one + 1] - first > 1) | (self.starts[other + 1] - second > 1)
        for place in several.nonzero()[0].tolist():
            apart[place] = not set(self._of(int(one[place]))) & set(self._of(int(other[place])))
        return apart

    def _of(self, term: int) -> list[int]:
        listed: list[int] = self.codes[int(self.starts[term]) : int(self.starts[term + 1])].tolist()
        return listed


def contrasts(terms: Coded, classes: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """The arrays that hold all contrasts of the terms; `classes` gives for a code point its confusable class."""
    import numpy as np

    telling = np.fromiter(
        (len(one) >= _LEAST and not one.isascii() for one in terms.keys), dtype=bool, count=len(terms.keys)
    )
    coded = terms.chosen(telling.nonzero()[0])
    known = _Known(coded)
    added, before, after = [], [], []
    for first, stretches in _portions(coded.keys):
        for size in range(1, _LONGEST_ADDED + 1):
            which, at = _places(stretches.lengths - size + 1)
            made = known.other(first, which, stretches.without(which, at, at + size))
            added.append(np.unique(stretches.part(which[made], at[made], at[made] + size)))
        which, at = _places(stretches.lengths - 1, first=1)
        tail = known.other(first, which, stretches.part(which, at, stretches.lengths[which]))
        head = known.other(first, which, stretches.part(which, 0 * at, at))
        before.append(np.unique(stretches.points[stretches.starts[which[tail]] + at[tail] - 1]))
        after.append(np.unique(stretches.points[stretches.starts[which[head]] + at[head]]))
    return {
        "added": np.unique(np.concatenate([np.empty(0, np.uint64), *added])),
        "before": np.unique(np.concatenate([np.empty(0, np.int64), *before])),
        "after": np.unique(np.concatenate([np.empty(0, np.int64), *after])),
        "exchanged": _exchanged(coded_of(terms), classes),
    }


def coded_of(terms: Coded) -> Coded:
    """The terms that are not plain ASCII: those in which one character may be taken for another."""
    import numpy as np

    listed = np.fromiter((not one.isascii() for one in terms.keys), dtype=bool, count=len(terms.keys))
    return terms.chosen(listed.nonzero()[0])


def _exchanged(terms: Coded, classes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs of characters of one class that alone tell two terms of different concepts apart, in both orders."""
    import numpy as np

    hashes = np.concatenate([np.empty(0, np.uint64), *(one.whole() for _at, one in _portions(terms.keys, classes))])
    order = np.argsort(hashes, kind="stable")
    borders = np.flatnonzero(np.diff(hashes[order])) + 1
    found: set[tuple[str, str]] = set()
    for group in np.split(order, borders):
        if len(group) < 2:
            continue
        for one, other in combinations(group.tolist(), 2):
            pairs = [pair for pair in zip(terms.keys[one], terms.keys[other], strict=True) if pair[0] != pair[1]]
            if len(pairs) == 1 and pairs[0] not in found and terms.differ(np.array([one]), np.array([other]))[0]:
                found |= {pairs[0], pairs[0][::-1]}
    numbers = sorted(ord(one) << POINT_BITS | ord(other) for one, other in found)
    return np.array(numbers, dtype=np.int64)


class _Known:
    """The terms by their hash."""

    def __init__(self, terms: Coded) -> None:
        import numpy as np

        self.terms = terms
        hashes = np.concatenate([np.empty(0, np.uint64), *(one.whole() for _first, one in _portions(terms.keys))])
        self.order = np.argsort(hashes, kind="stable")
        self.hashes = hashes[self.order]
        self.filter = np.zeros(1 << _FILTER_BITS, dtype=bool)
        self.filter[self._short(hashes)] = True

    def _short(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        import numpy as np

        return (hashes >> np.uint64(64 - _FILTER_BITS)).astype(np.int64)

    def other(self, first: int, which: NDArray[np.int64], hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The places at which `hashes` is a term that shares no concept with term `first + which`."""
        import numpy as np

        likely = self.filter[self._short(hashes)].nonzero()[0]
        place = np.searchsorted(self.hashes, hashes[likely])
        place[place == len(self.hashes)] = 0
        same = self.hashes[place] == hashes[likely]
        likely, place = likely[same], place[same]
        found: NDArray[np.int64] = likely[self.terms.differ(which[likely] + first, self.order[place])]
        return found


def _portions(keys: Sequence[str], classes: NDArray[np.int64] | None = None) -> Iterator[tuple[int, Stretches]]:
    for first in range(0, len(keys), _AT_ONCE):
        yield first, Stretches.of(keys[first : first + _AT_ONCE], classes)


def _places(counts: NDArray[np.int64], first: int = 0) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(text, place) for `counts[i]` places of text i, from `first` on."""
    import numpy as np

    counts = np.maximum(counts, 0)
    which = np.repeat(np.arange(len(counts)), counts)
    return which, np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts) + first
