"""Finding the header of a table: the row, or two rows, whose texts name the most fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from zhengming.tables.model import Sheet

Recognise = Callable[[str], str | None]

ROWS_SEARCHED = 60  # a header further down has so far been a data row that looked like one
MAX_HEADER_TEXT = 120  # characters; longer text is a title or a note


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over one column: its lines from top to bottom, and the field they name."""

    column: int
    lines: tuple[str, ...]
    field: str | None

    @property
    def text(self) -> str:
        """The lines joined by `/`."""
        return "/".join(self.lines)


@dataclass(frozen=True, slots=True)
class Header:
    """The header's first and last row (1-based) and its headings, left to right."""

    first: int
    last: int
    headings: tuple[Heading, ...]

    @property
    def fields(self) -> int:
        """How many different fields it names."""
        return len({heading.field for heading in self.headings if heading.field})


def find_header(sheet: Sheet, recognise: Recognise) -> Header | None:
    """The header that names the most fields; None when no row names two, nor is a lone heading that names one.

    Of equals the first wins, and one row wins over two.
    """
    known = cache(recognise)
    found: list[Header] = []
    for row in range(1, min(len(sheet.rows), ROWS_SEARCHED) + 1):
        found.append(Header(row, row, _single(sheet, row, known)))
        if row < len(sheet.rows) and (double := _double(sheet, row, known)):
            found.append(double)
    best = max(found, key=lambda header: (header.fields, header.first - header.last, -header.first), default=None)
    if best and best.fields and (best.fields >= 2 or len(best.headings) == 1):
        return best
    return None


def _texts(sheet: Sheet, row: int) -> dict[int, str]:
    return {
        column: value.strip()
        for column, value in enumerate(sheet.rows[row - 1], start=1)
        if isinstance(value, str) and 0 < len(value.strip()) <= MAX_HEADER_TEXT
    }


def _single(sheet: Sheet, row: int, known: Recognise) -> tuple[Heading, ...]:
    return tuple(Heading(column, (text,), known(text)) for column, text in _texts(sheet, row).items())


def _double(sheet: Sheet, row: int, known: Recognise) -> Header | None:
    """Rows `row` and `row + 1` as one header; None when the lower one looks like data.

    A lower heading stands under a merged or an empty cell, or under a group's name that is no field by itself.
    """
    upper, lower = _texts(sheet, row), _texts(sheet, row + 1)
    groups = _groups(sheet, row, upper)
    if not upper or not lower or len(lower) < _filled(sheet, row + 1):
        return None
    headings = []
    for column in sorted({*upper, *lower}):
        above, below = groups.get(column, upper.get(column, "")), lower.get(column, "")
        if below and column in upper and column not in groups and known(above):
            return None
        if above and below:
            field = known(above + below) or known(below)
            headings.append(Heading(column, (above, below), field))
        else:
            headings.append(Heading(column, (above or below,), known(above or below)))
    return Header(row, row + 1, tuple(headings))


def _groups(sheet: Sheet, row: int, upper: dict[int, str]) -> dict[int, str]:
    """The group's name over each column of a horizontally merged cell, or of one with nothing to its right."""
    groups: dict[int, str] = {}
    for merge in sheet.merges:
        if merge.first_row == row and merge.last_row == row and merge.first_column < merge.last_column:
            name = upper.get(merge.first_column, "")
            groups.update(dict.fromkeys(range(merge.first_column, merge.last_column + 1), name))
    if not sheet.merges:  # a csv has none: a name counts for the empty cells to its right
        start = 0
        for column in range(1, len(sheet.rows[row]) + 1):
            if column in upper:
                start = column
            elif start:
                groups[start] = groups[column] = upper[start]
    return groups


def _filled(sheet: Sheet, row: int) -> int:
    return sum(not (value is None or (isinstance(value, str) and not value.strip())) for value in sheet.rows[row - 1])
