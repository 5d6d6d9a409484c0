"""Which terms have which grams: the list of the terms of each gram, the rarest grams first, found by a table of hashes.

A gram is known by its rank: 0 is the rarest. So the numbers of a text's grams, sorted, are its grams with the rarest
first, and nothing else about a gram has to be kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zhengming.dictionary.index.grams import grams

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COMMONEST = 80_000  # terms: grams of more are not listed, as no text looks at so many
_BUILT_AT_ONCE = 200_000  # terms; their grams take some 200 MB
_SPREAD = 0x9E3779B97F4A7C15  # odd, so that no two grams have the same hash


class Postings:
    """The terms of each gram."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Use the arrays that `build` made."""
        self._hashes, self._ranks = arrays["gram_hash"], arrays["gram_rank"]
        self._buckets = arrays["gram_bucket"]
        self.starts, self.terms = arrays["gram_starts"], arrays["terms"]

    @staticmethod
    def build(keys: Sequence[str]) -> dict[str, NDArray[Any]]:
        """The arrays for `keys`: distinct texts."""
        import numpy as np

        known, counts = _vocabulary(keys)
        listed = counts <= COMMONEST
        known, counts = known[listed], counts[listed]
        by_rank = np.argsort(counts, kind="stable")
        ranks = np.empty(len(known), dtype=np.int32)
        ranks[by_rank] = np.arange(len(known))
        starts = np.zeros(len(known) + 1, dtype=np.int32)
        np.cumsum(counts[by_rank], out=starts[1:])
        terms = np.empty(int(starts[-1]), dtype=np.int32)
        free = starts[:-1].astype(np.int64)  # the next place in the list of each gram
        for first, of, found in _portions(keys):
            place = np.searchsorted(known, found)
            place[place == len(known)] = 0
            here = known[place] == found if len(known) else np.zeros(len(found), dtype=bool)
            listing = np.sort(ranks[place[here]].astype(np.int64) << 32 | of[here])  # within a gram in order of terms
            rank, of = listing >> 32, listing & 0xFFFFFFFF
            distinct, begins, many = np.unique(rank, return_index=True, return_counts=True)
            targets = np.arange(len(rank)) - np.repeat(begins, many) + np.repeat(free[distinct], many)
            free[distinct] += many
            terms[targets] = of + first
        hashes = _hashed(known)
        by_hash = np.argsort(hashes)
        hashes = hashes[by_hash]
        bits = max(len(known) - 1, 1).bit_length()
        edges = np.arange(1 << bits, dtype=np.uint64) << np.uint64(64 - bits)
        buckets = np.append(np.searchsorted(hashes, edges), len(hashes)).astype(np.int32)
        return {
            "gram_hash": hashes,
            "gram_rank": ranks[by_hash],
            "gram_bucket": buckets,
            "gram_starts": starts,
            "terms": terms,
        }

    def ranks(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(index of the text, rank of the gram) of every gram of every text that is listed: once, the rarest first."""
        import numpy as np

        of, found = grams(texts)
        hashes = _hashed(found)
        bits = (len(self._buckets) - 1).bit_length() - 1
        bucket = (hashes >> np.uint64(64 - bits)).astype(np.int64)
        place, last = self._buckets[bucket], self._buckets[bucket + 1]
        left = (place < last).nonzero()[0]  # those that may still be found, in buckets of one or two grams
        listed = []
        while len(left):
            here = self._hashes[place[left]] == hashes[left]
            those = left[here]
            listed.append(of[those] << 32 | self._ranks[place[those]])
            left = left[~here]
            place[left] += 1
            left = left[place[left] < last[left]]
        known = np.sort(np.concatenate(listed)) if listed else np.empty(0, dtype=np.int64)
        distinct = np.ones(len(known), dtype=bool)
        distinct[1:] = known[1:] != known[:-1]
        known = known[distinct]
        return known >> 32, known & 0xFFFFFFFF


def _hashed(found: NDArray[np.int64]) -> NDArray[np.uint64]:
    import numpy as np

    return found.astype(np.uint64) * np.uint64(_SPREAD)


def _vocabulary(keys: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct grams of all keys in order, and how many keys have each."""
    import numpy as np

    known, counts = np.empty(0, np.int64), np.empty(0, np.int64)
    for _first, _of, found in _portions(keys):
        here, many = np.unique(found, return_counts=True)
        both = np.concatenate([known, here])
        known, place = np.unique(both, return_inverse=True)
        counts = np.bincount(place, weights=np.concatenate([counts, many])).astype(np.int64)
    return known, counts


def _portions(keys: Sequence[str]) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
    """The keys portion by portion: (index of the first, index within the portion, gram), each once for a key."""
    import numpy as np

    for first in range(0, len(keys), _BUILT_AT_ONCE):
        of, found = grams(keys[first : first + _BUILT_AT_ONCE])
        order = np.lexsort((found, of))
        of, found = of[order], found[order]
        distinct = np.ones(len(of), dtype=bool)
        distinct[1:] = (of[1:] != of[:-1]) | (found[1:] != found[:-1])
        yield first, of[distinct], found[distinct]
