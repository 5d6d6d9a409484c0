"""The data rows of a table: of an ordinary sheet all at once, of one that is kept on disk as they are asked for."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, overload

from zhengming.tables.kept_rows import BLOCK, is_kept
from zhengming.tables.model import CellValue

Spread = Mapping[int, Sequence[tuple[int, CellValue]]]
"""What merged cells add to rows: 0-based column of the sheet and value, by the number of the row."""

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class DataRow:
    """One data row: its 1-based `number` on the sheet, and one cell for each of the table's columns, in their order."""

    number: int
    cells: tuple[CellValue, ...]


class KeptDataRows(Sequence[DataRow]):
    """Data rows of a sheet that is kept on disk, made when asked for."""

    def __init__(
        self, rows: Sequence[Sequence[CellValue]], numbers: array[int], indexes: Sequence[int], spread: Spread
    ) -> None:
        """The rows with these `numbers`, their cells in the columns `indexes` (from 0)."""
        self.numbers = numbers
        self._rows, self._indexes, self._spread = rows, indexes, spread

    def __len__(self) -> int:
        """How many there are."""
        return len(self.numbers)

    @overload
    def __getitem__(self, at: int) -> DataRow: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[DataRow, ...]: ...

    def __getitem__(self, at: int | slice) -> DataRow | tuple[DataRow, ...]:
        """A row, or those of a slice."""
        if isinstance(at, slice):
            return tuple(self._made(number) for number in self.numbers[at])
        return self._made(self.numbers[at])

    def __iter__(self) -> Iterator[DataRow]:
        """All of them, from the top down."""
        return map(self._made, self.numbers)

    def _made(self, number: int) -> DataRow:
        cells = self._rows[number - 1]
        length = len(cells)
        values = [cells[index] if index < length else None for index in self._indexes]
        for index, value in self._spread.get(number, ()):
            values[self._indexes.index(index)] = value
        return DataRow(number, tuple(values))


def data_rows(
    rows: Sequence[Sequence[CellValue]], numbers: array[int], indexes: Sequence[int], spread: Spread
) -> Sequence[DataRow]:
    """The data rows of a sheet with these `rows`; see `KeptDataRows`."""
    kept = KeptDataRows(rows, numbers, indexes, spread)
    return kept if is_kept(rows) else tuple(kept)


def in_parts(rows: Sequence[_Row], size: int = BLOCK) -> Iterator[Sequence[_Row]]:
    """The rows, some at a time where they are on disk.

    >>> [len(part) for part in in_parts((1, 2, 3))]
    [3]
    """
    if isinstance(rows, tuple | list):
        yield rows
        return
    for first in range(0, len(rows), size):
        yield rows[first : first + size]
