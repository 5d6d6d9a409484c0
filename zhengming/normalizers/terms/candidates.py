"""Candidates: the terms most like a text, by shared character pairs, then by RapidFuzz. They are proposals only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from zhengming.dictionary.index.grams import code_points
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.variants import pair_numbers, pair_texts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Terms sharing most pairs that are scored; the right one was never beyond the 25th on 6,000 real strings.
_POOL: Final = 40
_KEPT: Final = 200_000  # answers kept, some 100 MB
_KEPT_POOLS: Final = 50_000  # lists of terms to be scored that are kept, some 60 MB
SHOWN: Final = 5  # candidates a reviewer is shown


class CandidateIndex:
    """Finds the terms whose keys are most like a text."""

    def __init__(self, terms: Mapping[str, Entry]) -> None:
        """Index the character pairs of every term key."""
        import numpy as np
        from rapidfuzz import fuzz, process

        self._scored = partial(process.extract, scorer=fuzz.ratio, limit=None)
        keys = sorted(terms)
        self._keys = np.array(keys, dtype=object)
        self._sizes = np.fromiter((len(term_key) + 2 for term_key in keys), dtype=np.float64)
        self._terms = terms
        self._known: dict[tuple[str, float], list[tuple[float, str]]] = {}
        self._postings = _postings(keys)
        self._pools: dict[frozenset[str], list[str]] = {}

    @cached_property
    def _misspelt(self) -> NDArray[np.bool_]:
        import numpy as np

        return np.fromiter((_is_misspelt(self._terms[term_key]) for term_key in self._keys), dtype=np.bool_)

    def nearest(self, text: str, cutoff: float) -> list[tuple[float, str]]:
        """(score, term key) of the best term of each concept at or above `cutoff`, best first; scores are 0..1.

        The score is RapidFuzz's normalized InDel similarity of the keys.
        """
        known = self._known.get((text, cutoff))
        if known is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = self._known[text, cutoff] = self._nearest(text, cutoff)
        return known

    def nearest_many(self, texts: Sequence[str], cutoff: float, shown: int) -> list[list[tuple[float, str]]]:
        """As `nearest` for many texts, `shown` concepts of each."""
        return [self._nearest(text, cutoff, shown) for text in texts]

    def slips(self, text: str) -> Set[str] | None:
        """The terms that a text is but for a slip, where they were looked up beforehand; None where they were not."""
        return None

    def _nearest(self, text: str, cutoff: float, shown: int = SHOWN) -> list[tuple[float, str]]:
        scored = self._scored(
            text, self._pool(text), score_cutoff=cutoff * 100
        )  # of the same score in the pool's order
        return _first_of_each(((score / 100, term_key) for term_key, score, _place in scored), self._terms, shown)

    def _pool(self, text: str) -> list[str]:
        """The _POOL terms that share most pairs with the text; texts that have the same known ones have the same."""
        pairs = frozenset(pair for pair in _pairs(text) if pair in self._postings)
        pool = self._pools.get(pairs)
        if pool is None:
            if len(self._pools) >= _KEPT_POOLS:
                self._pools.clear()
            pool = self._pools[pairs] = self._sharing(pairs)
        return pool

    def _sharing(self, pairs: Set[str]) -> list[str]:
        """The _POOL terms that have most of these pairs for their size, of equal ones the first; misspellings last."""
        import numpy as np

        lists = [self._postings[pair] for pair in pairs]
        if not lists:
            return []
        shared = np.bincount(np.concatenate(lists)).astype(np.uint16)  # small numbers are gone through faster
        least = (int(np.maximum.reduce(shared)) + 1) // 2  # a term sharing fewer pairs is not like the text
        indices = (shared >= least).nonzero()[0]
        if len(indices) > _POOL:
            share = shared[indices] / self._sizes[indices]
            last = np.partition(share, -_POOL)[-_POOL]
            sure, equal = indices[share > last], indices[share == last]
            indices = np.concatenate((sure, equal[: _POOL - len(sure)]))
            indices.sort()
        misspelt = self._misspelt[indices]
        if misspelt.any():
            indices = np.concatenate((indices[~misspelt], indices[misspelt]))
        found: list[str] = self._keys[indices].tolist()
        return found


def best_of_each(
    scored: Iterable[tuple[float, str]], terms: Mapping[str, Entry], shown: int = SHOWN
) -> list[tuple[float, str]]:
    """The best term of each concept, best first; of terms of the same score a misspelling comes last."""
    ordered = sorted([(-score, _is_misspelt(terms[one]), one) for score, one in scored])
    return _first_of_each(((-score, term_key) for score, _misspelt, term_key in ordered), terms, shown)


def _first_of_each(
    scored: Iterable[tuple[float, str]], terms: Mapping[str, Entry], shown: int
) -> list[tuple[float, str]]:
    """Those that are the first of a concept; at most `shown`."""
    found: list[tuple[float, str]] = []
    seen: set[str] = set()
    for one in scored:
        codes = terms[one[1]].codes
        if not seen.issuperset(codes):
            seen.update(codes)
            found.append(one)
            if len(found) == shown:
                break
    return found


def _is_misspelt(entry: Entry) -> bool:
    return entry.senses[0][1].kind == "misspelling"


def _pairs(text: str) -> set[str]:
    return {text[index : index + 2] for index in range(len(text) - 1)} or {text}


def _postings(texts: Sequence[str]) -> dict[str, NDArray[np.intp]]:
    """By each of `_pairs` the texts that have it, in order."""
    if not texts:
        return {}
    import numpy as np

    points, lengths = code_points(texts)
    owners = np.repeat(np.arange(len(texts)), lengths)
    paired = np.append(owners[1:] == owners[:-1], False)
    seconds = np.append(points[1:], 0)
    listed = paired | (lengths[owners] == 1)
    pairs = pair_numbers(points, np.where(paired, seconds, 0))[listed]
    order = np.argsort(pairs, kind="stable")
    pairs, owners = pairs[order], owners[listed][order]
    new = np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]
    distinct = new | np.append(True, owners[1:] != owners[:-1])[: len(pairs)]
    starts = new[distinct].nonzero()[0].tolist()
    owners = owners[distinct]
    ends = [*starts[1:], len(owners)]
    return {pair: owners[start:end] for pair, start, end in zip(pair_texts(pairs[new]), starts, ends, strict=True)}
