"""What a worksheet's XML says and a fast reader does not: error literals, exact digits, formulas never calculated.

Found by searching the bytes: a sheet of 600,000 cells takes 0.2 s so, and several seconds by parsing. Each cell is
`<c r="B7" t="e"><f>1/0</f><v>#DIV/0!</v></c>` (ECMA-376 part 1, 18.3.1.4); `r` may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cached_property

_REF = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
_WIDE_REF = re.compile(rb"""\sr=["']([A-Z]{1,3})\d""")
_ROW_NUMBER = re.compile(rb"""row\s[^>]*?\br=["'](\d{1,7})["']""")
_DIMENSIONLESS = re.compile(rb"<(?:\w+:)?(row|c)(?=[\s/>])[^>]*>")
_LONG_DIGITS = re.compile(rb"v>(-?\d{16,40})<")
_ERROR = re.compile(rb"""\st=["']e["']""")
_ERROR_LITERAL = re.compile(rb"<(?:\w+:)?v>(#[^<]{1,30})<")
# A cell that ends right behind its formula, or with an empty value.
_NO_VALUE = re.compile(rb"(?:f>|f\s[^<>]*/>|f/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>")
_TEXT_CELL = re.compile(rb"""\st=["']str["']""")
_HIDDEN = re.compile(rb"""<(?:\w+:)?(row|col)\s([^>]*\bhidden=["'](?:1|true)["'][^>]*)>""")
_NUMBER = re.compile(rb"""\b(r|min|max)=["'](\d{1,7})["']""")
_CELL_START = re.compile(rb"<(?:\w+:)?c(?=[\s>])")
_ZERO_FORMULA = re.compile(rb"f>\s*<(?:\w+:)?v>0</|<(?:\w+:)?f\s[^<>]*/>\s*<(?:\w+:)?v>0</")
_FILLED = re.compile(rb"<(?:\w+:)?(?:v(?:\s[^>]{0,60})?>[^<]|is(?:\s[^>]{0,60})?>)")
_SHARED_CELL = re.compile(rb"""\st=["']s["'][^>]{0,80}>\s*<(?:\w+:)?v[^>]{0,40}>(\d{1,9})<""")
_STYLED = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\bs=["'](\d{1,6})["'][^>/]*>""")
_CELL_BYTES = 65_536  # a formula has at most 8,192 characters, so its cell begins within this
_EXACT_DIGITS = 15  # what a double keeps of a decimal number, and what Excel itself keeps


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """Facts by 1-based (row, column)."""

    errors: dict[tuple[int, int], str]
    exact: dict[tuple[int, int], int]
    no_value: tuple[tuple[int, int], ...]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    grid: int  # cells of the rectangle from the first to the last cell
    filtered: bool = False  # whether the sheet has a filter
    filled: int = 0  # cells that hold a value
    quoted: tuple[tuple[int, int], ...] = ()  # cells made text by an apostrophe
    zero: tuple[tuple[int, int], ...] = ()  # formulas whose stored result is 0


def scan(data: bytes, quoted: Set[int] = frozenset()) -> SheetFacts:
    """The facts of one worksheet's XML (UTF-8); `quoted` are the cell styles that stand for an apostrophe.

    >>> facts = scan(b'<row r="2"><c r="B2" t="e"><v>#N/A</v></c><c r="C2"><v>110105194912310021</v></c></row>')
    >>> facts.errors, facts.exact, facts.grid
    ({(2, 2): '#N/A'}, {(2, 3): 110105194912310021}, 2)
    """
    cells = _Cells(data)
    rows, columns = _hidden(data) if b"hidden=" in data else (frozenset(), frozenset())
    return SheetFacts(
        errors=dict(_errors(cells)),
        exact=dict(_exact(cells)),
        no_value=tuple(_no_value(cells)),
        hidden_rows=rows,
        hidden_columns=columns,
        grid=_grid(data),
        filtered=b"autoFilter" in data,
        filled=len(_FILLED.findall(data)),
        quoted=tuple(_quoted(cells, quoted)) if quoted else (),
        zero=tuple(_zero_formulas(cells)),
    )


def shared_text(data: bytes, indexes: Set[int]) -> int:
    """How many cells of a worksheet's XML hold one of the shared strings `indexes`.

    >>> shared_text(b'<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>', {1})
    1
    """
    return sum(int(found[1]) in indexes for found in _SHARED_CELL.finditer(data))


class _Cells:
    """Addresses of cells by where they are in the bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        # Whether there may be any: no formula is without one of these, and looking for them takes next to no time.
        self.formulas = b"<f" in data or b":f" in data

    def start(self, inside: int) -> int:
        """Where the cell begins whose bytes include `inside`."""
        since = max(0, inside - _CELL_BYTES)
        at = self.data.rfind(b"<c ", since, inside)
        if at < 0 or b"</c>" in self.data[at:inside]:  # a namespace prefix, or a bare <c>
            at = max((found.start() for found in _CELL_START.finditer(self.data, since, inside)), default=since)
        return at

    def address(self, start: int) -> tuple[int, int] | None:
        """Row and column of the cell that begins at `start`."""
        found = _REF.search(self.data, start, self.data.find(b">", start) + 1)
        if found:
            return int(found[2]), column_number(found[1].decode())
        return self._counted.get(start)

    @cached_property
    def _counted(self) -> dict[int, tuple[int, int]]:
        """Addresses by counting, for sheets whose cells do not tell theirs."""
        addresses = {}
        row = column = 0
        for tag in _DIMENSIONLESS.finditer(self.data):
            if tag[1] == b"row":
                number = _NUMBER.search(tag[0])
                row, column = (int(number[2]) if number else row + 1), 0
                continue
            found = _REF.search(tag[0])
            column = column_number(found[1].decode()) if found else column + 1
            addresses[tag.start()] = (row, column)
        return addresses


def column_number(letters: str) -> int:
    """The 1-based number of a column.

    >>> column_number("A"), column_number("XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _errors(cells: _Cells) -> Iterator[tuple[tuple[int, int], str]]:
    if b'"e"' not in cells.data and b"'e'" not in cells.data:
        return
    for found in _ERROR.finditer(cells.data):
        start = cells.data.rfind(b"<", 0, found.start())
        literal = _ERROR_LITERAL.search(cells.data, found.end(), found.end() + 4096)
        end = cells.data.find(b"c>", found.end())
        address = cells.address(start)
        if address:
            text = literal[1].decode("ascii", errors="replace") if literal and literal.start() < end else "#VALUE!"
            yield address, text


def _exact(cells: _Cells) -> Iterator[tuple[tuple[int, int], int]]:
    for found in _LONG_DIGITS.finditer(cells.data):
        digits = found[1].lstrip(b"-").lstrip(b"0")
        # Zeros behind the fifteenth digit are what is left of a number that Excel has shortened.
        if not digits[_EXACT_DIGITS:].strip(b"0"):
            continue
        address = cells.address(cells.start(found.start()))
        if address:
            yield address, int(found[1])


def _no_value(cells: _Cells) -> Iterator[tuple[int, int]]:
    if not cells.formulas:
        return
    for found in _NO_VALUE.finditer(cells.data):
        start = cells.start(found.start())
        head = cells.data[start : cells.data.find(b">", start) + 1]
        address = cells.address(start)
        if address and not (_TEXT_CELL.search(head) and b"v" in found[0].rpartition(b"</")[0]):
            yield address


def _zero_formulas(cells: _Cells) -> Iterator[tuple[int, int]]:
    if not cells.formulas:
        return
    for found in _ZERO_FORMULA.finditer(cells.data):
        address = cells.address(cells.start(found.start()))
        if address:
            yield address


def _hidden(data: bytes) -> tuple[frozenset[int], frozenset[int]]:
    rows: set[int] = set()
    columns: set[int] = set()
    for tag in _HIDDEN.finditer(data):
        numbers = {name: int(value) for name, value in _NUMBER.findall(tag[2])}
        if tag[1] == b"row" and b"r" in numbers:
            rows.add(numbers[b"r"])
        elif b"min" in numbers and b"max" in numbers:
            columns.update(range(numbers[b"min"], min(numbers[b"max"], 16384) + 1))
    return frozenset(rows), frozenset(columns)


def _quoted(cells: _Cells, styles: Set[int]) -> Iterator[tuple[int, int]]:
    for found in _STYLED.finditer(cells.data):
        if int(found[1]) in styles and (address := cells.address(found.start())):
            yield address


def _grid(data: bytes) -> int:
    rows = [int(number) for number in _ROW_NUMBER.findall(data)]
    columns = [column_number(letters.decode()) for letters in set(_WIDE_REF.findall(data))]
    if not rows or not columns:
        return 0
    return (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1)
