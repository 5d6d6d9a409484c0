"""A sheet while it is being read: cells put one by one at their addresses, and what the sheet hides.

Cells are kept sparse, so that two of them in opposite corners of a sheet cost two cells and no more.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from zhengming.errors import TooLarge
from zhengming.findings import Place
from zhengming.tables.contents import by_column, lost_addresses
from zhengming.tables.model import MAX_EXACT, CellValue, ErrorValue, Merge, Notice, Sheet

MAX_ROWS = 1_048_576  # of a sheet of Excel; LibreOffice has as many
MAX_COLUMNS = 16_384
_NO_CELLS: tuple[CellValue, ...] = ()
_MANY = 50  # formulas without a value: more of them are told by column
_EXACT_DIGITS = 15  # what a double keeps of a decimal number, and what Excel itself keeps

Address = tuple[int, int]


@dataclass(slots=True)
class Grid:
    """One sheet in the making. Addresses are 1-based (row, column); cells outside a sheet of Excel are not kept.

    `limit` bounds the number of cells.
    """

    name: str = ""
    limit: int = 20_000_000
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    filtered: bool = False
    no_value: list[Address] = field(default_factory=list)
    quoted: list[Address] = field(default_factory=list)
    recovered: list[Address] = field(default_factory=list)
    _cells: dict[int, dict[int, CellValue]] = field(default_factory=dict)
    _merges: set[Merge] = field(default_factory=set)
    _count: int = 0

    def put(self, row: int, column: int, value: CellValue) -> None:
        """Put a value at its address; nothing and empty text leave the cell empty.

        Raises:
            TooLarge: more cells than the limit allows.
        """
        if value is None or value == "" or not (0 < row <= MAX_ROWS and 0 < column <= MAX_COLUMNS):
            return
        self._count += 1
        if self._count > self.limit:
            raise TooLarge(f"more than {self.limit:,} cells", remedy="split it, or raise the limit")
        if value.__class__ is int and not -MAX_EXACT < value < MAX_EXACT:
            self.recovered.append((row, column))
        self._cells.setdefault(row, {})[column] = value

    def remove(self, row: int, column: int) -> None:
        """Empty a cell."""
        self._cells.get(row, {}).pop(column, None)
        if not self._cells.get(row, True):
            del self._cells[row]

    def merge(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        """Note a merged range; one of a single cell is none."""
        if (
            (first_row, first_column) != (last_row, last_column)
            and last_row >= first_row
            and last_column >= first_column
        ):
            self._merges.add(Merge(first_row, first_column, min(last_row, MAX_ROWS), min(last_column, MAX_COLUMNS)))

    def clear(self) -> None:
        """Forget all cells and what was noted of them."""
        self._cells.clear()
        self._merges.clear()
        self._count = 0
        for noted in (self.no_value, self.quoted, self.recovered):
            noted.clear()

    @property
    def merges(self) -> tuple[Merge, ...]:
        """The merged ranges."""
        return tuple(sorted(self._merges))

    def given(self, before: int, upto: int = MAX_ROWS) -> list[Sequence[CellValue]]:
        """The rows behind the first `before`, those behind `upto` left out; they are no longer held here.

        Raises:
            ValueError: a cell was put into one of the first `before` rows.
        """
        ready = [row for row in self._cells if row <= upto]
        if not ready:
            return []
        if min(ready) <= before:
            raise ValueError(before)
        rows: list[Sequence[CellValue]] = [_NO_CELLS] * (max(ready) - before)
        for row in ready:
            rows[row - before - 1] = _line(self._cells.pop(row))
        return rows

    def sheet(self) -> Sheet:
        """The sheet as it is now."""
        rows: list[Sequence[CellValue]] = [_NO_CELLS] * max(self._cells, default=0)
        for row, cells in self._cells.items():
            rows[row - 1] = _line(cells)
        return Sheet(
            self.name,
            rows,
            self.merges,
            self.hidden,
            frozenset(self.hidden_rows),
            frozenset(self.hidden_columns),
        )


def _line(cells: dict[int, CellValue]) -> list[CellValue]:
    line: list[CellValue] = [None] * max(cells)
    for column, value in cells.items():
        line[column - 1] = value
    return line


def told(grids: Sequence[Grid], sheets: Sequence[Sheet], file: str) -> list[Notice]:
    """What there is to tell about sheets read cell by cell."""
    return [one for grid, sheet in zip(grids, sheets, strict=True) for one in sheet_notices(grid, sheet, file)]


def sheet_notices(grid: Grid, sheet: Sheet, file: str) -> list[Notice]:
    """What there is to tell about a sheet read cell by cell."""
    place = Place(file, sheet.name)
    errors = [
        (row, column)
        for row, cells in enumerate(sheet.rows, start=1)
        for column, value in enumerate(cells, start=1)
        if value.__class__ is ErrorValue
    ]
    notices = [Notice("hidden-sheet", place)] if sheet.hidden else []
    notices += by_column("lost-digits", place, lost_addresses(sheet.rows))
    notices += by_column("recovered-digits", place, grid.recovered)
    notices += by_column("error-cell", place, errors)
    notices += formula_notices(grid.no_value, place)
    notices += hidden_notices(sheet, grid.filtered, place)
    notices += by_column("quoted-prefix", place, grid.quoted)
    return notices


def formula_notices(addresses: Sequence[Address], place: Place) -> list[Notice]:
    """Formulas never calculated: one notice a cell, or when they are many one a column."""
    if len(addresses) > _MANY:
        return by_column("formula-without-value", place, addresses)
    return [Notice("formula-without-value", Place(place.file, place.sheet, *address)) for address in addresses]


def hidden_notices(sheet: Sheet, filtered: bool, place: Place) -> list[Notice]:
    """Rows and columns of the sheet that nobody sees; rows hidden on a filtered sheet count as hidden by its filter."""
    width = max(map(len, sheet.rows), default=0)
    return hidden_within(len(sheet.rows), width, sheet.hidden_rows, sheet.hidden_columns, filtered, place)


def hidden_within(
    height: int, width: int, hidden_rows: Set[int], hidden_columns: Set[int], filtered: bool, place: Place
) -> list[Notice]:
    """The same of a sheet of so many rows and columns."""
    notices = []
    rows = sum(row <= height for row in hidden_rows)
    if rows:
        notices.append(Notice("filtered-rows" if filtered else "hidden-rows", place, {"count": rows}))
    columns = sum(column <= width for column in hidden_columns)
    if columns:
        notices.append(Notice("hidden-columns", place, {"count": columns}))
    return notices


def exact_number(text: str) -> CellValue:
    """A number as a file writes it: exact where its digits are, a float where they are lost, the text if it is none.

    >>> exact_number("110105194912310021"), exact_number("1.10105194912310E+17"), exact_number("12.50")
    (110105194912310021, 1.1010519491231e+17, 12.5)
    """
    text = text.strip()
    digits = text.removeprefix("-")
    try:
        if digits.isdecimal() and digits.isascii() and len(digits) <= 40:
            significant = digits.lstrip("0")
            # Zeros behind the fifteenth digit are what is left of a number that Excel has shortened.
            if len(significant) <= _EXACT_DIGITS or significant[_EXACT_DIGITS:].strip("0"):
                return int(text)
        number = float(text)
    except ValueError:
        return text or None
    return plain_number(number) if text.strip("-+").lower() not in _NOT_FINITE else text


_NOT_FINITE = {"nan", "inf", "infinity"}


def plain_number(number: float) -> CellValue:
    """A float as a cell's value: a whole number is an int, unless it has lost digits.

    >>> plain_number(3.0), plain_number(1e17), plain_number(0.5), plain_number(float("inf"))
    (3, 1e+17, 0.5, None)
    """
    if number != number or number in (float("inf"), float("-inf")):
        return None
    return int(number) if number.is_integer() and -MAX_EXACT < number < MAX_EXACT else number
