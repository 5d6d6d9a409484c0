"""Finding the header of a table: the row, or rows, whose texts name the most fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from zhengming.tables.model import Sheet
from zhengming.tables.words import plain, words

Recognise = Callable[[str], str | None]

ROWS_SEARCHED = 60  # a header further down has so far been a data row that looked like one …
ROWS_SEARCHED_LONG = 500  # … unless it is sure of itself: see `_SURE`
MAX_HEADER_TEXT = 120  # characters; longer text is a title or a note
MAX_HEADER_ROWS = 4  # groups of groups of columns; forms of ministries have three
_SURE = 3  # fields that a header far down must name, and of its texts the share that must be fields
_SURE_SHARE = 0.6
_NUMBERED = 3  # columns: a row 1, 2, 3 … under a header counts its columns


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

    @property
    def share(self) -> float:
        """The share of its headings that name a field."""
        return sum(heading.field is not None for heading in self.headings) / max(len(self.headings), 1)


def find_header(sheet: Sheet, recognise: Recognise, *, start: int = 1) -> Header | None:
    """The header that names the most fields, from row `start` on.

    None when no row names two, nor is a lone heading that names one. Of equals the first wins, and fewer rows win over
    more.
    """
    known = cache(recognise)
    last = min(len(sheet.rows), start - 1 + ROWS_SEARCHED)
    best = _best(sheet, known, range(start, last + 1))
    if best and best.fields and (best.fields >= 2 or len(best.headings) == 1):
        return with_lines_below(sheet, best, known)
    for row in range(last + 1, min(len(sheet.rows), start - 1 + ROWS_SEARCHED_LONG) + 1):
        found = best_at(sheet, known, row)
        if found and found.fields >= _SURE and found.share >= _SURE_SHARE:
            return with_lines_below(sheet, found, known)
    return None


def best_at(sheet: Sheet, known: Recognise, row: int) -> Header | None:
    """The header that begins in `row`, of as many rows as name the most fields; None where the row is empty."""
    return _best(sheet, known, range(row, row + 1))


def _best(sheet: Sheet, known: Recognise, rows: range) -> Header | None:
    found: list[Header] = []
    for row in rows:
        found.append(Header(row, row, _single(sheet, row, known)))
        for last in range(row + 1, min(row + MAX_HEADER_ROWS, len(sheet.rows) + 1)):
            several = _several(sheet, row, last, known)
            if several is None:
                break
            found.append(several)
    best = max(found, key=lambda header: (header.fields, header.first - header.last, -header.first), default=None)
    return best if best and best.headings else None


def texts(sheet: Sheet, row: int) -> dict[int, str]:
    """The texts of a row that are short enough for a header, by column."""
    return {
        column: value.strip()
        for column, value in enumerate(sheet.rows[row - 1], start=1)
        if isinstance(value, str) and 0 < len(value.strip()) <= MAX_HEADER_TEXT
    }


def _single(sheet: Sheet, row: int, known: Recognise) -> tuple[Heading, ...]:
    return tuple(Heading(column, (text,), known(text)) for column, text in texts(sheet, row).items())


def _several(sheet: Sheet, first: int, last: int, known: Recognise) -> Header | None:
    """Rows `first` to `last` as one header; None when the last of them looks like data.

    A lower heading stands under a merged or an empty cell, or under a group's name that is no field by itself.
    """
    lines = [texts(sheet, row) for row in range(first, last + 1)]
    if not lines[0] or not lines[-1] or len(lines[-1]) < filled(sheet, last):
        return None
    spans = [_groups(sheet, row, found) for row, found in zip(range(first, last), lines, strict=False)]
    headings = []
    for column in sorted({column for line in lines for column in line}):
        told: list[str] = []
        for line, groups in zip(lines, [*spans, {}], strict=True):
            text = groups.get(column, line.get(column, ""))
            if line is lines[-1] and text and told and known("".join(told)) and not _grouped(spans, column, lines):
                return None
            if text and text not in told[-1:]:  # a cell merged downwards may be filled all the way
                told.append(text)
        headings.append(Heading(column, tuple(told), _field(told, known)))
    return Header(first, last, tuple(headings))


def _grouped(spans: list[dict[int, str]], column: int, lines: list[dict[int, str]]) -> bool:
    """Whether the heading of a column is the name of a group in some row, or the column has none above the last."""
    return any(column in groups for groups in spans) or not any(column in line for line in lines[:-1])


def _field(told: list[str], known: Recognise) -> str | None:
    """The field that the lines over a column name: all of them, fewer from the top, or one by itself."""
    for start in range(len(told)):
        found = known("".join(told[start:]))
        if found:
            return found
    return known(told[0] + told[-1]) if len(told) > 2 else None


def _groups(sheet: Sheet, row: int, upper: dict[int, str]) -> dict[int, str]:
    """The group's name over each column of a horizontally merged cell, or of one with nothing to its right."""
    groups: dict[int, str] = {}
    for merge in sheet.merges:
        if merge.first_row == row and merge.first_column < merge.last_column:
            name = upper.get(merge.first_column, "")
            groups.update(dict.fromkeys(range(merge.first_column, merge.last_column + 1), name))
    for column, text in upper.items():  # a name written again over each of its columns
        if upper.get(column + 1) == text or upper.get(column - 1) == text:
            groups[column] = text
    if not sheet.merges:  # a csv has none: a name counts for the empty cells to its right
        start = 0
        below = texts(sheet, row + 1) if row < len(sheet.rows) else {}
        for column in range(1, max(below, default=0) + 1):
            if column in upper:
                start = column
            elif start and column in below:
                groups[start] = groups[column] = upper[start]
    return groups


