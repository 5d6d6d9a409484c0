"""Succession: what takes the place of a retired concept, followed through those that were retired in their turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from zhengming.dictionary.model import Concept

IN_USE: tuple[str, ...] = ("",)  # what `follow` is told of a concept that is not retired
LONGEST = 200  # concepts one after the other; a longer chain is taken to lead nowhere


@dataclass(frozen=True, slots=True)
class Ends:
    """Where the ways from a code lead.

    `codes` are the concepts in use at their ends, in the order in which `replaced_by` names them; `dead`: some way ends
    in none. `landing` is the last concept that lies on all the ways: where there is one end, that end; before a split,
    the concept that was split.
    """

    codes: tuple[str, ...]
    dead: bool
    landing: str

    @property
    def sure(self) -> bool:
        """Whether all ways lead to one concept in use."""
        return len(self.codes) == 1 and not self.dead


def successors(concepts: Mapping[str, Concept], code: str) -> tuple[str, ...]:
    """The concepts in use that stand for `code` now, in the order in which `replaced_by` names them.

    A concept in use stands for itself. One that is retired without successor, or unknown, is stood for by none; of a
    chain that leads back to itself only what it leads to elsewhere counts.

    >>> chain = {"A": Concept("A", "a", status="retired", replaced_by=("B",)), "B": Concept("B", "b")}
    >>> successors(chain, "A"), successors(chain, "B"), successors(chain, "C")
    (('B',), ('B',), ())
    """

    def replaced(one: str) -> tuple[str, ...] | None:
        concept = concepts.get(one)
        return None if concept is None else concept.replaced_by if concept.status == "retired" else IN_USE

    return follow(code, replaced).codes


def follow(code: str, replaced: Callable[[str], tuple[str, ...] | None]) -> Ends:
    """Where the ways from `code` lead; `replaced` tells of a code its successors, IN_USE, or None if it is unknown."""
    walk = _Walk(replaced)
    shared = walk.shared(code, ())
    return Ends(tuple(walk.found), walk.dead, shared[-1] if shared else code)


class _Walk:
    """All the ways from one code."""

    def __init__(self, replaced: Callable[[str], tuple[str, ...] | None]) -> None:
        self.replaced = replaced
        self.found: dict[str, None] = {}
        self.dead = False
        self._known: dict[str, list[str]] = {}

    def shared(self, code: str, above: tuple[str, ...]) -> list[str]:
        """The concepts that lie on all ways from `code`, in order; `above` lie on the way to it."""
        if code not in self._known:
            self._known[code] = self._shared(code, above)
        return self._known[code]

    def _shared(self, code: str, above: tuple[str, ...]) -> list[str]:
        following = self.replaced(code)
        if following is None:
            self.dead = True
            return []
        if following is IN_USE:
            self.found[code] = None
            return [code]
        way = (*above, code)
        ways = [self.shared(one, way) for one in following if one not in way] if len(way) <= LONGEST else []
        if not ways:
            self.dead = True
            return [code]
        return [code, *(one for one in ways[0] if all(one in other for other in ways[1:]))]


def briefly(concepts: Mapping[str, Concept]) -> Iterator[tuple[str, str, tuple[str, ...] | None]]:
    """Code, name and, if it is retired, successors of every concept; of a release without making any concept."""
    brief = getattr(concepts, "briefly", None)
    if brief is not None:
        yield from brief()
        return
    for one in concepts.values():
        yield one.code, one.name, one.replaced_by if one.status == "retired" else None


class Heirs:
    """The successors of all retired concepts of a category, which is gone through once."""

    def __init__(self, concepts: Mapping[str, Concept]) -> None:
        """Note which concepts are retired."""
        self._concepts = concepts
        self.retired = {code: ended for code, _name, ended in briefly(concepts) if ended is not None}

    def of(self, code: str) -> Ends:
        """Where the ways from `code` lead."""
        return follow(code, self._replaced)

    def _replaced(self, code: str) -> tuple[str, ...] | None:
        found = self.retired.get(code)
        if found is None and code in self._concepts:
            return IN_USE
        return found
