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
    """One look at the terms: `budget` of them are looked at for a text, the best `pool` of those are scored.

    A text is done when a term is `slip` away (in InDel distance: a character left out or doubled is 1, one replaced or
    exchanged 2), or less in a short text.
    """

    budget: int
    pool: int
    slip: int


# Measured on 664,716 names of places and on 2,879,846 names of all kinds, with eleven kinds of noise: the best of all
# terms (found by looking at every one) has the same score for 99.9 % and 98.5 % of the texts.
STAGES = (Stage(150, 5, 2), Stage(1_000, 10, 4), Stage(8_000, 50, 0))
_WANTED = 8  # terms for which these budgets are; who wants several times as many has as many times the budget
_LONG = 8  # characters
_SHORT_SLIP = 1
_SLIPS_APART = 4  # characters of a text for each slip that is enough
_COMMON = 10  # times the budget that a text's rarest gram may cost
_TOGETHER = 500  # texts; with more of them memory costs more than numpy's calls
_ALONE = 50  # texts that are sooner answered than a second thread is woken
_PORTION = 1 << 15  # terms looked at together: what is known of them stays near the processor
_SKETCHED = 200_000  # terms sketched together when an index is built
_WORTH_BITS = 4  # of what a gram is worth that are behind the point
_MOST_EXPLAINED, _FAR_BITS = 63, 7  # the bits two sketches are apart and these together are less than 2^7


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
        one), then the one whose sketch and grams are nearer. `threads` is by default the number of cores that may be
        used.
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
            found = owners, ids, scores = self._scored(asked, which, stage, top, cutoff)
            parts.append(found)
            away = (1 - scores) * (asked.lengths[owners] + self._sizes[ids])
            done = np.zeros(len(texts), dtype=bool)
            done[owners[away <= asked.slip(stage.slip, top)[owners] + 0.01]] = True
            which = which[~done[which]]
            if not len(which):
                break
        owners, ids, scores = (np.concatenate(one) for one in zip(*parts, strict=True))
        order = np.lexsort((-scores, owners))  # of equal ones the one that was found first
        owners, ids, scores = owners[order], ids[order], scores[order]
        if len(parts) > 1:
            once = np.unique(owners << 32 | ids, return_index=True)[1]
            once.sort()
            owners, ids, scores = owners[once], ids[once], scores[once]
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

        more = max(wanted // _WANTED, 1)
        found = list(self._looked_at(asked, which, stage.budget * more, max(wanted, stage.pool * more)))
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
        """(index within `which`, least distance, term) of the `pool` terms that are probably nearest to each text.

        Portion by portion. Of those that are equally near the one with the lower number is taken.
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
            shift = len(self.keys).bit_length()  # row and term are one number, of 32 bits if that is enough
            narrow = (last - first).bit_length() + shift <= 32
            seen = np.repeat(_shifted(rows[some] - first, shift, narrow), sizes)
            seen |= self._postings.terms[at].astype(seen.dtype)
            terms, shared, sizes = _distinct(seen, last - first, shift)
            of = which[first:last]
            bits = self._sketches[terms]
            bits ^= np.repeat(asked.sketches[of], sizes)
            apart = np.bitwise_count(bits)
            explained = shared * np.repeat(asked.worth[of], sizes)
            explained >>= _WORTH_BITS
            best, row = _first(_MOST_EXPLAINED + apart - np.minimum(explained, _MOST_EXPLAINED), sizes, pool)
            yield row + first, apart[best], terms[best]


def _distinct(seen: NDArray[Any], rows: int, shift: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any]]:
    """Each term once for its row, how often it was there, and how many terms each row has; sorts `seen` in place."""
    import numpy as np

    seen.sort()
    new = np.ones(len(seen), dtype=bool)
    np.not_equal(seen[1:], seen[:-1], out=new[1:])
    first = new.nonzero()[0]
    shared = np.diff(first, append=len(seen))
    seen = seen[first]
    edges = (np.arange(1, rows) << shift).astype(seen.dtype)
    starts = np.concatenate([np.zeros(1, np.int64), np.searchsorted(seen, edges), np.full(1, len(seen))])
    return seen.astype(np.int64) & ((1 << shift) - 1), shared, np.diff(starts)


def _first(far: NDArray[Any], sizes: NDArray[Any], pool: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the `pool` least of each row stand, least first, and their rows; `sizes` tells where rows end."""
    import numpy as np

    places = len(far).bit_length()
    narrow = places + _FAR_BITS + len(sizes).bit_length() <= 32
    order = np.repeat(_shifted(np.arange(len(sizes)), places + _FAR_BITS, narrow), sizes)
    order |= _shifted(far, places, narrow)
    order |= np.arange(len(far), dtype=order.dtype)
    order.sort()
    taken = np.minimum(sizes, pool)
    ends = np.cumsum(taken)
    at = np.arange(int(taken.sum()))
    at += np.repeat(np.cumsum(sizes) - sizes - (ends - taken), taken)
    best = order[at].astype(np.int64) & ((1 << places) - 1)
    return best, np.repeat(np.arange(len(sizes)), taken)


def _shifted(numbers: NDArray[Any], bits: int, narrow: bool) -> NDArray[Any]:
    """The numbers, `bits` further to the left, as numbers of 32 or 64 bits."""
    import numpy as np

    shifted: NDArray[Any] = numbers.astype(np.uint32 if narrow else np.uint64)
    shifted <<= bits
    return shifted


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
        many = np.maximum(np.diff(self._starts), 1)
        self.worth = (self.lengths << _WORTH_BITS) // many  # characters of the text for each of its grams

    def slip(self, most: int, wanted: int) -> NDArray[np.int64]:
        """How far a term may be from each text so that no nearer one is looked for; `most` is for long texts."""
        import numpy as np

        short = _SHORT_SLIP if wanted < 2 * _WANTED else 0  # who wants very many wants all that are as near
        return np.where(self.lengths < _LONG, short, np.minimum(most, self.lengths // _SLIPS_APART))

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
