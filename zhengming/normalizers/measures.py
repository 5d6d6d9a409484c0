"""Units of measurement as data: which quantity a unit measures, and its factor to the quantity's own unit.

`data/vocabulary/measures.csv` has them all. The name of a quantity ends in its own unit: length_mm, weight_kg. The
first unit of a quantity with factor 1 and Latin letters is how it is written.

>>> unit("厘米").quantity, unit("厘米").factor, written("weight_kg")
('length_mm', Decimal('10'), 'kg')
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit: how it is written, what it measures, and how much of the quantity's own unit it is."""

    text: str
    quantity: str
    factor: Decimal


def unit(text: str) -> Measure | None:
    """The unit written `text` (folded, lower case), or None."""
    return units().get(text)


def quantities() -> tuple[str, ...]:
    """Every quantity, sorted."""
    return tuple(sorted({one.quantity for one in units().values()}))


@cache
def written(quantity: str) -> str:
    """How the own unit of a quantity is written; an empty string for an unknown quantity."""
    own = [one.text for one in units().values() if one.quantity == quantity and one.factor == 1]
    latin = [text for text in own if text.isascii()]
    proper = {"mmhg": "mmHg", "c": "℃", "g/l": "g/L", "ml": "mL", "m2": "m²"}
    first = (latin or own or [""])[0]
    return proper.get(first, first)


@cache
def units() -> Mapping[str, Measure]:
    """Every unit by its text."""
    page = (resources.files("zhengming") / "data" / "vocabulary" / "measures.csv").read_text(encoding="utf-8")
    return {
        row["text"]: Measure(row["text"], row["quantity"], Decimal(row["factor"]))
        for row in csv.DictReader(page.splitlines())
    }
