"""What a spreadsheet holds once it is read: cells at their real addresses, sheets, the workbook, what was noticed.

A sheet keeps absolute positions: `rows[0][0]` is cell A1, leading empty rows included. Rows end at their last value,
so they differ in length; whatever lies beyond is empty.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from zhengming.findings import Place

Format = Literal["xlsx", "xlsb", "xls", "ods", "html", "xml", "csv"]


class ErrorValue(str):
    """What a cell shows whose formula failed: `#N/A`, `#REF!`, `#DIV/0!` … Never a value, and never silently empty."""

    __slots__ = ()


# A whole number is an int, whatever the file stored; an int is exact at any length. A float of 1e15 or more has lost
# digits before it reached us (see `lost_digits`): it must not pass for an identity number.
CellValue = str | int | float | bool | dt.date | dt.datetime | dt.time | None

MAX_EXACT = 10**15  # a double keeps 15 decimal digits, and so does Excel


def lost_digits(value: CellValue) -> bool:
    """Whether `value` is a number whose last digits the file no longer has.

    >>> lost_digits(1.1010519491231e17), lost_digits(110105194912310021), lost_digits(0.1)
    (True, False, False)
    """
    return isinstance(value, float) and abs(value) >= MAX_EXACT


def cell_text(value: CellValue) -> str:
    """A cell as text, for those who read headers or match terms: dates in ISO 8601, whole numbers without a point.

    >>> cell_text(dt.date(2024, 3, 5)), cell_text(110105194912310021), cell_text(2.5), cell_text(None)
    ('2024-03-05', '110105194912310021', '2.5', '')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


NoticeKind = Literal[
    "dates-1904",  # the workbook counts its days from 1904; its dates are already right
    "delimiter-uncertain",  # two separators split the text equally well
    "duplicate-header",  # a header the table has already. params: first
    "duplicate-field",  # two headers mean the same field: the first is used. params: field, first
    "empty-header",  # a column with data and without a header
    "encoding-uncertain",  # two encodings fit the bytes about equally well. params: used, other
    "error-cell",  # the cell holds an error literal. params: literal
    "field-by-values",  # a column whose header does not tell, taken for a field by its values. params: field
    "filtered-rows",  # rows that a filter hides. params: count
    "form-read",  # labels with their values beside or below them, read as one row
    "formula-without-value",  # a formula that was never calculated: the cell reads as empty
    "header-continued",  # a sheet without a header that has the columns of the one before
    "hidden-columns",  # params: count
    "hidden-rows",  # params: count
    "hidden-sheet",
    "identifiers-as-numbers",  # numbers in a column of identifiers kept as text. params: count
    "illegal-characters",  # written text had control characters; each became U+FFFD
    "layout-changed",  # the headers are not those of the sender's profile. params: count
    "lost-digits",  # a number of more than 15 digits, of which the file no longer has the last
    "merged-value",  # a merged cell inside the data, its value spread over the range. params: cells
    "numbers-as-text",  # texts that are numbers, in a column of numbers. params: count
    "missing-sheet",  # the workbook lists the sheet and has no content of it
    "other-format",  # the content is not what the extension says. params: expected, found
    "other-reader",  # the first reader failed on this file or missed cells; the second read it
    "quoted-prefix",  # cells made text by an apostrophe. params: count
    "ragged-rows",  # rows longer than the header. params: count
    "recovered-digits",  # a number of more than 15 digits, read exactly as the file has it
    "rows-repaired",  # rows of a csv whose separators or quotes are unlike the others'. params: count
    "rows-after-total",  # data rows follow a total row
    "text-cut",  # written text was longer than a cell holds. params: length, kept
    "unbalanced-quotes",  # a quotation mark that never closes: quotes were read as plain text
    "unmapped-header",  # a header that means no field
]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth telling about a file, before any rule judges it. `params` never hold a cell's value."""

    kind: NoticeKind
    place: Place
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class Merge:
    """One merged range: 1-based rows and columns, both ends included. Its value is in the top left cell."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: `rows[i][j]` is the cell in row i+1 and column j+1."""

    name: str
    rows: Sequence[Sequence[CellValue]]
    merges: tuple[Merge, ...] = ()
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    def cell(self, row: int, column: int) -> CellValue:
        """The value at a 1-based address; None where the sheet has nothing.

        >>> Sheet("病例", [["姓名"], []]).cell(2, 7) is None
        True
        """
        if not 0 < row <= len(self.rows):
            return None
        cells = self.rows[row - 1]
        return cells[column - 1] if 0 < column <= len(cells) else None


@dataclass(frozen=True, slots=True)
class Workbook:
    """One file as read: its base name, the hash of its bytes, its true format, its sheets, what was noticed.

    `date1904` tells that the file counts days from 1904; its dates are already right.
    `details` says how it was read: `encoding` and `delimiter` of a csv, `reader` of the others.
    """

    file: str
    sha256: str
    format: Format
    sheets: tuple[Sheet, ...]
    notices: tuple[Notice, ...] = ()
    date1904: bool = False
    details: Mapping[str, str] = field(default_factory=dict)
