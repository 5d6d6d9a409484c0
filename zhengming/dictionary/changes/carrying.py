"""Carrying codes forward: what a code of an old version is called in a new one, and which of them a human must decide.

A code in use stays. A retired one whose successors all lead to one concept in use becomes that one. Any other is for a
human to decide, for a guess would be a wrong code: it goes as far as it certainly went and no further. So carrying from
A to B and then to C gives what carrying from A to C gives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from zhengming.dictionary.model import Category, Concept
from zhengming.dictionary.succession import IN_USE, Heirs, briefly, follow

# What becomes of a code. The first three are done, the others wait for a human.
DONE = ("same", "replaced", "merged")
WAITING = ("split", "retired", "gone", "unknown")
MANY = 20_000  # codes asked for at once from which on a category is gone through instead of asked one by one


@dataclass(frozen=True, slots=True)
class Carried:
    """What becomes of one code.

    `kind`: `same`; `replaced` by one that stands for it alone; `merged` with others; `split` into several; `retired`
    without successor; `gone` from the new version; `unknown`: not of the old version. `codes` are what it is called
    now, one if that is done, else the successors to choose from. `name_before` and `names` are the names of the code in
    the old version and of `codes` in the new one. `code_after` is the code to write: the one successor, else the last
    code that it certainly became (itself, or the one that was split or retired in its turn).
    """

    code: str
    kind: str
    codes: tuple[str, ...]
    name_before: str
    names: tuple[str, ...]
    code_after: str

    @property
    def done(self) -> bool:
        """Whether it needs no human."""
        return self.kind in DONE

    @property
    def renamed(self) -> bool:
        """Whether the code stayed and its preferred name did not."""
        return self.kind == "same" and self.names[0] != self.name_before


@dataclass(frozen=True, slots=True)
class _Retired:
    """What carrying needs of a concept that is no longer in use."""

    name: str
    replaced_by: tuple[str, ...]


class Carrier:
    """Carries codes of one category from an old version to a new one.

    >>> old = Category("c", {}, {"A": Concept("A", "a"), "B": Concept("B", "b")})
    >>> retired = Concept("A", "a", status="retired", replaced_by=("B",))
    >>> new = Category("c", {}, {"A": retired, "B": Concept("B", "b")})
    >>> carrier = Carrier(old, new, ["A", "B", "X"])
    >>> [(one.code, one.kind, one.code_after) for one in map(carrier.carry, "ABX")]
    [('A', 'merged', 'B'), ('B', 'same', 'B'), ('X', 'unknown', 'X')]
    """

    def __init__(self, old: Category, new: Category, codes: Collection[str]) -> None:
        """Look up `codes` in both, all at once where they are many; others are looked up when asked for."""
        self._old_concepts, self._new_concepts = old.concepts, new.concepts
        # By code the name, alone for a concept in use: codes may be many, and most are in use.
        self._new: dict[str, str | _Retired] = {one: fact for one, fact in _facts(new.concepts, codes)}
        self._old: dict[str, str | _Retired] = {}
        for code, fact in _facts(old.concepts, codes):
            now = self._new.get(code)
            self._old[code] = now if now == fact and now is not None else fact

    def carry(self, code: str) -> Carried:
        """What becomes of a code."""
        now, before = self._in_new(code), self._in_old(code)
        if before is None:
            return Carried(code, "unknown", (), _name(now), (), code)
        if isinstance(now, str):
            return Carried(code, "same", (code,), _name(before), (now,), code)
        ends = follow(code, self._replaced)
        if ends.sure:
            merged = self._in_old(ends.landing) is not None or ends.landing in self._shared
            kind = "merged" if merged else "replaced"
        else:
            kind = "split" if ends.codes else "gone" if now is None else "retired"
        names = tuple(_name(self._in_new(one)) for one in ends.codes)
        landing = ends.landing if self._in_new(ends.landing) is not None else code
        return Carried(code, kind, ends.codes, _name(before), names, landing)

    def _in_new(self, code: str) -> str | _Retired | None:
        return _known(code, self._new, self._new_concepts)

    def _in_old(self, code: str) -> str | _Retired | None:
        return _known(code, self._old, self._old_concepts)

    def _replaced(self, code: str) -> tuple[str, ...] | None:
        """The direct successors in the new version; those in the old one where the new one has lost the code."""
        now = self._in_new(code)
        if isinstance(now, str):
            return IN_USE
        if now is None:
            before = self._in_old(code)
            return before.replaced_by if isinstance(before, _Retired) else None
        return now.replaced_by

    @cached_property
    def _shared(self) -> frozenset[str]:
        """The codes, new or not, that more than one concept of the old version has become."""
        heirs = Heirs(self._new_concepts)
        ends = (heirs.of(code) for code in heirs.retired if code in self._old_concepts)
        counted = Counter(one.landing for one in ends if one.sure)
        return frozenset(code for code, count in counted.items() if count > 1)


def _name(found: str | _Retired | None) -> str:
    return found.name if isinstance(found, _Retired) else found or ""


def _known(code: str, facts: dict[str, str | _Retired], concepts: Mapping[str, Concept]) -> str | _Retired | None:
    """What is known of a code, looked up if it was not asked for before."""
    if code not in facts and (concept := concepts.get(code)) is not None:
        facts[code] = _Retired(concept.name, concept.replaced_by) if concept.status == "retired" else concept.name
    return facts.get(code)


def _facts(concepts: Mapping[str, Concept], codes: Collection[str]) -> Iterator[tuple[str, str | _Retired]]:
    """What is known of those of `codes` that there are; nothing where they are few, and looked up one by one."""
    if len(codes) < MANY:
        return
    wanted = codes if isinstance(codes, (set, frozenset, dict)) else set(codes)
    for code, name, ended in briefly(concepts):
        if code in wanted:
            yield code, name if ended is None else _Retired(name, ended)


def in_cell(cell: str, separator: str) -> tuple[str, ...]:
    """The codes of a cell that joins them with `separator`, each once.

    >>> in_cell("A; B;;A", ";")
    ('A', 'B')
    """
    return distinct(part.strip() for part in cell.split(separator))


def distinct(codes: Iterable[str]) -> tuple[str, ...]:
    """The codes in their order, each once, the empty ones left out."""
    return tuple(dict.fromkeys(code for code in codes if code))
