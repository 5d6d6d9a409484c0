"""What a workbook for people is made from: sheets, what their colours mean, what may be entered into their cells.

These are values without a library behind them; `write.py` makes a file of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import polars as pl

CellOut = str | int | float | Decimal | bool | dt.date | dt.datetime | dt.time | None
Mark = Literal["accepted", "review", "unmatched", "note", "done"]
Heading = Literal["plain", "entry", "required", "raw"]

FILLS: Mapping[Mark, str] = {  # accepted keeps the sheet's white
    "review": "#FFF2CC",
    "unmatched": "#F8CBAD",
    "note": "#DDEBF7",
    "done": "#E2EFDA",
}
HEADINGS: Mapping[Heading, str] = {
    "plain": "#DDEBF7",
    "entry": "#FFF2CC",  # a column that the reader fills in
    "required": "#F8CBAD",  # and must not leave empty
    "raw": "#EDEDED",  # the sender's own words
}
NUMBER_FORMATS: Mapping[type, str] = {
    Decimal: "#,##0.00",
    dt.date: "yyyy-mm-dd",
    dt.datetime: "yyyy-mm-dd hh:mm:ss",
    dt.time: "hh:mm:ss",
}
TEXT_FORMAT = "@"  # a cell that stays text when someone edits it: no digit of an identity number is lost
OURS = "zm:"  # begins the first cell of a sheet that is ours (instructions, lists) and nobody's data
MAX_PROMPT_TITLE, MAX_PROMPT = 32, 255  # characters that Excel shows beside a cell


@dataclass(frozen=True, slots=True)
class Entry:
    """What may be entered into a column: rows `first` to `last` (0-based in the sheet's rows; `last` may lie beyond).

    `source` is a reference to the list of a `list` (a range or a defined name, never the list itself) or the formula
    of a `formula`; both are ours, no cell's. `prompt` is shown beside the chosen cell. `strict` says what happens to
    anything else: `stop` refuses it, `warning` asks, `off` lets it in.
    """

    column: int
    first: int
    last: int
    kind: Literal["list", "date", "number", "formula", "any"]
    source: str = ""
    low: dt.date | int | float | None = None
    high: dt.date | int | float | None = None
    title: str = ""
    prompt: str = ""
    complaint: str = ""
    strict: Literal["stop", "warning", "off"] = "off"


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a long sheet, and the colours of their cells by 0-based position in them."""

    frame: pl.DataFrame
    marks: Mapping[tuple[int, int], Mark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parts:
    """The rows of a sheet that is too long for memory: how many, the `first` of them, and all, part by part."""

    height: int
    first: pl.DataFrame
    each: Callable[[], Iterator[Part]]


@dataclass(frozen=True, slots=True)
class SheetOut:
    """One sheet to write. A cell's type decides its format: `date` as yyyy-mm-dd, `Decimal` as #,##0.00, `str` as text.

    `row_marks` colours whole rows and `cell_marks` single cells, by 0-based position in `rows`; a cell's own mark wins.
    `legend` lines stand above the header (what the colours mean), then `fields` (a label and a cell to fill in, for the
    whole sheet), then `names`, what programs call the columns; the header is frozen with them, and `frozen` columns at
    its left.

    `frame` may stand for `rows`: one row of it is one row of the sheet. So may `parts`, which have their own marks.

    `text_columns` hold numbers that are names (identity numbers, telephones): edited, they stay text. `links` lead
    from a cell to a place in the workbook, `'数据'!C7` (not in a large frame). `done_when` names columns: a row is
    coloured as done once something stands in one of them.
    """

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[CellOut]]
    row_marks: Mapping[int, Mark] = field(default_factory=dict)
    cell_marks: Mapping[tuple[int, int], Mark] = field(default_factory=dict)
    legend: Sequence[tuple[str, Mark | None]] = ()
    fields: Sequence[tuple[str, CellOut]] = ()
    names: Sequence[str] = ()
    headings: Mapping[int, Heading] = field(default_factory=dict)
    frozen: int = 0
    text_columns: frozenset[int] = frozenset()
    number_formats: Mapping[int, str] = field(default_factory=dict)
    widths: Mapping[int, int] = field(default_factory=dict)
    hidden_columns: frozenset[int] = frozenset()
    wrapped: bool = False
    filtered: bool = True
    visible: bool = True
    entries: Sequence[Entry] = ()
    links: Mapping[tuple[int, int], str] = field(default_factory=dict)
    done_when: Sequence[int] = ()
    frame: pl.DataFrame | None = None
    parts: Parts | None = None

    @property
    def height(self) -> int:
        """How many rows there are."""
        if self.parts is not None:
            return self.parts.height
        return len(self.rows) if self.frame is None else self.frame.height

    @property
    def top(self) -> int:
        """How many rows stand above the first of `rows`."""
        return len(self.legend) + len(self.fields) + bool(self.names) + bool(self.header)


def is_ours(first_cell: object) -> bool:
    """Whether a sheet with this first cell was put into a form by us, and holds no data.

    >>> is_ours("zm:lists"), is_ours("患儿姓名"), is_ours(None)
    (True, False, False)
    """
    return isinstance(first_cell, str) and first_cell.startswith(OURS)
