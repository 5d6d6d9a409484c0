"""The rows of a large sheet, made column by column: what xlsxwriter does cell by cell takes ten times as long.

xlsxwriter writes the workbook with everything but those rows; they are put into its parts afterwards, as the same XML
it would have written (ECMA-376 part 1, 18.3.1): shared strings, numbers, dates as serial numbers. A frame that holds
anything out of the ordinary (control characters, texts too long for a cell, numbers too large) is left to xlsxwriter.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import IO, TYPE_CHECKING, NamedTuple

from zhengming.files import CHUNK
from zhengming.findings import Place
from zhengming.tables.sheets_out import FILLS, Mark, Part, Parts, SheetOut
from zhengming.tables.unusual_cells import separated, writable
from zhengming.tables.written_text import RUNS

if TYPE_CHECKING:
    import polars as pl

LEAST_ROWS = 2_000  # below this xlsxwriter is as good, and cells can be links
LARGE = 10_000_000  # cells; of each, some 30 to 60 bytes of XML
SLICE = 20_000  # rows whose XML is in memory at a time
LINE_HEIGHT, MOST_LINES = 16.0, 12
COMPRESSION = 4  # of zlib: half the time of its default for a file a tenth larger
_STRINGS = "xl/sharedStrings.xml"
_SERIAL_EPOCH = (1899, 12, 30)  # day 0 of Excel's calendar, right from March 1900 on
_LEAP_DAY = 61
_STAMP = (1980, 1, 1, 0, 0, 0)
_MARKS: tuple[Mark | None, ...] = (None, *FILLS)

StyleOf = Callable[[int, str, Mark | None, bool, bool], int]
"""The number of a cell's style: by column, type (`text`, `date`, `decimal`, `number`), mark, wrapped, quoted."""


@dataclass(slots=True)
class Strings:
    """The shared strings that are added to a workbook which has `first` of its own; in `store` if they are many."""

    first: int
    store: IO[bytes] | None = None
    added: list[pl.Series] = field(default_factory=list)
    count: int = 0  # entries
    uses: int = 0

    def index(self, texts: pl.Series) -> pl.Series:
        """The number of each text; every text of a column is entered once."""
        import polars as pl

        distinct = texts.drop_nulls().unique(maintain_order=True)
        numbers = texts.cast(pl.Enum(distinct)).to_physical().cast(pl.UInt32) + (self.first + self.count)
        if self.store is None:
            self.added.append(distinct)
        else:
            for some in _entries(distinct):
                self.store.write(some)
        self.count += len(distinct)
        self.uses += len(texts) - texts.null_count()
        return numbers

    def xml(self) -> Iterator[bytes]:
        """The entries, some at a time."""
        for texts in self.added:
            yield from _entries(texts)
        if self.store is not None:
            self.store.seek(0)
            while some := self.store.read(CHUNK):
                yield some


def _entries(whole: pl.Series) -> Iterator[bytes]:
    """The entries of some texts."""
    import polars as pl

    for texts in (whole.slice(first, SLICE) for first in range(0, len(whole), SLICE)):
        escaped = texts
        for plain, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            escaped = escaped.str.replace_all(plain, written, literal=True)
        entries = pl.concat_str(pl.lit('<si><t xml:space="preserve">'), escaped, pl.lit("</t></si>"))
        yield _joined(pl.select(entries).to_series())


def rows(out: SheetOut, strings: Strings, style_of: StyleOf, wide: set[int]) -> Iterator[bytes]:
    """The XML of all rows of a sheet, the first in row `out.top + 1`: a slice at a time, made when it is asked for.

    Strings and styles of a frame are entered at once, those of parts as they come: styles they may need are made ready.
    """
    if out.parts is None:
        assert out.frame is not None
        return _rows(Part(out.frame, out.cell_marks), out.top + 1, strings, style_of, wide)
    for column, series in enumerate(out.parts.first):
        for mark, wrapped, quoted in product(_MARKS, (False, True), (False, True)):
            style_of(column, "text", mark, wrapped, quoted)
            style_of(column, _kind(series), mark, wrapped, quoted)
    return _rows_of_parts(out.parts, out.top + 1, strings, style_of, wide)


def _rows_of_parts(parts: Parts, top: int, strings: Strings, style_of: StyleOf, wide: set[int]) -> Iterator[bytes]:
    for part in parts.each():
        yield from _rows(replace(part, frame=writable(part.frame)), top, strings, style_of, wide)
        top += part.frame.height


