"""XML spreadsheets of Excel 2002-2003 (SpreadsheetML), which report generators save as `.xls`.

`<Row ss:Index="3"><Cell ss:Index="2"><Data ss:Type="Number">1</Data></Cell></Row>`: places are counted on from the
last one unless they are told. Numbers are decimal text and dates ISO 8601, so nothing is lost on the way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import ClassVar

from zhengming.tables.grid import MAX_COLUMNS, MAX_ROWS, Grid, exact_number
from zhengming.tables.model import CellValue, ErrorValue
from zhengming.tables.xml_events import whole


class SpreadsheetXml:
    """Follows a document and fills one grid for each worksheet."""

    def __init__(self, limit: int) -> None:
        """Start with no sheet; `limit` bounds the cells of each."""
        self.grids: list[Grid] = []
        self.date1904 = False
        self._limit = limit
        self._row = self._column = 0
        self._columns = 0
        self._cell: tuple[int, int] | None = None
        self._type = ""
        self._formula = self._valued = False
        self._text: list[str] | None = None
        self._comment = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name == "worksheet":
            self.grids.append(Grid(attributes.get("name", ""), self._limit))
            self._row = self._columns = 0
        elif not self.grids:
            self._text = [] if name == "date1904" else None
        elif name in self._BEGINS:
            self._BEGINS[name](self, attributes)

    def end(self, name: str) -> None:
        """An element ends."""
        text = "".join(self._text) if self._text is not None else ""
        if name == "comment":
            self._comment = max(0, self._comment - 1)
        elif name == "data" and self._cell and not self._comment and self._text is not None:
            self.grids[-1].put(*self._cell, _value(self._type, text))
            self._valued = bool(text) or self._type == "String"
            self._text = None
        elif name == "cell" and self._cell:
            if self._formula and not self._valued:
                self.grids[-1].no_value.append(self._cell)
            self._cell = None
        elif name == "date1904":
            self.date1904, self._text = True, None
        elif name == "visible" and self.grids:
            self.grids[-1].hidden = text.strip().lower() in {"sheethidden", "sheetveryhidden"}
            self._text = None

    def data(self, text: str) -> None:
        """Some text."""
        if self._text is not None and not self._comment:
            self._text.append(text)

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        self._row = whole(attributes, "index", self._row + 1)
        self._column = 0
        span = whole(attributes, "span", 0)
        if attributes.get("hidden") == "1":
            self.grids[-1].hidden_rows.update(range(self._row, min(self._row + span, MAX_ROWS) + 1))
        self._row += span

    def _begin_column(self, attributes: Mapping[str, str]) -> None:
        first = whole(attributes, "index", self._columns + 1)
        self._columns = first + whole(attributes, "span", 0)
        if attributes.get("hidden") == "1":
            self.grids[-1].hidden_columns.update(range(first, min(self._columns, MAX_COLUMNS) + 1))

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        row, column = max(self._row, 1), whole(attributes, "index", self._column + 1)
        across, down = whole(attributes, "mergeacross", 0), whole(attributes, "mergedown", 0)
        self._cell, self._column = (row, column), column + across
        self._formula, self._valued = "formula" in attributes, False
        self.grids[-1].merge(row, column, row + down, column + across)

    def _begin_data(self, attributes: Mapping[str, str]) -> None:
        if self._cell and not self._comment:
            self._type, self._text = attributes.get("type", "String"), []

    def _begin_comment(self, _: Mapping[str, str]) -> None:
        self._comment += 1

    def _begin_filter(self, _: Mapping[str, str]) -> None:
        self.grids[-1].filtered = True

    def _begin_visible(self, _: Mapping[str, str]) -> None:
        self._text = []

    _BEGINS: ClassVar[Mapping[str, Callable[[SpreadsheetXml, Mapping[str, str]], None]]] = {
        "row": _begin_row,
        "column": _begin_column,
        "cell": _begin_cell,
        "data": _begin_data,
        "comment": _begin_comment,
        "autofilter": _begin_filter,
        "visible": _begin_visible,
    }


def _value(kind: str, text: str) -> CellValue:
    if kind == "Number":
        return exact_number(text)
    if kind == "DateTime":
        return iso_moment(text)
    if kind == "Boolean":
        return text.strip() in {"1", "true", "TRUE"}
    if kind == "Error":
        return ErrorValue(text.strip() or "#VALUE!")
    return text


def iso_moment(text: str) -> CellValue:
    """A date, a date with time, or a time of ISO 8601; the text itself where it is none.

    >>> iso_moment("2024-03-05T00:00:00.000"), iso_moment("1899-12-31T08:30:00.000"), iso_moment("soon")
    (datetime.date(2024, 3, 5), datetime.time(8, 30), 'soon')
    """
    try:
        moment = dt.datetime.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError:
        return text
    if moment.year < 1900:  # Excel writes a time alone as one of its day zero
        return moment.time()
    return moment.date() if moment.time() == dt.time() else moment
