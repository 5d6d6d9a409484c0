"""Findings by the million: what they say is kept once, of each there is its place in a few bytes; no cell's value."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, overload

from zhengming.findings import Finding, Place

if TYPE_CHECKING:
    import numpy as np

NOWHERE = -1  # no portion, no row


class Findings(Sequence[Finding]):
    """Findings of one file, in the order of reports once they are `closed`, without the values of cells.

    Each knows in which row of which portion of the data its cell came to stand.

    >>> from zhengming.findings import finding
    >>> found = Findings()
    >>> found.add([finding("ZM201", Place("a.csv", "", row, 2), field="birth_date") for row in (7, 3)])
    >>> found.close(list)
    >>> [one.place.row for one in found], found.by_rule()
    ([3, 7], Counter({'ZM201': 2}))
    """

    def __init__(self) -> None:
        """None yet."""
        self._kinds: dict[object, int] = {}
        self.kinds: list[Finding] = []  # one of each kind, at a place that says only the file
        self._sheets: dict[str, int] = {}
        self._kind, self._sheet = array("I"), array("I")
        self._row, self._column = array("I"), array("I")
        self._portion, self._at = array("i"), array("i")
        self._open: list[int] = []  # those that came before there was a portion
        self._order: np.ndarray[Any, Any] | None = None

    def add(
        self, findings: Iterable[Finding], portion: int = NOWHERE, row_of: Callable[[Place], int | None] | None = None
    ) -> None:
        """Put findings to the others; `row_of` gives the row of the portion that the cell at a place is in."""
        for one in findings:
            if row_of is None and one.place.row:
                self._open.append(len(self._kind))
            at = row_of(one.place) if row_of and one.place.row else None
            self.put(one, *((NOWHERE, NOWHERE) if at is None else (portion, at)))

    def put(self, one: Finding, portion: int = NOWHERE, at: int = NOWHERE) -> None:
        """Put a finding to the others; its cell came to stand in the row `at` of a portion."""
        self._kind.append(self._kind_of(one))
        self._sheet.append(self._sheets.setdefault(one.place.sheet, len(self._sheets)))
        self._row.append(one.place.row)
        self._column.append(one.place.column)
        self._portion.append(portion)
        self._at.append(at)

    def settle(self, portion: int, row_of: Callable[[Place], int | None]) -> None:
        """Tell those found before the portion was there whether their cells came to stand in it."""
        names, left = self.sheets, []
        for index in self._open:
            at = row_of(Place("", names[self._sheet[index]], self._row[index], self._column[index]))
            if at is None:
                left.append(index)
            else:
                self._portion[index], self._at[index] = portion, at
        self._open = left

    def close(self, waived: Callable[[Sequence[Finding]], Sequence[Finding]]) -> None:
        """No more will come; `waived` says what waivers make of findings, and adds what there is to say of those."""
        told = waived(self.kinds)
        count = len(self.kinds)
        self.kinds = list(told[:count])
        self.add(told[count:])
        self._order = self._sorted()

    def by_rule(self) -> Counter[str]:
        """How many there are of each rule."""
        found: Counter[str] = Counter()
        for kind, count in Counter(self._kind).items():
            found[self.kinds[kind].code] += count
        return found

    def fields(self) -> set[str]:
        """The fields of which something is said at a cell or row."""
        import numpy as np

        kinds = np.unique(_numbers(self._kind)[_numbers(self._row) > 0])
        return {self.kinds[kind].field for kind in kinds} - {""}

    def of_portion(self, portion: int) -> list[tuple[int, Finding]]:
        """Those whose cells stand in the portion, in the order of reports, each with its row there."""
        import numpy as np

        order, names = self._ordered(), self.sheets
        chosen = order[np.flatnonzero(_numbers(self._portion, "i4")[order] == portion)]
        return [(self._at[index], self._finding(index, names)) for index in chosen.tolist()]

    def in_data(self, first: int, count: int, portion: int) -> list[tuple[int | None, Finding]]:
        """Some of them, each with its row of the data of the file, where `portion` rows are in a portion."""
        names = self.sheets
        found: list[tuple[int | None, Finding]] = []
        for index in self._ordered()[first : first + count].tolist():
            at = None if self._at[index] == NOWHERE else self._portion[index] * portion + self._at[index]
            found.append((at, self._finding(index, names)))
        return found

    @property
    def sheets(self) -> list[str]:
        """The names of the sheets, in the order in which they were met."""
        return list(self._sheets)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._kind)

    @overload
    def __getitem__(self, at: int) -> Finding: ...

    @overload
    def __getitem__(self, at: slice) -> list[Finding]: ...

    def __getitem__(self, at: int | slice) -> Finding | list[Finding]:
        """One of them, or some."""
        order, names = self._ordered(), self.sheets
        if isinstance(at, slice):
            return [self._finding(index, names) for index in order[at].tolist()]
        return self._finding(int(order[at]), names)

    def __iter__(self) -> Iterator[Finding]:
        """All of them."""
        names = self.sheets
        return (self._finding(index, names) for index in self._ordered().tolist())

    def _finding(self, index: int, names: Sequence[str]) -> Finding:
        kind = self.kinds[self._kind[index]]
        sheet = names[self._sheet[index]]
        return replace(kind, place=Place(kind.place.file, sheet, self._row[index], self._column[index]))

    def _kind_of(self, one: Finding) -> int:
        key = (one.code, one.severity, one.field, one.place.file, *one.params.items())
        number = self._kinds.get(key)
        if number is None:
            number = self._kinds[key] = len(self.kinds)
            self.kinds.append(replace(one, place=Place(one.place.file), value=None))
        return number

    def _ordered(self) -> np.ndarray[Any, Any]:
        assert self._order is not None, "not closed"
        return self._order

    def _sorted(self) -> np.ndarray[Any, Any]:
        """The numbers of the findings in the order of `reports.in_order`."""
        import numpy as np

        files = np.array([one.place.file for one in self.kinds] or [""])
        told = [(one.code, one.field, tuple(sorted(map(str, one.params.items())))) for one in self.kinds]
        ranks = {one: rank for rank, one in enumerate(sorted(set(told)))}
        rank = np.array([ranks[one] for one in told], dtype="u4")
        names = sorted(self._sheets)
        sheet = np.array([names.index(name) for name in self._sheets], dtype="u4")
        if not len(self):
            return np.zeros(0, dtype="i8")
        kind = _numbers(self._kind)
        file = np.unique(files, return_inverse=True)[1]
        keys = (rank[kind], _numbers(self._column), _numbers(self._row), sheet[_numbers(self._sheet)], file[kind])
        return np.lexsort(keys)


def _numbers(column: array[int], dtype: str = "u4") -> np.ndarray[Any, Any]:
    import numpy as np

    return np.frombuffer(column, dtype=dtype) if len(column) else np.zeros(0, dtype=dtype)
