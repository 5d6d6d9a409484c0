"""What is known about a column before its cells are read: its unit, date system and order of day and month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhengming.errors import UsageError

if TYPE_CHECKING:
    from zhengming.dictionary.model import Dictionary

ORDERS = ("ymd", "dmy", "mdy")


@dataclass(frozen=True, slots=True)
class Context:
    """`unit` as the header states it (万元, 岁), `date1904` of the workbook, `order` in which the sender writes dates.

    `quantity` is what a column of measurements measures, as its table spec says (`length_mm`); empty: any. Values
    of a category are looked up in `dictionary`, the bundled one if None.

    Raises:
        UsageError: an `order` other than "ymd", "dmy" or "mdy".

    >>> Context(unit="万元").order
    'ymd'
    """

    unit: str = ""
    date1904: bool = False
    order: str = "ymd"
    quantity: str = ""
    dictionary: Dictionary | None = None

    def __post_init__(self) -> None:
        """Refuse an order nobody writes, rather than guess at it cell by cell."""
        if self.order not in ORDERS:
            raise UsageError(f"no order of dates {self.order!r}", remedy=f"choose one of {', '.join(ORDERS)}")


PLAIN = Context()
