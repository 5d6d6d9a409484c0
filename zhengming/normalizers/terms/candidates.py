"""Candidates: the terms most like a text, by shared character pairs, then by RapidFuzz. They are proposals only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from zhengming.normalizers.terms.lexicon import Entry

_POOL = 40  # terms sharing most pairs that are scored; the right one was never beyond the 25th on 6,000 real strings
_SHOWN = 5  # candidates a reviewer is shown


class CandidateIndex:
    """Finds the terms whose keys are most like a text."""

    def __init__(self, terms: Mapping[str, Entry]) -> None:
        """Index the character pairs of every term key."""
        self._keys = sorted(terms)
        self._sizes = [len(term_key) + 2 for term_key in self._keys]
        self._terms = terms
        self._postings: dict[str, list[int]] = {}
        self._known: dict[str, tuple[float, list[tuple[float, str]]]] = {}
        for index, term_key in enumerate(self._keys):
            for pair in _pairs(term_key):
                self._postings.setdefault(pair, []).append(index)

    def nearest(self, text: str, cutoff: float) -> list[tuple[float, str]]:
        """(score, term key) of the best term of each concept at or above `cutoff`, best first; scores are 0..1.

        The score is RapidFuzz's normalized InDel similarity of the keys.
        """
        known = self._known.get(text)
        if known is None or known[0] != cutoff:
            known = self._known[text] = (cutoff, self._nearest(text, cutoff))
        return known[1]

    def _nearest(self, text: str, cutoff: float) -> list[tuple[float, str]]:
        from rapidfuzz import fuzz, process

        shared: Counter[int] = Counter()
        for pair in _pairs(text):
            shared.update(self._postings.get(pair, ()))
        keys, sizes = self._keys, self._sizes
        least = (max(shared.values(), default=0) + 1) // 2  # a term sharing fewer pairs is not like the text
        ranked = [(-count / sizes[index], index) for index, count in shared.items() if count >= least]
        ranked.sort()
        pool = [index for _share, index in ranked[:_POOL]]
        scored = process.extract(
            text, [keys[index] for index in pool], scorer=fuzz.ratio, score_cutoff=cutoff * 100, limit=None
        )
        return best_of_each([(score / 100, term_key) for term_key, score, _place in scored], self._terms)


def best_of_each(
    scored: Iterable[tuple[float, str]], terms: Mapping[str, Entry], shown: int = _SHOWN
) -> list[tuple[float, str]]:
    """The best term of each concept, best first; of terms of the same score a misspelling comes last."""
    ordered = sorted(scored, key=lambda one: (-one[0], terms[one[1]].senses[0][1].kind == "misspelling", one[1]))
    best: dict[str, tuple[float, str]] = {}
    for score, term_key in ordered:
        for code in terms[term_key].codes:
            best.setdefault(code, (score, term_key))
    return list(dict.fromkeys(best.values()))[:shown]


def _pairs(text: str) -> set[str]:
    return {text[index : index + 2] for index in range(len(text) - 1)} or {text}
