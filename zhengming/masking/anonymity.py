"""k-anonymity: how many rows share each combination of quasi-identifiers, and suppressing the rare combinations.

Who knows that a boy born in July 2021 in a small city was operated on finds his row if no other row is like it. A table
is k-anonymous when every combination belongs to at least k rows (Sweeney 2002). Suppression blanks one column after the
other, in rare rows only, each time the column that leaves the fewest rare rows, and stops where none is left.

It says nothing of what all rows of a combination have in common: if five children of one combination all have the
same diagnosis, it is known of each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

SUPPRESSED = "*"
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Classes:
    """How a table's rows fall into combinations: their number, the rows of the rarest, rows below `k`."""

    rows: int
    combinations: int
    rarest: int
    below: int


@dataclass(frozen=True, slots=True)
class Suppressed:
    """The rows after suppression, how many cells were blanked, and the combinations before and after."""

    rows: tuple[Row, ...]
    cells: int
    before: Classes
    after: Classes


def classes(rows: Sequence[Row], k: int) -> Classes:
    """The combinations of these rows.

    >>> classes([("男", 2021), ("男", 2021), ("女", 2021)], 2)
    Classes(rows=3, combinations=2, rarest=1, below=1)
    """
    counted = Counter(rows)
    below = sum(count for count in counted.values() if count < k)
    return Classes(len(rows), len(counted), min(counted.values(), default=0), below)


def suppress(rows: Sequence[Row], k: int) -> Suppressed:
    """The rows with cells blanked until every combination belongs to `k` of them, or nothing is left to blank.

    A table of fewer than `k` rows cannot be made k-anonymous: then `after.below` tells its rows.

    >>> suppress([("男", 2021), ("男", 2021), ("女", 2021), ("女", 2019)], 2).rows
    (('男', 2021), ('男', 2021), ('女', '*'), ('女', '*'))
    """
    now = [tuple(row) for row in rows]
    width = len(now[0]) if now else 0
    left = list(range(width))
    while left and classes(now, k).below:
        tried = [(classes(blanked := _blanked(now, k, column), k).below, column, blanked) for column in left]
        _below, column, now = min(tried, key=lambda one: one[:2])
        left.remove(column)
    now = _topped_up(now, k, (SUPPRESSED,) * width)
    cells = sum(
        after != before for old, new in zip(rows, now, strict=True) for before, after in zip(old, new, strict=True)
    )
    return Suppressed(tuple(now), cells, classes(rows, k), classes(now, k))


def _blanked(rows: list[Row], k: int, column: int) -> list[Row]:
    """The rows with this column blanked where their combination is too rare."""
    counted = Counter(rows)
    return [row if counted[row] >= k else (*row[:column], SUPPRESSED, *row[column + 1 :]) for row in rows]


def _topped_up(rows: list[Row], k: int, blank: Row) -> list[Row]:
    """The rows, the rarest combinations blanked as well while those blanked wholly are themselves too few."""
    counted = Counter(rows)
    if not 0 < counted[blank] < k:
        return rows
    others = sorted((count, repr(row), row) for row, count in counted.items() if row != blank)
    blanked = {blank}
    total = counted[blank]
    for count, _order, row in others:
        if total >= k:
            break
        blanked.add(row)
        total += count
    return [blank if row in blanked else row for row in rows]
