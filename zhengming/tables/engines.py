"""calamine, the fast reader of workbooks, giving sheets of ours.

It leaves error cells and uncalculated formulas empty and rounds long numbers: `xlsx.py` puts that right from the XML,
and reads what calamine misses or dies on cell by cell (`sheet_cells.py`).
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from zhengming.errors import EncryptedFile, UnreadableFile
from zhengming.findings import Place
from zhengming.tables.archive import SEND_AGAIN
from zhengming.tables.contents import Contents, Source, by_column, lost_addresses
from zhengming.tables.model import MAX_EXACT, CellValue, Merge, Notice, Sheet

_DAY = dt.timedelta(days=1)
_MIDNIGHT = dt.datetime(1900, 1, 1)  # noqa: DTZ001 — only its time of day is used


class CalamineFailed(Exception):
    """calamine cannot read the file; its own words are not passed on, for they may quote it."""


def read_calamine(path: Path) -> list[Sheet]:
    """The worksheets of an xlsx or xls file, as calamine sees them.

    Raises:
        CalamineFailed: an error of calamine. Its panics come through: run it in a child process.
        EncryptedFile: protected by a password.
    """
    import python_calamine as calamine

    try:
        return _read(calamine, path.read_bytes())
    except calamine.PasswordError:
        raise EncryptedFile(
            "the file is protected by a password", remedy="open it in Excel, remove the password, save it"
        ) from None
    except (calamine.CalamineError, ValueError, OverflowError, KeyError, IndexError, TypeError, OSError):
        raise CalamineFailed from None


def calamine_contents(source: Source) -> Contents:
    """What calamine reads of a format that another reader of ours is for and has failed on.

    Raises:
        UnreadableFile: calamine fails as well.
        EncryptedFile: protected by a password.
    """
    try:
        sheets = tuple(read_calamine(source.path))
    except CalamineFailed:
        raise UnreadableFile("the file is damaged or was cut off on its way", remedy=SEND_AGAIN) from None
    notices = [Notice("other-reader", Place(source.file))]
    notices += [Notice("hidden-sheet", Place(source.file, sheet.name)) for sheet in sheets if sheet.hidden]
    for sheet in sheets:
        notices += by_column("lost-digits", Place(source.file, sheet.name), lost_addresses(sheet.rows))
    return Contents(sheets, tuple(notices), details={"reader": "calamine"})


def _read(calamine: Any, data: bytes) -> list[Sheet]:
    # From bytes: given a path, calamine believes its extension.
    book = calamine.load_workbook(io.BytesIO(data))
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


def _duration(value: dt.timedelta) -> CellValue:
    """A time of day when it is one; a longer or negative span as its text, hours first."""
    if dt.timedelta() <= value < _DAY:
        return (_MIDNIGHT + value).time()
    return str(value)
