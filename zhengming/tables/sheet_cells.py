"""Reading the parts of an xlsx workbook cell by cell: slower than calamine, and patient with what kills it.

Namespaces are not looked at (Strict and Transitional differ in nothing else that matters here), places are counted on
where cells do not tell theirs, `<dimension>` is never believed, a style that does not exist changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

from zhengming.errors import UnreadableFile
from zhengming.tables.grid import MAX_COLUMNS, Grid, exact_number
from zhengming.tables.limits import Limits
from zhengming.tables.model import CellValue, ErrorValue
from zhengming.tables.package import Package
from zhengming.tables.serials import Shape, built_in, from_serial, shape
from zhengming.tables.sheet_xml import column_number
from zhengming.tables.spreadsheetml import iso_moment
from zhengming.tables.xml_events import Malformed, feed, feed_patiently, whole

_COMPLETE = re.compile(rb"</(?:\w+:)?(?:worksheet|sst)\s*>\s*$")
_END = 4096  # bytes at a part's end that show whether it is whole
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Growing(Protocol):
    """Strings in their order, more of which come."""

    def append(self, text: str, /) -> None: ...  # noqa: D102 — as of a list
    def clear(self) -> None: ...  # noqa: D102
    def __len__(self) -> int: ...  # noqa: D105
    def __getitem__(self, at: int, /) -> str: ...  # noqa: D105


def read_cells(package: Package, limits: Limits) -> list[Grid]:
    """The worksheets of a package."""
    strings, styles = StringEvents(), StyleEvents()
    _follow(package.related("sharedStrings"), strings)
    with suppress(Malformed):
        feed(package.related("styles"), styles)
    grids = []
    for part in package.sheets:
        grid = Grid(part.name, limits.grid_cells, part.hidden)
        _follow(package.read(part.part), CellEvents(grid, strings.found, styles, package))
        grids.append(grid)
    return grids


def _follow(data: bytes, listener: StringEvents | CellEvents) -> None:
    """The whole part; one that is not well-formed is read on behind the fault, but not one that has been cut off."""
    try:
        feed(data, listener)
    except Malformed:
        if not data.strip():  # no such part
            return
        if not _COMPLETE.search(data, max(0, len(data) - _END)):
            raise UnreadableFile(
                "a sheet is damaged or was cut off", remedy="ask the sender to send it again"
            ) from None
        listener.restart()
        feed_patiently(data.decode("utf-8", errors="replace"), listener)


def quoted_styles(package: Package) -> set[int]:
    """The cell styles that stand for a leading apostrophe."""
    data = package.related("styles")
    if b"quotePrefix" not in data:
        return set()
    styles = StyleEvents()
    with suppress(Malformed):
        feed(data, styles)
    return styles.quoted


class StringEvents:
    """The shared strings: text of all runs, without the readings (`rPh`) that Japanese files add."""

    def __init__(self, found: Growing | None = None) -> None:
        """Put the strings into `found`."""
        self.found: Growing = [] if found is None else found
        self.restart()

    def restart(self) -> None:
        """Begin anew."""
        self.found.clear()
        self._parts: list[str] = []
        self._in_text = self._aside = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """See `Listener`."""
        if name == "si":
            self._parts = []
        elif name == "rph":
            self._aside = True
        elif name == "t":
            self._in_text = not self._aside

    def end(self, name: str) -> None:
        """See `Listener`."""
        if name == "si":
            self.found.append(unescaped("".join(self._parts)))
        elif name == "rph":
            self._aside = False
        elif name == "t":
            self._in_text = False

    def data(self, text: str) -> None:
        """See `Listener`."""
        if self._in_text:
            self._parts.append(text)


class StyleEvents:
    """What the number format of each cell style makes of a number, and which styles force text by an apostrophe."""

    def __init__(self) -> None:
        """Know no style yet."""
        self._codes: dict[int, str] = {}
        self._formats: list[int] = []
        self._in_cells = False
        self.quoted: set[int] = set()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """See `Listener`."""
        if name == "numfmt":
            self._codes[whole(attributes, "numfmtid", -1)] = attributes.get("formatcode", "")
        elif name == "cellxfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            if attributes.get("quoteprefix") in {"1", "true"}:
                self.quoted.add(len(self._formats))
            self._formats.append(whole(attributes, "numfmtid", 0))

    def end(self, name: str) -> None:
        """See `Listener`."""
        if name == "cellxfs":
            self._in_cells = False

    def data(self, text: str) -> None:
        """See `Listener`."""

    def shapes(self) -> list[Shape]:
        """What each cell style makes of a number."""
        known = {number: shape(code) for number, code in self._codes.items()}
        return [known.get(number) or built_in(number) for number in self._formats]


class CellEvents:
    """Follows one worksheet and fills its grid."""

    def __init__(self, grid: Grid, strings: Growing, styles: StyleEvents, package: Package) -> None:
        """Fill `grid`, whose cells name `strings` and `styles` of their `package`."""
        self._grid, self._strings, self._shapes = grid, strings, styles.shapes()
        self._quoted, self._date1904 = styles.quoted, package.date1904
        self._placeholders = package.uncalculated
        self.restart()

    def restart(self) -> None:
        """Begin anew."""
        self._grid.clear()
        self._row = self._column = 0
        self._kind = ""
        self._style = 0
        self._value: list[str] | None = None
        self._inline: list[str] = []
        self._into: list[str] | None = None
        self._formula = False
        self._aside = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """See `Listener`."""
        if name == "c":
            self._begin_cell(attributes)
        elif name == "v":
            self._value = self._into = []
        elif name == "row":
            self._row, self._column = whole(attributes, "r", self._row + 1), 0
            if attributes.get("hidden") in {"1", "true"}:
                self._grid.hidden_rows.add(self._row)
        elif name == "t":
            self._into = None if self._aside else self._inline
        elif name == "f":
            self._formula = True
        elif name == "rph":
            self._aside = True
        else:
            self._note(name, attributes)

    def _note(self, name: str, attributes: Mapping[str, str]) -> None:
        """What the sheet says of more than one cell."""
        if name == "mergecell":
            self._merge(attributes.get("ref", ""))
        elif name == "autofilter":
            self._grid.filtered = True
        elif name == "col" and attributes.get("hidden") in {"1", "true"}:
            last = min(whole(attributes, "max", 0), MAX_COLUMNS)
            self._grid.hidden_columns.update(range(whole(attributes, "min", last + 1), last + 1))

    def end(self, name: str) -> None:
        """See `Listener`."""
        if name == "c":
            self._end_cell()
        elif name in ("v", "t"):
            self._into = None
        elif name == "rph":
            self._aside = False

    def data(self, text: str) -> None:
        """See `Listener`."""
        if self._into is not None:
            self._into.append(text)

    @property
    def row(self) -> int:
        """The row that the last cell stood in."""
        return self._row

    def went_on(self, row: int) -> None:
        """Rows up to this one were read by somebody else."""
        self._row, self._column = max(row, self._row), 0

    def value(self, kind: str, style: int, text: str, inline: str) -> CellValue:
        """The value of a cell of this type and style that holds a text, or an inline one."""
        self._kind, self._style, self._inline = kind, style, [inline] if inline else []
        return self._of(text)

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        address = _address(attributes.get("r", ""))
        self._row, self._column = address or (max(self._row, 1), self._column + 1)
        self._kind, self._style = attributes.get("t", ""), whole(attributes, "s", 0)
        self._value, self._inline, self._formula = None, [], False

    def _end_cell(self) -> None:
        text = "".join(self._value) if self._value is not None else ""
        uncalculated = not text or (self._placeholders and text == "0")
        if self._formula and uncalculated and self._kind != "str" and not self._inline:
            self._grid.no_value.append((self._row, self._column))
            return
        value = self._of(text)
        self._grid.put(self._row, self._column, value)
        if self._style in self._quoted and isinstance(value, str):
            self._grid.quoted.append((self._row, self._column))

    def _of(self, text: str) -> CellValue:
        if self._kind == "s":
            number = int(text) if text.strip().isdecimal() else -1
            return (
                self._strings[number] if 0 <= number < len(self._strings) else (ErrorValue("#REF!") if text else None)
            )
        if self._kind == "inlineStr" or (self._inline and not text):
            return unescaped("".join(self._inline))
        if self._kind == "str":
            return unescaped(text)
        if not text:
            return None
        if self._kind == "e":
            return ErrorValue(text)
        if self._kind == "b":
            return text.strip() in {"1", "true"}
        if self._kind == "d":
            return iso_moment(text)
        value = exact_number(text)
        form = self._shapes[self._style] if self._style < len(self._shapes) else ""
        return from_serial(value, form, self._date1904) if form and isinstance(value, int | float) else value

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        begin, end = _address(first), _address(last or first)
        if begin and end:
            self._grid.merge(*begin, *end)


def _address(reference: str) -> tuple[int, int] | None:
    letters = reference.rstrip("0123456789").replace("$", "").upper()
    digits = reference[len(reference.rstrip("0123456789")) :]
    if not digits or not letters.isascii() or not letters.isalpha() or len(letters) > 3 or len(digits) > 7:
        return None
    return int(digits), column_number(letters)


def unescaped(text: str) -> str:
    r"""Text with the characters that XML cannot hold put back: `_x000D_` is a carriage return (18.4 of part 1).

    >>> unescaped("a_x000D_b_x005F_x0041_")
    'a\rb_x0041_'
    """
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
