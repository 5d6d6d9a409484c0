"""The terms most like many texts at once, among millions: shared rare character grams first, then RapidFuzz.

A text is compared with the terms that share its grams, weighted by how rare they are (TF-IDF) and by how few other
grams a term has. Rare grams are cheap, because few terms have them; they go first, up to a budget of terms looked at.
Only a text whose best term is still more than a slip or two away is looked up again with a larger budget, common grams
included. So the cost of a text hardly grows with the number of terms.

The product of texts and terms is sparse-dot-topn's, the score of what it finds RapidFuzz's normalized InDel
similarity. A score proposes; it never decides.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from zhengming.dictionary.index.grams import grams
from zhengming.dictionary.index.keys import Keys

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rows = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]  # of a sparse matrix: values, their columns, row starts


class Stage(NamedTuple):
    """One look at the terms: `budget` of them are looked at for a text, or a `share` of all terms if that is more.

    The best `pool` are scored. A text is done when a term is `slip` away (in InDel distance: a character left out or
    doubled is 1, one replaced or exchanged 2); in a text of fewer than _LONG characters 1 must do.
    """

    budget: int
    share: float
    pool: int
    slip: int


# Measured on 664,000 names of places with eleven kinds of noise, six terms wanted: the right name is the best for
# 97.4 % of the texts. With 500, 4,000 and 16,000 terms it is too, at a quarter more time; of every name 97.3 %.
STAGES = (Stage(300, 0, 5, 2), Stage(2_000, 1 / 800, 20, 4), Stage(8_000, 1 / 200, 40, 1 << 30))
_WANTED = 8  # terms for which these budgets are; who wants several times as many has as many times the budget
_LONG = 8  # characters
_SHORT_SLIP = 1
_FEW = 4  # times as many terms as are reached: then only these get a column
_COMMON = 10  # times the budget that a text's rarest gram may cost
_COMMONEST = 80_000  # terms: grams of more are not listed
_LEAST = 0.5  # of what the best term shares with a text: terms that share less are not scored, but for _ANYHOW of them
_ANYHOW = 5
_SPARE = 10  # terms found beyond those wanted, so that of equally good ones the first by key are chosen
_BUILT_AT_ONCE = 200_000  # terms; their grams take some 200 MB
_ASKED_AT_ONCE = 20_000  # texts
_ALONE = 50  # texts that are sooner answered than a second thread is woken

_threaded_in = 0  # process that has used several threads: a fork of it must not, or it would wait for ever


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
        self.keys = Keys(arrays["key_bytes"], arrays["key_starts"])
        self._sizes: NDArray[np.int32] = arrays["key_sizes"]
        self._grams, self._counts, self._rarity = arrays["grams"], arrays["gram_counts"], arrays["gram_rarity"]
        self._terms, self._starts, self._shares = arrays["terms"], arrays["gram_starts"], arrays["key_shares"]

    @staticmethod
    def build(keys: Sequence[str]) -> dict[str, NDArray[Any]]:
        """The arrays of an index of `keys`: distinct texts, none of them empty.

        Pairs that more terms have than any text may look at keep their weight, but not the list of their terms.
        """
        import numpy as np

        known, counts = _vocabulary(keys)
        rarity = (np.log((1 + len(keys)) / (1 + counts)) + 1).astype(np.float32)
        kept = np.where(counts <= _COMMONEST, counts, 0)
        starts = np.zeros(len(known) + 1, dtype=np.int32)
        np.cumsum(kept, out=starts[1:])
        terms = np.empty(int(starts[-1]), dtype=np.int32)
        shares = np.empty(len(keys), dtype=np.float32)  # what a gram of rarity 1 weighs in each term
        free = starts[:-1].astype(np.int64)  # the next place in the list of each gram
        for first, of, found in _portions(keys):
            place = np.searchsorted(known, found)
            lengths = np.sqrt(np.bincount(of, weights=rarity[place].astype(np.float64) ** 2))
            shares[first : first + len(lengths)] = 1 / lengths
            listed = kept[place] > 0
            place, of = place[listed], of[listed]
            order = np.argsort(place, kind="stable")  # within a gram the terms stay in order
            place, of = place[order], of[order]
            distinct, begins, many = np.unique(place, return_index=True, return_counts=True)
            targets = np.arange(len(place)) - np.repeat(begins, many) + np.repeat(free[distinct], many)
            free[distinct] += many
            terms[targets] = of + first
        return {
            "grams": known,
            "gram_counts": counts.astype(np.int32),
            "gram_rarity": rarity,
            "gram_starts": starts,
            "terms": terms,
            "key_shares": shares,
            "key_sizes": np.fromiter(map(len, keys), dtype=np.int32, count=len(keys)),
            **Keys.collected(((one,) for one in keys), 1)[0].arrays("key"),
        }

    def nearest_many(
        self, texts: Sequence[str], *, top: int = 5, cutoff: float = 0.0, threads: int | None = None
    ) -> Nearest:
        """At most `top` terms for each text whose score is at or above `cutoff`, best first.

        Terms of the same score are in the order of the rarity of what they share with the text. `threads` is by
        default the number of cores that may be used.
        """
        import numpy as np

        threads = _threads(threads) if len(texts) > _ALONE else 1
        parts = [
            self._nearest(texts[first : first + _ASKED_AT_ONCE], top, cutoff, threads)
            for first in range(0, len(texts), _ASKED_AT_ONCE)
        ]
        counts = np.concatenate([np.zeros(1, np.int64), *(np.diff(part.starts) for part in parts)])
        empty = (np.empty(0, np.int32), np.empty(0, np.float32))
        return Nearest(
            np.cumsum(counts),
            np.concatenate([empty[0], *(part.ids for part in parts)]),
            np.concatenate([empty[1], *(part.scores for part in parts)]),
        )

    def _nearest(self, texts: Sequence[str], top: int, cutoff: float, threads: int) -> Nearest:
        import numpy as np

        asked = _Asked(self, texts)
        which = np.arange(len(texts))
        parts = []
        for stage in STAGES:
            found = self._scored(asked, which, stage, top, cutoff, threads)
            owners, ids, scores = found[:3]
            away = (1 - scores) * (asked.lengths[owners] + self._sizes[ids])
            enough = np.where(asked.lengths[owners] < _LONG, min(stage.slip, _SHORT_SLIP), stage.slip)
            done = np.zeros(len(texts), dtype=bool)
            done[owners[away <= enough + 0.01]] = True
            if stage is STAGES[-1]:
                done[:] = True
            parts.append([one[done[owners]] for one in found])
            which = which[~done[which]]
            if not len(which):
                break
        owners, ids, scores, weights = (np.concatenate(one) for one in zip(*parts, strict=True))
        order = np.lexsort((ids, -weights, -scores, owners))
        owners, ids, scores = owners[order], ids[order], scores[order]
        best = np.arange(len(owners)) - np.searchsorted(owners, np.arange(len(texts)))[owners] < top
        owners = owners[best]
        return Nearest(np.searchsorted(owners, np.arange(len(texts) + 1)), ids[best], scores[best])

    def _scored(
        self, asked: _Asked, which: NDArray[np.int64], stage: Stage, wanted: int, cutoff: float, threads: int
    ) -> tuple[NDArray[Any], ...]:
        """(text, term, score, weight) of the terms that share most with each of `which` texts: `wanted`, or more."""
        import numpy as np
        from rapidfuzz import fuzz, process

        # The lists of the grams that are asked for, alone: what is not needed is neither copied nor read from the disk.
        budget = max(stage.budget, int(stage.share * len(self.keys))) * max(wanted // _WANTED, 1)
        asked_for, used = asked.chosen(which, budget)
        firsts = self._starts[used].astype(np.int64)
        counts = self._starts[used + 1] - firsts
        starts = np.zeros(len(used) + 1, dtype=np.int64)
        np.cumsum(counts, out=starts[1:])
        columns = self._terms[np.arange(int(starts[-1])) + np.repeat(firsts - starts[:-1], counts)]
        weights = np.repeat(self._rarity[used], counts) * self._shares[columns]
        reached, width = None, len(self.keys)
        if len(columns) * _FEW < width:  # and of few terms only those: a sum is kept for every column
            reached, columns = np.unique(columns, return_inverse=True)
            width = len(reached)
        product = _product_of_one if len(which) == 1 else _product
        top = max(wanted, stage.pool)
        rows, ids, weights = product(asked_for, (weights, columns, starts), width, top, threads)
        first = np.searchsorted(rows, rows)  # the best of each row
        like = (weights >= _LEAST * weights[first]) | (np.arange(len(rows)) - first < _ANYHOW)
        rows, ids, weights = rows[like], ids[like], weights[like]
        owners = which[rows]
        ids = ids if reached is None else reached[ids]
        if cutoff:  # no score can be higher than two texts of these lengths allow
            one, other = asked.lengths[owners], self._sizes[ids]
            possible = 2 * np.minimum(one, other) >= cutoff * (one + other)
            owners, ids, weights = owners[possible], ids[possible], weights[possible]
        typed = [asked.texts[owner] for owner in owners.tolist()]
        scores = process.cpdist(typed, self.keys.many(ids), scorer=fuzz.ratio, workers=threads) / np.float32(100)
        enough = scores >= cutoff
        return owners[enough], ids[enough], scores[enough], weights[enough]


class _Asked:
    """The texts of one question: their grams that any term has, the rarest first."""

    def __init__(self, index: NearestIndex, texts: Sequence[str]) -> None:
        import numpy as np

        self.texts = texts
        self.lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        self._width = len(index._grams)
        of, found = grams(texts)
        place = np.searchsorted(index._grams, found)
        place[place == self._width] = 0
        known = index._grams[place] == found if self._width else np.zeros(len(found), dtype=bool)
        of, place = of[known], place[known]
        counts = index._counts[place].astype(np.int64)
        order = np.lexsort((place, counts, of))
        of, place, counts = of[order], place[order], counts[order]
        distinct = np.ones(len(of), dtype=bool)
        distinct[1:] = (of[1:] != of[:-1]) | (place[1:] != place[:-1])
        self._place, self._counts = place[distinct], counts[distinct]
        self._starts = np.searchsorted(of[distinct], np.arange(len(texts) + 1))
        self._rarity = index._rarity

    def chosen(self, which: NDArray[np.int64], budget: int) -> tuple[Rows, NDArray[np.int64]]:
        """A sparse row for each of `which` texts: the weights of its rarest grams that `budget` terms pay for.

        Its columns stand for the grams that are given with it.
        """
        import numpy as np

        sizes = (self._starts[1:] - self._starts[:-1])[which]
        rows = np.repeat(np.arange(len(which)), sizes)
        firsts = np.cumsum(sizes) - sizes
        rank = np.arange(len(rows)) - firsts[rows]
        taken = self._starts[:-1][which][rows] + rank
        counts = self._counts[taken]
        spent = np.cumsum(counts)
        spent -= np.concatenate([np.zeros(1, np.int64), spent])[firsts][rows]
        kept = (spent <= budget) | ((rank == 0) & (counts <= min(budget * _COMMON, _COMMONEST)))
        place = self._place[taken[kept]]
        starts = np.searchsorted(rows[kept], np.arange(len(which) + 1)).astype(np.int32)
        used, columns = np.unique(place, return_inverse=True)
        return (self._rarity[place], columns.astype(np.int32), starts), used


def _product(one: Rows, other: Rows, width: int, top: int, threads: int) -> tuple[NDArray[Any], ...]:
    """(row, column, sum) of the `top` greatest sums in each row of the product of two sparse matrices, best first."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sparse_dot_topn import sp_matmul_topn

    weights, columns, starts = other
    many = len(starts) - 1
    left = csr_matrix(one, shape=(len(one[2]) - 1, many))
    right = csr_matrix((weights, columns.astype(np.int32), starts.astype(np.int32)), shape=(many, width))
    product = sp_matmul_topn(left, right, top + _SPARE, sort=True, n_threads=threads)
    rows = np.repeat(np.arange(len(one[2]) - 1), np.diff(product.indptr))
    ids, sums = product.indices, product.data
    rank = np.arange(len(rows)) - product.indptr[rows]
    last = np.flatnonzero((rank[:-1] == top - 1) & (rank[1:] == top))
    unsure = np.isin(rows, rows[last[sums[last] == sums[last + 1]]])  # several are as good as the last one
    if unsure.any():
        order = np.lexsort((ids[unsure], -sums[unsure], rows[unsure]))
        ids[unsure], sums[unsure] = ids[unsure][order], sums[unsure][order]
    kept = rank < top
    return rows[kept], ids[kept], sums[kept]


def _product_of_one(one: Rows, other: Rows, width: int, top: int, _threads: int) -> tuple[NDArray[Any], ...]:
    """As `_product` for one row, without the libraries that take longer to import than this to be worked out."""
    import numpy as np

    weights, columns, starts = other
    sums = np.zeros(width, dtype=np.float32)
    for row, share in zip(one[1].tolist(), one[0], strict=True):  # in this order, as floats do not add up in any
        stretch = slice(int(starts[row]), int(starts[row + 1]))
        sums[columns[stretch]] += share * weights[stretch]  # a term has a gram once
    reached = sums.nonzero()[0]
    best = reached[np.argsort(-sums[reached], kind="stable")[:top]]
    return np.zeros(len(best), dtype=np.int64), best, sums[best]


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


def _threads(wanted: int | None) -> int:
    """How many threads to use; one in a fork of a process that used several (OpenMP does not survive a fork)."""
    global _threaded_in
    if _threaded_in not in (0, os.getpid()):
        return 1
    threads = wanted or len(os.sched_getaffinity(0))
    if threads > 1:
        _threaded_in = os.getpid()
    return threads
