"""Totals rows: a row that the sender added up must be the sum of the rows above it.

A totals row may add up all rows of its table or, as a subtotal, those since the totals row before it. Where an amount
above is missing because it could not be understood, nothing is said.

>>> from decimal import Decimal
>>> rows = {3: Decimal(100), 4: Decimal(50)}
>>> agrees(Decimal(150), 5, rows, before=0), agrees(Decimal(160), 5, rows, before=0)
(True, False)
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

TOLERANCE = Decimal("0.01")  # what rounding in the sender's own formula may leave


def agrees(total: Decimal, row: int, amounts: Mapping[int, Decimal | None], *, before: int) -> bool | None:
    """Whether `total`, written in sheet row `row`, is the sum of the `amounts` above it.

    `amounts` gives the amount of each data row, None where it could not be understood; `before` is the row of the
    totals row before this one, 0 for none. None if nothing can be said.
    """
    above = {number: amount for number, amount in amounts.items() if number < row}
    since = {number: amount for number, amount in above.items() if number > before}
    for part in (since, above, amounts):
        if part and None not in part.values():
            summed = sum((amount for amount in part.values() if amount is not None), Decimal(0))
            if abs(summed - total) <= TOLERANCE:
                return True
    return None if not above or None in above.values() else False
