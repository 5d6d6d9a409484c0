"""Writing workbooks for people: nobody has to format them, and nothing in them is ever run.

Text goes into a workbook as text, and as marked text where Excel would run it once edited. The same sheets give the
same bytes. Every file appears whole or not at all.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

from zhengming.errors import UnwritableFile
from zhengming.files import atomic_write, scratch
from zhengming.findings import Place
from zhengming.tables import bulk
from zhengming.tables.model import MAX_EXACT, Notice
from zhengming.tables.sheets_out import (
    FILLS,
    MAX_PROMPT,
    MAX_PROMPT_TITLE,
    NUMBER_FORMATS,
    TEXT_FORMAT,
    CellOut,
    Entry,
    Mark,
    SheetOut,
)
from zhengming.tables.styles import FONT, Styles
from zhengming.tables.unusual_cells import ordinary
from zhengming.tables.write_plain import write_csv, write_parquet, write_parquet_parts
from zhengming.tables.written_text import MAX_CELL_TEXT, cut, runs, sheet_names, storable, units, width

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = [
    "FILLS",
    "MAX_CELL_TEXT",
    "CellOut",
    "Entry",
    "Mark",
    "SheetOut",
    "sheet_names",
    "workbook",
    "write_csv",
    "write_parquet",
    "write_parquet_parts",
    "write_xlsx",
]

MAX_ROWS = 1_048_576  # rows of a worksheet, header included
MAX_COLUMNS = 16_384
WIDEST_COLUMN = 60  # characters; longer text is wrapped
NARROWEST_COLUMN = 6
LINE_HEIGHT = 16.0  # points: the height of a row of one line
HEADER_HEIGHT = 24.0
MOST_LINES = 12  # of a cell that a row makes room for
ROWS_MEASURED = 1_000  # a column's width is judged by this many of its rows
FIELD_COLUMN = 2  # where the cell to fill in stands beside its label
LEGEND_COLUMNS = 5  # a line of the legend is as wide as so many columns, or as its text needs
PRINTED_WIDE = 14  # columns; a sheet of no more is printed one page wide
FIRST_YEAR = 1900  # a workbook's calendar begins here
_OPTIONS = {  # no text becomes anything but text
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": NUMBER_FORMATS[dt.date],
}


def write_xlsx(
    path: str | Path, sheets: Sequence[SheetOut], *, names: Mapping[str, str] | None = None
) -> tuple[Notice, ...]:
    """Write `sheets` as one workbook; what had to be changed to fit comes back as notices.

    The header row is frozen and filtered, columns are as wide as what they hold (a Chinese character counts two).
    `names` are defined names of ours and the ranges they stand for.

    Raises:
        UnwritableFile: the target cannot be written, or a sheet has more rows or columns than a workbook can hold.
    """
    target = Path(path)
    with atomic_write(target) as handle:
        return _write(sheets, names or {}, target, handle)


def workbook(
    sheets: Sequence[SheetOut], *, names: Mapping[str, str] | None = None, where: str | Path = ""
) -> tuple[bytes, tuple[Notice, ...]]:
    """The bytes of the workbook that `sheets` make, and what had to be changed to fit.

    Raises:
        UnwritableFile: a sheet has more rows or columns than a workbook can hold.
    """
    buffer = io.BytesIO()
    notices = _write(sheets, names or {}, Path(where), buffer)
    return buffer.getvalue(), notices


def _write(sheets: Sequence[SheetOut], names: Mapping[str, str], target: Path, handle: IO[bytes]) -> tuple[Notice, ...]:
    """Write the workbook into `handle`."""
    import xlsxwriter

    for sheet in sheets:
        _check_size(sheet, target)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, _OPTIONS)
    book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001 — a fixed stamp: the same bytes each time
    book.formats[0].set_font_name(FONT["font_name"])
    book.formats[0].set_font_size(FONT["font_size"])
    styles = Styles(book)
    notices: list[Notice] = []
    large: list[tuple[int, SheetOut, set[int]]] = []
    for number, (sheet, name) in enumerate(
        zip(sheets, sheet_names([sheet.name for sheet in sheets]), strict=True), start=1
    ):
        writer = _SheetWriter(book.add_worksheet(name), styles, Place(target.name, name))
        wide = writer.write(sheet)
        notices += writer.notices
        if writer.left_out:
            large.append((number, sheet, wide))
    for name, reference in names.items():
        book.define_name(name, f"={reference}")
    long = any(sheet.parts is not None for sheet in sheets)
    with scratch(target.parent) if long else nullcontext() as store:
        strings = bulk.Strings(book.str_table.unique_count, store)
        made = [_bulk_rows(number, sheet, wide, strings, styles) for number, sheet, wide in large]
        book.close()
        if made:
            bulk.put(buffer.getvalue(), made, strings, handle)
        else:
            handle.write(buffer.getvalue())
    return tuple(notices)


def _bulk_rows(number: int, sheet: SheetOut, wide: set[int], strings: bulk.Strings, styles: Styles) -> bulk.SheetRows:
    """The rows of a large sheet."""

    def style_of(column: int, kind: str, mark: Mark | None, wrapped: bool, quoted: bool) -> int:
        form = TEXT_FORMAT if column in sheet.text_columns else ""
        if kind != "text":
            form = sheet.number_formats.get(column, "") or _BULK_FORMATS.get(kind, "")
        return styles.number(form, mark, wrapped=wrapped, quoted=quoted)

    across = max(len(sheet.header), 1)
    last = Place(row=sheet.top + sheet.height, column=across).cell
    large = sheet.height * across > bulk.LARGE
    return bulk.SheetRows(number, bulk.rows(sheet, strings, style_of, wide), f"A1:{last}", large)


_BULK_FORMATS = {"date": NUMBER_FORMATS[dt.date], "decimal": NUMBER_FORMATS[Decimal]}


def _check_size(sheet: SheetOut, target: Path) -> None:
    rows = sheet.height + sheet.top
    columns = max(len(sheet.header), max((len(row) for row in sheet.rows), default=0))
    if rows > MAX_ROWS or columns > MAX_COLUMNS:
        raise UnwritableFile(
            f"a sheet would have {rows:,} rows and {columns:,} columns, and can have {MAX_ROWS:,} and {MAX_COLUMNS:,}",
            where=str(target),
            remedy="write csv or parquet instead, or split the input",
        )


class _SheetWriter:
    """Writes one sheet and remembers what it had to change; large frames are `left_out`, for `bulk` to write."""

    def __init__(self, sheet: Worksheet, styles: Styles, place: Place) -> None:
        self._sheet = sheet
        self._styles = styles
        self._place = place
        self.notices: list[Notice] = []
        self.left_out = False

    def write(self, out: SheetOut) -> set[int]:
        """Write legend, header, rows, and then what makes them pleasant to read; gives the columns that wrap."""
        if out.parts is not None:
            self.left_out = True
            out = replace(out, rows=out.parts.first.head(ROWS_MEASURED).rows())
        elif out.frame is not None:
            self.left_out = out.height >= bulk.LEAST_ROWS and not out.row_marks and ordinary(out.frame)
            shown = out.frame.head(ROWS_MEASURED) if self.left_out else out.frame
            out = replace(out, rows=shown.rows())
        widths = _widths(out)
        self._columns(out, widths)
        self._head(out, widths)
        wide = {column for column, one in enumerate(widths) if one > WIDEST_COLUMN or out.wrapped}
        if not self.left_out:
            self._rows(out, wide)
        for entry in out.entries:
            self._entry(entry, out.top)
        last = max(out.top + out.height - 1, max((out.top + one.last for one in out.entries), default=0))
        if out.header:
            self._sheet.freeze_panes(out.top, out.frozen)
            if out.filtered:
                self._sheet.autofilter(out.top - 1, 0, max(last, out.top - 1), len(out.header) - 1)
        if out.done_when and last >= out.top:
            self._colour_when_done(out, last)
        self._print_setup(out)
        if not out.visible:
            self._sheet.hide()
        return wide

    def _columns(self, out: SheetOut, widths: list[int]) -> None:
        for column, one in enumerate(widths):
            text = TEXT_FORMAT if column in out.text_columns else out.number_formats.get(column, "")
            size = out.widths.get(column, min(one, WIDEST_COLUMN) + 2)
            options = {"hidden": True} if column in out.hidden_columns else None
            self._sheet.set_column(column, column, size, self._styles.get(text, None), options)
        if out.text_columns and out.rows:
            # Excel would put a green triangle on each number that is a name, and offer to make it a number.
            last = out.top + out.height
            parts = " ".join(f"{_letters(one)}1:{_letters(one)}{last}" for one in sorted(out.text_columns))
            self._sheet.ignore_errors({"number_stored_as_text": parts})

    def _head(self, out: SheetOut, widths: list[int]) -> None:
        sizes = [0 if at in out.hidden_columns else out.widths.get(at, one) for at, one in enumerate(widths)]
        needed = max((width(line) + 2 for line, _mark in out.legend), default=0)
        across = LEGEND_COLUMNS
        while across < len(sizes) and sum(sizes[:across]) < needed:
            across += 1
        across = min(across, max(len(out.header), 1)) - 1
        for number, (line, mark) in enumerate(out.legend):
            style = self._styles.get("", mark)
            self._text(number, 0, line, style)
            if across:
                self._sheet.merge_range(number, 0, number, across, "", style)
                self._text(number, 0, line, style)
        for number, (label, value) in enumerate(out.fields, start=len(out.legend)):
            self._sheet.merge_range(number, 0, number, FIELD_COLUMN - 1, "", self._styles.label)
            self._text(number, 0, label, self._styles.label)
            self._sheet.write_blank(number, FIELD_COLUMN, None, self._styles.heading("entry"))
            if isinstance(value, str):
                self._text(number, FIELD_COLUMN, value, self._styles.heading("entry"))
        for column, name in enumerate(out.names):
            self._text(len(out.legend) + len(out.fields), column, name, self._styles.name)
        if out.header:
            self._sheet.set_row(out.top - 1, HEADER_HEIGHT)
        for column, title in enumerate(out.header):
            self._text(out.top - 1, column, title, self._styles.heading(out.headings.get(column, "plain")))

    def _rows(self, out: SheetOut, wide: set[int]) -> None:
        sizes = [out.widths.get(column, WIDEST_COLUMN) for column in range(len(out.header))] if out.wrapped else None
        get, text_columns, top = self._styles.get, out.text_columns, out.top
        marks, formats = out.cell_marks, out.number_formats
        for index, row in enumerate(out.rows):
            row_mark = out.row_marks.get(index)
            lines = self._lines(out, row, sizes)
            if lines > 1:  # not every program makes room for lines by itself
                self._sheet.set_row(top + index, LINE_HEIGHT * min(lines, MOST_LINES))
            for column, value in enumerate(row):
                if value is None and row_mark is None and not marks and not out.wrapped:
                    continue
                mark = marks.get((index, column), row_mark) if marks else row_mark
                if type(value) is str:
                    form = TEXT_FORMAT if column in text_columns else ""
                    style = get(form, mark, wrapped=column in wide or lines > 1, quoted=runs(value))
                    self._text(top + index, column, value, style)
                else:
                    self._typed(top + index, column, value, mark, formats.get(column, ""), lines > 1 or out.wrapped)
        self._links(out)

    def _links(self, out: SheetOut) -> None:
        for (index, column), target in out.links.items():
            self._sheet.write_url(
                out.top + index, column, f"internal:{target}", self._styles.link, target.split("!")[-1]
            )

    def _lines(self, out: SheetOut, row: Sequence[CellOut], sizes: list[int] | None) -> int:
        """How many lines the tallest cell of a row takes; wrapped ones are counted where columns have fixed widths."""
        if sizes is None:
            return max((value.count("\n") for value in row if type(value) is str), default=0) + 1
        return max(
            (_lines(value, size) for value, size in zip(row, sizes, strict=False) if type(value) is str), default=1
        )

    def _text(self, row: int, column: int, value: str, style: Format | None) -> None:
        text = value
        if len(text) * 2 > MAX_CELL_TEXT and (length := units(text)) > MAX_CELL_TEXT:
            text = cut(text, MAX_CELL_TEXT)
            self._note("text-cut", row, column, length=length, kept=units(text))
        if not text.isprintable() and (plain := storable(text)) != text:
            text = plain
            self._note("illegal-characters", row, column)
        self._sheet.write_string(row, column, text, style)

    def _typed(
        self, row: int, column: int, value: CellOut, mark: Mark | None, number_format: str, wrapped: bool
    ) -> None:
        plain = _as_excel_has_it(value)
        if isinstance(plain, str):
            self._text(row, column, plain, self._styles.get("", mark, wrapped=wrapped, quoted=runs(plain)))
            return
        style = self._styles.get(number_format or NUMBER_FORMATS.get(type(value), ""), mark, wrapped=wrapped)
        if plain is None:
            if style and (mark or wrapped):
                self._sheet.write_blank(row, column, None, style)
        elif isinstance(plain, bool):
            self._sheet.write_boolean(row, column, plain, style)
        elif isinstance(plain, dt.date | dt.time):
            self._sheet.write_datetime(row, column, plain, style)
        else:
            self._sheet.write_number(row, column, plain, style)

    def _entry(self, entry: Entry, top: int) -> None:
        options: dict[str, Any] = {"ignore_blank": True, "validate": entry.kind}
        if entry.kind == "list":
            options["source"] = f"={entry.source}"
        elif entry.kind == "formula":
            options |= {"validate": "custom", "value": f"={entry.source}"}
        elif entry.kind in ("date", "number"):
            options |= {"validate": "date" if entry.kind == "date" else "decimal", **_bounds(entry)}
        if entry.prompt:
            options |= {"input_title": entry.title[:MAX_PROMPT_TITLE], "input_message": entry.prompt[:MAX_PROMPT]}
        if entry.strict == "off":
            options["show_error"] = False
        else:
            options |= {"error_type": entry.strict, "error_title": entry.title[:MAX_PROMPT_TITLE]}
            options["error_message"] = entry.complaint[:MAX_PROMPT]
        self._sheet.data_validation(top + entry.first, entry.column, top + entry.last, entry.column, options)

    def _colour_when_done(self, out: SheetOut, last: int) -> None:
        filled = ",".join(f'${_letters(column)}{out.top + 1}<>""' for column in out.done_when)
        rule = {"type": "formula", "criteria": f"=OR({filled})", "format": self._styles.done}
        self._sheet.conditional_format(out.top, 0, last, len(out.header) - 1, rule)

    def _print_setup(self, out: SheetOut) -> None:
        self._sheet.set_landscape()
        self._sheet.set_paper(9)  # A4
        if out.header:
            self._sheet.repeat_rows(out.top - 1)
        if len(out.header) <= PRINTED_WIDE:
            self._sheet.fit_to_pages(1, 0)

    def _note(self, kind: Literal["text-cut", "illegal-characters"], row: int, column: int, **params: int) -> None:
        place = Place(self._place.file, self._place.sheet, row + 1, column + 1)
        self.notices.append(Notice(kind, place, params))


def _bounds(entry: Entry) -> dict[str, Any]:
    low, high = (
        dt.datetime.combine(one, dt.time()) if isinstance(one, dt.date) else one for one in (entry.low, entry.high)
    )
    if low is not None and high is not None:
        return {"criteria": "between", "minimum": low, "maximum": high}
    return {"criteria": ">=", "value": low} if high is None else {"criteria": "<=", "value": high}


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


def _letters(column: int) -> str:
    return Place(column=column + 1).cell


def _widths(out: SheetOut) -> list[int]:
    """Characters that each column's longest line takes, as far as the first rows tell."""
    sample = out.rows[:ROWS_MEASURED]
    widths = []
    for column, title in enumerate(out.header):
        cells = (row[column] for row in sample if column < len(row))
        longest = max((_width(cell) for cell in cells), default=0)
        widths.append(max(longest, width(title) + 3, NARROWEST_COLUMN))  # 3: the filter's arrow
    return widths


def _lines(text: str, size: int) -> int:
    """Lines that `text` takes in a column of so many characters."""
    return sum(max(1, math.ceil(width(line) / max(size - 1, 1))) for line in text.split("\n"))


def _width(value: CellOut) -> int:
    if not isinstance(value, str):
        return len(NUMBER_FORMATS.get(type(value), "")) or len(str(value))
    return width(value)
