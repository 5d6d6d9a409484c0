"""Spreadsheets in and out: `read` a foreign file, `locate` the table on a sheet, `write` tables for people.

`READERS` is the registry: one format, as told from the content and never from the name, and the module that reads it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType

from zhengming.errors import FileError, TooLarge, UnreadableFile
from zhengming.findings import Place
from zhengming.tables.contents import Contents, Source
from zhengming.tables.kept_rows import Keep
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
    "xlsb": "zhengming.tables.xlsb",
    "xls": "zhengming.tables.xls",  # Excel 2 to 2003
    "ods": "zhengming.tables.ods",
    "html": "zhengming.tables.markup",  # also saved web archives (mht)
    "xml": "zhengming.tables.markup",  # XML spreadsheets of Excel 2003, flat ODS
    "csv": "zhengming.tables.csv_text",  # and tsv, and whatever separates its columns
}

# The formats that a name promises; a file is read by its content all the same.
_PROMISED: Mapping[str, Format] = {
    ".xlsx": "xlsx", ".xlsm": "xlsx", ".xltx": "xlsx", ".xltm": "xlsx", ".xlsb": "xlsb", ".xls": "xls", ".xlt": "xls",
    ".et": "xls", ".ods": "ods", ".ots": "ods", ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".html": "html",
    ".htm": "html", ".mht": "html", ".mhtml": "html", ".xml": "xml", ".fods": "xml",
}  # fmt: skip


def read(
    path: str | Path,
    *,
    limits: Limits = DEFAULT,
    encoding: str = "",
    meanwhile: Callable[[], object] | None = None,
    keep: Keep | None = None,
) -> Workbook:
    """Read one foreign file, whatever its name says it is.

    `encoding` forces the encoding of a csv; by default it is told from the bytes. `meanwhile` is called while another
    process reads, if one does: what the caller will need next can be made ready. With `keep`, the rows of a large file
    come to stand on disk, and larger csv and xlsx are read.

    Raises:
        UnreadableFile: missing, a folder, no permission, empty, damaged, over a limit, or no kind of file we read.
        EncryptedFile: protected by a password.
    """
    # Imported here: the reading child process imports this package too, and needs neither.
    from zhengming.files import opened, sha256
    from zhengming.tables.detect import OLE, detect

    place = Path(path)
    with opened(place) as handle:
        size = handle.seek(0, os.SEEK_END)
        handle.seek(0)
        compound = handle.read(len(OLE)) == OLE  # looked at as a whole
        handle.seek(0)
        found = detect(handle, str(path)) if (keep and not compound) or size <= limits.file_bytes else "xls"
    if keep and found in ("csv", "xlsx"):
        limits = limits.kept()
    if size > limits.file_bytes:
        raise TooLarge(
            f"larger than {limits.file_bytes >> 20} MB", where=str(path), remedy="split it, or raise the limit"
        )
    module = import_module(READERS[found])
    try:
        contents = _read(module, Source(place, place.name, limits, encoding=encoding), size, meanwhile, keep)
    except FileError as error:
        raise type(error)(error.what, where=str(path), remedy=error.remedy) from None
    promised = _PROMISED.get(place.suffix.lower(), found)
    notices = list(contents.notices)
    if promised != found:
        params = {"expected": place.suffix.lower(), "found": found}
        notices.insert(0, Notice("other-format", Place(place.name), params))
    return Workbook(
        file=place.name,
        sha256=sha256(place),
        format=found,
        sheets=contents.sheets,
        notices=tuple(notices),
        date1904=contents.date1904,
        details=contents.details,
    )


def _read(
    module: ModuleType, source: Source, size: int, meanwhile: Callable[[], object] | None, keep: Keep | None
) -> Contents:
    """What the first engine finds that survives the file."""
    from zhengming.tables.isolation import EngineFailed, read_isolated

    for engine in module.ENGINES:
        attempt = replace(source, engine=engine)
        if not (module.ISOLATED and source.limits.isolate):
            contents: Contents = module.read_contents(attempt)
            return contents
        with suppress(EngineFailed):
            return read_isolated(module.__name__, attempt, size, meanwhile, keep)
    raise UnreadableFile(
        "the file is damaged, or too large to read safely", remedy="open it in Excel or WPS and save it again as .xlsx"
    )
