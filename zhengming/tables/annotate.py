"""The sender's own workbook with notes in it: cells coloured and commented, styles kept, nothing left that runs.

An xlsx is opened and saved by openpyxl, in a child process with limits, because openpyxl hangs on some files; what it
cannot open, and every other format, is drawn anew from the cells as they were read. Formulas are replaced by the
values they last had (a formula never calculated becomes text), links to elsewhere, macros and names that compute are
left out. The same file and notes give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from zhengming.tables.limits import DEFAULT, Limits
from zhengming.tables.model import ErrorValue, Sheet, Workbook
from zhengming.tables.sheets_out import FILLS, NUMBER_FORMATS, OURS, Mark
from zhengming.tables.written_text import MAX_CELL_TEXT, cut, runs, sheet_names, storable, width

AUTHOR = "zhengming"
SECONDS, SECONDS_PER_MB = 60, 40.0  # openpyxl takes about 8 s to open and save a megabyte on a slow core
_BOOT = """
import sys, json
arguments = json.loads(sys.stdin.buffer.read())
sys.path[:] = arguments["path"]
from zhengming.tables import annotate_child
annotate_child.run(arguments)
"""
_STAMP = (1980, 1, 1, 0, 0, 0)  # of every entry of the zip
_DATES = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
_DAY = rb"\g<1>2000-01-01T00:00:00Z\g<3>"
# A comment as openpyxl draws it, without a place: every program would show it at the top of the sheet.
_COMMENT = re.compile(
    rb"height:(\d+)px(?:(?!height:).)*?<(\w+):MoveWithCells />(?:(?!height:).)*?"
    rb"<\2:Row>(\d+)</\2:Row><\2:Column>(\d+)</\2:Column>",
    re.DOTALL,
)
_COMMENT_COLUMNS, _CELL_HEIGHT = 4, 20  # columns a comment spans, pixels of a row
_ROW_HEIGHT, _COMMENT_WIDTH = 17, 300  # pixels of a comment's line, and of the comment
_WIDEST = 50


@dataclass(frozen=True, slots=True)
class Note:
    """What to say at a cell: `sheet`, 1-based `row` and `column` (0: the row's first filled cell), colour, text.

    Without a text the cell is only coloured.
    """

    sheet: str
    row: int
    column: int
    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Summary:
    """A sheet of our own to put at the end: its name, and rows of texts with a colour each."""

    name: str
    rows: Sequence[tuple[Mark | None, Sequence[str]]]
    widths: Sequence[int] = ()


def annotated(path: Path, notes: Sequence[Note], summary: Summary, *, limits: Limits = DEFAULT) -> bytes | None:
    """The xlsx at `path` with `notes` in it and `summary` behind its sheets; None when openpyxl cannot do it."""
    size = path.stat().st_size
    arguments = {
        "path": [os.path.abspath(folder) for folder in sys.path] + [str(Path(__file__).parents[2])],
        "file": os.path.abspath(path),
        "notes": [asdict(one) for one in notes],
        "summary": asdict(summary),
        "memory": limits.memory_bytes,
        "seconds": int(SECONDS + SECONDS_PER_MB * size / (1 << 20)),
    }
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _BOOT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a library's own words may quote the file
    )
    timer = threading.Timer(float(arguments["seconds"]), process.kill)  # type: ignore[arg-type]  # an int it is
    timer.daemon = True
    timer.start()
    try:
        made, _nothing = process.communicate(json.dumps(arguments).encode())
    finally:
        timer.cancel()
        process.kill()
    return settled(made) if process.returncode == 0 and made.startswith(b"PK") else None


def settled(data: bytes) -> bytes:
    """The zip `data` without the moment it was made: the same parts give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = _DATES.sub(_DAY, part)
            elif name.endswith(".vml"):
                part = _COMMENT.sub(_placed, part)
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, part)
    return out.getvalue()


