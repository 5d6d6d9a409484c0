"""Reading a large xlsx row by row: what its XML holds, in a memory that does not follow the sheet.

Rows and shared strings as nearly every program writes them are found by one regular expression for many of them; a
stretch with anything else in it (formulas, rich text, hidden rows, cells without an address) is parsed. A sheet whose
rows are out of order cannot be read so: the next engine reads it.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, overload

from zhengming.findings import Place
from zhengming.tables.contents import Source, by_column, lost_addresses
from zhengming.tables.grid import MAX_ROWS, Grid, exact_number, formula_notices, hidden_within
from zhengming.tables.kept_rows import BLOCK
from zhengming.tables.model import CellValue, ErrorValue, Notice
from zhengming.tables.package import Package, SheetPart
from zhengming.tables.serials import from_serial
from zhengming.tables.sheet_cells import CellEvents, StringEvents, StyleEvents, unescaped
from zhengming.tables.sheet_xml import column_number
from zhengming.tables.xml_events import Listener, Malformed, Pushed, feed

_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="([0-9]{1,6})")?(?: t="([a-zA-Z]{1,9})")?'
    rb'(?:/>|>(?:<v>([^<]*)</v>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?</c>)'
)
_STRING = re.compile(rb'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>')
_REFERENCE = re.compile(r"&(#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_IRREGULAR = (b"<f", b"hidden", b":row", b"<!", b"<?")  # in a stretch of rows
_ENCODING = re.compile(rb"""\bencoding=["'](?!utf-?8["'])""", re.IGNORECASE)


_FAR = 16 << 20  # bytes without the end of a row


class OutOfOrder(Exception):
    """A row comes behind one further down that was already told."""


def messages(source: Source, package: Package) -> Iterator[tuple[Any, ...]]:
    """The sheets of a workbook; see `child`.

    Raises:
        Malformed: a part is no well-formed XML.
        OutOfOrder: the rows of a sheet are not in their order.
    """
    strings, styles = Strings(), StyleEvents()
    part = package.related_chunks("sharedStrings")
    for _ended in _stretches(part, b"</si>", StringEvents(strings), strings.take):
        pass
    with suppress(Malformed):
        feed(package.related("styles"), styles)
    notices = [Notice("dates-1904", Place(source.file))] if package.date1904 else []
    for one in package.sheets:
        sheet = _Sheet(one, source, package, strings, styles)
        yield "sheet", one.name, (), one.hidden, frozenset(), frozenset()
        for rows in sheet.rows():
            yield "rows", rows
        yield "facts", sheet.grid.merges, frozenset(sheet.grid.hidden_rows), frozenset(sheet.grid.hidden_columns)
        notices += sheet.notices()
    yield "end", tuple(notices), package.date1904, {"reader": "rows"}


class Strings(Sequence[str]):
    """The shared strings, packed: millions of them take little more than their bytes."""

    def __init__(self) -> None:
        """None yet."""
        self._bytes = bytearray()
        self._ends = array("Q", [0])

    def append(self, text: str) -> None:
        """Put a string behind the others."""
        self._bytes += text.encode("utf-8", errors="surrogatepass")
        self._ends.append(len(self._bytes))

    def clear(self) -> None:
        """Forget them all."""
        self._bytes.clear()
        self._ends = array("Q", [0])

    def take(self, stretch: bytes) -> bool:
        """Take the strings of a stretch of the part, if all of them are plain; whether they are."""
        found = _STRING.findall(stretch)
        if len(found) != stretch.count(b"<si") or b"<!" in stretch:
            return False
        for raw in found:
            self.append(unescaped(_text(raw)))
        return True

    def __len__(self) -> int:
        """How many there are."""
        return len(self._ends) - 1

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> list[str]: ...

    def __getitem__(self, at: int | slice) -> str | list[str]:
        """One of them, or some."""
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        return self._bytes[self._ends[at] : self._ends[at + 1]].decode("utf-8", errors="surrogatepass")


class _Sheet:
    """One sheet on its way."""

    def __init__(
        self, part: SheetPart, source: Source, package: Package, strings: Strings, styles: StyleEvents
    ) -> None:
        self.grid = Grid(part.name, source.limits.grid_cells, part.hidden)
        self._part, self._file, self._package, self._strings = part, source.file, package, strings
        self._events = CellEvents(self.grid, strings, styles, package)
        self._shapes, self._quoted = styles.shapes(), styles.quoted
        self._columns: dict[bytes, int] = {}
        self._errors: list[tuple[int, int]] = []
        self._lost: list[tuple[int, int]] = []
        self._width = self._height = 0
        self._empty = True

    def rows(self) -> Iterator[Sequence[Sequence[CellValue]]]:
        """The rows, some at a time."""
        stretches = _stretches(self._package.chunks(self._part.part), b"</row>", self._events, self._take)
        waiting: list[Sequence[CellValue]] = []
        for ended in stretches:
            self._empty = False
            waiting += self._given(MAX_ROWS if ended else self._events.row - 1)
            while len(waiting) >= BLOCK:
                yield waiting[:BLOCK]
                del waiting[:BLOCK]
        if waiting:
            yield waiting

    def notices(self) -> list[Notice]:
        """What there is to tell, once all rows were told."""
        grid, place = self.grid, Place(self._file, self._part.name)
        if self._empty:
            return [Notice("missing-sheet", place)]
        notices = [Notice("hidden-sheet", place)] if grid.hidden else []
        notices += by_column("lost-digits", place, self._lost)
        notices += by_column("recovered-digits", place, grid.recovered)
        notices += by_column("error-cell", place, self._errors)
        notices += formula_notices(grid.no_value, place)
        hidden = grid.hidden_rows, grid.hidden_columns
        notices += hidden_within(self._height, self._width, *hidden, grid.filtered, place)
        notices += by_column("quoted-prefix", place, grid.quoted)
        return notices

    def _given(self, upto: int) -> list[Sequence[CellValue]]:
        """The rows up to this one that were not given yet, with the empty ones between them."""
        first = self._height
        try:
            rows = self.grid.given(first, upto)
        except ValueError:
            raise OutOfOrder from None
        self._height += len(rows)
        self._width = max(self._width, max(map(len, rows), default=0))
        self._lost += [(row + first, column) for row, column in lost_addresses(rows)]
        for number, cells in enumerate(rows, start=first + 1):
            for column, value in enumerate(cells, start=1):
                if value.__class__ is ErrorValue:
                    self._errors.append((number, column))
        return rows

    def _take(self, stretch: bytes) -> bool:
        """Take the rows of a stretch of the sheet, if all of their cells are plain; whether they are."""
        if any(sign in stretch for sign in _IRREGULAR):
            return False
        found = _CELL.findall(stretch)
        if len(found) != stretch.count(b"<c"):
            return False
        put, quoted, columns = self.grid.put, self._quoted, self._columns
        row = 0
        for letters, digits, style, kind, value, inline in found:
            column = columns.get(letters)
            if column is None:
                column = columns[letters] = column_number(letters.decode())
            if not (value or inline):
                continue
            row, form = int(digits), int(style or 0)
            cell = self._value(kind, form, value, inline)
            put(row, column, cell)
            if form in quoted and isinstance(cell, str):
                self.grid.quoted.append((row, column))
        self._events.went_on(row)
        return True

    def _value(self, kind: bytes, style: int, value: bytes, inline: bytes) -> CellValue:
        if kind == b"s" and value.isdigit():
            number = int(value)
            return self._strings[number] if number < len(self._strings) else ErrorValue("#REF!")
        if not kind or kind == b"n":
            number_read = exact_number(_text(value))
            form = self._shapes[style] if style < len(self._shapes) else ""
            if form and isinstance(number_read, int | float):
                return from_serial(number_read, form, self._package.date1904)
            return number_read
        return self._events.value(kind.decode(), style, _text(value), _text(inline))


def _stretches(
    chunks: Iterable[bytes], end: bytes, listener: Listener, take: Callable[[bytes], bool]
) -> Iterator[bool]:
    """Go through a part, a stretch of it up to an `end` at a time: what `take` does not, `listener` is told of.

    Gives whether a row or string has just ended.
    """
    pushed = Pushed(listener)
    rest, begun, regular = b"", False, True
    for chunk in chunks:
        rest += chunk
        at = rest.rfind(end) + len(end)
        if at < len(end) and len(rest) < _FAR:
            continue
        if at < len(end) or not regular:  # other prefixes, another encoding
            pushed.push(rest)
            rest, begun, regular = b"", True, False
            yield False
            continue
        stretch, rest = rest[:at], rest[at:]
        if not begun:  # the head of the part goes to the parser in any case
            begun, regular = True, not _ENCODING.search(stretch[:200])
            first = max(stretch.find(end.replace(b"</", b"<")[:-1]), 0)
            pushed.push(stretch[:first])
            stretch = stretch[first:]
        if not (regular and take(stretch)):
            pushed.push(stretch)
        yield True
    if rest or begun:
        pushed.push(rest)
        pushed.close()
        yield True


def _text(raw: bytes) -> str:
    """Character data of UTF-8 XML."""
    text = raw.decode("utf-8", errors="replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    name = found[1]
    if name in _NAMED:
        return _NAMED[name]
    number = int(name[2:], 16) if name[1] == "x" else int(name[1:])
    return chr(number) if 0 < number <= 0x10FFFF else "\ufffd"
