"""Which terms there are and which concepts each names, by number: what can be told of very many without a query.

Terms are numbered in order of their keys, concepts in order of their codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zhengming.dictionary.index.hashes import Stretches, hash_of, position, positions
from zhengming.dictionary.index.keys import Keys

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from zhengming.dictionary.index.contrasts import Coded

_AT_ONCE = 200_000  # texts


class Senses:
    """The terms by their hash, the concepts of each, and their codes and names."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Use the arrays that `build` made."""
        self._hashes: NDArray[np.uint64] = arrays["term_hash"]
        self._starts, self._concepts = arrays["sense_starts"], arrays["sense_concept"]
        self._misspelled = arrays["misspelled"]
        self.most_terms = int(arrays["most_terms"][0])  # of one concept
        self.one_to_one = self.most_terms <= 1 and len(self._concepts) == len(self._hashes)  # terms and concepts
        self.codes = Keys(arrays["code_units"], arrays["code_starts"])
        self.names = Keys(arrays["name_units"], arrays["name_starts"])

    @staticmethod
    def build(terms: Coded, misspelled: NDArray[np.bool_], named: Iterable[tuple[str, str]]) -> dict[str, NDArray[Any]]:
        """The arrays; `named` gives code and name of every concept in order of code."""
        import numpy as np

        codes, names = Keys.collected(named, 2)
        coded = _hashed(codes)
        by_hash = np.argsort(coded, kind="stable")
        concepts = by_hash[np.searchsorted(coded[by_hash], terms.codes)].astype(np.int32)
        return {
            "term_hash": np.sort(_hashed(terms.keys)),
            "sense_starts": terms.starts.astype(np.int32),
            "sense_concept": concepts,
            "misspelled": misspelled,
            "most_terms": np.array([np.bincount(concepts).max(initial=0)]),
            **codes.arrays("code"),
            **names.arrays("name"),
        }

    def known(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Which of the texts are keys of terms, as far as 64 bits tell."""
        return self.has(Stretches.of(texts).whole())

    def knows(self, text: str) -> bool:
        """Whether one text is the key of a term, as far as 64 bits tell."""
        return position(self._hashes, hash_of(text)) >= 0

    def has(self, hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Which of the hashes are of keys of terms."""
        return positions(self._hashes, hashes) >= 0

    def slips(self, texts: Sequence[str]) -> dict[str, set[str]]:
        """The terms that a text is with two neighbours exchanged or without one of two equal ones; most have none."""
        import numpy as np

        stretches = Stretches.of(texts)
        pairs = np.maximum(stretches.lengths - 1, 0)
        which = np.repeat(np.arange(len(texts)), pairs)
        at = np.arange(len(which)) - np.repeat(np.cumsum(pairs) - pairs, pairs)
        here = stretches.starts[which] + at
        twice = stretches.points[here] == stretches.points[here + 1]
        found: dict[str, set[str]] = {}
        for place in self.has(stretches.exchanged(which, at)).nonzero()[0].tolist():
            text, first = texts[which[place]], int(at[place])
            found.setdefault(text, set()).add(text[:first] + text[first + 1] + text[first] + text[first + 2 :])
        which, at = which[twice], at[twice]
        for place in self.has(stretches.without(which, at, at + 1)).nonzero()[0].tolist():
            text, first = texts[which[place]], int(at[place])
            found.setdefault(text, set()).add(text[:first] + text[first + 1 :])
        return found

    def ordered(self, owners: NDArray[Any], ids: NDArray[Any], scores: NDArray[Any]) -> NDArray[np.int64]:
        """An order of terms found for texts: by text, best first; of equals the misspelling last, else as they were."""
        import numpy as np

        misspelled = self._misspelled[ids]
        if not misspelled.any():
            return np.arange(len(ids))
        return np.lexsort((misspelled, -scores, owners))

    def first(self, ids: NDArray[Any]) -> NDArray[np.int32]:
        """The first concept of each of the terms `ids`."""
        found: NDArray[np.int32] = self._concepts[self._starts[ids]]
        return found

    def of(self, ids: NDArray[Any], most: int) -> list[list[int]]:
        """The first `most` concepts of each of the terms `ids`."""
        import numpy as np

        starts = self._starts[ids].astype(np.int64)
        sizes = np.minimum(self._starts[ids + 1] - starts, most)
        ends = np.cumsum(sizes)
        flat = self._concepts[np.arange(int(sizes.sum())) + np.repeat(starts - (ends - sizes), sizes)].tolist()
        return [flat[end - size : end] for end, size in zip(ends.tolist(), sizes.tolist(), strict=True)]


def _hashed(texts: Sequence[str]) -> NDArray[np.uint64]:
    import numpy as np

    hashes = np.empty(len(texts), dtype=np.uint64)
    for first in range(0, len(texts), _AT_ONCE):
        some = [texts[place] for place in range(first, min(first + _AT_ONCE, len(texts)))]
        hashes[first : first + len(some)] = Stretches.of(some).whole()
    return hashes
