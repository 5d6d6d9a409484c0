"""The confusable guard: which differences separate one concept from another, read off the dictionary itself.

室 and 房 tell two diseases apart, and so do 左/右, 动脉/静脉, 瓣 or no 瓣: the guard finds such contrasts by comparing
the terms of different concepts. A text that differs from a term by a contrast is never accepted as that term, and a
term with an unread stretch glued to it is not accepted when that stretch may belong to the name.
"""

from __future__ import annotations

from collections.abc import Container
from functools import cached_property
from itertools import combinations
from typing import Final

from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.variants import Variants

_TELLING: Final = 3  # characters of a term that can tell anything
# Characters; 脑底 before 血管环 makes another disease of it, 免疫功能低 before 先心病 is one by itself.
_SHORT: Final = 3


class Guard:
    """Contrasts between the terms of one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Keep the lexicon; contrasts are worked out when first needed."""
        self._lexicon = lexicon
        self._terms = lexicon.terms
        self._vocabulary = lexicon.vocabulary

    def prepare(self) -> None:
        """Work out all contrasts now."""
        _all = (self.substitutions, self.additions, self.affixes)

    @cached_property
    def substitutions(self) -> frozenset[tuple[str, str]]:
        """Pairs of characters that look or sound alike and yet tell two concepts apart, in both orders.

        Of other pairs (室/房) nobody asks: they are never taken for a slip of the pen.
        """
        found: set[tuple[str, str]] = set()
        several = [keys for keys in self._lexicon.alike.values() if len(keys) > 1]
        for keys in several:
            for one, other in combinations(keys, 2):
                pairs = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
                if len(pairs) == 1 and not set(self._terms[one].codes) & set(self._terms[other].codes):
                    found |= {pairs[0], pairs[0][::-1]}
        return frozenset(found)

    @cached_property
    def additions(self) -> Container[str]:
        """One or two characters that make another concept of a term when added anywhere in it."""
        known, names = self._coded, list(self._coded)
        found: set[str] = set()
        for size in (1, 2):
            for place, at in self._variants.shortened(size):
                name = names[place]
                shorter = known.get(name[:at] + name[at + size :])
                if shorter is not None and known[name].isdisjoint(shorter):
                    found.add(name[at : at + size])
        return frozenset(found)

    @cached_property
    def affixes(self) -> tuple[frozenset[str], frozenset[str]]:
        """Characters that end what makes another concept of a term before it, and that start it after it."""
        known, names = self._coded, list(self._coded)
        before = {
            name[at - 1]
            for name, at in ((names[place], at) for place, at in self._variants.ending())
            if (tail := known.get(name[at:])) is not None and known[name].isdisjoint(tail)
        }
        after = {
            name[at]
            for name, at in ((names[place], at) for place, at in self._variants.starting())
            if (head := known.get(name[:at])) is not None and known[name].isdisjoint(head)
        }
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

    @cached_property
    def _variants(self) -> Variants:
        return Variants(list(self._coded), least=_TELLING)

    @cached_property
    def _coded(self) -> dict[str, frozenset[str]]:
        """Terms of three characters or more that are not ASCII, with the concepts they may name."""
        return {
            term_key: frozenset(entry.codes)
            for term_key, entry in self._terms.items()
            if len(term_key) >= _TELLING and not term_key.isascii()
        }
