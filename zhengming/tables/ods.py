"""Reading OpenDocument spreadsheets (ODF 1.3 part 3), zipped (`.ods`) or flat.

A row or cell is written once and repeated: `table:number-columns-repeated="1000"` is how an empty end of a row looks.
What a cell holds stands in attributes (`office:value`), what it shows in paragraphs; numbers and dates are decimal and
ISO text, so nothing is lost on the way.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from zhengming.errors import EncryptedFile, WrongKind
from zhengming.tables.archive import opened_archive
from zhengming.tables.contents import Contents, Source
from zhengming.tables.engines import calamine_contents
from zhengming.tables.grid import MAX_COLUMNS, MAX_ROWS, Grid, exact_number, told
from zhengming.tables.model import CellValue, ErrorValue
from zhengming.tables.spreadsheetml import iso_moment
from zhengming.tables.xml_events import Malformed, feed, whole

ISOLATED = True
ENGINES = ("ods", "calamine")
_DURATION = re.compile(r"-?P(?:(\d{1,6})D)?T?(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})(?:[.,]\d+)?S)?")
_ERROR_TEXT = re.compile(r"#[A-Z0-9/?!]{2,12}|(?:Err|错误|錯誤):\s?\d{3}")
_OLD_KIND = b"vnd.sun.xml.calc"  # OpenOffice 1: the same elements, their attributes of another namespace
_UNSEEN = frozenset({"annotation", "shapes", "tracked-changes", "dde-links", "image-map", "forms", "shape", "frame"})


def read_contents(source: Source) -> Contents:
    """The sheets of one document.

    Raises:
        UnreadableFile: damaged, over a limit, or no spreadsheet.
        EncryptedFile: protected by a password.
    """
    with opened_archive(source.path, source.limits) as archive:
        if b"encryption-data" in archive.read("meta-inf/manifest.xml"):
            raise EncryptedFile(
                "the file is protected by a password", remedy="open it, save it without the password, and send it again"
            )
        content = archive.read("content.xml")
        kind = archive.read("mimetype")
        if source.engine == "calamine":
            return calamine_contents(source)
    if b"spreadsheet" not in content and _OLD_KIND not in kind:
        raise WrongKind("this is an OpenDocument file, but no spreadsheet", remedy="ask for the table as .xlsx")
    found = OdsSheets(source.limits.grid_cells)
    try:
        feed(content, found)
    except Malformed:
        return calamine_contents(source)
    sheets = tuple(grid.sheet() for grid in found.grids)
    notices = told(found.grids, sheets, source.file)
    return Contents(sheets, tuple(notices), details={"reader": "ods"})


class OdsSheets:
    """Follows a document and fills one grid for each of its tables."""

    def __init__(self, limit: int) -> None:
        """Start with no sheet; `limit` bounds the cells of each."""
        self.grids: list[Grid] = []
        self._limit = limit
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._depth = self._unseen = 0
        self._row = self._column = self._columns = 0
        self._repeat_row = self._repeat_cell = 1
        self._values: list[tuple[int, int, CellValue]] = []  # column, how often, value: of the row being read
        self._attributes: Mapping[str, str] | None = None
        self._paragraphs: list[str] = []
        self._in_text = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name in _UNSEEN:
            self._unseen += 1
        if self._unseen:
            return
        if self._attributes is not None and name in ("p", "s", "tab", "line-break"):
            self._paragraph(name, attributes)
        elif name == "style":
            self._style = attributes.get("name", "")
        elif name == "table-properties" and attributes.get("display") == "false":
            self._hidden_styles.add(self._style)
        elif name == "table":
            self._begin_table(attributes)
        elif self._depth:
            self._begin_part(name, attributes)

    def end(self, name: str) -> None:
        """An element ends."""
        if name in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif self._unseen:
            return
        elif name == "p":
            self._in_text = max(0, self._in_text - 1)
        elif name in ("table-cell", "covered-table-cell"):
            self._end_cell(covered=name != "table-cell")
        elif name == "table-row" and self._depth:
            self._end_row()
        elif name == "table":
            self._depth = max(0, self._depth - 1)

    def data(self, text: str) -> None:
        """Some text."""
        if self._in_text and not self._unseen and self._attributes is not None:
            self._paragraphs[-1] += text

    def _paragraph(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "p":
            self._in_text += 1
            self._paragraphs.append("")
        elif self._paragraphs:
            self._paragraphs[-1] += {"tab": "\t", "line-break": "\n"}.get(name, " " * whole(attributes, "c", 1))

    def _begin_table(self, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth == 1:
            self.grids.append(Grid(attributes.get("name", ""), self._limit))
            self.grids[-1].hidden = attributes.get("style-name", "") in self._hidden_styles
            self._row = self._columns = 0

    def _begin_part(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "table-row":
            self._begin_row(attributes)
        elif name == "table-column":
            self._begin_column(attributes)
        elif name in ("table-cell", "covered-table-cell"):
            self._attributes, self._paragraphs = attributes, []
            self._repeat_cell = max(1, whole(attributes, "number-columns-repeated", 1))

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        self._row += 1
        self._repeat_row = max(1, whole(attributes, "number-rows-repeated", 1))
        self._column, self._values = 0, []
        seen = attributes.get("visibility", "visible")
        if seen != "visible":
            last = min(self._row + self._repeat_row - 1, MAX_ROWS)
            self.grids[-1].hidden_rows.update(range(self._row, last + 1))
            self.grids[-1].filtered |= seen == "filter"

    def _begin_column(self, attributes: Mapping[str, str]) -> None:
        first = self._columns + 1
        self._columns += max(1, whole(attributes, "number-columns-repeated", 1))
        if attributes.get("visibility", "visible") != "visible":
            self.grids[-1].hidden_columns.update(range(first, min(self._columns, MAX_COLUMNS) + 1))

    def _end_cell(self, *, covered: bool) -> None:
        attributes, self._attributes = self._attributes, None
        if attributes is None:
            return
        self._in_text = 0
        first = self._column + 1
        self._column += self._repeat_cell
        value = _value(attributes, "\n".join(self._paragraphs))
        if value is not None and value != "":
            self._values.append((first, self._repeat_cell, value))
        elif "formula" in attributes and not attributes.get("value-type"):
            self.grids[-1].no_value.append((self._row, first))
        if not covered:
            across = whole(attributes, "number-columns-spanned", 1)
            down = whole(attributes, "number-rows-spanned", 1)
            self.grids[-1].merge(self._row, first, self._row + down - 1, first + across - 1)

    def _end_row(self) -> None:
        grid = self.grids[-1]
        if self._values:
            for row in range(self._row, min(self._row + self._repeat_row, MAX_ROWS + 1)):
                for first, times, value in self._values:
                    for column in range(first, min(first + times, MAX_COLUMNS + 1)):
                        grid.put(row, column, value)
        self._row += self._repeat_row - 1


def _value(attributes: Mapping[str, str], shown: str) -> CellValue:
    kind = attributes.get("value-type", "")
    if kind == "error" or ("formula" in attributes and _ERROR_TEXT.fullmatch(shown.strip())):
        return ErrorValue(shown.strip() or "#VALUE!")
    if kind in ("float", "currency", "percentage"):
        return exact_number(attributes.get("value", shown))
    if kind == "date":
        return iso_moment(attributes.get("date-value", shown))
    if kind == "time":
        return _time(attributes.get("time-value", "")) or shown
    if kind == "boolean":
        return attributes.get("boolean-value") == "true"
    return attributes.get("string-value", shown)


def _time(text: str) -> CellValue:
    found = _DURATION.fullmatch(text.strip())
    if not found:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    hours += 24 * days
    if hours < 24 and minutes < 60 and seconds < 60 and not text.startswith("-"):
        return dt.time(hours, minutes, seconds)
    return f"{'-' if text.startswith('-') else ''}{hours}:{minutes:02}:{seconds:02}"
