"""What one key of a lexicon can be, and what a piece of a cell that is that key costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from zhengming.dictionary.folding import fold
from zhengming.dictionary.model import Modifier, Term
from zhengming.normalizers.terms.vocabulary import CLAUSE, LIST, NONE, SENTENCE, SOFT, Cue, Vocabulary

_METHODS: Final = {"preferred": "exact", "abbreviation": "abbreviation", "local": "local-term", "decision": "decision"}
TERM: Final = 10_000  # price of a piece of a cell that is a term; see `cell`
_LONGER: Final = 1  # less for each character of a term: PA扩张 and 术后, not PA and 扩张术后
WORD: Final = 12_000  # a cue or sub-type word: a term of the same characters goes first
_SINGLE: Final = 25_000  # a cue of one character is mostly part of a longer word

# A coordinating word lists what it joins; an accompanying one starts a new statement; 但 starts a new sentence.
_JOINS: Final = {("link", "coordinate"): LIST, ("link", "accompany"): CLAUSE, ("contrast", ""): SENTENCE}
_NO_AXES: Final[frozenset[str]] = frozenset()


@dataclass(slots=True)
class Entry:
    """What one key can be. `senses` are (concept code, term); `crosses` the strongest punctuation inside the term.

    The rest follows from these and is worked out once: the distinct `codes`, whether a sense is declared `ambiguous`,
    whether all are `broad` or `misspelt`, how strongly the word `joins` or parts its neighbours, what a token of it is
    taken for, the `method` by which a term that stands in a cell as it is was found, how the term is `written`, the
    `axes` that its cues speak of, the `values` they say, the `size` of the key and the `price` of reading it in a cell.
    """

    key: str
    senses: tuple[tuple[str, Term], ...] = ()
    modifiers: tuple[Modifier, ...] = ()
    cues: tuple[Cue, ...] = ()
    crosses: int = SOFT
    abbreviation: bool = False
    codes: tuple[str, ...] = ()
    ambiguous: bool = False
    broad: bool = False
    misspelt: bool = False
    joins: int = NONE
    token_kind: str = "cue"
    method: str = ""
    written: str = ""
    axes: frozenset[str] = _NO_AXES
    values: frozenset[str] = _NO_AXES
    size: int = 0
    price: int = 0

    def settle(self, crossing: Mapping[str, int], folded: Mapping[str, str]) -> None:
        """Work out what follows from the senses and cues.

        `crossing` is what `crossing_marks` gives, `folded` what the texts of terms are, folded, where that is known.
        """
        if self.senses:
            self.token_kind = "term"
            self.method = _METHODS.get(self.senses[0][1].kind, "known-term")
            self.written = self.senses[0][1].text
            if len(self.senses) == 1:
                code, term = self.senses[0]
                self.codes = (code,)
                self.ambiguous, self.broad = term.relation == "ambiguous", term.relation == "broad"
                self.abbreviation, self.misspelt = term.kind == "abbreviation", term.kind == "misspelling"
            else:
                self.codes = tuple(dict.fromkeys([code for code, _term in self.senses]))
                relations = {term.relation for _code, term in self.senses}
                self.ambiguous, self.broad = "ambiguous" in relations, relations == {"broad"}
                kinds = {term.kind for _code, term in self.senses}
                self.abbreviation, self.misspelt = "abbreviation" in kinds, kinds == {"misspelling"}
            for _code, term in self.senses:
                if len(term.text) != len(self.key):
                    self._cross(folded.get(term.text) or fold(term.text), crossing)
        elif self.modifiers:
            self.token_kind = "modifier"
        self.size = size = len(self.key)
        self.price = TERM - _LONGER * size if self.senses else WORD if size > 1 else _SINGLE
        if self.cues:
            self.axes = frozenset([cue.axis for cue in self.cues])
            self.values = frozenset([cue.value for cue in self.cues])
        for cue in self.cues:
            self._cross(fold(cue.text), crossing)
            self.joins = max(self.joins, _JOINS.get((cue.axis, cue.value), NONE))

    def _cross(self, folded: str, crossing: Mapping[str, int]) -> None:
        if not crossing.keys().isdisjoint(folded):
            self.crosses = max(self.crosses, *(crossing.get(one, SOFT) for one in folded))


def crossing_marks(vocabulary: Vocabulary) -> dict[str, int]:
    """The strength of each punctuation mark that parts words more than a space does."""
    return {mark: strength for mark, strength in vocabulary.strengths.items() if strength > SOFT}
