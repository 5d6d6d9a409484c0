"""Cells that a workbook cannot hold as they are: told, and made into what xlsxwriter would write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from zhengming.tables.model import MAX_EXACT
from zhengming.tables.written_text import MAX_CELL_TEXT, cut, storable, units

if TYPE_CHECKING:
    import polars as pl

# What xlsxwriter escapes or replaces by rules of its own; ordinary texts have none of it.
_EXTRAORDINARY = r"[\x00-\x08\x0b-\x1f\x{fffe}\x{ffff}]|_x[0-9A-Fa-f]{4}_"
_LIKE_ESCAPE = re.compile(r"(_x[0-9a-fA-F]{4}_)")
_CONTROL = re.compile(r"([\x00-\x08\x0b-\x1f])")
_FIRST_YEAR = 1900  # of Excel's calendar
_FIRST_DAY = (1900, 3, 1)


def ordinary(frame: pl.DataFrame) -> bool:
    """Whether every cell of `frame` can be written here."""
    return all(_ordinary(series) for series in frame)


def writable(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with texts as a workbook can hold them: cut, and what is impossible in them as xlsxwriter writes it."""
    import polars as pl

    changed = [_writable(series) for series in frame if series.dtype == pl.String and not _ordinary(series)]
    return frame.with_columns(changed) if changed else frame


def _writable(series: pl.Series) -> pl.Series:
    longest = MAX_CELL_TEXT // 2
    odd = (series.str.contains(_EXTRAORDINARY) | (series.str.len_chars() > longest)).fill_null(False)
    texts = [_escaped(text) for text in series.filter(odd)]
    return series.scatter(odd.arg_true(), texts)


def _escaped(text: str) -> str:
    """A text as xlsxwriter puts it into its shared strings, but for `&`, `<` and `>`."""
    kept = cut(text, MAX_CELL_TEXT) if units(text) > MAX_CELL_TEXT else text
    escaped = _LIKE_ESCAPE.sub(r"_x005F\1", storable(kept))
    return _CONTROL.sub(lambda found: f"_x{ord(found[1]):04X}_", escaped)


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


def separated(series: pl.Series, mark: pl.Series | None) -> Iterator[tuple[pl.Series, pl.Series | None]]:
    """The cells of a column with their colours; those that a workbook would change by themselves, as texts."""
    import polars as pl

    changed = None if series.dtype == pl.String or _ordinary(series) else _changed(series)
    if changed is None or not changed.any():
        yield series, mark
        return
    texts = [None if value is None else str(value) for value in series.to_list()]
    for cells, here in ((series, ~changed), (pl.Series(texts, dtype=pl.String), changed)):
        some = pl.DataFrame({"cell": cells, "here": here}).select(pl.when("here").then("cell")).to_series()
        yield some, None if mark is None else mark * here.cast(mark.dtype)


def _changed(series: pl.Series) -> pl.Series:
    """Which numbers and dates are written as texts: long ones, those without end, days before Excel's calendar."""
    import polars as pl

    if series.dtype == pl.Date:
        found = series.dt.year() < _FIRST_YEAR
    elif series.dtype.is_float():
        found = ~series.is_finite()
    else:
        found = series.abs() >= MAX_EXACT
    return found.fill_null(False)


def _before(series: pl.Series) -> bool:
    import datetime as dt

    first = series.min()
    return isinstance(first, dt.date) and first < dt.date(*_FIRST_DAY)
