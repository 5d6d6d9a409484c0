"""What can be proposed: the names of a category, each once, with the codes that bear it and its other wordings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from zhengming.dictionary.model import Category, Concept
from zhengming.learning.texts import Grams, aliases, plain

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_PARTED = re.compile(r"[.\-/:_ ]")


@dataclass(frozen=True)
class Catalogue:
    """The names of a category. `forms` are all wordings, `owner` the name each belongs to; a name's first is itself.

    Two concepts of one name are one entry: no text can tell them apart. `group` and `chapter` number the concepts'
    parents and, where the list has none, what their codes start with.
    """

    codes: tuple[tuple[str, ...], ...]
    forms: tuple[str, ...]
    owner: Any
    group: Any
    chapter: Any

    @classmethod
    def of(cls, category: Category) -> Catalogue:
        """The names of the active concepts, in order of code."""
        names: dict[str, list[Concept]] = {}
        for concept in category.concepts.values():
            if concept.status != "retired" and plain(concept.name):
                names.setdefault(plain(concept.name), []).append(concept)
        groups = _Numbers(_group(concepts[0], category) for concepts in names.values())
        chapters = _Numbers(_chapter(concepts[0], category) for concepts in names.values())
        forms, owner = list(names), list(range(len(names)))
        for number, (name, concepts) in enumerate(names.items()):
            others = [plain(one) for concept in concepts for one in _wordings(concept)]
            fresh = [one for one in dict.fromkeys(others) if one and one != name and one not in names]
            forms += fresh
            owner += [number] * len(fresh)
        codes = tuple(tuple(concept.code for concept in concepts) for concepts in names.values())
        return cls(codes, tuple(forms), np.asarray(owner), groups.numbers, chapters.numbers)

    def __len__(self) -> int:
        """How many names there are."""
        return len(self.codes)

    @cached_property
    def entry(self) -> dict[str, int]:
        """The entry that bears a code."""
        return {code: number for number, codes in enumerate(self.codes) for code in codes}

    @cached_property
    def spelled(self) -> dict[str, int]:
        """The entry that a wording, without spaces, names; the name itself stands before another's other wording."""
        found: dict[str, int] = {}
        for form, owner in zip(self.forms, self.owner, strict=True):
            found.setdefault(form.replace(" ", ""), int(owner))
        return found

    @cached_property
    def forms_of(self) -> tuple[Any, Any]:
        """The wordings by entry: (starts, wordings), those of entry e being wordings[starts[e]:starts[e + 1]]."""
        order = np.argsort(self.owner, kind="stable")
        return np.concatenate([[0], np.cumsum(np.bincount(self.owner, minlength=len(self)))]), order

    @cached_property
    def grams(self) -> Grams:
        """Single characters and pairs of the wordings, rare ones weighing more."""
        return Grams.of(self.forms, (1, 2))

    @cached_property
    def rows(self) -> csr_matrix:
        """The wordings as rows of unit length over `grams`."""
        return self.grams.rows(self.forms)


class _Numbers:
    """Distinct values numbered in the order in which they come."""

    def __init__(self, values: Iterable[str]) -> None:
        known: dict[str, int] = {}
        self.numbers = np.asarray([known.setdefault(value, len(known)) for value in values])


def _wordings(concept: Concept) -> list[str]:
    named = [term.text for term in concept.terms if not term.sender and term.relation == "exact"]
    return [*aliases(concept.name), *named]


def _group(concept: Concept, category: Category) -> str:
    known = [parent for parent in concept.parents if parent in category.concepts]
    return known[0] if known else _PARTED.split(concept.code)[0]


def _chapter(concept: Concept, category: Category) -> str:
    group = _group(concept, category)
    if group in category.concepts and group != concept.code:
        above = category.concepts[group]
        return _group(above, category) if above.parents else group
    return group[:1]


def tally(values: Sequence[int], size: int) -> Any:
    """How often each number below `size` occurs."""
    counted = Counter(values)
    return np.asarray([counted.get(number, 0) for number in range(size)], dtype=np.float32)
