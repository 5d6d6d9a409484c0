"""Writing tables for people: workbooks nobody has to format, csv that Excel opens, parquet for machines.

Nothing written is ever a formula. Text goes into a workbook as text; in a csv, where a leading `=`, `+`, `-`, `@`, tab
or carriage return would make Excel run it, an apostrophe goes before it (OWASP "CSV Injection"). The same tables give
the same bytes. Every file appears whole or not at all.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from zhengming.errors import UnwritableFile
from zhengming.files import atomic_write, write_bytes
from zhengming.findings import Place
from zhengming.tables.model import MAX_EXACT, Notice, cell_text

if TYPE_CHECKING:
    import polars
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

CellOut = str | int | float | Decimal | bool | dt.date | dt.datetime | dt.time | None
Mark = Literal["accepted", "review", "unmatched"]

MAX_ROWS = 1_048_576  # rows of a worksheet, header included
MAX_COLUMNS = 16_384
MAX_CELL_TEXT = 32_767  # UTF-16 units in one cell
MAX_SHEET_NAME = 31  # likewise
WIDEST_COLUMN = 60  # characters; longer text is wrapped
NARROWEST_COLUMN = 6
LINE_HEIGHT = 15.0  # points: the height of a row of one line
MOST_LINES = 12  # of a cell that a row makes room for
ROWS_MEASURED = 1_000  # a column's width is judged by this many of its rows
MEASURED_TEXT = 200  # and by this many characters of a cell
FIRST_YEAR = 1900  # a workbook's calendar begins here

FILLS: Mapping[Mark, str] = {"review": "#FFF2CC", "unmatched": "#F8CBAD"}  # accepted keeps the sheet's white
NUMBER_FORMATS: Mapping[type, str] = {
    Decimal: "0.00",
    dt.date: "yyyy-mm-dd",
    dt.datetime: "yyyy-mm-dd hh:mm:ss",
    dt.time: "hh:mm:ss",
}


@dataclass(frozen=True, slots=True)
class SheetOut:
    """One sheet to write. A cell's type decides its format: `date` as yyyy-mm-dd, `Decimal` as 0.00, `str` as text.

    `row_marks` colours whole rows and `cell_marks` single cells, by 0-based position in `rows`; a cell's own mark wins.
    `legend` lines stand above the header (what the colours mean); the header is frozen with them.
    """

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[CellOut]]
    row_marks: Mapping[int, Mark] = field(default_factory=dict)
    cell_marks: Mapping[tuple[int, int], Mark] = field(default_factory=dict)
    legend: Sequence[tuple[str, Mark | None]] = ()


def write_xlsx(path: str | Path, sheets: Sequence[SheetOut]) -> tuple[Notice, ...]:
    """Write `sheets` as one workbook; what had to be changed to fit comes back as notices.

    The header row is frozen and filtered, columns are as wide as what they hold (a Chinese character counts two).

    Raises:
        UnwritableFile: the target cannot be written, or a sheet has more rows or columns than a workbook can hold.
    """
    import xlsxwriter

    target = Path(path)
    for sheet in sheets:
        _check_size(sheet, target)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": NUMBER_FORMATS[dt.date]})
    book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001 — a fixed stamp: the same bytes each time
    styles = _Styles(book)
    notices: list[Notice] = []
    for sheet, name in zip(sheets, sheet_names([sheet.name for sheet in sheets]), strict=True):
        writer = _SheetWriter(book.add_worksheet(name), styles, Place(target.name, name))
        writer.write(sheet)
        notices += writer.notices
    book.close()
    write_bytes(target, buffer.getvalue())
    return tuple(notices)


def write_csv(path: str | Path, header: Sequence[str], rows: Iterable[Sequence[CellOut]]) -> None:
    """Write one table as UTF-8 csv with a BOM, so that Excel opens it with its characters intact.

    Text that Excel would run as a formula gets an apostrophe in front; numbers, also negative ones, stay as they are.

    Raises:
        UnwritableFile: the target cannot be written.
    """
    with atomic_write(path) as binary:
        text = io.TextIOWrapper(binary, encoding="utf-8-sig", errors="replace", newline="")
        writer = csv.writer(text)
        writer.writerow([_csv_cell(cell) for cell in header])
        writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
        text.flush()
        text.detach()


def write_parquet(path: str | Path, frame: polars.DataFrame) -> None:
    """Write one frame as parquet.

    Raises:
        UnwritableFile: the target cannot be written.
    """
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    write_bytes(path, buffer.getvalue())


def sheet_names(wanted: Sequence[str]) -> list[str]:
    r"""Names a workbook accepts: at most 31 characters, none of `[]:*?/\`, no two alike.

    >>> sheet_names(["2024/1", "2024:1", ""])
    ['2024_1', '2024_1 (2)', 'Sheet3']
    """
    taken: set[str] = set()
    names = []
    for number, raw in enumerate(wanted, start=1):
        plain = _cut(_NOT_IN_SHEET_NAMES.sub("_", raw), MAX_SHEET_NAME).strip("'") or f"Sheet{number}"
        if plain.casefold() == "history":  # Excel keeps this name for itself
            plain += "_"
        name, copy = plain, 1
        while name.casefold() in taken:
            copy += 1
            suffix = f" ({copy})"
            name = _cut(plain, MAX_SHEET_NAME - len(suffix)) + suffix
        taken.add(name.casefold())
        names.append(name)
    return names


_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]")
# XML 1.0 has no place for these; tab, line feed and carriage return are fine.
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_RUN_BY_EXCEL = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "\0")
_WIDE = {"W", "F", "A"}


def _check_size(sheet: SheetOut, target: Path) -> None:
    rows = len(sheet.rows) + len(sheet.legend) + 1
    columns = max(len(sheet.header), max((len(row) for row in sheet.rows), default=0))
    if rows > MAX_ROWS or columns > MAX_COLUMNS:
        raise UnwritableFile(
            f"a sheet would have {rows:,} rows and {columns:,} columns, and can have {MAX_ROWS:,} and {MAX_COLUMNS:,}",
            where=str(target),
            remedy="write csv or parquet instead, or split the input",
        )


class _Styles:
    """The cell formats of one workbook, each made once, when first needed."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, Mark | None, bool], Format] = {}
        self.header = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "valign": "vcenter"})

    def get(self, number_format: str, mark: Mark | None, *, wrapped: bool = False) -> Format | None:
        """The format for a cell; None where the default does."""
        fill = FILLS.get(mark) if mark else None
        if not (number_format or fill or wrapped):
            return None
        key = (number_format, mark, wrapped)
        if key not in self._made:
            properties: dict[str, Any] = {"num_format": number_format} if number_format else {}
            if fill:
                properties |= {"bg_color": fill, "border": 1, "border_color": "#D9D9D9"}
            if wrapped:
                properties |= {"text_wrap": True, "valign": "top"}
            self._made[key] = self._book.add_format(properties)
        return self._made[key]


class _SheetWriter:
    """Writes one sheet and remembers what it had to change."""

    def __init__(self, sheet: Worksheet, styles: _Styles, place: Place) -> None:
        self._sheet = sheet
        self._styles = styles
        self._place = place
        self.notices: list[Notice] = []

    def write(self, out: SheetOut) -> None:
        """Write legend, header, rows, and then what makes them pleasant to read."""
        top = len(out.legend)
        for number, (line, mark) in enumerate(out.legend):
            self._text(number, 0, line, self._styles.get("", mark))
        for column, title in enumerate(out.header):
            self._text(top, column, title, self._styles.header)
        widths = _widths(out)
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, min(width, WIDEST_COLUMN) + 2)
        wide = {column for column, width in enumerate(widths) if width > WIDEST_COLUMN}
        self._rows(out, top + 1, wide)
        self._sheet.freeze_panes(top + 1, 0)
        if out.header:
            self._sheet.autofilter(top, 0, top + len(out.rows), len(out.header) - 1)

    def _rows(self, out: SheetOut, top: int, wide: set[int]) -> None:
        for index, row in enumerate(out.rows):
            row_mark = out.row_marks.get(index)
            lines = max((value.count("\n") for value in row if type(value) is str), default=0) + 1
            if lines > 1:  # not every program makes room for lines by itself
                self._sheet.set_row(top + index, LINE_HEIGHT * min(lines, MOST_LINES))
            for column, value in enumerate(row):
                mark = out.cell_marks.get((index, column), row_mark) if out.cell_marks else row_mark
                if type(value) is str:
                    style = self._styles.get("", mark, wrapped=column in wide or "\n" in value)
                    self._text(top + index, column, value, style)
                else:
                    self._typed(top + index, column, value, mark)

    def _text(self, row: int, column: int, value: str, style: Format | None) -> None:
        text = value
        if len(text) * 2 > MAX_CELL_TEXT and (units := _utf16_units(text)) > MAX_CELL_TEXT:
            text = _cut(text, MAX_CELL_TEXT)
            self._note("text-cut", row, column, length=units, kept=_utf16_units(text))
        if not text.isprintable() and _NOT_IN_XML.search(text):
            text = _NOT_IN_XML.sub("\ufffd", text)
            self._note("illegal-characters", row, column)
        self._sheet.write_string(row, column, text, style)

    def _typed(self, row: int, column: int, value: CellOut, mark: Mark | None) -> None:
        plain = _as_excel_has_it(value)
        if isinstance(plain, str):
            self._text(row, column, plain, self._styles.get("", mark))
            return
        style = self._styles.get(NUMBER_FORMATS.get(type(value), ""), mark)
        if plain is None:
            if style:
                self._sheet.write_blank(row, column, None, style)
        elif isinstance(plain, bool):
            self._sheet.write_boolean(row, column, plain, style)
        elif isinstance(plain, dt.date | dt.time):
            self._sheet.write_datetime(row, column, plain, style)
        else:
            self._sheet.write_number(row, column, plain, style)

    def _note(self, kind: Literal["text-cut", "illegal-characters"], row: int, column: int, **params: int) -> None:
        place = Place(self._place.file, self._place.sheet, row + 1, column + 1)
        self.notices.append(Notice(kind, place, params))


def _as_excel_has_it(value: CellOut) -> str | int | float | bool | dt.date | dt.time | None:
    """`value`, or its text where a workbook would change it: long numbers, nan, dates before 1900."""
    if isinstance(value, str):  # a subclass, such as an error literal
        return str(value)
    if isinstance(value, dt.datetime | dt.time) and value.tzinfo is not None:
        return value.isoformat()
    if isinstance(value, dt.date):
        return value if value.year >= FIRST_YEAR else value.isoformat()
    if isinstance(value, Decimal):
        return float(value) if value.is_finite() and abs(value) < MAX_EXACT else str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < MAX_EXACT else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value


def _csv_cell(value: CellOut) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return "'" + value if value.startswith(_RUN_BY_EXCEL) else str(value)
    if isinstance(value, Decimal):
        return f"{value:.2f}" if value.is_finite() else str(value)
    return cell_text(value)


def _utf16_units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _cut(text: str, units: int) -> str:
    """The longest beginning that takes at most so many UTF-16 units."""
    kept = text[:units]
    while (over := _utf16_units(kept) - units) > 0:
        kept = kept[: -(over + 1) // 2]
    return kept


def _widths(out: SheetOut) -> list[int]:
    """Characters that each column's longest line takes, as far as the first rows tell."""
    sample = out.rows[:ROWS_MEASURED]
    widths = []
    for column, title in enumerate(out.header):
        cells = (row[column] for row in sample if column < len(row))
        longest = max((_width(cell) for cell in cells), default=0)
        widths.append(max(longest, _width(title) + 3, NARROWEST_COLUMN))  # 3: the filter's arrow
    return widths


def _width(value: CellOut) -> int:
    if not isinstance(value, str):
        return len(NUMBER_FORMATS.get(type(value), "")) or len(str(value))
    lines = value[:MEASURED_TEXT].split("\n")
    return max(len(line) + sum(unicodedata.east_asian_width(one) in _WIDE for one in line) for line in lines)
