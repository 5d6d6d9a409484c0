"""Similar findings told as one: the same message at many cells of a column becomes one line with the cells' ranges.

A column whose dates have two-digit years throughout is one thing to know and one thing to ask the sender, not 300.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from zhengming.findings import Finding, Place

RANGES_SHOWN = 12  # to a person; programs get all


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one rule with one message in one column of one sheet; `first` is the uppermost of them."""

    first: Finding
    findings: tuple[Finding, ...]

    @property
    def count(self) -> int:
        """How many findings it stands for."""
        return len(self.findings)

    @property
    def cells(self) -> str:
        """Their cells as Excel writes ranges: `D2:D9 D12`; whole rows `7:9`; empty for a sheet or a file."""
        rows = sorted({one.place.row for one in self.findings})
        return " ".join(self._range(start, end) for start, end in _runs(rows))

    @property
    def short(self) -> str:
        """The cells for a person: the first ranges, then `…`."""
        ranges = self.cells.split(" ")
        return " ".join([*ranges[:RANGES_SHOWN], *("…" for _once in ranges[RANGES_SHOWN : RANGES_SHOWN + 1])])

    @property
    def place(self) -> str:
        """Where they are, for a person: `file[sheet]!D2:D9 D12`."""
        whole = str(replace(self.first.place, row=0, column=0))
        return f"{whole}!{self.short}" if self.cells else whole

    def _range(self, start: int, end: int) -> str:
        first, last = (Place("", "", row, self.first.place.column).cell for row in (start, end))
        whole_row = not self.first.place.column
        return first if start == end and not (whole_row and len(self.findings) > 1) else f"{first}:{last}"


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """The findings in groups, in the order in which each group's first finding came.

    >>> from zhengming.findings import finding
    >>> found = [finding("ZM203", Place("a.csv", "", row, 4), field="x") for row in (2, 3, 4, 9)]
    >>> [(group.place, group.count) for group in grouped(found)]
    [('a.csv!D2:D4 D9', 4)]
    """
    found: dict[tuple[object, ...], list[Finding]] = {}
    for one in findings:
        place = one.place
        said = (one.code, one.severity, one.field, one.message("en"), one.message("zh"))
        found.setdefault((*said, place.file, place.sheet, place.column, bool(place.row)), []).append(one)
    return [Group(min(group, key=lambda one: one.place), tuple(group)) for group in found.values()]


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Each run of rows that follow one another: first and last; nothing for row 0, which is no row."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
