"""Finding the table on a sheet: the header under titles, the data rows, and an explanation for every other row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from zhengming.tables.model import CellValue, Notice, Sheet

RowKind = Literal["title", "header", "blank", "note", "total", "repeated-header"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table: 1-based `index` on the sheet, the header's raw text, its `field` (None: not known).

    `unit` is what the header says in brackets (`总费用(万元)` → `万元`), else an empty string.
    """

    index: int
    header: str
    field: str | None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class DataRow:
    """One data row: its 1-based `number` on the sheet, and one cell for each of the table's columns, in their order."""

    number: int
    cells: tuple[CellValue, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """One row that is no data, and what it is instead."""

    row: int
    kind: RowKind


@dataclass(frozen=True, slots=True)
class Located:
    """The table of one sheet. Each row of the sheet is either in `rows` or in `explained`, once."""

    sheet: str
    columns: tuple[Column, ...]
    rows: tuple[DataRow, ...]
    explained: tuple[Explained, ...]
    notices: tuple[Notice, ...] = ()

    def column(self, field: str) -> Column | None:
        """The column that holds `field`, if the table has one."""
        return next((column for column in self.columns if column.field == field), None)


def locate(
    sheet: Sheet, recognise: Callable[[str], str | None], *, file: str = "", expected: Sequence[str] = ()
) -> Located:
    """Find the table on `sheet`; `recognise` names the field a header text means, or None.

    `expected` are header words to name in the error when there is no table.

    Raises:
        NoTable: no row of the sheet looks like a header.
    """
    raise NotImplementedError
