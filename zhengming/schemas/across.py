"""Across files: a child of one file that another file of the run has as well.

Each file gives its marks, one for each row and each check that looks across; a mark holds a digest of the values, so
that marks can be kept and sent between processes without the values themselves. The files are compared at the end.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from zhengming.findings import Finding, Place, finding
from zhengming.schemas.spec import Check, TableSpec

if TYPE_CHECKING:
    import polars as pl


_DIGEST = 16  # bytes


@dataclass(frozen=True, slots=True)
class Mark:
    """The values of one row under one check: the check's `rule` and `field`, the `digest` of the values, the place."""

    rule: str
    field: str
    digest: bytes
    place: Place


class Marks(Sequence[Mark]):
    """Marks by the million: each in some thirty bytes.

    >>> marks = Marks()
    >>> marks.add([Mark("ZM407", "child_id", bytes(16), Place("a.csv", "", 7, 2))])
    >>> len(marks), marks[0].place.row
    (1, 7)
    """

    def __init__(self) -> None:
        """None yet."""
        self._kinds: dict[tuple[str, str, str, str, int], int] = {}
        self._kind, self._row, self._digests = array("I"), array("I"), bytearray()

    def add(self, marks: Iterable[Mark]) -> None:
        """Put marks to the others."""
        for one in marks:
            kind = one.rule, one.field, one.place.file, one.place.sheet, one.place.column
            self._kind.append(self._kinds.setdefault(kind, len(self._kinds)))
            self._row.append(one.place.row)
            self._digests += one.digest

    def __len__(self) -> int:
        """How many there are."""
        return len(self._kind)

    @overload
    def __getitem__(self, at: int) -> Mark: ...

    @overload
    def __getitem__(self, at: slice) -> list[Mark]: ...

    def __getitem__(self, at: int | slice) -> Mark | list[Mark]:
        """One of them, or some."""
        kinds = list(self._kinds)
        if isinstance(at, slice):
            return [self._mark(number, kinds) for number in range(*at.indices(len(self)))]
        return self._mark(range(len(self))[at], kinds)

    def __iter__(self) -> Iterator[Mark]:
        """All of them."""
        kinds = list(self._kinds)
        return (self._mark(number, kinds) for number in range(len(self)))

    def _mark(self, number: int, kinds: Sequence[tuple[str, str, str, str, int]]) -> Mark:
        rule, field, file, sheet, column = kinds[self._kind[number]]
        digest = bytes(self._digests[number * _DIGEST : (number + 1) * _DIGEST])
        return Mark(rule, field, digest, Place(file, sheet, self._row[number], column))


def marks(
    frame: pl.DataFrame, spec: TableSpec, places: Sequence[Callable[[int], Place]], columns: Mapping[str, int]
) -> list[Mark]:
    """The marks of a normalized table.

    `places` gives for each row the place of its cell in a column of the sheet, `columns` the column of each field.
    """
    found = []
    for check in spec.checks:
        if check.across is None or not set(check.fields) <= set(columns):
            continue
        for place, values in zip(places, frame.select(check.fields).iter_rows(), strict=True):
            if None not in values:
                at = place(columns[check.fields[0]])
                found.append(Mark(check.across, check.fields[0], _digest(check, values), at))
    return found


def repeated(spec: TableSpec, files: Iterable[Sequence[Mark]]) -> list[Finding]:
    """A finding at each row whose values an earlier file has; of several checks that find a row, the first says it."""
    first: dict[tuple[str, bytes], int] = {}
    found: list[Finding] = []
    told: set[tuple[str, str, int]] = set()
    for number, listed in enumerate(files):
        for mark in listed:
            row = (mark.place.file, mark.place.sheet, mark.place.row)
            if first.setdefault((mark.rule, mark.digest), number) != number and row not in told:
                told.add(row)
                found.append(finding(mark.rule, mark.place, field=mark.field, **spec.titles(mark.field)))
    return found


def _digest(check: Check, values: Sequence[object]) -> bytes:
    """One digest for equal values of the same fields."""
    written = "\x1f".join([*check.fields, *map(str, values)])
    return hashlib.blake2b(written.encode(), digest_size=_DIGEST).digest()
