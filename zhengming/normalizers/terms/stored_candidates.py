"""The terms most like a text in a large category, asked of its index for many texts together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeVar

from zhengming.normalizers.terms.candidates import SHOWN, CandidateIndex, best_of_each
from zhengming.normalizers.terms.mention import Candidate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from zhengming.dictionary.index.nearest import Nearest
    from zhengming.normalizers.terms.stored import StoredLexicon

_KEPT: Final = 200_000  # answers kept
_ASKED: Final = 10  # terms asked of the index for one text: several may be of one concept
_SPARE: Final = 5  # terms asked beyond the concepts wanted, for the same reason
_NAMED: Final = 8  # concepts of one term that are told apart: more are shown to nobody
_TOGETHER: Final = 20_000  # texts whose terms are looked up together

# Of three values; made by the million, so without a call in Python.
_CANDIDATE: Final = partial(tuple.__new__, Candidate)

Result = TypeVar("Result")
Answers = Iterator[list[tuple[float, str]]]


class StoredCandidates(CandidateIndex):
    """The terms most like a text, from the index. Many texts are best asked together: see `foresee`."""

    def __init__(self, lexicon: StoredLexicon, level: float) -> None:
        """Ask the lexicon's index; a sender's own terms are compared one by one. Nobody asks below `level`."""
        super().__init__(lexicon.local_terms)
        self._lexicon = lexicon
        self._index = lexicon.index.nearest
        self._level = level
        self._answers: dict[str, list[tuple[float, str]]] = {}
        self._slips: dict[str, Set[str]] = {}
        self._wanted: dict[str, None] | None = None

    @property
    def has_local_terms(self) -> bool:
        """Whether the sender has terms of its own, which the index does not know."""
        return self._lexicon.has_local_terms

    def nearest(self, text: str, cutoff: float) -> list[tuple[float, str]]:
        """(score, term key) of the best term of each concept at or above `cutoff`, best first; scores are 0..1."""
        found = self._answers.get(text)
        if found is None:
            if self._wanted is not None:
                self._wanted[text] = None
                return []
            self._answer([text])
            found = self._answers[text]
        return found if cutoff <= self._level else [one for one in found if one[0] >= cutoff]

    def nearest_many(self, texts: Sequence[str], cutoff: float, shown: int) -> list[list[tuple[float, str]]]:
        """As `nearest` for many texts, with the sender's own terms."""
        return list(self._with_local_terms(texts, self._index.nearest_many(texts, top=shown + _SPARE, cutoff=cutoff)))

    def concepts_many(self, texts: Sequence[str], cutoff: float, shown: int) -> list[list[Candidate]]:
        """The `shown` concepts that the terms most like each text name first, best first; no sender's own terms."""
        answers: list[list[Candidate]] = []
        spare = _SPARE if self._lexicon.index.senses.most_terms > 1 else 0
        for first in range(0, len(texts), _TOGETHER):
            some = texts[first : first + _TOGETHER]
            found = self._index.nearest_many(some, top=shown + spare, cutoff=cutoff)
            answers += self._concepts(some, found, shown)
        return answers

    def _concepts(self, texts: Sequence[str], found: Nearest, shown: int) -> Iterator[list[Candidate]]:
        import numpy as np

        senses, scores, starts = self._lexicon.index.senses, found.scores, found.starts
        concepts = senses.first(found.ids)
        if senses.most_terms > 1:
            owners = np.repeat(np.arange(len(texts)), np.diff(starts))
            order = senses.ordered(owners, found.ids, scores)
            _pairs, best = np.unique(owners.astype(np.int64) << 32 | concepts[order], return_index=True)  # of each
            best.sort()
            starts = np.searchsorted(owners[best], np.arange(len(texts) + 1))
            best = best[np.arange(len(best)) - starts[owners[best]] < shown]
            starts = np.searchsorted(owners[best], np.arange(len(texts) + 1))
            concepts, scores = concepts[order[best]], scores[order[best]]
        told = np.round(scores.astype(np.float64), 4).tolist()
        listed = list(map(_CANDIDATE, zip(senses.codes.many(concepts), senses.names.many(concepts), told, strict=True)))
        return (listed[start:end] for start, end in pairwise(starts.tolist()))

    def slips(self, text: str) -> Set[str] | None:
        """The terms that a text is but for a slip, where they were looked up beforehand; None where they were not."""
        return self._slips.get(text)

    def foresee(self, texts: Iterable[str], read: Callable[[str], Result]) -> Iterator[tuple[str, Result]]:
        """Find out what reading the texts will ask, and look all of it up together.

        Gives the texts whose reading asked nothing, with what was read; the others must be read again.
        """
        listed = list(texts)
        for first in range(0, len(listed), _TOGETHER):
            some = listed[first : first + _TOGETHER]
            keys = self._lexicon.keys(some)
            self._lexicon.foresee(keys)
            wanted: dict[str, None] = {}
            if self._lexicon.category.policy.cell != "mentions":  # of a whole value nothing else is asked
                wanted.update(dict.fromkeys(one for one in keys if one and one not in self._lexicon.terms))
                some = []
            for text in some:
                self._wanted = {}
                try:
                    result = read(text)
                finally:
                    asked, self._wanted = self._wanted, None
                if asked:
                    wanted.update(asked)
                else:
                    yield text, result
            if wanted:
                self._answer(list(wanted))

    def forget(self) -> None:
        """Forget all answers: what was read is kept elsewhere."""
        self._answers.clear()
        self._slips.clear()
        self._lexicon.forget()

    def _answer(self, texts: Sequence[str]) -> None:
        if len(self._answers) + len(texts) > _KEPT:
            self.forget()
        found = self._index.nearest_many(texts, top=_ASKED, cutoff=self._level)
        if self.has_local_terms:
            answers = list(self._with_local_terms(texts, found))
        else:
            answers = list(self._best(texts, found))
            self._lexicon.read((answer[0][1] for answer in answers if answer), concepts=False)
            slips = self._lexicon.index.senses.slips(texts)
            self._slips.update((text, slips.get(text, frozenset())) for text in texts)
        for text, answer in zip(texts, answers, strict=True):
            self._answers[text] = answer

    def _with_local_terms(self, texts: Sequence[str], found: Nearest) -> Answers:
        named = self._index.keys.many(found.ids)
        self._lexicon.read(named)
        scores, starts = found.scores.tolist(), found.starts.tolist()
        for text, start, end in zip(texts, starts[:-1], starts[1:], strict=True):
            scored = list(zip(scores[start:end], named[start:end], strict=True))
            yield best_of_each([*scored, *super().nearest(text, self._level)], self._lexicon.terms)

    def _best(self, texts: Sequence[str], found: Nearest) -> Answers:
        """As `best_of_each`, by the numbers of terms and concepts; the codes and names that are shown are kept."""
        import numpy as np

        senses, starts = self._lexicon.index.senses, found.starts.tolist()
        order = senses.ordered(np.repeat(np.arange(len(texts)), np.diff(found.starts)), found.ids, found.scores)
        ids, scores = found.ids[order], found.scores[order].tolist()
        if senses.one_to_one:
            return self._plainly(ids, scores, found.starts)
        concepts = senses.of(ids, _NAMED)
        chosen: list[int] = []
        ends = [0]
        for start, end in pairwise(starts):
            seen: set[int] = set()
            for place in range(start, end):
                if not seen.issuperset(concepts[place]):
                    seen.update(concepts[place])
                    chosen.append(place)
                    if len(chosen) - ends[-1] == SHOWN:
                        break
            ends.append(len(chosen))
        named = self._index.keys.many(ids[chosen])
        used = np.unique(np.array([one for place in chosen for one in concepts[place]], dtype=np.int64))
        codes = dict(zip(used.tolist(), senses.codes.many(used), strict=True))
        self._lexicon.keep(
            {term: tuple(codes[one] for one in concepts[at]) for term, at in zip(named, chosen, strict=True)},
            dict(zip(codes.values(), senses.names.many(used), strict=True)),
        )
        return (
            [(scores[at], named[n]) for n, at in enumerate(chosen[start:end], start)] for start, end in pairwise(ends)
        )

    def _plainly(self, ids: NDArray[Any], scores: list[float], starts: NDArray[Any]) -> Answers:
        """As `_best`, where every term is the only one of one concept: the first terms are those that are shown."""
        import numpy as np

        counts = np.minimum(np.diff(starts), SHOWN)
        ends = np.cumsum(counts)
        at = np.arange(int(counts.sum())) + np.repeat(starts[:-1] - (ends - counts), counts)
        senses, concepts = self._lexicon.index.senses, self._lexicon.index.senses.first(ids[at])
        named, codes = self._index.keys.many(ids[at]), senses.codes.many(concepts)
        self._lexicon.keep(
            dict(zip(named, zip(codes, strict=True), strict=True)),
            dict(zip(codes, senses.names.many(concepts), strict=True)),
        )
        answers = list(zip([scores[one] for one in at.tolist()], named, strict=True))
        return (answers[start:end] for start, end in pairwise([0, *ends.tolist()]))
