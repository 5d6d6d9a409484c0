"""Tables that hold codes, as rows: csv (streamed, so that its length does not matter), workbooks, parquet.

A table may stand below other lines: its header is the first row that has one of the coded columns. A workbook of ours
has a second header in words below the names that programs use; it belongs to the header too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhengming import files, tables
from zhengming.errors import NoTable, UsageError
from zhengming.migration.columns import CodedColumn, Columns
from zhengming.tables.detect import detect
from zhengming.tables.long_text import is_gzip, stream

if TYPE_CHECKING:
    import polars as pl

Rows = Iterable[Sequence[Any]]
_HEADER_ROWS = 50  # rows that are looked through for the header
_PARQUET = b"PAR1"
_MENTIONS = ("field", "code")  # what tells a sheet of mentions


@dataclass(frozen=True)
class CodedSheet:
    """One table: its rows above the header, the names of its columns, the header in words below them if there is one.

    `rows` gives the data rows each time it is called, with their numbers in the file. `mentions`: one row per mention,
    whose category its field tells. A sheet without codes has neither `columns` nor `mentions`.
    """

    name: str
    above: Sequence[Sequence[Any]]
    names: Sequence[str]
    titles: Sequence[Any]
    columns: tuple[CodedColumn, ...]
    mentions: bool
    rows: Callable[[], Iterator[tuple[int, Sequence[Any]]]]

    @property
    def coded(self) -> bool:
        """Whether it holds codes."""
        return bool(self.columns) or self.mentions

    def place(self, name: str) -> int:
        """The index of a column; -1 if there is none of this name."""
        return self.names.index(name) if name in self.names else -1


@dataclass(frozen=True)
class CodedFile:
    """A file with coded tables: `kind` is csv, xlsx or parquet; `frame` is what a parquet file holds."""

    path: Path
    kind: str
    sha256: str
    sheets: tuple[CodedSheet, ...]
    frame: pl.DataFrame | None = None


def open_coded(path: str | Path, columns: Columns) -> CodedFile:
    """The file at `path`, its coded columns found.

    Raises:
        UnreadableFile: it cannot be read.
        NoTable: it has none of the columns.
        UsageError: the columns name a column that is not there though others are.
    """
    place = Path(path)
    digest = files.sha256(place)
    kind = _kind(place)
    frame = None
    if kind == "parquet":
        frame = _parquet(place)
        found = [_sheet("", lambda: iter([frame.columns]), lambda: frame.iter_rows(), columns)]
    elif kind == "csv":
        found = [_sheet("", lambda: stream(place), None, columns)]
    else:
        book = tables.read(place)
        found = [_sheet(one.name, _again(one.rows), None, columns) for one in book.sheets]
    there = {column for sheet in found for column in sheet.columns}
    if not any(sheet.coded for sheet in found):
        named = ", ".join(column.name for column in columns.coded)
        raise NoTable(
            "has none of the coded columns", where=str(path), remedy=f"name them with --column; looked for {named}"
        )
    if not columns.fields and (missing := [one.name for one in columns.coded if one not in there]):
        raise UsageError(f"has no column {missing[0]}", where=str(path), remedy="check the name")
    return CodedFile(place, kind, digest, tuple(found), frame)


def _kind(path: Path) -> str:
    if is_gzip(path):
        return "csv"
    with files.opened(path) as handle:
        if handle.read(len(_PARQUET)) == _PARQUET:
            return "parquet"
        handle.seek(0)
        return "csv" if detect(handle, str(path)) == "csv" else "xlsx"


def _parquet(path: Path) -> pl.DataFrame:
    import polars as pl

    from zhengming.errors import UnreadableFile

    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError):
        raise UnreadableFile("is damaged", where=str(path), remedy="write it again") from None


def _again(rows: Sequence[Sequence[Any]]) -> Callable[[], Iterator[Sequence[Any]]]:
    return lambda: iter(rows)


def _sheet(
    name: str,
    lines: Callable[[], Iterator[Sequence[Any]]],
    data: Callable[[], Iterator[Sequence[Any]]] | None,
    columns: Columns,
) -> CodedSheet:
    """The table of one sheet, whose `lines` are header and data, or only the header where `data` stands apart."""
    above: list[Sequence[Any]] = []
    names: list[str] = []
    found: tuple[CodedColumn, ...] = ()
    mentions = False
    titles: Sequence[Any] = ()
    reading = lines()
    for row in islice(reading, _HEADER_ROWS):
        heads = [tables.cell_text(cell).strip() for cell in row]
        found = tuple(column for column in columns.coded if column.name in heads)
        mentions = not found and bool(columns.fields) and all(one in heads for one in _MENTIONS)
        if found or mentions:
            names = heads
            break
        above.append(row)
    if not names:
        return CodedSheet(name, (), (), (), (), False, lambda: enumerate(lines(), 1))
    following = next(reading, None)
    if following is not None and _in_words(names, following):
        titles = following
    top = len(above) + 1 + bool(titles)
    if data is not None:
        return CodedSheet(name, above, names, titles, found, mentions, lambda: enumerate(data(), 1))
    return CodedSheet(
        name, above, names, titles, found, mentions, lambda: enumerate(islice(lines(), top, None), top + 1)
    )


def _in_words(names: Sequence[str], row: Sequence[Any]) -> bool:
    """Whether the row below the names is a header too: where a source row's number would stand, it has a word."""
    at = names.index("source_row") if "source_row" in names else -1
    return 0 <= at < len(row) and isinstance(row[at], str) and not row[at].strip().isdecimal()
