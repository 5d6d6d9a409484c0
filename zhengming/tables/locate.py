"""Finding the table on a sheet: the header under titles, the data rows, and an explanation for every other row.

What decides is what a wrong answer costs: a note taken for data shows up as a strange row, data taken for a note is a
child forgotten. So a row is data unless something says otherwise, and nothing is dropped without its kind.
"""

from __future__ import annotations

from array import array
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from zhengming.errors import NoTable
from zhengming.findings import Place
from zhengming.tables.column_kinds import mixed
from zhengming.tables.header import Header, Heading, find_header
from zhengming.tables.model import CellValue, Notice, Sheet
from zhengming.tables.row_kinds import RowKind, Rows, is_empty
from zhengming.tables.table_rows import DataRow, Spread, data_rows
from zhengming.tables.words import plain, words

_COLUMN_ROWS = 3  # rows with something in a column without a header


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table: 1-based `index` on the sheet, the header's raw text, its `field` (None: not known).

    `unit` is what the header says of it (`总费用(万元)` → `万元`), else an empty string. A column that has data and
    no header is here too, with an empty header. `how` the field was told: by the header, a profile, or the values.
    """

    index: int
    header: str
    field: str | None
    unit: str = ""
    how: Literal["header", "profile", "values"] = "header"


@dataclass(frozen=True, slots=True)
class Explained:
    """One row that is no data, and what it is instead."""

    row: int
    kind: RowKind


@dataclass(frozen=True, slots=True)
class Located:
    """The table of one sheet. Each row of the sheet is either in `rows` or in `explained`, once.

    `unit` is what a title states for all amounts (`单位：万元`), else an empty string. A sheet may hold several tables,
    and a table may lie on its side (`swapped`: its rows are columns of the sheet) or be a form, whose cells stand
    anywhere (`addresses`): where a cell of a table is, is told by `address`.
    """

    sheet: str
    columns: tuple[Column, ...]
    rows: Sequence[DataRow]
    explained: tuple[Explained, ...]
    notices: tuple[Notice, ...] = ()
    unit: str = ""
    swapped: bool = False
    addresses: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    @property
    def upright(self) -> bool:
        """Whether its rows are rows of the sheet and its columns columns, as usual."""
        return not self.swapped and not self.addresses

    def address(self, row: int, column: int) -> tuple[int, int]:
        """Row and column on the sheet of the cell of the row with this number in the column with this index."""
        return (column, row) if self.swapped else self.addresses.get((row, column), (row, column))

    def place(self, file: str, row: int, column: int) -> Place:
        """The same as a place in `file`."""
        return Place(file, self.sheet, *self.address(row, column))

    def unit_of(self, column: Column, kind: str) -> str:
        """The unit of a column of this kind of value: what its header states, else for amounts what a title states."""
        return column.unit or (self.unit if kind == "amount" else "")

    @property
    def by_field(self) -> dict[str, int]:
        """The 1-based index of the column that holds each field."""
        return {column.field: column.index for column in reversed(self.columns) if column.field}

    def column(self, name: str) -> Column | None:
        """The column that holds the field `name`, if the table has one."""
        return next((column for column in self.columns if column.field == name), None)


def locate(
    sheet: Sheet,
    recognise: Callable[[str], str | None],
    *,
    file: str = "",
    expected: Sequence[str] = (),
    start: int = 1,
    header: Header | None = None,
) -> Located:
    """Find the one table on `sheet` from row `start` on, with its `header` where that is known.

    `recognise` names the field that the raw text of a header means, or None.
    `expected` are header words to name in the error when there is no table. A vertically merged cell gives its value
    to each data row it spans; one merged over columns keeps it to the first, for the others are other fields.

    Raises:
        NoTable: no row of the sheet looks like a header.

    >>> sheet = Sheet("", [["救助名单"], ["姓名", "总费用(万元)"], ["甲", 3], ["合计", 3]])
    >>> table = locate(sheet, {"姓名": "name", "总费用(万元)": "cost"}.get)
    >>> table.columns[1].unit, table.rows, [(one.row, one.kind) for one in table.explained]
    ('万元', (DataRow(number=3, cells=('甲', 3)),), [(1, 'title'), (2, 'header'), (4, 'total')])
    """
    place = Place(file, sheet.name)
    header = header or find_header(sheet, recognise, start=start)
    if header is None:
        raise no_table(place, expected)
    above = [_above(sheet, row) for row in range(start, header.first)]
    kinds = Rows(sheet, header).kinds()
    below = header.last + 1
    numbers = array("I", (row for row, kind in enumerate(kinds, start=below) if kind is None))
    columns, notices = _columns(sheet, header, numbers, place)
    rows, spread = _values(sheet, columns, numbers, place)
    notices += [*spread, *mixed(columns, rows, place)]
    explained = [
        *above,
        *(Explained(row, "header") for row in range(header.first, header.last + 1)),
        *(Explained(row, kind) for row, kind in enumerate(kinds, start=below) if kind is not None),
    ]
    later = bisect(numbers, below + kinds.index("total")) if "total" in kinds else len(numbers)
    if later < len(numbers):
        notices.append(Notice("rows-after-total", _at(place, numbers[later]), {"count": len(numbers) - later}))
    return Located(
        sheet.name, columns, rows, tuple(explained), tuple(notices), _stated_unit(sheet, start, header.first)
    )


def no_table(place: Place, expected: Sequence[str]) -> NoTable:
    """The error that says so, naming header words that would have been understood."""
    named = f" such as {'、'.join(expected)}" if expected else ""
    return NoTable(
        "no row names at least two known columns",
        where=str(place),
        remedy=f"the header row needs column names{named}, in one of the first rows",
    )


def _at(place: Place, row: int = 0, column: int = 0) -> Place:
    return Place(place.file, place.sheet, row, column)


def _above(sheet: Sheet, row: int) -> Explained:
    return Explained(row, "blank" if all(map(is_empty, sheet.rows[row - 1])) else "title")


def _stated_unit(sheet: Sheet, start: int, header_row: int) -> str:
    for cells in sheet.rows[start - 1 : header_row - 1]:
        for value in cells:
            unit = words().stated_unit(value) if isinstance(value, str) else ""
            if unit:
                return unit
    return ""


def _columns(
    sheet: Sheet, header: Header, numbers: Sequence[int], place: Place
) -> tuple[tuple[Column, ...], list[Notice]]:
    """The columns, left to right; of two that mean one field the first has it."""
    notices: list[Notice] = []
    taken: dict[str, int] = {}
    columns = []
    for heading in header.headings:
        field = heading.field
        if field is None:
            notices.append(Notice("unmapped-header", _at(place, header.last, heading.column)))
        elif field in taken:
            at = _at(place, header.last, heading.column)
            notices.append(Notice("duplicate-field", at, {"field": field, "first": taken[field]}))
            field = None
        else:
            taken[field] = heading.column
        columns.append(Column(heading.column, heading.text, field, _unit(heading)))
    nameless, ragged = _surplus(sheet, {column.index for column in columns}, numbers, place)
    notices += ragged
    # One with cells in few rows is no column, but a remark beside a row or two.
    often = [index for index, count in sorted(nameless.items()) if count >= _COLUMN_ROWS]
    notices += [Notice("empty-header", _at(place, header.last, index)) for index in often]
    notices += _duplicates(header, place)
    columns += [Column(index, "", None) for index in nameless]
    return tuple(sorted(columns, key=lambda column: column.index)), notices


def _surplus(
    sheet: Sheet, named: set[int], numbers: Sequence[int], place: Place
) -> tuple[Mapping[int, int], list[Notice]]:
    """The columns that have cells and no header, with how many; and a notice of the rows that have such cells."""
    counted: Counter[int] = Counter()
    first, rows = Place(), 0
    for row in numbers:
        cells = sheet.rows[row - 1]
        if len(cells) > len(named) or not named.issuperset(range(1, len(cells) + 1)):
            indexes = [
                index for index, value in enumerate(cells, start=1) if index not in named and not is_empty(value)
            ]
            if indexes:
                first = first if rows else _at(place, row, indexes[0])
                rows += 1
                counted.update(indexes)
    return counted, [Notice("ragged-rows", first, {"count": rows})] if rows else []


def _duplicates(header: Header, place: Place) -> list[Notice]:
    """Headings that name no field and have the same text as one before."""
    first: dict[str, int] = {}
    found = []
    for heading in header.headings:
        text = plain(heading.text)
        if text in first and heading.field is None:
            at = _at(place, header.last, heading.column)
            found.append(Notice("duplicate-header", at, {"first": first[text]}))
        first.setdefault(text, heading.column)
    return found


def _unit(heading: Heading) -> str:
    """The unit of the lowest line that has one."""
    return next(filter(None, map(words().unit, reversed(heading.lines))), "")


def _values(
    sheet: Sheet, columns: tuple[Column, ...], numbers: array[int], place: Place
) -> tuple[Sequence[DataRow], list[Notice]]:
    """The data rows, with merged values spread downwards."""
    data = set(numbers) if sheet.merges else set()
    spread, notices = _spread(sheet, data, {column.index for column in columns}, place)
    return data_rows(sheet.rows, numbers, [column.index - 1 for column in columns], spread), notices


def _spread(sheet: Sheet, data: set[int], columns: set[int], place: Place) -> tuple[Spread, list[Notice]]:
    """What merged cells add; a notice for each range that gave its value away."""
    added: dict[int, list[tuple[int, CellValue]]] = {}
    notices = []
    for merge in sheet.merges:
        value = sheet.cell(merge.first_row, merge.first_column)
        if is_empty(value) or merge.first_column not in columns or merge.first_row not in data:
            continue
        below = [row for row in range(merge.first_row + 1, merge.last_row + 1) if row in data]
        for row in below:
            added.setdefault(row, []).append((merge.first_column - 1, value))
        if below:
            at = _at(place, merge.first_row, merge.first_column)
            notices.append(Notice("merged-value", at, {"cells": len(below) + 1}))
    return added, notices
