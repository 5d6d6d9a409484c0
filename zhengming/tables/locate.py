"""Finding the table on a sheet: the header under titles, the data rows, and an explanation for every other row.

What decides is what a wrong answer costs: a note taken for data shows up as a strange row, data taken for a note is a
child forgotten. So a row is data unless something says otherwise, and nothing is dropped without its kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from zhengming.errors import NoTable
from zhengming.findings import Place
from zhengming.tables.column_kinds import mixed
from zhengming.tables.header import Header, Heading, find_header
from zhengming.tables.model import CellValue, Notice, Sheet, cell_text
from zhengming.tables.words import plain, words

RowKind = Literal["title", "header", "blank", "note", "total", "repeated-header", "form-part", "summary"]

_MOST = 0.6  # of the fields filled: such a row is data whatever its first cell says
_SAME_AS_HEADER = 0.6  # of a row's cells say what the header says
_SUMMARY_COLUMNS = 4  # a summary below a table names a thing, its count, perhaps its share and amount
_COLUMN_ROWS = 3  # rows with something in a column without a header
_SAMPLE = 60  # rows that show which columns have digits
_DIGITS = 0.7  # of their cells
_NUMBER = re.compile(r"[0-9]+")
_TOTAL_TEXT = 12  # characters of a word for a total, with spaces between them
_TITLE_CELLS = 2  # a title that is printed again on each page has at most so many cells
_WIDE_MERGE = 3  # columns: a cell merged over more than this is a line of text, not a value
_WIDE_TABLE = 4  # columns: in such a table a last row with a single cell is a remark


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
    """The table of one sheet. Each row of the sheet is either in `rows` or in `explained`, once.

    `unit` is what a title states for all amounts (`单位：万元`), else an empty string. A sheet may hold several tables,
    and a table may lie on its side (`swapped`: its rows are columns of the sheet) or be a form, whose cells stand
    anywhere (`addresses`): where a cell of a table is, is told by `address`.
    """

    sheet: str
    columns: tuple[Column, ...]
    rows: tuple[DataRow, ...]
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
    kinds = _Rows(sheet, header).kinds()
    numbers = [row for row, kind in kinds if kind is None]
    columns, notices = _columns(sheet, header, numbers, place)
    rows, spread = _values(sheet, columns, numbers, place)
    notices += [*spread, *mixed(columns, rows, place)]
    explained = [
        *above,
        *(Explained(row, "header") for row in range(header.first, header.last + 1)),
        *(Explained(row, kind) for row, kind in kinds if kind is not None),
    ]
    totals = [row for row, kind in kinds if kind == "total"]
    later = [row for row in numbers if totals and row > totals[0]]
    if later:
        notices.append(Notice("rows-after-total", _at(place, later[0]), {"count": len(later)}))
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


def _unnumbered(value: CellValue) -> str:
    """A text with any number in it as `#`: titles of pages differ in theirs."""
    return _NUMBER.sub("#", plain(value))


def _is_number(value: CellValue) -> bool:
    if not isinstance(value, str):
        return isinstance(value, int | float)
    if not value[:1].isnumeric() and value[:1].isalpha():  # quickly: no number begins so
        return False
    return words().bare(plain(value)).replace(",", "").replace(".", "", 1).lstrip("-¥").isdecimal()


def _is_empty(value: CellValue) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _whole(value: CellValue) -> int:
    """A running number, also one written as text; 0 when it is none."""
    text = cell_text(value).strip()
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _above(sheet: Sheet, row: int) -> Explained:
    return Explained(row, "blank" if all(map(_is_empty, sheet.rows[row - 1])) else "title")


def _stated_unit(sheet: Sheet, start: int, header_row: int) -> str:
    for cells in sheet.rows[start - 1 : header_row - 1]:
        for value in cells:
            unit = words().stated_unit(value) if isinstance(value, str) else ""
            if unit:
                return unit
    return ""


class _Rows:
    """Tells what each row below the header is."""

    def __init__(self, sheet: Sheet, header: Header) -> None:
        self._sheet = sheet
        self._header = header
        self._fields = {heading.column - 1 for heading in header.headings if heading.field}
        self._names = {heading.column - 1: set(map(plain, heading.lines)) for heading in header.headings}
        self._titles = {
            _unnumbered(value) for cells in sheet.rows[: header.first - 1] for value in cells if isinstance(value, str)
        } - {""}
        self._digits = self._digit_columns()
        self._wide_rows = {
            merge.first_row for merge in sheet.merges if merge.last_column - merge.first_column >= _WIDE_MERGE
        }

    def kinds(self) -> list[tuple[int, RowKind | None]]:
        """Each row below the header with its kind; None is data."""
        found: list[tuple[int, RowKind | None]] = []
        ended = False
        for row in range(self._header.last + 1, len(self._sheet.rows) + 1):
            kind = self._kind(row, self._sheet.rows[row - 1], ended)
            ended = ended or kind in ("note", "total")
            found.append((row, kind))
        self._trim(found)
        self._summarise(found)
        return found

    def _summarise(self, found: list[tuple[int, RowKind | None]]) -> None:
        """Counts below the data, of one diagnosis or hospital a line, are a summary and no further children.

        Such lines stand behind a gap, are narrow, and their own little header speaks of counts.
        """
        gap, position = False, 0
        while position < len(found):
            kind, end = found[position][1], position
            while end < len(found) and found[end][1] is None:
                end += 1
            if kind is None and gap and self._counts([row for row, _ in found[position:end]]):
                found[position:end] = [(row, "summary") for row, _ in found[position:end]]
            gap = gap or kind in ("blank", "total", "note")
            position = max(end, position + 1)

    def _counts(self, rows: list[int]) -> bool:
        width = max(sum(not _is_empty(value) for value in self._sheet.rows[row - 1]) for row in rows)
        told = [plain(value) for value in self._sheet.rows[rows[0] - 1] if not _is_empty(value)]
        narrow = width * 2 <= len(self._header.headings) and width <= _SUMMARY_COLUMNS
        return narrow and len(rows) > 1 and all(told) and any(text in words().counted for text in told)

    def _kind(self, row: int, cells: Sequence[CellValue], ended: bool) -> RowKind | None:
        filled = [
            index
            for index, value in enumerate(cells)
            if value is not None and not (isinstance(value, str) and not value.strip())
        ]
        if not filled:
            return "blank"
        first = plain(cells[filled[0]])
        if (first and words().is_total(first)) or self._is_sum(cells, filled):
            return "total"
        if len(filled) <= _TITLE_CELLS and all(_unnumbered(cells[index]) in self._titles for index in filled):
            return "title"
        if self._repeats_header(cells, filled):
            return "repeated-header"
        if first and words().is_example(first):
            return "note"
        if first and words().is_note(first) and not self._is_record(cells, filled):
            return "note"
        if len(filled) == 1:
            return self._kind_of_single(row, filled[0], ended)
        return None

    def _is_sum(self, cells: Sequence[CellValue], filled: list[int]) -> bool:
        """Whether one cell is nothing but the word for a total, and the others are numbers."""
        named = 0
        for index in filled:
            value = cells[index]
            if isinstance(value, str) and len(value) <= _TOTAL_TEXT and words().names_total(plain(value)):
                named += 1
            elif not _is_number(value):
                return False
        return named == 1

    def _is_record(self, cells: Sequence[CellValue], filled: list[int]) -> bool:
        """Whether a row that begins like a note fills the fields all the same, and not with more of the kind."""
        known = sum(index in self._fields for index in filled)
        notes = sum(words().is_note(plain(cells[index])) for index in filled)
        return known > 1 and known >= _MOST * len(self._fields) and 2 * notes < len(filled)

    def _kind_of_single(self, row: int, index: int, ended: bool) -> RowKind | None:
        """The kind of a row with one filled cell: a numbered empty line, a line of text over the table, or data."""
        number, before = _whole(self._sheet.cell(row, index + 1)), _whole(self._sheet.cell(row - 1, index + 1))
        if number and before == number - 1:
            return "blank"
        text = plain(self._sheet.cell(row, index + 1))
        heads = text and index in self._digits and not any(map(str.isdigit, text)) and self._followed(row, index)
        return "note" if ended or heads or row in self._wide_rows else None

    def _digit_columns(self) -> set[int]:
        """The columns, from 0, whose cells have digits: a lone text there heads the rows that follow."""
        rows = self._sheet.rows[self._header.last : self._header.last + _SAMPLE]
        found = set()
        for heading in self._header.headings:
            index = heading.column - 1
            values = [cell_text(cells[index]) for cells in rows if len(cells) > index and not _is_empty(cells[index])]
            if len(values) > 1 and sum(any(map(str.isdigit, value)) for value in values) >= _DIGITS * len(values):
                found.add(index)
        return found

    def _followed(self, row: int, index: int) -> bool:
        """Whether the next row is filled, with a digit in this column."""
        cells = self._sheet.rows[row] if row < len(self._sheet.rows) else ()
        known = sum(not _is_empty(value) for value in cells)
        return known > 1 and len(cells) > index and any(map(str.isdigit, cell_text(cells[index])))

    def _repeats_header(self, cells: Sequence[CellValue], filled: list[int]) -> bool:
        others = len(filled) * (1 - _SAME_AS_HEADER)
        same = 0
        for index in filled:
            if isinstance(cells[index], str) and plain(cells[index]) in self._names.get(index, ()):
                same += 1
            else:
                others -= 1
                if others < 0:
                    return False
        return same >= min(2, len(self._names))

    def _trim(self, found: list[tuple[int, RowKind | None]]) -> None:
        """The last rows, if each has a single cell in a wide table, are remarks without a word that says so."""
        if len(self._header.headings) < _WIDE_TABLE:
            return
        for position in range(len(found) - 1, -1, -1):
            row, kind = found[position]
            if kind is None:
                if sum(not _is_empty(value) for value in self._sheet.rows[row - 1]) > 1:
                    return
                found[position] = (row, "note")


def _columns(sheet: Sheet, header: Header, numbers: list[int], place: Place) -> tuple[tuple[Column, ...], list[Notice]]:
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
    named = {column.index for column in columns}
    surplus = {
        row: [index for index, value in enumerate(cells, start=1) if index not in named and not _is_empty(value)]
        for row, cells in ((row, sheet.rows[row - 1]) for row in numbers)
        if len(cells) > len(named) or not named.issuperset(range(1, len(cells) + 1))
    }
    longer = [row for row, indexes in surplus.items() if indexes]
    nameless = sorted({index for indexes in surplus.values() for index in indexes})
    if longer:
        notices.append(Notice("ragged-rows", _at(place, longer[0], surplus[longer[0]][0]), {"count": len(longer)}))
    notices += [Notice("empty-header", _at(place, header.last, index)) for index in nameless if _often(surplus, index)]
    notices += _duplicates(header, place)
    columns += [Column(index, "", None) for index in nameless]
    return tuple(sorted(columns, key=lambda column: column.index)), notices


def _often(surplus: Mapping[int, list[int]], index: int) -> bool:
    """Whether a column without a header is a column, rather than a remark beside a row or two."""
    return sum(index in indexes for indexes in surplus.values()) >= _COLUMN_ROWS


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
    sheet: Sheet, columns: tuple[Column, ...], numbers: list[int], place: Place
) -> tuple[tuple[DataRow, ...], list[Notice]]:
    """The data rows, with merged values spread downwards."""
    spread, notices = _spread(sheet, set(numbers), {column.index for column in columns}, place)
    indexes = [column.index - 1 for column in columns]
    rows = []
    for number in numbers:
        cells = sheet.rows[number - 1]
        length = len(cells)
        values = [cells[index] if index < length else None for index in indexes]
        for index, value in spread.get(number, ()):
            values[indexes.index(index)] = value
        rows.append(DataRow(number, tuple(values)))
    return tuple(rows), notices


def _spread(
    sheet: Sheet, data: set[int], columns: set[int], place: Place
) -> tuple[dict[int, list[tuple[int, CellValue]]], list[Notice]]:
    """What merged cells add, as 0-based column and value by row; a notice for each range that gave its value away."""
    added: dict[int, list[tuple[int, CellValue]]] = {}
    notices = []
    for merge in sheet.merges:
        value = sheet.cell(merge.first_row, merge.first_column)
        if _is_empty(value) or merge.first_column not in columns or merge.first_row not in data:
            continue
        below = [row for row in range(merge.first_row + 1, merge.last_row + 1) if row in data]
        for row in below:
            added.setdefault(row, []).append((merge.first_column - 1, value))
        if below:
            at = _at(place, merge.first_row, merge.first_column)
            notices.append(Notice("merged-value", at, {"cells": len(below) + 1}))
    return added, notices
