"""Reading binary workbooks (`.xlsb`, [MS-XLSB]): the parts of an xlsx with records in the place of XML.

A record is a type and a length of one to four bytes of seven bits each, then its data; text is a count of characters
and UTF-16. What hides (sheets, rows, columns), error cells and merges are read as well.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from zhengming.tables.contents import Contents, Source
from zhengming.tables.engines import calamine_contents
from zhengming.tables.grid import MAX_COLUMNS, Grid, plain_number, told
from zhengming.tables.limits import Limits
from zhengming.tables.model import CellValue, ErrorValue
from zhengming.tables.package import Package, opened_package
from zhengming.tables.serials import Shape, built_in, from_serial, shape

ISOLATED = True
ENGINES = ("xlsb", "calamine")

_ROW, _BLANK, _RK, _ERROR, _BOOL, _REAL, _TEXT, _SHARED = range(8)  # record types: [MS-XLSB] 2.3.2
_FORMULA_TEXT, _FORMULA_REAL, _FORMULA_BOOL, _FORMULA_ERROR = 8, 9, 10, 11
_STRING, _FORMAT, _XF, _COLUMN, _RICH_TEXT = 19, 44, 47, 60, 62
_WORKBOOK, _SHEET, _FILTER, _MERGE = 153, 156, 161, 176
_BEGIN_CELL_XFS, _END_CELL_XFS = 617, 618
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


def read_contents(source: Source) -> Contents:
    """The sheets of one workbook.

    Raises:
        UnreadableFile: damaged, over a limit, or no workbook.
        EncryptedFile: protected by a password.
    """
    with opened_package(source.path, source.limits) as package:
        if source.engine == "calamine":
            return calamine_contents(source)
        grids, date1904 = _grids(package, source.limits)
    sheets = tuple(grid.sheet() for grid in grids)
    notices = told(grids, sheets, source.file)
    return Contents(sheets, tuple(notices), date1904, {"reader": "xlsb"})


def _grids(package: Package, limits: Limits) -> tuple[list[Grid], bool]:
    shapes = _shapes(package.related("styles"))
    strings = [_text(data, 1)[0] for kind, data in records(package.related("sharedStrings")) if kind == _STRING]
    grids = []
    date1904 = False
    for kind, data in records(package.read(package.main)):
        if kind == _WORKBOOK and data:
            date1904 = bool(data[0] & 1)
        elif kind == _SHEET:
            link, at = _text(data, 8)
            name, _ = _text(data, at)
            relation, part = package.relations.get(link, ("", ""))
            if relation.endswith("/worksheet"):
                grid = Grid(name, limits.grid_cells, hidden=_number(data, 0) != 0)
                _fill(grid, package.read(part), strings, shapes, date1904)
                grids.append(grid)
    return grids, date1904


def _fill(grid: Grid, part: bytes, strings: list[str], shapes: list[Shape], date1904: bool) -> None:
    row = 0
    for kind, data in records(part):
        if kind == _ROW and len(data) >= 12:
            row = _number(data, 0) + 1
            if data[11] & 0x10:
                grid.hidden_rows.add(row)
        elif (_BLANK < kind <= _FORMULA_ERROR or kind == _RICH_TEXT) and len(data) > 8:
            style = _number(data, 4) & 0xFFFFFF
            form = shapes[style] if style < len(shapes) else ""
            value = _value(kind, data, strings)
            if form and isinstance(value, int | float) and not isinstance(value, bool):
                value = from_serial(value, form, date1904)
            grid.put(row, _number(data, 0) + 1, value)
        elif kind == _MERGE and len(data) >= 16:
            first_row, last_row, first_column, last_column = struct.unpack_from("<4I", data)
            grid.merge(first_row + 1, first_column + 1, last_row + 1, last_column + 1)
        elif kind == _COLUMN and len(data) >= 18 and data[16] & 1:
            first, last = _number(data, 0) + 1, min(_number(data, 4) + 1, MAX_COLUMNS)
            grid.hidden_columns.update(range(first, last + 1))
        elif kind == _FILTER:
            grid.filtered = True


def _value(kind: int, data: bytes, strings: list[str]) -> CellValue:
    if kind == _RK and len(data) >= 12:
        return plain_number(rk_number(_number(data, 8)))
    if kind in (_ERROR, _FORMULA_ERROR):
        return ErrorValue(ERRORS.get(data[8], "#VALUE!"))
    if kind in (_BOOL, _FORMULA_BOOL):
        return bool(data[8])
    if kind in (_REAL, _FORMULA_REAL) and len(data) >= 16:
        return plain_number(struct.unpack_from("<d", data, 8)[0])
    if kind in (_TEXT, _FORMULA_TEXT):
        return _text(data, 8)[0]
    if kind == _RICH_TEXT:
        return _text(data, 9)[0]
    if kind == _SHARED and len(data) >= 12:
        index = _number(data, 8)
        return strings[index] if index < len(strings) else ErrorValue("#REF!")
    return None


def _shapes(styles: bytes) -> list[Shape]:
    codes: dict[int, Shape] = {}
    found: list[Shape] = []
    inside = False
    for kind, data in records(styles):
        if kind == _FORMAT and len(data) > 2:
            codes[struct.unpack_from("<H", data)[0]] = shape(_text(data, 2)[0])
        elif kind in (_BEGIN_CELL_XFS, _END_CELL_XFS):
            inside = kind == _BEGIN_CELL_XFS
        elif kind == _XF and inside and len(data) >= 4:
            number = struct.unpack_from("<H", data, 2)[0]
            found.append(codes.get(number) or built_in(number))
    return found


def records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and data of each record; what is cut off at the end is left out."""
    at, end = 0, len(data)
    while at < end:
        kind, at = _packed(data, at, 2)
        size, at = _packed(data, at, 4)
        if at + size > end:
            return
        yield kind, data[at : at + size]
        at += size


def _packed(data: bytes, at: int, most: int) -> tuple[int, int]:
    value = 0
    for index in range(most):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            break
    return value, at


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _text(data: bytes, at: int) -> tuple[str, int]:
    """Text that begins with its count of characters, and where it ends."""
    end = at + 4 + 2 * _number(data, at)
    return data[at + 4 : end].decode("utf-16-le", errors="replace"), end


def rk_number(raw: int) -> float:
    """The number in the four bytes of an RK value ([MS-XLS] 2.5.217): 30 bits, whole or the head of a double.

    >>> rk_number(2 << 2 | 2), rk_number(150 << 2 | 3)
    (2.0, 1.5)
    """
    if raw & 2:
        value = float((raw >> 2) - (1 << 30 if raw & 0x80000000 else 0))
    else:
        value = float(struct.unpack("<d", bytes(4) + struct.pack("<I", raw & 0xFFFFFFFC))[0])
    return value / 100 if raw & 1 else value
