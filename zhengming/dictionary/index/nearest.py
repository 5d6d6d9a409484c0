"""The terms most like many texts at once, among millions: shared rare character grams first, then sketches, RapidFuzz.

The rarest grams of a text have few terms; these are looked at, up to a budget. Of those that are looked at, the ones
whose sketches differ least from the text's are scored; a sketch never tells more distance than there is. Only a text
whose best term is still more than a slip or two away is looked up again with a larger budget, common grams included.
So the cost of a text hardly grows with the number of terms.

The score is RapidFuzz's normalized InDel similarity. It proposes; it never decides.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from zhengming.dictionary.index.keys import Keys
from zhengming.dictionary.index.postings import Postings
from zhengming.dictionary.index.sketches import sketches

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Stage(NamedTuple):
    """One look at the terms: `budget` of them are looked at for a text, or a `share` of all terms if that is more.

    The best `pool` are scored. A text is done when a term is `slip` away (in InDel distance: a character left out or
    doubled is 1, one replaced or exchanged 2); in a text of fewer than _LONG characters 1 must do.
    """

    budget: int
    share: float
    pool: int
    slip: int


STAGES = (Stage(100, 0, 5, 2), Stage(1_000, 1 / 1_600, 20, 4), Stage(8_000, 1 / 200, 40, 1 << 30))
_WANTED = 8  # terms for which these budgets are; who wants several times as many has as many times the budget
_LONG = 8  # characters
_SHORT_SLIP = 1
_COMMON = 10  # times the budget that a text's rarest gram may cost
_TOGETHER = 500  # texts
_ALONE = 50  # texts that are sooner answered than a second thread is woken
_PORTION = 1 << 16  # terms looked at together: what is known of them stays near the processor
_SKETCHED = 200_000  # terms sketched together when an index is built
# A term that was looked at is one number: the row of its text, the bits its sketch is apart, the term. The term may
# give way to how many grams were not shared and a place.
_APART_AT, _ROW_AT, _PLACE_BITS = 31, 38, 25
_TERM, _APART, _PLACE, _MOST_SHARED = (1 << 31) - 1, (1 << 7) - 1, (1 << 25) - 1, (1 << 6) - 1


class Nearest(NamedTuple):
    """For text i the terms `ids[starts[i]:starts[i + 1]]`, best first, with their `scores` from 0 to 1."""

    starts: NDArray[np.int64]
    ids: NDArray[np.int32]
    scores: NDArray[np.float32]

    def of(self, index: int) -> list[tuple[float, int]]:
        """(score, term) of one text, best first."""
        stretch = slice(int(self.starts[index]), int(self.starts[index + 1]))
        return list(zip(self.scores[stretch].tolist(), self.ids[stretch].tolist(), strict=True))


class NearestIndex:
    """Finds among many terms those most like a text.

    >>> index = NearestIndex(NearestIndex.build(["室间隔缺损", "房间隔缺损", "动脉导管未闭"]))
    >>> [(index.keys[term], round(score, 2)) for score, term in index.nearest_many(["动脉导管末闭"]).of(0)]
    [('动脉导管未闭', 0.83)]
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Use the arrays that `build` made, in memory or mapped."""
        self.keys = Keys(arrays["key_units"], arrays["key_starts"])
        self._sizes: NDArray[np.int32] = arrays["key_sizes"]
        self._sketches: NDArray[np.uint64] = arrays["key_sketches"]
        self._postings = Postings(arrays)

    @staticmethod
    def build(keys: Sequence[str]) -> dict[str, NDArray[Any]]:
        """The arrays of an index of `keys`: distinct texts, none of them empty."""
        import numpy as np

        drawn = [sketches(keys[first : first + _SKETCHED]) for first in range(0, len(keys), _SKETCHED)]
        return {
            **Postings.build(keys),
            "key_sketches": np.concatenate([np.empty(0, np.uint64), *drawn]),
            "key_sizes": np.fromiter(map(len, keys), dtype=np.int32, count=len(keys)),
            **Keys.collected(((one,) for one in keys), 1)[0].arrays("key"),
        }

    def nearest_many(
        self, texts: Sequence[str], *, top: int = 5, cutoff: float = 0.0, threads: int | None = None
    ) -> Nearest:
        """At most `top` terms for each text whose score is at or above `cutoff`, best first.

        Of terms of the same score the one with fewer slips is first (characters exchanged with their neighbour are
        one), then the one that shares more rare grams. `threads` is by default the number of cores that may be used.
        """
        import numpy as np

        threads = threads or len(os.sched_getaffinity(0))
        portions = [texts[first : first + _TOGETHER] for first in range(0, len(texts), _TOGETHER)]

        def search(some: Sequence[str]) -> Nearest:
            return self._nearest(some, top, cutoff)

        if threads == 1 or len(texts) <= _ALONE:
            parts = list(map(search, portions))
        else:
            with ThreadPoolExecutor(min(threads, len(portions))) as pool:
                parts = list(pool.map(search, portions))
        counts = np.concatenate([np.zeros(1, np.int64), *(np.diff(part.starts) for part in parts)])
        empty = (np.empty(0, np.int32), np.empty(0, np.float32))
        return Nearest(
            np.cumsum(counts),
            np.concatenate([empty[0], *(part.ids for part in parts)]),
            np.concatenate([empty[1], *(part.scores for part in parts)]),
        )

    def _nearest(self, texts: Sequence[str], top: int, cutoff: float) -> Nearest:
        import numpy as np

        asked = _Asked(self._postings, texts)
        which = np.arange(len(texts))
        parts = []
        for stage in STAGES:
            owners, ids, scores = self._scored(asked, which, stage, top, cutoff)
            away = (1 - scores) * (asked.lengths[owners] + self._sizes[ids])
            slip = np.where(asked.lengths[owners] < _LONG, min(stage.slip, _SHORT_SLIP), stage.slip)
            done = np.zeros(len(texts), dtype=bool)
            done[owners[away <= slip + 0.01]] = True
            if stage is STAGES[-1]:
                done[:] = True
            kept = done[owners]
            parts.append((owners[kept], ids[kept], scores[kept]))
            which = which[~done[which]]
            if not len(which):
                break
        owners, ids, scores = (np.concatenate(one) for one in zip(*parts, strict=True))
        order = np.lexsort((-scores, owners))  # of equal ones the one that was found first
        owners, ids, scores = owners[order], ids[order], scores[order]
        starts = np.searchsorted(owners, np.arange(len(texts) + 1))
        self._untie(texts, starts, ids, scores)
        best = np.arange(len(owners)) - starts[owners] < top
        starts = np.searchsorted(owners[best], np.arange(len(texts) + 1))
        return Nearest(starts, ids[best], scores[best])

    def _untie(self, texts: Sequence[str], starts: NDArray[Any], ids: NDArray[Any], scores: NDArray[Any]) -> None:
        """Put first, of several terms that are the best for a text, the one with the fewest slips."""
        import numpy as np
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        found = np.diff(starts)
        several = (found > 1).nonzero()[0]
        several = several[scores[starts[several]] == scores[starts[several] + 1]]
        if not len(several):
            return
        owners = np.repeat(several, found[several])
        places = np.arange(len(owners)) - np.repeat(np.cumsum(found[several]) - found[several], found[several])
        places += starts[owners]
        equal = scores[places] == scores[starts[owners]]
        owners, places = owners[equal], places[equal]
        typed = [texts[owner] for owner in owners.tolist()]
        slips = process.cpdist(typed, self.keys.many(ids[places]), scorer=OSA.distance)
        ids[places] = ids[places][np.lexsort((slips, owners))]

    def _scored(
        self, asked: _Asked, which: NDArray[np.int64], stage: Stage, wanted: int, cutoff: float
    ) -> tuple[NDArray[Any], ...]:
        """(text, term, score) of the terms that may be most like each of `which` texts: `wanted`, or more."""
        import numpy as np
        from rapidfuzz import fuzz, process

        budget = max(stage.budget, int(stage.share * len(self.keys))) * max(wanted // _WANTED, 1)
        found = list(self._looked_at(asked, which, budget, max(wanted, stage.pool)))
        rows, apart, ids = (np.concatenate(one) for one in zip(*found, strict=True))
        owners = which[rows]
        if cutoff:  # no score can be higher than sketches and lengths allow
            one, other = asked.lengths[owners], self._sizes[ids]
            possible = (one + other) - np.maximum(apart, np.abs(one - other)) >= cutoff * (one + other)
            owners, ids = owners[possible], ids[possible]
        typed = [asked.texts[owner] for owner in owners.tolist()]
        scores = process.cpdist(typed, self.keys.many(ids), scorer=fuzz.ratio, dtype=np.float32) / np.float32(100)
        if cutoff:
            enough = scores >= cutoff
            owners, ids, scores = owners[enough], ids[enough], scores[enough]
        return owners, ids, scores

    def _looked_at(
        self, asked: _Asked, which: NDArray[np.int64], budget: int, pool: int
    ) -> Iterator[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
        """(index within `which`, bits apart, term) of the `pool` terms whose sketches are most like each text's.

        Of those with the same the ones that share more of the grams looked up. Portion by portion.
        """
        import numpy as np

        rows, grams = asked.chosen(which, budget)
        firsts = self._postings.starts[grams].astype(np.int64)
        counts = self._postings.starts[grams + 1] - firsts
        begins = np.searchsorted(rows, np.arange(len(which) + 1))
        costs = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])[begins]
        edges = np.searchsorted(costs, np.arange(0, int(costs[-1]) + 1, _PORTION), "right") - 1
        for first, last in pairwise(np.unique([0, *edges.tolist(), len(which)]).tolist()):
            some = slice(int(begins[first]), int(begins[last]))
            sizes = counts[some]
            ends = np.cumsum(sizes)
            at = np.arange(int(sizes.sum()))
            at += np.repeat(firsts[some] - (ends - sizes), sizes)
            terms = self._postings.terms[at].astype(np.int64)
            bits = self._sketches[terms]
            bits ^= np.repeat(asked.sketches[which[rows[some]]], sizes)
            seen = np.bitwise_count(bits).astype(np.int64)
            seen <<= _APART_AT
            seen |= terms
            seen |= np.repeat(rows[some] - first << _ROW_AT, sizes)
            row, apart, terms = _best(seen, last - first, pool)
            yield row + first, apart, terms


def _best(seen: NDArray[np.int64], rows: int, pool: int) -> tuple[NDArray[np.int64], ...]:
    """(row, bits apart, term) of the `pool` best of each row.

    `seen` has row, bits apart and term as one number, once for each gram that the term shares; it is sorted in place.
    """
    import numpy as np

    edges = np.arange(rows + 1) << _ROW_AT
    seen.sort()
    distinct = np.ones(len(seen), dtype=bool)
    np.not_equal(seen[1:], seen[:-1], out=distinct[1:])
    first = distinct.nonzero()[0]
    shared = np.diff(first, append=len(seen))
    seen = np.append(seen[first], 0)  # so that a row without terms has something to look at
    starts = np.searchsorted(seen[:-1], edges)
    sizes = np.diff(starts)
    last = starts[:-1] + np.minimum(sizes, pool) - 1
    limits = seen[last] | _TERM  # whoever is as near as the last of the pool may be in it
    near = (seen[:-1] <= np.repeat(limits, sizes)).nonzero()[0]
    seen, shared = seen[near], shared[near]
    order = seen & ~_TERM | (_MOST_SHARED - np.minimum(shared, _MOST_SHARED)) << _PLACE_BITS | np.arange(len(seen))
    order.sort()
    best = np.arange(len(order)) - np.searchsorted(order, edges)[order >> _ROW_AT] < pool
    seen = seen[order[best] & _PLACE]
    return seen >> _ROW_AT, seen >> _APART_AT & _APART, seen & _TERM


class _Asked:
    """The texts of one question: their sketches, and their grams that any term has, the rarest first."""

    def __init__(self, postings: Postings, texts: Sequence[str]) -> None:
        import numpy as np

        self.texts = texts
        self.lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        self.sketches = sketches(texts)
        of, self._grams = postings.ranks(texts)
        self._counts = (postings.starts[self._grams + 1] - postings.starts[self._grams]).astype(np.int64)
        self._starts = np.searchsorted(of, np.arange(len(texts) + 1))

    def chosen(self, which: NDArray[np.int64], budget: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(index within `which`, gram) of the rarest grams of those texts that `budget` terms pay for."""
        import numpy as np

        sizes = np.diff(self._starts)[which]
        rows = np.repeat(np.arange(len(which)), sizes)
        firsts = np.cumsum(sizes) - sizes
        rank = np.arange(len(rows)) - firsts[rows]
        taken = self._starts[:-1][which][rows] + rank
        counts = self._counts[taken]
        spent = np.cumsum(counts)
        spent -= np.concatenate([np.zeros(1, np.int64), spent])[firsts][rows]
        kept = (spent <= budget) | ((rank == 0) & (counts <= budget * _COMMON))
        return rows[kept], self._grams[taken[kept]]
