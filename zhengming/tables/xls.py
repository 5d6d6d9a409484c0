"""Reading xls ([MS-XLS] and its forerunners, Excel 2 to 2003) with xlrd, and with calamine where xlrd fails.

Both run in the child process of `isolation.py`. xlrd tells error cells, hidden rows and columns, merges and formats;
calamine leaves error cells and uncalculated formulas empty.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any

from zhengming.errors import EncryptedFile
from zhengming.findings import Place
from zhengming.tables.contents import Contents, Source
from zhengming.tables.engines import calamine_contents
from zhengming.tables.grid import Grid, plain_number, told
from zhengming.tables.model import CellValue, ErrorValue, Notice
from zhengming.tables.serials import Shape, built_in, from_serial, shape
from zhengming.tables.xlsb import ERRORS

ISOLATED = True
ENGINES = ("xlrd", "calamine")
_EMPTY, _TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR, _BLANK = range(7)  # xlrd's kinds of cell
_BEGIN, _END, _FORMULA = 0x0809, 0x000A, (0x0006, 0x0206, 0x0406)  # [MS-XLS] 2.4: BOF, EOF, Formula
_EMPTY_RESULT = 3  # [MS-XLS] 2.5.133: a formula's result that is empty text
_RESULTS_SINCE = 50  # xlrd's number of Excel 5, since when a formula's record has this form
_NO_STYLE: tuple[Shape, bool] = ("", False)
_PROTECTED = "the file is protected by a password"
_REMOVE = "open it in Excel, remove the password, save it"


def read_contents(source: Source) -> Contents:
    """The sheets of one workbook.

    Raises:
        EncryptedFile: protected by a password.
        UnreadableFile: damaged.
    """
    if source.engine == "xlrd":
        # Formats are what xlrd reads with most trust in the file; without them it still knows dates.
        found = _by_xlrd(source, formats=True) or _by_xlrd(source, formats=False)
        if found:
            return found
    return calamine_contents(source)


def _by_xlrd(source: Source, *, formats: bool) -> Contents | None:
    """What xlrd reads; None when it cannot."""
    import xlrd

    try:
        book = xlrd.open_workbook(
            file_contents=source.path.read_bytes(),
            logfile=io.StringIO(),
            formatting_info=formats,
            ragged_rows=True,
            ignore_workbook_corruption=True,
            on_demand=True,  # else the records are gone once the sheets are read
        )
        date1904 = book.datemode == 1
        shapes = _shapes(book) if formats else []
        limit = source.limits.grid_cells
        grids = [_grid(book.sheet_by_index(index), shapes, limit, date1904) for index in range(book.nsheets)]
        _clear_uncalculated(book, grids)
    except xlrd.XLRDError as error:
        if "encrypt" in str(error).lower():
            raise EncryptedFile(_PROTECTED, remedy=_REMOVE) from None
        return None
    except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError, NotImplementedError):
        return None  # xlrd trusts the file's offsets and counts
    except struct.error:
        return None
    sheets = tuple(grid.sheet() for grid in grids)
    notices = [] if formats else [Notice("other-reader", Place(source.file))]
    if date1904:
        notices.append(Notice("dates-1904", Place(source.file)))
    notices += told(grids, sheets, source.file)
    return Contents(sheets, tuple(notices), date1904, {"reader": "xlrd"})


def _shapes(book: Any) -> list[tuple[Shape, bool]]:
    """Of each cell style what its number format is, and whether it forces text by an apostrophe."""
    found = []
    for style in book.xf_list:
        form = book.format_map.get(style.format_key)
        code = form.format_str if form else ""
        # A built-in number has no code in the file; xlrd then knows the code by the number.
        known = shape(code) if code else built_in(style.format_key)
        found.append((known or built_in(style.format_key), bool(getattr(style, "lotus_123_prefix", 0))))
    return found


def _grid(sheet: Any, shapes: list[tuple[Shape, bool]], limit: int, date1904: bool) -> Grid:
    grid = Grid(sheet.name, limit, hidden=sheet.visibility != 0)
    for index in range(sheet.nrows):
        kinds, values = sheet.row_types(index), sheet.row_values(index)
        for column, kind in enumerate(kinds):
            if kind in (_EMPTY, _BLANK):
                continue
            style = sheet.cell_xf_index(index, column) if shapes else None
            form, quoted = shapes[style] if style is not None and style < len(shapes) else _NO_STYLE
            if not shapes and kind == _DATE:
                form = "date"
            grid.put(index + 1, column + 1, _value(kind, values[column], form, date1904))
            if quoted and kind == _TEXT:
                grid.quoted.append((index + 1, column + 1))
    for first_row, last_row, first_column, last_column in sheet.merged_cells:
        grid.merge(first_row + 1, first_column + 1, last_row, last_column)
    grid.hidden_rows.update(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden)
    grid.hidden_columns.update(column + 1 for column, info in sheet.colinfo_map.items() if info.hidden)
    return grid


def _clear_uncalculated(book: Any, grids: list[Grid]) -> None:
    """Empty the formulas of a workbook whose every formula has the result nothing or 0: no program calculated it."""
    if book.biff_version < _RESULTS_SINCE:
        return
    formulas = [list(_formulas(book.mem, offset)) for offset in book._sh_abs_posn]
    if all(uncalculated for sheet in formulas for _, uncalculated in sheet):
        for grid, sheet in zip(grids, formulas, strict=True):
            for address, _ in sheet:
                grid.remove(*address)
                grid.no_value.append(address)


def _formulas(records: Any, at: int) -> Iterator[tuple[tuple[int, int], bool]]:
    """Address of each formula of the sheet that begins at `at`, and whether its result is nothing or 0."""
    depth = 0
    while at + 4 <= len(records):
        kind, size = struct.unpack_from("<HH", records, at)
        if kind == _BEGIN:
            depth += 1
        elif kind == _END:
            depth -= 1
            if depth <= 0:
                return
        elif kind in _FORMULA and depth == 1 and size >= 14:
            row, column, _, result = struct.unpack_from("<HHH8s", records, at + 4)
            nothing = result[0] == _EMPTY_RESULT and result[6:] == b"\xff\xff"
            yield (row + 1, column + 1), nothing or not any(result)
        at += 4 + size


def _value(kind: int, value: Any, form: Shape, date1904: bool) -> CellValue:
    if kind == _TEXT:
        return str(value)
    if kind == _BOOLEAN:
        return bool(value)
    if kind == _ERROR:
        return ErrorValue(ERRORS.get(value, "#VALUE!"))
    return from_serial(value, form, date1904) if form else plain_number(value)
