"""Rows of a large sheet, kept on disk: they are read like a list, and only some thousand are in memory at a time."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, overload

from zhengming.tables.model import CellValue
from zhengming.tables.sent import packed, unpacked

BLOCK = 4_000  # rows that are packed, sent and unpacked together


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep the rows of files with more than `beyond` rows in a nameless file of `store`."""

    store: BinaryIO
    beyond: int


class _Rows(Sequence[Sequence[CellValue]]):
    """Rows that are asked for one by one, by their place from either end, or by slices."""

    _length = 0

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, at: int) -> Sequence[CellValue]: ...

    @overload
    def __getitem__(self, at: slice) -> list[Sequence[CellValue]]: ...

    def __getitem__(self, at: int | slice) -> Sequence[CellValue] | list[Sequence[CellValue]]:
        """A row, or a list of those of a slice."""
        if isinstance(at, slice):
            return [self._row(row) for row in range(*at.indices(self._length))]
        if at < 0:
            at += self._length
        if not 0 <= at < self._length:
            raise IndexError(at)
        return self._row(at)

    def _row(self, at: int) -> Sequence[CellValue]:
        raise NotImplementedError


class KeptRows(_Rows):
    """The rows of one sheet. They are added at the end, block by block, before they are read.

    >>> import io
    >>> rows = KeptRows(io.BytesIO())
    >>> rows.add([["甲", 1], []])
    >>> rows.add([["乙", 2]])
    >>> len(rows), rows[2], rows[-3:2], list(rows)
    (3, ['乙', 2], [['甲', 1], []], [['甲', 1], [], ['乙', 2]])
    """

    def __init__(self, store: BinaryIO) -> None:
        """No rows yet; they will stand in `store`, which may hold other things as well."""
        self._store = store
        self._places: list[tuple[int, int]] = []  # of each block in the store: where it begins, its bytes
        self._starts = array("Q")  # the first row of each block
        self._block: list[Sequence[CellValue]] = []  # the one last asked for, its first row and that behind its last
        self._first = self._end = 0

    def add(self, rows: Sequence[Sequence[CellValue]]) -> None:
        """Put rows behind the others."""
        data = packed(rows)
        self._places.append((self._store.seek(0, 2), len(data)))
        self._store.write(data)
        self._starts.append(self._length)
        self._length += len(rows)

    def _row(self, at: int) -> Sequence[CellValue]:
        if not self._first <= at < self._end:
            self._turn_to(bisect_right(self._starts, at) - 1)
        return self._block[at - self._first]

    def __iter__(self) -> Iterator[Sequence[CellValue]]:
        """All rows, from the top down."""
        for number in range(len(self._places)):
            yield from self._unpacked(number)

    def _turn_to(self, number: int) -> None:
        self._block = self._unpacked(number)
        self._first = self._starts[number]
        self._end = self._first + len(self._block)

    def _unpacked(self, number: int) -> list[Sequence[CellValue]]:
        start, length = self._places[number]
        self._store.seek(start)
        return unpacked(self._store.read(length))


class Window(_Rows):
    """Rows of which nothing is seen outside some rows and columns; what is seen keeps its place.

    >>> list(Window([["a", "b", "c"], ["d"], ["e", "f"]], 2, 3, 2, 2))
    [(), [None], [None, 'f']]
    """

    def __init__(self, rows: Sequence[Sequence[CellValue]], top: int, bottom: int, left: int, right: int) -> None:
        """See rows `top` to `bottom` and columns `left` to `right` of `rows`, from 1, both included."""
        self._rows = rows
        self._top, self._left, self._right = top, left, right
        self._length = min(bottom, len(rows))

    def _row(self, at: int) -> Sequence[CellValue]:
        return self._cut(self._rows[at]) if at >= self._top - 1 else ()

    def _cut(self, cells: Sequence[CellValue]) -> Sequence[CellValue]:
        if self._left == 1 and self._right >= len(cells):
            return cells
        return [None] * (self._left - 1) + list(cells[self._left - 1 : self._right])


def is_kept(rows: Sequence[object]) -> bool:
    """Whether the rows are on disk."""
    return isinstance(rows, KeptRows | Window)
