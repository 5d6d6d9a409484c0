"""Spreadsheets in and out: `read` a foreign file, `locate` the table on a sheet, `write` tables for people.

`READERS` is the registry: one format, as told from the content and never from the name, and the module that reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from zhengming.tables.limits import DEFAULT, Limits
from zhengming.tables.model import (
    CellValue,
    ErrorValue,
    Format,
    Merge,
    Notice,
    Sheet,
    Workbook,
    cell_text,
    lost_digits,
)

__all__ = [
    "READERS",
    "CellValue",
    "ErrorValue",
    "Format",
    "Limits",
    "Merge",
    "Notice",
    "Sheet",
    "Workbook",
    "cell_text",
    "lost_digits",
    "read",
]

READERS: Mapping[Format, str] = {
    "xlsx": "zhengming.tables.xlsx",  # and xlsm
    "xls": "zhengming.tables.xls",
    "csv": "zhengming.tables.csv_text",  # and tsv, and whatever separates its columns
}


def read(path: str | Path, *, limits: Limits = DEFAULT, encoding: str | None = None) -> Workbook:
    """Read one foreign file, whatever its name says it is.

    `encoding` forces the encoding of a csv; by default it is told from the bytes.

    Raises:
        UnreadableFile: missing, a folder, no permission, empty, damaged, over a limit, or no kind of file we read.
        EncryptedFile: protected by a password.
    """
    raise NotImplementedError