def _placed(comment: re.Match[bytes]) -> bytes:
    """A comment with its place: beside its cell."""
    height, space, row, column = int(comment[1]), comment[2], int(comment[3]), int(comment[4])
    ends = (column + 1, 15, max(row - 1, 0), 4, column + 1 + _COMMENT_COLUMNS, 15, row + height // _CELL_HEIGHT + 1, 4)
    anchor = b"<%s:Anchor>%s</%s:Anchor>" % (space, ", ".join(map(str, ends)).encode(), space)
    return comment[0] + anchor


def drawn(book: Workbook, notes: Sequence[Note], summary: Summary) -> bytes:
    """The cells of `book` drawn into a new workbook, with `notes` in it and `summary` behind its sheets."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    made = xlsxwriter.Workbook(buffer, options)
    made.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001 — a fixed stamp: the same bytes each time
    pen = _Pen(made)
    names = sheet_names([*(sheet.name for sheet in book.sheets), summary.name])
    by_sheet: dict[str, dict[tuple[int, int], list[Note]]] = {}
    for note in notes:
        by_sheet.setdefault(note.sheet, {}).setdefault((note.row, note.column), []).append(note)
    for sheet, name in zip(book.sheets, names, strict=False):
        pen.sheet(made.add_worksheet(name), sheet, by_sheet.get(sheet.name, {}))
    pen.summary(made.add_worksheet(names[-1]), summary)
    made.close()
    return buffer.getvalue()


def comment_size(text: str) -> tuple[int, int]:
    """Width and height in pixels of the comment that shows all of `text`."""
    lines = sum(max(1, -(-width(line) // 44)) for line in text.split("\n"))
    return _COMMENT_WIDTH, _ROW_HEIGHT * (lines + 1)


class _Pen:
    """Draws sheets with xlsxwriter."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._formats: dict[tuple[str, Mark | None, bool], Any] = {}

    def sheet(self, page: Any, sheet: Sheet, notes: Mapping[tuple[int, int], list[Note]]) -> None:
        """One sheet as it was read, with its notes."""
        placed: dict[tuple[int, int], list[Note]] = {}
        for (row, column), said in sorted(notes.items()):
            placed.setdefault((row, column or _first_filled(sheet, row)), []).extend(said)
        marks = {place: said[0].mark for place, said in placed.items()}
        for row, cells in enumerate(sheet.rows, start=1):
            for column, value in enumerate(cells, start=1):
                self._cell(page, row - 1, column - 1, value, marks.pop((row, column), None))
        for (row, column), mark in marks.items():  # notes on cells that hold nothing
            page.write_blank(row - 1, column - 1, None, self._format("", mark, False))
        for (row, column), said in placed.items():
            text = "\n\n".join(one.text for one in said if one.text)
            if not text:
                continue
            wide, high = comment_size(text)
            page.write_comment(row - 1, column - 1, text, {"author": AUTHOR, "width": wide, "height": high})
        for column, size in enumerate(_sizes(sheet)):
            page.set_column(column, column, size, None, {"hidden": column + 1 in sheet.hidden_columns})
        for row in sheet.hidden_rows:
            page.set_row(row - 1, None, None, {"hidden": True})
        self._merges(page, sheet)
        if sheet.hidden and sheet.rows:
            page.hide()

    def summary(self, page: Any, summary: Summary) -> None:
        """Our own sheet; its first column, out of sight, tells that it is ours."""
        page.write_string(0, 0, f"{OURS}notes")
        page.set_column(0, 0, None, None, {"hidden": True})
        for column, size in enumerate(summary.widths, start=1):
            page.set_column(column, column, size)
        for row, (mark, cells) in enumerate(summary.rows):
            for column, text in enumerate(cells, start=1):
                page.write_string(row, column, storable(text), self._format("", mark, runs(text)))

    def _cell(self, page: Any, row: int, column: int, value: object, mark: Mark | None) -> None:
        if value is None:
            if mark:
                page.write_blank(row, column, None, self._format("", mark, False))
        elif isinstance(value, ErrorValue | str):
            text = storable(cut(str(value), MAX_CELL_TEXT))
            page.write_string(row, column, text, self._format("", mark, runs(text)))
        elif isinstance(value, bool):
            page.write_boolean(row, column, value, self._format("", mark, False))
        elif isinstance(value, dt.date | dt.time) and not (isinstance(value, dt.date) and value.year < 1900):
            page.write_datetime(row, column, value, self._format(NUMBER_FORMATS[type(value)], mark, False))
        elif isinstance(value, int | float) and abs(value) < 10**15:
            page.write_number(row, column, value, self._format("", mark, False))
        else:
            page.write_string(row, column, str(value), self._format("", mark, False))

    def _format(self, number_format: str, mark: Mark | None, quoted: bool) -> Any:
        key = (number_format, mark, quoted)
        if not any(key):
            return None
        if key not in self._formats:
            look: dict[str, Any] = {"num_format": number_format} if number_format else {}
            if mark and mark in FILLS:
                look |= {"bg_color": FILLS[mark], "border": 1, "border_color": "#D9D9D9"}
            if quoted:
                look["quote_prefix"] = True
            self._formats[key] = self._book.add_format(look)
        return self._formats[key]

    def _merges(self, page: Any, sheet: Sheet) -> None:
        """The merged ranges; two that overlap, which a damaged file may have, are left unmerged."""
        import xlsxwriter.exceptions

        for one in sheet.merges:
            value = sheet.cell(one.first_row, one.first_column)
            corners = (one.first_row - 1, one.first_column - 1, one.last_row - 1, one.last_column - 1)
            try:
                page.merge_range(*corners, "", self._format("", None, False))
            except xlsxwriter.exceptions.XlsxWriterException:
                continue
            self._cell(page, corners[0], corners[1], value, None)


def _first_filled(sheet: Sheet, row: int) -> int:
    cells = sheet.rows[row - 1] if 0 < row <= len(sheet.rows) else ()
    return next((at for at, value in enumerate(cells, start=1) if value is not None), 1)


def _sizes(sheet: Sheet) -> list[int]:
    """How wide each column is, as far as the first rows tell."""
    sizes: dict[int, int] = {}
    for cells in sheet.rows[:200]:
        for column, value in enumerate(cells):
            sizes[column] = max(sizes.get(column, 6), width(str(value)) + 2 if value is not None else 0)
    return [min(sizes.get(column, 8), _WIDEST) for column in range(max(sizes, default=-1) + 1)]