def with_lines_below(sheet: Sheet, header: Header, known: Recognise) -> Header:
    """The header with the rows below it that belong to it: the same in another language, units, numbers of columns."""
    last = header.last
    by_column = {heading.column: heading for heading in header.headings}
    while last < min(len(sheet.rows), header.last + 3) and (
        _continues(sheet, last + 1) or _translates(sheet, last + 1, by_column, known)
    ):
        for column, text in texts(sheet, last + 1).items():
            if column in by_column and plain(text) in words().units:
                old = by_column[column]
                by_column[column] = Heading(column, (*old.lines, f"({text})"), old.field)
        last += 1
    return Header(header.first, last, tuple(by_column[heading.column] for heading in header.headings))


def _translates(sheet: Sheet, row: int, headings: dict[int, Heading], known: Recognise) -> bool:
    """Whether a row says once more, in other words, what the header over it says."""
    found = texts(sheet, row)
    if not found or len(found) < filled(sheet, row):
        return False
    same = sum(
        column in headings and known(text) == headings[column].field is not None for column, text in found.items()
    )
    other = any(
        plain(text) not in map(plain, headings[column].lines) for column, text in found.items() if column in headings
    )
    return other and same >= max(2, _SURE_SHARE * len(found))


def _continues(sheet: Sheet, row: int) -> bool:
    """Whether a row right below a header says how to fill in its columns, in what units, or counts them."""
    cells = {
        column: str(value).strip()
        for column, value in enumerate(sheet.rows[row - 1], start=1)
        if value is not None and str(value).strip()
    }
    if not cells:
        return False
    bare = [plain(text).strip("()[]【】") for text in cells.values()]
    units = sum(text in words().units for text in bare)
    if units == len(cells) and not all(text.isdecimal() for text in bare):
        return True
    if len(cells) > 1 and sum(map(words().is_hint, map(plain, cells.values()))) >= _SURE_SHARE * len(cells):
        return True
    numbers = [int(text) for text in bare if text.isdecimal() and len(text) < 4]
    counted = len(numbers) >= _NUMBERED and len(numbers) >= len(cells) - 1
    return counted and numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] in (0, 1)


def filled(sheet: Sheet, row: int) -> int:
    """How many cells of a row hold something."""
    cells = sheet.rows[row - 1]
    return len([None for value in cells if value is not None and not (isinstance(value, str) and not value.strip())])
