"""Tables of a web page on one sheet, one below the other, as Excel shows such a file.

Many hospital systems export a web page and call it `.xls`. Its cells stay text, so leading zeros and 18 digits survive;
only where Excel's own pages show a number cut to `1.10105E+17` is the number taken that the page keeps beside it
(`x:num`). Tags are left open as often as they are closed, and cells hold input fields: what they show is their text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser

from zhengming.tables.grid import Grid, exact_number
from zhengming.tables.xml_events import whole

_SILENT = frozenset({"script", "style", "head", "noscript", "template", "object", "svg", "textarea-hidden"})
_BREAKS = frozenset({"br", "p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "caption", "center"})
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
_UNSHOWN = re.compile(r"[-+]?\d(?:\.\d+)?E[-+]?\d+|#+", re.IGNORECASE)  # what Excel shows of a number too long
_NO_DISPLAY = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_NO_INPUT = frozenset({"hidden", "button", "submit", "reset", "checkbox", "radio", "image", "file", "password"})
_VOID = frozenset({"br", "input", "meta", "link", "img", "hr", "col", "base", "wbr", "area", "param", "source"})
_LIMIT = 65_536  # characters of a cell that are kept: twice what a cell of Excel holds


class _Table:
    """One table being read: where the next cell goes, and what spans down from above."""

    def __init__(self, first_row: int) -> None:
        self.row = first_row - 1
        self.column = 0
        self.cell: tuple[int, int] | None = None
        self.shown: str | None = None
        self.last = first_row - 1
        self._from_above: dict[int, int] = {}  # column: last row it is taken in

    def next_row(self) -> None:
        self.row = max(self.row, 0) + 1
        self.column = 0
        self.last = max(self.last, self.row)

    def next_cell(self, rows: int, columns: int) -> tuple[int, int]:
        """The address of a cell that spans so many rows and columns."""
        column = self.column + 1
        while self._from_above.get(column, 0) >= self.row:
            column += 1
        if rows > 1:
            self._from_above.update(dict.fromkeys(range(column, column + columns), self.row + rows - 1))
        self.column = column + columns - 1
        return self.row, column


class HtmlGrid(HTMLParser):
    """Follows a page and fills a grid."""

    def __init__(self, grid: Grid) -> None:
        """Start with an empty sheet."""
        super().__init__(convert_charrefs=True)
        self.grid = grid
        self.tables = 0
        self._open: list[_Table] = []
        self._text: list[str] = []
        self._silent = 0
        self._next_row = 1
        self._options = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag opens."""
        attributes = {key: value or "" for key, value in attrs}
        if tag in _SILENT:
            self._silent += 1
        elif tag == "body":
            self._silent = 0
        elif tag == "table":
            self._begin_table()
        elif tag == "tr":
            self._begin_row(attributes)
        elif tag in ("td", "th"):
            self._begin_cell(attributes)
        else:
            self._inside(tag, attributes)
        if tag in _BREAKS:
            self._text.append("\n")

    def _inside(self, tag: str, attributes: Mapping[str, str]) -> None:
        """What a field of a form shows is its text: what was entered, or the option that was chosen."""
        if tag == "input" and attributes.get("type", "text").lower() not in _NO_INPUT:
            self._text.append(f" {attributes.get('value', '')} ")
        elif tag == "select":
            self._options = False
        elif tag == "option":
            self._options = "selected" in attributes

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that closes itself: `<td/>` is an empty cell."""
        if tag in _SILENT:
            return
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """A tag closes."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in ("td", "th") or tag == "tr":
            self._end_cell()
        elif tag == "table":
            self._end_table()
        elif tag in ("select", "option"):
            self._options = tag == "select"
        if tag in _BREAKS:
            self._text.append("\n")

    def handle_data(self, data: str) -> None:
        """Some text."""
        if not self._silent and self._options:
            self._text.append(_SPACES.sub(" ", data))

    def close(self) -> None:
        """The page ends, whatever is still open."""
        super().close()
        while self._open:
            self._end_table()
        self._loose_text()

    def unknown_decl(self, data: str) -> None:
        """`<![if supportMisalignedColumns]>` and the like mean nothing here."""

    def _begin_table(self) -> None:
        self.tables += 1
        if self._open:  # a table laid out inside a cell: its cells follow those of the outer one
            self._end_cell()
            self._next_row = max(self._next_row, self._open[-1].last + 1)
        else:
            self._loose_text()
        self._open.append(_Table(self._next_row))

    def _end_table(self) -> None:
        if not self._open:
            return
        self._end_cell()
        table = self._open.pop()
        self._next_row = max(self._next_row, table.last + 1)
        if self._open:
            self._open[-1].last = self._next_row - 1
            self._open[-1].row = max(self._open[-1].row, self._next_row - 1)

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        if not self._open:
            self._begin_table()
        self._end_cell()
        table = self._open[-1]
        table.next_row()
        if _NO_DISPLAY.search(attributes.get("style", "")):
            self.grid.hidden_rows.add(table.row)

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        if not self._open or not self._open[-1].row or self._open[-1].last < self._open[-1].row:
            self._begin_row({})
        self._end_cell()
        table = self._open[-1]
        rows = min(max(whole(attributes, "rowspan", 1), 1), 65_534)  # as browsers bound it
        columns = min(max(whole(attributes, "colspan", 1), 1), 1_000)
        row, column = table.next_cell(rows, columns)
        self.grid.merge(row, column, row + rows - 1, column + columns - 1)
        table.cell, table.shown = (row, column), attributes.get("x:num")
        self._text.clear()

    def _end_cell(self) -> None:
        if not self._open or self._open[-1].cell is None:
            if self._open:
                self._text.clear()
            return
        table = self._open[-1]
        text = _lines("".join(self._text))
        self._text.clear()
        assert table.cell is not None
        if table.shown and _UNSHOWN.fullmatch(text):
            self.grid.put(*table.cell, exact_number(table.shown))
        else:
            self.grid.put(*table.cell, text[:_LIMIT])
        table.cell = table.shown = None

    def _loose_text(self) -> None:
        """Text outside any table: a line of it is a row of its own."""
        for line in _lines("".join(self._text)).split("\n"):
            if line:
                self.grid.put(self._next_row, 1, line[:_LIMIT])
                self._next_row += 1
        self._text.clear()


def _lines(text: str) -> str:
    """Text as a page shows it: one space for any white space, no empty lines, a no-break space is a space."""
    lines = (_SPACES.sub(" ", line.replace("\xa0", " ")).strip() for line in text.split("\n"))
    return "\n".join(filter(None, lines))
