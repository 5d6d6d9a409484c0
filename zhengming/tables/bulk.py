"""The rows of a large sheet, made column by column: what xlsxwriter does cell by cell takes ten times as long.

xlsxwriter writes the workbook with everything but those rows; they are put into its parts afterwards, as the same XML
it would have written (ECMA-376 part 1, 18.3.1): shared strings, numbers, dates as serial numbers. A frame that holds
anything out of the ordinary (control characters, texts too long for a cell, numbers too large) is left to xlsxwriter.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zhengming.findings import Place
from zhengming.tables.model import MAX_EXACT
from zhengming.tables.sheets_out import FILLS, Mark, SheetOut
from zhengming.tables.written_text import MAX_CELL_TEXT, RUNS

if TYPE_CHECKING:
    import polars as pl

LEAST_ROWS = 2_000  # below this xlsxwriter is as good, and cells can be links
LINE_HEIGHT, MOST_LINES = 16.0, 12
COMPRESSION = 4  # of zlib: half the time of its default for a file a tenth larger
# What xlsxwriter escapes or replaces by rules of its own; ordinary texts have none of it.
_EXTRAORDINARY = r"[\x00-\x08\x0b-\x1f\x{fffe}\x{ffff}]|_x[0-9A-Fa-f]{4}_"
_SERIAL_EPOCH = (1899, 12, 30)  # day 0 of Excel's calendar, right from March 1900 on
_FIRST_DAY = (1900, 3, 1)
_STAMP = (1980, 1, 1, 0, 0, 0)
_MARKS: tuple[Mark | None, ...] = (None, *FILLS)

StyleOf = Callable[[int, str, Mark | None, bool, bool], int]
"""The number of a cell's style: by column, type (`text`, `date`, `decimal`, `number`), mark, wrapped, quoted."""


@dataclass(slots=True)
class Strings:
    """The shared strings that are added to a workbook which has `first` of its own."""

    first: int
    added: list[pl.Series] = field(default_factory=list)
    count: int = 0  # entries
    uses: int = 0

    def index(self, texts: pl.Series) -> pl.Series:
        """The number of each text; every text of a column is entered once."""
        import polars as pl

        distinct = texts.drop_nulls().unique(maintain_order=True)
        numbers = texts.cast(pl.Enum(distinct)).to_physical().cast(pl.Int64) + (self.first + self.count)
        self.added.append(distinct)
        self.count += len(distinct)
        self.uses += len(texts) - texts.null_count()
        return numbers

    def xml(self) -> bytes:
        """The entries."""
        import polars as pl

        if not self.added:
            return b""
        texts = pl.concat(self.added)
        for plain, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            texts = texts.str.replace_all(plain, escaped, literal=True)
        entries = pl.select(pl.concat_str(pl.lit('<si><t xml:space="preserve">'), texts, pl.lit("</t></si>")))
        return _joined(entries.to_series())


def ordinary(frame: pl.DataFrame) -> bool:
    """Whether every cell of `frame` can be written here."""
    return all(_ordinary(series) for series in frame)


def _ordinary(series: pl.Series) -> bool:
    import polars as pl

    if series.null_count() == len(series):
        return series.dtype in (pl.String, pl.Date) or series.dtype.is_numeric()
    if series.dtype == pl.String:
        longest = series.str.len_chars().max()
        fits = not isinstance(longest, int) or longest * 2 <= MAX_CELL_TEXT
        return fits and not series.str.contains(_EXTRAORDINARY).any()
    if series.dtype == pl.Date:
        return not _before(series)
    if series.dtype.is_float():
        return bool(series.drop_nulls().is_finite().all()) and not (series.abs() >= MAX_EXACT).any()
    exact = series.dtype.is_integer() or series.dtype.is_decimal()
    return exact and not (series.abs() >= MAX_EXACT).any()


def rows(out: SheetOut, frame: pl.DataFrame, strings: Strings, style_of: StyleOf, wide: set[int]) -> bytes:
    """The XML of all rows of `frame`, the first in row `out.top + 1`."""
    import polars as pl

    lines = _lines(frame)
    tall = lines > 1
    any_tall = bool(tall.any())
    numbers = pl.int_range(out.top + 1, out.top + 1 + frame.height, eager=True).cast(pl.String)
    marks = _marks_by_column(out, frame.height)
    parts: list[pl.Expr | pl.Series] = []
    for column, series in enumerate(frame):
        mark = marks.get(column)
        if mark is None and series.null_count() == len(series):
            continue
        kind, content = _content(series, strings)
        style = _styles(series, column, kind, mark, tall if any_tall else None, column in wide, style_of)
        start = pl.lit(f'<c r="{Place(column=column + 1).cell}')
        middle, end = ' t="s"><v>' if kind == "text" else "><v>", "</v></c>"
        if series.null_count() == 0:
            parts += [start, numbers, pl.concat_str(pl.lit('"'), style, pl.lit(middle)), content, pl.lit(end)]
            continue
        first = pl.concat_str(start, numbers, pl.lit('"'), style)
        full = pl.concat_str(first, pl.lit(middle), content, pl.lit(end))
        blank = pl.concat_str(first, pl.lit("/>"))
        shown = pl.lit("") if mark is None else pl.when(mark > 0).then(blank).otherwise(pl.lit(""))
        parts.append(pl.when(content.is_not_null()).then(full).otherwise(shown))
    height = pl.lit("")
    if any_tall:
        points = (lines.clip(upper_bound=MOST_LINES) * LINE_HEIGHT).cast(pl.Int64).cast(pl.String)
        height = (
            pl.when(tall).then(pl.concat_str(pl.lit(' ht="'), points, pl.lit('" customHeight="1"'))).otherwise(height)
        )
    opening = pl.concat_str(pl.lit('<row r="'), numbers, pl.lit('"'), height, pl.lit(">"))
    return _joined(pl.select(pl.concat_str(opening, *parts, pl.lit("</row>"))).to_series())


