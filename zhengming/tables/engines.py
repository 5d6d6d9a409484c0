"""The two readers of workbooks, each giving sheets of ours: calamine is fast, openpyxl is patient.

calamine leaves error cells and uncalculated formulas empty and rounds long numbers: `xlsx.py` puts that right from
the XML. openpyxl reads cell by cell, so that a sheet with cells in opposite corners costs it nothing.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from zhengming.tables.model import MAX_EXACT, CellValue, Merge, Sheet

_NO_CELLS: tuple[CellValue, ...] = ()
_DAY = dt.timedelta(days=1)
_MIDNIGHT = dt.datetime(1900, 1, 1)  # noqa: DTZ001 — only its time of day is used
# Built-in number formats that are dates in East Asian editions of Excel only (ECMA-376 part 1, 18.8.30).
_EAST_ASIAN_DATES = frozenset({*range(27, 37), *range(50, 59)})


def read_calamine(path: Path) -> list[Sheet]:
    """The worksheets of an xlsx or xls file, as calamine sees them.

    Raises whatever calamine does, its panics included: run it in a child process.
    """
    import python_calamine as calamine

    # From bytes: given a path, calamine believes its extension.
    book = calamine.load_workbook(io.BytesIO(path.read_bytes()))
    sheets = []
    for index, meta in enumerate(book.sheets_metadata):
        if meta.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_index(index)
        merges = [Merge(a + 1, b + 1, c + 1, d + 1) for (a, b), (c, d) in sheet.merged_cell_ranges or ()]
        rows = plain_rows(sheet.to_python(skip_empty_area=False)) if sheet.start else []
        hidden = meta.visible != calamine.SheetVisibleEnum.Visible
        sheets.append(Sheet(meta.name, rows, tuple(sorted(merges)), hidden))
    return sheets


def read_openpyxl(path: Path) -> list[Sheet]:
    """The worksheets of an xlsx file, as openpyxl sees them. Raises whatever openpyxl does."""
    import openpyxl

    # From bytes: given a path, openpyxl refuses extensions it does not know.
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), data_only=True, keep_links=False)
    sheets = []
    for sheet in book.worksheets:
        merges = [Merge(one.min_row, one.min_col, one.max_row, one.max_col) for one in sheet.merged_cells.ranges]
        sheets.append(
            Sheet(sheet.title, _sparse_rows(sheet, book.epoch), tuple(sorted(merges)), sheet.sheet_state != "visible")
        )
    return sheets


def plain_rows(rows: Iterable[Sequence[Any]]) -> list[list[CellValue]]:
    """Rows of ours from rows of a reader: whole numbers as int, empty text as None, nothing empty at the ends.

    >>> plain_rows([["a", "", 2.0], ["", ""], [1e17, 0.5], [""]])
    [['a', None, 2], [], [1e+17, 0.5]]
    """
    found: list[list[CellValue]] = []
    for row in rows:
        cells: list[CellValue] = []
        for value in row:
            kind = value.__class__
            if kind is float:
                # From 1e15 on a float has lost digits; it stays a float, which says so.
                cells.append(int(value) if value.is_integer() and -MAX_EXACT < value < MAX_EXACT else value)
            elif value == "":
                cells.append(None)
            else:
                cells.append(_duration(value) if kind is dt.timedelta else value)
        while cells and cells[-1] is None:
            cells.pop()
        found.append(cells)
    while found and not found[-1]:
        found.pop()
    return found


def _sparse_rows(sheet: Any, epoch: dt.datetime) -> list[Sequence[CellValue]]:
    cells_by_row: dict[int, dict[int, Any]] = {}
    # The public iterators visit every cell of the rectangle; this has only those the file has.
    for (row, column), cell in sheet._cells.items():
        value = _openpyxl_value(cell, epoch)
        if value is not None and value != "":
            cells_by_row.setdefault(row, {})[column] = value
    found: list[Sequence[CellValue]] = [_NO_CELLS] * max(cells_by_row, default=0)
    for row, cells in cells_by_row.items():
        found[row - 1] = plain_rows([[cells.get(column, "") for column in range(1, max(cells) + 1)]])[0]
    return found


def _openpyxl_value(cell: Any, epoch: dt.datetime) -> Any:
    from openpyxl.utils.datetime import from_excel

    value = cell.value
    if cell.data_type == "n" and isinstance(value, int | float) and cell._style.numFmtId in _EAST_ASIAN_DATES:
        value = from_excel(value, epoch)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    return value


def _duration(value: dt.timedelta) -> CellValue:
    """A time of day when it is one; a longer or negative span as its text, hours first."""
    if dt.timedelta() <= value < _DAY:
        return (_MIDNIGHT + value).time()
    return str(value)