def _rows(part: Part, top: int, strings: Strings, style_of: StyleOf, wide: set[int]) -> Iterator[bytes]:
    frame = part.frame
    lines = _lines(frame)
    lines = lines if lines is not None and bool((lines > 1).any()) else None
    marks = _marks_by_column(part.marks, frame.height)
    columns = []
    for column, series in enumerate(frame):
        tall = lines > 1 if lines is not None else None
        for cells, mark in separated(series, marks.get(column)):
            if mark is None and cells.null_count() == len(cells):
                continue
            kind, content = _content(cells, strings)
            always = column in wide and cells is series
            style = _styles(cells, column, kind, mark, tall, always, style_of)
            columns.append(_ColumnOut(f'<c r="{Place(column=column + 1).cell}', kind, content, mark, *style))
    return _slices(columns, lines, top, frame.height)


@dataclass(frozen=True, slots=True)
class _ColumnOut:
    """A column on its way: how its cells begin, what stands in them, their marks and styles.

    The style of a cell is `style`, or what `styles` has for its `keys`.
    """

    start: str
    kind: str
    content: pl.Series
    mark: pl.Series | None
    style: str
    keys: pl.Series | None
    styles: Mapping[int, str]

    def parts(self, first: int, length: int, numbers: pl.Series) -> Iterator[pl.Expr | pl.Series]:
        """The pieces of the cells of some rows, whose numbers on the sheet are `numbers`."""
        import polars as pl

        content = self.content.slice(first, length)
        text = content.cast(pl.String) if self.kind != "date" else _serial(content)
        style: pl.Expr | pl.Series = pl.lit(self.style)
        if self.keys is not None:
            style = self.keys.slice(first, length).replace_strict(self.styles, return_dtype=pl.String)
        middle, end = ' t="s"><v>' if self.kind == "text" else "><v>", "</v></c>"
        if content.null_count() == 0:
            between = pl.concat_str(pl.lit('"'), style, pl.lit(middle))
            yield from (pl.lit(self.start), numbers, between, text, pl.lit(end))
            return
        head = pl.concat_str(pl.lit(self.start), numbers, pl.lit('"'), style)
        full = pl.concat_str(head, pl.lit(middle), text, pl.lit(end))
        shown = pl.lit("")
        if self.mark is not None:
            blank = pl.concat_str(head, pl.lit("/>"))
            shown = pl.when(self.mark.slice(first, length) > 0).then(blank).otherwise(shown)
        yield pl.when(text.is_not_null()).then(full).otherwise(shown)


def _slices(columns: Sequence[_ColumnOut], lines: pl.Series | None, top: int, height: int) -> Iterator[bytes]:
    import polars as pl

    for first in range(0, height, SLICE):
        length = min(SLICE, height - first)
        numbers = pl.int_range(top + first, top + first + length, eager=True).cast(pl.String)
        parts = [part for column in columns for part in column.parts(first, length, numbers)]
        tall: pl.Expr = pl.lit("")
        if lines is not None:
            here = lines.slice(first, length)
            points = (here.clip(upper_bound=MOST_LINES) * LINE_HEIGHT).cast(pl.Int64).cast(pl.String)
            told = pl.concat_str(pl.lit(' ht="'), points, pl.lit('" customHeight="1"'))
            tall = pl.when(here > 1).then(told).otherwise(tall)
        opening = pl.concat_str(pl.lit('<row r="'), numbers, pl.lit('"'), tall, pl.lit(">"))
        yield _joined(pl.select(pl.concat_str(opening, *parts, pl.lit("</row>"))).to_series())


class SheetRows(NamedTuple):
    """What is put into a sheet: its number from 1, its rows, the range it then has.

    `large`: of so many cells that the XML may be beyond what a zip without extensions can hold.
    """

    number: int
    rows: Iterator[bytes]
    extent: str
    large: bool


def put(data: bytes, sheets: Sequence[SheetRows], strings: Strings, target: IO[bytes]) -> None:
    """Write the workbook `data` into `target`, with rows put into its sheets."""
    into = {f"xl/worksheets/sheet{one.number}.xml": one for one in sheets}
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION) as made_book,
    ):
        # Strings last: those of parts are known only when all rows are written.
        for name in sorted(source.namelist(), key=lambda name: name == _STRINGS and strings.store is not None):
            part, sheet = source.read(name), into.get(name)
            large = sheet.large if sheet else strings.count > LARGE
            with made_book.open(name, "w", force_zip64=large) as entry:  # by name: dated 1980, as everything in it
                for some in _ahead(_with_rows(part, sheet) if sheet else _with_strings(part, strings, name)):
                    entry.write(some)