def put(data: bytes, sheets: Sequence[tuple[int, bytes, str]], strings: Strings) -> bytes:
    """The workbook `data` with rows put into its sheets: (number of the sheet from 1, rows, the range it then has)."""
    into = {f"xl/worksheets/sheet{number}.xml": (made, extent) for number, made, extent in sheets}
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name in into:
                made, extent = into[name]
                head, tail = part.split(b"</sheetData>")
                head = re.sub(rb'<dimension ref="[^"]*"/>', f'<dimension ref="{extent}"/>'.encode(), head)
                part = b"".join([head, made, b"</sheetData>", tail])
            elif name == "xl/sharedStrings.xml":
                part = _with_strings(part, strings)
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, part, compresslevel=COMPRESSION)
    return buffer.getvalue()


def _with_strings(part: bytes, strings: Strings) -> bytes:
    uses, entries = (int(one) for one in re.search(rb'count="(\d+)" uniqueCount="(\d+)"', part).groups())  # type: ignore[union-attr]  # xlsxwriter always writes both
    counted = f'count="{uses + strings.uses}" uniqueCount="{entries + strings.count}"'.encode()
    part = re.sub(rb'count="\d+" uniqueCount="\d+"', counted, part, count=1)
    return part.replace(b"</sst>", strings.xml() + b"</sst>")


def _content(series: pl.Series, strings: Strings) -> tuple[str, pl.Series]:
    """The type of a column's cells, and what stands in each as XML has it."""
    import polars as pl

    if series.dtype == pl.String:
        return "text", strings.index(series).cast(pl.String)
    if series.dtype == pl.Date:
        day_zero = pl.select(pl.date(*_SERIAL_EPOCH).cast(pl.Int32)).item()
        return "date", (series.cast(pl.Int32) - day_zero).cast(pl.String)
    if series.dtype.is_decimal():
        return "decimal", series.cast(pl.String)
    return "number", series.cast(pl.String)


def _styles(
    series: pl.Series,
    column: int,
    kind: str,
    mark: pl.Series | None,
    tall: pl.Series | None,
    wide: bool,
    style_of: StyleOf,
) -> pl.Expr:
    """The attribute ` s="7"` of each cell of a column."""
    import polars as pl

    text = kind == "text"
    quoted = series.str.contains(RUNS).fill_null(False) if text else None
    quoted = quoted if quoted is not None and quoted.any() else None
    wrapped = tall if tall is not None and not (text and wide) else None
    always = text and wide
    if mark is None and quoted is None and wrapped is None:
        return pl.lit(_attribute(style_of(column, kind, None, always, False)))
    zero = pl.zeros(len(series), dtype=pl.Int16, eager=True)
    key = (mark if mark is not None else zero) * 4
    key = key + (wrapped.cast(pl.Int16) if wrapped is not None else zero) * 2
    key = key + (quoted.cast(pl.Int16) if quoted is not None else zero)
    used = key.unique().to_list()
    attributes = {
        one: _attribute(style_of(column, kind, _MARKS[one // 4], always or bool(one & 2), bool(one & 1)))
        for one in used
    }
    return pl.lit(key.replace_strict(attributes, return_dtype=pl.String))


def _attribute(style: int) -> str:
    return f' s="{style}"' if style else ""


def _marks_by_column(out: SheetOut, height: int) -> dict[int, pl.Series]:
    """The colour of each cell of the columns that have coloured ones: its position among the marks."""
    import polars as pl

    places: dict[int, tuple[list[int], list[int]]] = {}
    codes = {mark: index for index, mark in enumerate(_MARKS)}
    for (row, column), mark in out.cell_marks.items():
        at, said = places.setdefault(column, ([], []))
        at.append(row)
        said.append(codes.get(mark, 0))
    made = {}
    for column, (at, said) in places.items():
        made[column] = pl.zeros(height, dtype=pl.Int16, eager=True).scatter(at, said)
    return made


def _lines(frame: pl.DataFrame) -> pl.Series:
    """How many lines the tallest cell of each row has."""
    import polars as pl

    texts = [one for one in frame if one.dtype == pl.String and one.str.contains("\n", literal=True).any()]
    if not texts:
        return pl.ones(frame.height, dtype=pl.Int64, eager=True)
    counted = [one.str.count_matches("\n", literal=True).fill_null(0).cast(pl.Int64) for one in texts]
    return pl.select(pl.max_horizontal(*counted) + 1).to_series()


def _before(series: pl.Series) -> bool:
    import datetime as dt

    first = series.min()
    return isinstance(first, dt.date) and first < dt.date(*_FIRST_DAY)


def _joined(texts: pl.Series) -> bytes:
    joined: str = texts.str.join("").item() if len(texts) else ""
    return joined.encode()
