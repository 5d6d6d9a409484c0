"""What passes between `read` and the reader of one format: where to read from, and what was found there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from zhengming.findings import Place
from zhengming.tables.kept_rows import BLOCK, Keep, KeptRows
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


def gathered(messages: Iterable[tuple[Any, ...]]) -> Contents:
    """What the messages of a reader tell, all of it; see `child`."""
    received = Received()
    for message in messages:
        received.take(message)
    return received.contents()


def told(contents: Contents) -> Iterator[tuple[Any, ...]]:
    """The messages that tell all of it."""
    for sheet in contents.sheets:
        yield "sheet", sheet.name, sheet.merges, sheet.hidden, sheet.hidden_rows, sheet.hidden_columns
        for start in range(0, len(sheet.rows), BLOCK):  # the parent unpacks one block while the next is packed
            yield "rows", sheet.rows[start : start + BLOCK]
    yield "end", contents.notices, contents.date1904, dict(contents.details)


class Received:
    """What the messages of a reader told so far. The rows of a large file go to disk if they may be kept there."""

    def __init__(self, keep: Keep | None = None) -> None:
        """Nothing yet."""
        self._keep = keep
        self._sheets: list[Sheet] = []
        self._rows: list[list[Sequence[CellValue]] | KeptRows] = []
        self._count = 0
        self._kept = False
        self._end: tuple[Any, ...] | None = None

    def take(self, message: tuple[Any, ...]) -> bool:
        """Take a message; whether others will follow."""
        kind, *parts = message
        if kind == "sheet":
            self._sheets.append(Sheet(parts[0], (), *parts[1:]))
            self._rows.append(KeptRows(self._keep.store) if self._keep and self._kept else [])
        elif kind == "rows":
            self._add(parts[0])
        elif kind == "facts":
            merges, hidden_rows, hidden_columns = parts
            self._sheets[-1] = replace(
                self._sheets[-1], merges=merges, hidden_rows=hidden_rows, hidden_columns=hidden_columns
            )
        else:
            self._end = tuple(parts)
        return self._end is None

    def contents(self) -> Contents:
        """All of it, once the last message is taken."""
        assert self._end is not None
        notices, date1904, details = self._end
        sheets = tuple(replace(sheet, rows=rows) for sheet, rows in zip(self._sheets, self._rows, strict=True))
        return Contents(sheets, tuple(notices), date1904, details)

    def _add(self, rows: Sequence[Sequence[CellValue]]) -> None:
        self._count += len(rows)
        if self._keep and not self._kept and self._count > self._keep.beyond:
            self._kept = True
            self._rows = [_kept(held, self._keep) for held in self._rows]
        into = self._rows[-1]
        if isinstance(into, KeptRows):
            into.add(rows)
        else:
            into += rows


def _kept(rows: Sequence[Sequence[CellValue]], keep: Keep) -> KeptRows:
    kept = KeptRows(keep.store)
    for first in range(0, len(rows), BLOCK):
        kept.add(rows[first : first + BLOCK])
    return kept


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
