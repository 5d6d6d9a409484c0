"""Variants: which of many texts may be another one but for a little, found for all of them together by hashes.

A hash only says that two texts may be the same: whoever asks makes sure of it, of the few that are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any, Final

from zhengming.dictionary.index.grams import code_points
from zhengming.dictionary.index.hashes import Stretches

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_POINT_BITS: Final = 21  # of any code point
_FILTER_BITS: Final = 20  # of a hash: of 16,000 texts, a table of 1 MB turns away 98 of 100 that are none of them

Places = Iterator[tuple[int, int]]


class Variants:
    """Texts of one lexicon, ready to be compared with one another."""

    def __init__(
        self, texts: Sequence[str], *, least: int, longest: int | None = None, kept: Iterable[str] = ()
    ) -> None:
        """Of `texts`, those of `least` to `longest` characters that are not plain ASCII are compared with all.

        Characters that are always `kept` stay in every text as they are.
        """
        import numpy as np

        self._stretches = Stretches.of(texts)
        lengths = self._stretches.lengths
        plain = np.fromiter(map(str.isascii, texts), dtype=bool, count=len(texts))
        chosen = ~plain & (lengths >= least) & (lengths <= (longest or lengths.max(initial=0)))
        self._chosen = chosen.nonzero()[0]
        self._known = np.zeros(1 << _FILTER_BITS, dtype=bool)
        self._known[_short(self._stretches.whole())] = True
        self._kept = frozenset(kept)

    def shortened(self, size: int = 1) -> Places:
        """(text, place): what is left without `size` characters from this place on may be a text."""
        which, at = self._places(size)
        return self._likely(which, at, self._stretches.without(which, at, at + size))

    def starting(self) -> Places:
        """(text, place): what stands before this place may be a text."""
        which, at = self._places(first=1)
        return self._likely(which, at, self._stretches.part(which, 0 * at, at))

    def ending(self) -> Places:
        """(text, place): what stands from this place on may be a text."""
        which, at = self._places(first=1)
        return self._likely(which, at, self._stretches.part(which, at, self._stretches.lengths[which]))

    def exchanged(self) -> Iterator[tuple[int, int, int]]:
        """(text, other text, place): the two may be the same but for the character at this place, which none keeps."""
        import numpy as np

        stretches = self._stretches
        which, at = self._places()
        free = self._free(which, at)
        which, at = which[free], at[free]
        if not len(which):
            return
        start, sums = stretches.starts[which], stretches.sums
        first = start + at
        hashes = sums[stretches.starts[which + 1]] - sums[start] - (sums[first + 1] - sums[first])
        order = np.argsort(hashes)
        hashes = hashes[order]
        same = np.concatenate(([False], hashes[1:] == hashes[:-1], [False]))
        several = same[1:] | same[:-1]
        order, first = order[several], ~same[:-1][several]
        starts = first.nonzero()[0].tolist()
        texts, places = which[order].tolist(), at[order].tolist()
        for low, high in pairwise([*starts, len(texts)]):
            yield from ((one, other, places[low]) for one, other in combinations(texts[low:high], 2))

    def _free(self, which: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether the characters may be another one: not those kept, and of two alike side by side only the first."""
        import numpy as np

        points, place = self._stretches.points, self._stretches.starts[which] + at
        movable = np.ones(points.max(initial=0) + 1, dtype=bool)
        movable[[ord(one) for one in self._kept if ord(one) < len(movable)]] = False
        free: NDArray[np.bool_] = movable[points[place]] & ((at == 0) | (points[place] != points[place - 1]))
        return free

    def _places(self, size: int = 1, first: int = 0) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(text, place) for every place of the chosen texts, from `first` on, that has `size` characters behind it."""
        import numpy as np

        counts = np.maximum(self._stretches.lengths[self._chosen] - size + 1 - first, 0)
        rank = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.repeat(self._chosen, counts), rank + first

    def _likely(self, which: NDArray[np.int64], at: NDArray[np.int64], hashes: NDArray[np.uint64]) -> Places:
        likely = self._known[_short(hashes)]
        return zip(which[likely].tolist(), at[likely].tolist(), strict=True)


def neighbours(text: str) -> frozenset[str]:
    """The characters of a text that stand side by side."""
    import numpy as np

    points, _lengths = code_points([text])
    return frozenset(pair_texts(np.unique(pair_numbers(points[:-1], points[1:]))))


def pair_numbers(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs of code points as numbers; of a character that stands alone the second one is 0."""
    return first << _POINT_BITS | second


def pair_texts(pairs: NDArray[np.int64]) -> list[str]:
    """The texts of `pair_numbers`."""
    import numpy as np

    points = np.stack((pairs >> _POINT_BITS, pairs & ((1 << _POINT_BITS) - 1)), axis=1).astype("<u4")
    texts: list[str] = points.view("<U2").ravel().tolist()
    return texts


def _short(hashes: NDArray[np.uint64]) -> NDArray[Any]:
    import numpy as np

    return (hashes >> np.uint64(64 - _FILTER_BITS)).astype(np.int64)
