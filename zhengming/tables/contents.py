"""What passes between `read` and the reader of one format: where to read from, and what was found there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from zhengming.findings import Place
from zhengming.tables.limits import Limits
from zhengming.tables.model import CellValue, Notice, NoticeKind, Sheet, lost_digits


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: its path, the name to use in places, the limits, and which of the reader's engines to try.

    `encoding` is what the caller says a csv is written in; empty when it is to be told from the bytes.
    """

    path: Path
    file: str
    limits: Limits
    engine: str = ""
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a reader found."""

    sheets: tuple[Sheet, ...]
    notices: tuple[Notice, ...] = ()
    date1904: bool = False
    details: Mapping[str, str] = field(default_factory=dict)


def lost_addresses(rows: Iterable[Sequence[CellValue]]) -> list[tuple[int, int]]:
    """Addresses of the numbers whose last digits are gone."""
    return [
        (row, column)
        for row, cells in enumerate(rows, start=1)
        for column, value in enumerate(cells, start=1)
        if value.__class__ is float and lost_digits(value)
    ]


def by_column(kind: NoticeKind, place: Place, addresses: Iterable[tuple[int, int]]) -> list[Notice]:
    """One notice for each column concerned, at its first cell."""
    ordered = sorted((column, row) for row, column in addresses)
    notices = []
    for column, group in groupby(ordered, key=lambda one: one[0]):
        rows = [row for _, row in group]
        notices.append(Notice(kind, Place(place.file, place.sheet, rows[0], column), {"count": len(rows)}))
    return notices
