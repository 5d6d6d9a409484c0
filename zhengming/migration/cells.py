"""The cells of coded columns, carried forward: codes, their names and other systems' codes, and what waits for a human.

What a migration writes of a row depends on the row as it was first coded and on the new version alone: codes before and
status before are kept where an earlier migration wrote them. So migrating from A to B and then to C gives the same
table as migrating from A to C.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from zhengming.dictionary.changes.carrying import DONE, WAITING, Carried, Carrier, distinct, in_cell
from zhengming.dictionary.model import Category
from zhengming.findings import words

KEEP_NAMES = frozenset({"gone", "unknown"})  # codes whose name the new version cannot tell
_KEPT = 50_000  # distinct cells kept once worked out, some 30 MB
CHANGED, SAME, OPEN = "changed", "same", "open"


@dataclass(frozen=True, slots=True)
class CellCarried:
    """One distinct cell of codes, carried forward.

    `names` is None where the new version cannot tell them all: what stands there is left. `systems` has the codes in
    other systems, by system, as text.
    """

    codes: str
    names: str | None
    systems: dict[str, str]
    parts: tuple[Carried, ...]
    written: int

    @property
    def open(self) -> bool:
        """Whether a human must decide any of its codes."""
        return not all(one.done for one in self.parts)


class Cells:
    """The cells of one category, each distinct one worked out once."""

    def __init__(self, carrier: Carrier, new: Category, separator: str, systems: Sequence[str]) -> None:
        """Carry cells that join codes with `separator`; `systems` are the other systems whose codes are wanted."""
        self._carrier = carrier
        self._new = new
        self._separator = separator
        self._systems = [system for system in systems if system in new.mappings]
        self._known: dict[str, CellCarried] = {}

    def carry(self, cell: str) -> CellCarried:
        """What becomes of a cell."""
        found = self._known.get(cell)
        if found is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            found = self._known[cell] = self._carried(cell)
        return found

    def _carried(self, cell: str) -> CellCarried:
        parts = tuple(self._carrier.carry(code) for code in listed(cell, self._separator))
        if len(parts) == 1 and parts[0].done and not self._systems:  # by far the most, and quickly told
            return CellCarried(parts[0].code_after, parts[0].names[0], {}, parts, 1)
        codes = distinct(one.code_after for one in parts)
        names = None
        systems: dict[str, str] = {}
        if not any(one.kind in KEEP_NAMES for one in parts):
            concepts = [self._new.concepts[code] for code in codes] if self._systems else []
            called = {one.code_after: one.names[0] for one in parts if one.done}
            names = self._separator.join(
                called[code] if code in called else self._new.concepts[code].name for code in codes
            )
            for system in self._systems:
                theirs = [";".join(concept.mappings.get(system, ())) for concept in concepts]
                systems[system] = self._separator.join(theirs) if any(theirs) else ""
        return CellCarried(self._separator.join(codes), names, systems, parts, len(codes))


@dataclass(slots=True)
class Count:
    """What became of the codes of one column: `cells` that hold any, and of their codes how many by kind.

    `written` counts the codes after it: those read, without those that another of the same cell has become.
    """

    column: str
    category: str
    rows: int = 0
    cells: int = 0
    kinds: Counter[str] | None = None
    written: int = 0

    def take(self, carried: CellCarried) -> None:
        """Count one row's cell."""
        self.rows += 1
        if carried.parts:
            self.cells += 1
            self.written += carried.written
            if self.kinds is None:
                self.kinds = Counter()
            for one in carried.parts:
                self.kinds[one.kind] += 1

    @property
    def outcomes(self) -> list[tuple[str, int]]:
        """What became of how many codes, in the order of DONE and OPEN."""
        kinds = self.kinds or Counter()
        return [(kind, kinds[kind]) for kind in (*DONE, *WAITING) if kinds[kind]]

    @property
    def read(self) -> int:
        """How many codes were read."""
        return sum(count for _kind, count in self.outcomes)

    @property
    def open(self) -> int:
        """How many of them wait for a human."""
        return sum(count for kind, count in self.outcomes if kind not in DONE)


def listed(cell: str, separator: str) -> list[str]:
    """The codes of a cell as they stand, repeated ones too.

    >>> listed("A; B;;A", ";")
    ['A', 'B', 'A']
    """
    return [code for part in cell.split(separator) if (code := part.strip())]


def outcome(before: str, carried: CellCarried, separator: str) -> str:
    """What the column of the migration says of a row: `same`, `changed`, `open`, or nothing for no code."""
    if carried.open:
        return OPEN
    if before == carried.codes:
        return SAME if carried.parts else ""
    after = in_cell(carried.codes, separator)
    if not after and not in_cell(before, separator):
        return ""
    return SAME if in_cell(before, separator) == after else CHANGED


def status(before: str, carried: CellCarried) -> str:
    """The status of a row: as it was, but no longer accepted while a human must decide."""
    known = _statuses().get(before)
    if not carried.open or known is None or known[1] != "accepted":
        return before
    return words(known[0])["status_review"] if known[0] else "review"


@cache
def _statuses() -> dict[str, tuple[str, str]]:
    """For each way to write a status, its language (none for the plain word) and the plain word."""
    plain = ("accepted", "review", "unmatched")
    spoken = {words(lang)[f"status_{one}"]: (lang, one) for lang in ("en", "zh") for one in plain}
    return {**spoken, **{one: ("", one) for one in plain}}
