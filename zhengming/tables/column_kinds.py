"""What the cells of a column are, whatever its header says: numbers kept as text, and which columns are alike."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from zhengming.findings import Place
from zhengming.tables.model import CellValue, Notice, cell_text
from zhengming.tables.table_rows import DataRow, in_parts

if TYPE_CHECKING:
    from zhengming.tables.locate import Column

Shape = Literal["number", "date", "digits", "text"]

_MOSTLY = 0.8  # of the cells decide what a column is
_IDENTIFIER = 6  # digits: a shorter number may be one that counts
LOOKED_AT = 200  # cells that show what a column is
_ALIKE = 0.8  # of the columns have cells of the same shape: the table goes on
_LEAST_COLUMNS = 3


def shape(value: CellValue) -> Shape:
    """What a cell is; a text of digits, with little between them, is `digits`.

    >>> shape(3.5), shape("990101-2015"), shape("室缺"), shape(dt.date(2024, 3, 5))
    ('number', 'digits', 'text', 'date')
    """
    if isinstance(value, dt.date | dt.time):
        return "date"
    if isinstance(value, int | float):
        return "number"
    text = cell_text(value).strip()
    digits = sum("0" <= sign <= "9" for sign in text)
    return "digits" if digits and digits >= _MOSTLY * len(text) else "text"


def shapes(columns: Sequence[Sequence[CellValue]]) -> list[Shape | None]:
    """What most cells of each column are; None where a column is empty."""
    found: list[Shape | None] = []
    for cells in columns:
        counted = Counter(shape(value) for value in cells[:LOOKED_AT] if cell_text(value).strip())
        found.append(counted.most_common(1)[0][0] if counted else None)
    return found


def alike(first: Sequence[Sequence[CellValue]], second: Sequence[Sequence[CellValue]]) -> bool:
    """Whether two tables have columns of the same shapes, and not just of text.

    >>> alike([["a"], [1], ["990101"]], [["b"], [2], ["990102"]]), alike([["a"], [1], ["b"]], [[1], ["a"], ["b"]])
    (True, False)
    """
    both = [(one, two) for one, two in zip(shapes(first), shapes(second), strict=False) if one and two]
    same = sum(one == two for one, two in both)
    telling = any(one == two != "text" for one, two in both)
    return len(both) >= _LEAST_COLUMNS and same >= _ALIKE * len(both) and telling


def mixed(columns: Sequence[Column], rows: Sequence[DataRow], place: Place) -> list[Notice]:
    """A notice for each column of numbers in which some are text, and of identifiers in which some are numbers."""
    kinds: list[Counter[type]] = [Counter() for _column in columns]
    for part in in_parts(rows):
        for position, counted in enumerate(kinds):
            counted.update([type(row.cells[position]) for row in part])
    notices = []
    for position, (column, counted) in enumerate(zip(columns, kinds, strict=True)):
        numbers = sum(count for kind, count in counted.items() if issubclass(kind, int | float))
        filled = len(rows) - counted[type(None)]
        if numbers in (0, filled):
            continue
        like_numbers = like_identifiers = 0
        for part in in_parts(rows):
            texts = [value for value in (row.cells[position] for row in part) if isinstance(value, str)]
            like_numbers += sum(map(_is_number, texts))
            like_identifiers += sum(map(_is_identifier, texts))
        at = Place(place.file, place.sheet, 0, column.index)
        if like_numbers and numbers >= _MOSTLY * filled:
            notices.append(Notice("numbers-as-text", at, {"count": like_numbers}))
        elif like_identifiers * 2 > filled:
            notices.append(Notice("identifiers-as-numbers", at, {"count": numbers}))
    return notices


def _is_number(text: str) -> bool:
    bare = text.strip().replace(",", "").lstrip("-").replace(".", "", 1)
    return bare.isdecimal() and not (bare.startswith("0") and len(bare) > 1 and "." not in text)


def _is_identifier(text: str) -> bool:
    bare = text.strip()
    return bare.isalnum() and any(map(str.isdigit, bare)) and (bare.startswith("0") or len(bare) >= _IDENTIFIER)
