"""What each row below a header is: data, or a blank, a total, a note, a title or header printed again, a summary."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from zhengming.tables.header import Header
from zhengming.tables.model import CellValue, Sheet, cell_text
from zhengming.tables.words import plain, words

RowKind = Literal["title", "header", "blank", "note", "total", "repeated-header", "form-part", "summary"]

_MOST = 0.6  # of the fields filled: such a row is data whatever its first cell says
_SAME_AS_HEADER = 0.6  # of a row's cells say what the header says
_SUMMARY_COLUMNS = 4  # a summary below a table names a thing, its count, perhaps its share and amount
_SAMPLE = 60  # rows that show which columns have digits
_DIGITS = 0.7  # of their cells
_NUMBER = re.compile(r"[0-9]+")
_TOTAL_TEXT = 12  # characters of a word for a total, with spaces between them
_TITLE_CELLS = 2  # a title that is printed again on each page has at most so many cells
_WIDE_MERGE = 3  # columns: a cell merged over more than this is a line of text, not a value
_WIDE_TABLE = 4  # columns: in such a table a last row with a single cell is a remark


class Rows:
    """Tells what each row below the header is."""

    def __init__(self, sheet: Sheet, header: Header) -> None:
        """Look at the rows of `sheet` below its `header`."""
        self._sheet = sheet
        self._header = header
        self._fields = {heading.column - 1 for heading in header.headings if heading.field}
        self._names = {heading.column - 1: set(map(plain, heading.lines)) for heading in header.headings}
        self._hanzi = {index for index, names in self._names.items() if not any(map(str.isascii, names))}
        self._titles = {
            _unnumbered(value) for cells in sheet.rows[: header.first - 1] for value in cells if isinstance(value, str)
        } - {""}
        self._digits = self._digit_columns()
        self._wide_rows = {
            merge.first_row for merge in sheet.merges if merge.last_column - merge.first_column >= _WIDE_MERGE
        }

    def kinds(self) -> list[RowKind | None]:
        """The kind of each row below the header, from the first on; None is data."""
        found: list[RowKind | None] = []
        ended = False
        for row in range(self._header.last + 1, len(self._sheet.rows) + 1):
            kind = self._kind(row, self._sheet.rows[row - 1], ended)
            ended = ended or kind in ("note", "total")
            found.append(kind)
        self._trim(found)
        self._summarise(found)
        return found

    def _summarise(self, found: list[RowKind | None]) -> None:
        """Counts below the data, of one diagnosis or hospital a line, are a summary and no further children.

        Such lines stand behind a gap, are narrow, and their own little header speaks of counts.
        """
        gap, position = False, 0
        while position < len(found):
            kind, end = found[position], position
            while end < len(found) and found[end] is None:
                end += 1
            below = self._header.last + 1
            if kind is None and gap and self._counts(range(below + position, below + end)):
                found[position:end] = ["summary"] * (end - position)
            gap = gap or kind in ("blank", "total", "note")
            position = max(end, position + 1)

    def _counts(self, rows: range) -> bool:
        told = [plain(value) for value in self._sheet.rows[rows[0] - 1] if not is_empty(value)]
        if len(rows) < 2 or not all(told) or not any(text in words().counted for text in told):
            return False
        width = max(sum(not is_empty(value) for value in self._sheet.rows[row - 1]) for row in rows)
        return width * 2 <= len(self._header.headings) and width <= _SUMMARY_COLUMNS

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
            values = [cell_text(cells[index]) for cells in rows if len(cells) > index and not is_empty(cells[index])]
            if len(values) > 1 and sum(any(map(str.isdigit, value)) for value in values) >= _DIGITS * len(values):
                found.add(index)
        return found

    def _followed(self, row: int, index: int) -> bool:
        """Whether the next row is filled, with a digit in this column."""
        cells = self._sheet.rows[row] if row < len(self._sheet.rows) else ()
        known = sum(not is_empty(value) for value in cells)
        return known > 1 and len(cells) > index and any(map(str.isdigit, cell_text(cells[index])))

    def _repeats_header(self, cells: Sequence[CellValue], filled: list[int]) -> bool:
        others = len(filled) * (1 - _SAME_AS_HEADER)
        same = 0
        for index in filled:
            value = cells[index]
            if (
                isinstance(value, str)
                and not (value.isascii() and index in self._hanzi)
                and self._names_it(index, value)
            ):
                same += 1
            else:
                others -= 1
                if others < 0:
                    return False
        return same >= min(2, len(self._names))

    def _names_it(self, index: int, value: str) -> bool:
        return plain(value) in self._names.get(index, ())

    def _trim(self, found: list[RowKind | None]) -> None:
        """The last rows, if each has a single cell in a wide table, are remarks without a word that says so."""
        if len(self._header.headings) < _WIDE_TABLE:
            return
        for position in range(len(found) - 1, -1, -1):
            if found[position] is None:
                cells = self._sheet.rows[self._header.last + position]
                if sum(not is_empty(value) for value in cells) > 1:
                    return
                found[position] = "note"


def _unnumbered(value: CellValue) -> str:
    """A text with any number in it as `#`: titles of pages differ in theirs."""
    return _NUMBER.sub("#", plain(value))


def _is_number(value: CellValue) -> bool:
    if not isinstance(value, str):
        return isinstance(value, int | float)
    if not value[:1].isnumeric() and value[:1].isalpha():  # quickly: no number begins so
        return False
    return words().bare(plain(value)).replace(",", "").replace(".", "", 1).lstrip("-¥").isdecimal()


def is_empty(value: CellValue) -> bool:
    """Whether the cell holds nothing but white space."""
    return value is None or (isinstance(value, str) and not value.strip())


def _whole(value: CellValue) -> int:
    """A running number, also one written as text; 0 when it is none."""
    text = cell_text(value).strip()
    return int(text) if text.isdecimal() and len(text) < 6 else 0
