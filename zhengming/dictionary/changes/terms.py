"""Names that were added, taken away, changed, or that now mean another concept."""

from __future__ import annotations

from collections.abc import Iterator

from zhengming.dictionary.changes.words import Change
from zhengming.dictionary.folding import key
from zhengming.dictionary.model import Concept, Term

_PARTS = ("relation", "kind", "lang")  # of a term, what makes it another in how it is used

_Key = tuple[str, str]  # sender, folded text


class Names:
    """The names of a category that differ, gathered concept by concept."""

    def __init__(self) -> None:
        """Nothing differs yet."""
        self.changes: list[Change] = []
        self.lost: dict[_Key, dict[str, None]] = {}  # for a name, the codes that have it no longer
        self.won: dict[
            _Key, dict[str, tuple[str, str]]
        ] = {}  # and those that have it now, with their name and its text

    @property
    def count(self) -> int:
        """How many changes were found so far."""
        return len(self.changes)

    def compare(self, before: Concept | None, after: Concept | None) -> None:
        """Take in one concept in both versions, or in the one that has it."""
        held, holds = _keys(before), _keys(after)
        if before is not None:
            for one in held.keys() - holds.keys():
                self.lost.setdefault(one, {})[before.code] = None
        if after is not None:
            for one in holds.keys() - held.keys():
                self.won.setdefault(one, {})[after.code] = (after.name, holds[one])
        if before is not None and after is not None:
            self._terms(before, after)

    def _terms(self, before: Concept, after: Concept) -> None:
        had, has = _further(before), _further(after)
        if had == has:
            return
        for sender, text in sorted(had.keys() | has.keys()):
            said: tuple[str, ...]
            says: tuple[str, ...]
            old, new = had.get((sender, text)), has.get((sender, text))
            if old is None or new is None:
                kind = "term-added" if old is None else "term-removed"
                said = (_said(old),) if old else ()
                says = (_said(new),) if new else ()
            else:
                pairs = [(part, getattr(old, part), getattr(new, part)) for part in _PARTS]
                kind = "term-changed"
                said = tuple(f"{part}={value}" for part, value, other in pairs if value != other)
                says = tuple(f"{part}={other}" for part, value, other in pairs if value != other)
                if said == says:
                    continue
            self.changes.append(Change(kind, after.code, after.name, text, said, says, sender))


def term_changes(names: Names) -> list[Change]:
    """The changes of names; one that a concept lost and another won has moved, and is told once."""
    moved = {one: names.won[one] for one in names.lost if one in names.won}
    kept = [
        one
        for one in names.changes
        if one.kind == "term-changed" or not moved or (one.sender, key(one.column)) not in moved
    ]
    return kept + list(_moved(names, moved))


def _moved(names: Names, moved: dict[_Key, dict[str, tuple[str, str]]]) -> Iterator[Change]:
    for (sender, folded), winners in moved.items():
        codes = tuple(sorted(winners))
        name, text = winners[codes[0]]
        before = tuple(sorted(names.lost[sender, folded]))
        yield Change("term-moved", codes[0], name, text, before, codes, sender)


def _keys(concept: Concept | None) -> dict[_Key, str]:
    """The folded names of a concept, each with the sender whose it is, and its text."""
    return {(term.sender, term.key): term.text for term in concept.terms} if concept else {}


def _further(concept: Concept) -> dict[tuple[str, str], Term]:
    return {(term.sender, term.text): term for term in concept.terms if term.kind != "preferred"}


def _said(term: Term) -> str:
    """How a name is used, in a word or two: its kind, and its relation where that is not that it means the same."""
    return term.kind if term.relation == "exact" else f"{term.kind}, {term.relation}"