def _ahead(made: Iterator[bytes]) -> Iterator[bytes]:
    """The same, the next always being made while one is used: polars and zlib leave the interpreter to others."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as beside:
        coming = beside.submit(next, made, None)
        while (some := coming.result()) is not None:
            coming = beside.submit(next, made, None)
            yield some


def _with_rows(part: bytes, sheet: SheetRows) -> Iterator[bytes]:
    head, tail = part.split(b"</sheetData>")
    yield re.sub(rb'<dimension ref="[^"]*"/>', f'<dimension ref="{sheet.extent}"/>'.encode(), head)
    yield from sheet.rows
    yield b"</sheetData>" + tail


def _with_strings(part: bytes, strings: Strings, name: str) -> Iterator[bytes]:
    """The part, with the strings in it if it is the one that holds them."""
    if name != _STRINGS:
        yield part
        return
    uses, entries = (int(one) for one in re.search(rb'count="(\d+)" uniqueCount="(\d+)"', part).groups())  # type: ignore[union-attr]  # xlsxwriter always writes both
    counted = f'count="{uses + strings.uses}" uniqueCount="{entries + strings.count}"'.encode()
    yield re.sub(rb'count="\d+" uniqueCount="\d+"', counted, part, count=1).removesuffix(b"</sst>")
    yield from strings.xml()
    yield b"</sst>"


def _content(series: pl.Series, strings: Strings) -> tuple[str, pl.Series]:
    """The type of a column's cells, and what stands in each: of texts, their numbers."""
    if _kind(series) == "text":
        return "text", strings.index(series)
    return _kind(series), series


def _kind(series: pl.Series) -> str:
    """The type of a column's cells."""
    import polars as pl

    if series.dtype == pl.String:
        return "text"
    return "date" if series.dtype == pl.Date else "decimal" if series.dtype.is_decimal() else "number"


def _serial(days: pl.Series) -> pl.Series:
    """Dates as Excel counts them."""
    import polars as pl

    day_zero = pl.select(pl.date(*_SERIAL_EPOCH).cast(pl.Int32)).item()
    counted: pl.Series = days.cast(pl.Int32) - day_zero
    early = counted < _LEAP_DAY  # Excel counts a 29th of February of 1900
    return (counted - early.cast(pl.Int32)).cast(pl.String)


def _styles(
    series: pl.Series,
    column: int,
    kind: str,
    mark: pl.Series | None,
    tall: pl.Series | None,
    wide: bool,
    style_of: StyleOf,
) -> tuple[str, pl.Series | None, dict[int, str]]:
    """The attribute ` s="7"` of the cells of a column: of all, or a key for each cell and what it stands for."""
    import polars as pl

    text = kind == "text"
    quoted = series.str.contains(RUNS).fill_null(False) if text else None
    quoted = quoted if quoted is not None and quoted.any() else None
    wrapped = tall if tall is not None and not (text and wide) else None
    always = text and wide
    if mark is None and quoted is None and wrapped is None:
        return _attribute(style_of(column, kind, None, always, False)), None, {}
    zero = pl.zeros(len(series), dtype=pl.Int16, eager=True)
    key = (mark if mark is not None else zero) * 4
    key = key + (wrapped.cast(pl.Int16) if wrapped is not None else zero) * 2
    key = key + (quoted.cast(pl.Int16) if quoted is not None else zero)
    used = key.unique().to_list()
    attributes = {
        one: _attribute(style_of(column, kind, _MARKS[one // 4], always or bool(one & 2), bool(one & 1)))
        for one in used
    }
    return "", key, attributes


def _attribute(style: int) -> str:
    return f' s="{style}"' if style else ""


def _marks_by_column(marks: Mapping[tuple[int, int], Mark], height: int) -> dict[int, pl.Series]:
    """The colour of each cell of the columns that have coloured ones: its position among the marks."""
    import polars as pl

    places: dict[int, tuple[list[int], list[int]]] = {}
    codes = {mark: index for index, mark in enumerate(_MARKS)}
    for (row, column), mark in marks.items():
        at, said = places.setdefault(column, ([], []))
        at.append(row)
        said.append(codes.get(mark, 0))
    made = {}
    for column, (at, said) in places.items():
        made[column] = pl.zeros(height, dtype=pl.Int16, eager=True).scatter(at, said)
    return made


def _lines(frame: pl.DataFrame) -> pl.Series | None:
    """How many lines the tallest cell of each row has; nothing where all have one."""
    import polars as pl

    texts = [one for one in frame if one.dtype == pl.String and one.str.contains("\n", literal=True).any()]
    if not texts:
        return None
    counted = [one.str.count_matches("\n", literal=True).fill_null(0).cast(pl.Int64) for one in texts]
    return pl.select(pl.max_horizontal(*counted) + 1).to_series()


def _joined(texts: pl.Series) -> bytes:
    joined: str = texts.str.join("").item() if len(texts) else ""
    return joined.encode()
