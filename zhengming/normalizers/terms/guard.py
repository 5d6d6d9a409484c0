"""The confusable guard: which differences separate one concept from another, read off the dictionary itself.

室 and 房 tell two diseases apart, and so do 左/右, 动脉/静脉, 瓣 or no 瓣: the guard finds such contrasts by comparing
the terms of different concepts. A text that differs from a term by a contrast is never accepted as that term, and a
term with an unread stretch glued to it is not accepted when that stretch may belong to the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from zhengming.normalizers.terms.lexicon import Entry
from zhengming.normalizers.terms.vocabulary import Vocabulary

_SHORT = 3  # characters; 脑底 before 血管环 makes another disease of it, 免疫功能低 before 先心病 is one by itself


class Guard:
    """Contrasts between the terms of one lexicon."""

    def __init__(self, terms: Mapping[str, Entry], vocabulary: Vocabulary) -> None:
        """Keep the terms; contrasts are worked out when first needed."""
        self._terms = terms
        self._vocabulary = vocabulary

    def prepare(self) -> None:
        """Work out all contrasts now."""
        _all = (self.substitutions, self.additions, self.affixes)

    @cached_property
    def substitutions(self) -> frozenset[tuple[str, str]]:
        """Pairs of characters that alone tell two concepts apart, in both orders."""
        first: dict[tuple[int, str], tuple[str, frozenset[str]]] = {}
        later: dict[tuple[int, str], list[tuple[str, frozenset[str]]]] = {}
        for term_key, codes in self._coded():
            for index, character in enumerate(term_key):
                hole = (index, term_key[:index] + term_key[index + 1 :])
                if first.setdefault(hole, (character, codes))[0] != character:
                    later.setdefault(hole, [first[hole]]).append((character, codes))
        found: set[tuple[str, str]] = set()
        for fillings in later.values():
            for left, left_codes in fillings:
                found.update((left, right) for right, codes in fillings if not codes & left_codes)
        return frozenset(found)

    @cached_property
    def additions(self) -> frozenset[str]:
        """One or two characters that make another concept of a term when added anywhere in it."""
        known = dict(self._coded())
        found: set[str] = set()
        for term_key, codes in known.items():
            for size in (1, 2):
                for index in range(len(term_key) - size + 1):
                    shorter = known.get(term_key[:index] + term_key[index + size :])
                    if shorter is not None and not shorter & codes:
                        found.add(term_key[index : index + size])
        return frozenset(found)

    @cached_property
    def affixes(self) -> tuple[frozenset[str], frozenset[str]]:
        """Characters that end what makes another concept of a term before it, and that start it after it."""
        known = dict(self._coded())
        before: set[str] = set()
        after: set[str] = set()
        for term_key, codes in known.items():
            for index in range(1, len(term_key)):
                tail, head = known.get(term_key[index:]), known.get(term_key[:index])
                if tail is not None and not tail & codes:
                    before.add(term_key[index - 1])
                if head is not None and not head & codes:
                    after.add(term_key[index])
        return frozenset(before), frozenset(after)

    def contrasts(self, typed: str, meant: str) -> bool:
        """Whether two texts of equal length differ in a way that tells two concepts apart."""
        pairs = self.substitutions
        return any(one != other and (one, other) in pairs for one, other in zip(typed, meant, strict=True))

    def changes_before(self, stretch: str) -> bool:
        """Whether an unread stretch right before a term may be part of another name: a short one mostly is."""
        return (
            (len(stretch) <= _SHORT and not stretch.isascii())
            or stretch[-1] in self.affixes[0]
            or stretch.endswith(self._vocabulary.changes_before)
        )

    def changes_after(self, stretch: str) -> bool:
        """Whether an unread stretch right after a term may be part of another name."""
        return (
            len(stretch) == 1
            or (len(stretch) == 2 and stretch[0] in self.affixes[1])
            or stretch.startswith(self._vocabulary.changes_after)
        )

    def _coded(self) -> Iterable[tuple[str, frozenset[str]]]:
        """Terms of three characters or more that are not ASCII, with the concepts they may name."""
        for term_key, entry in self._terms.items():
            if len(term_key) > 2 and not term_key.isascii():
                yield term_key, frozenset(entry.codes)
