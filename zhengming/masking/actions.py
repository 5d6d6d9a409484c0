"""What can be done to a column before it is passed on: one function per action.

Each takes the column and gives a text, a number or nothing for every row. Only values that were understood go in:
what a normalizer sent to review is left out, for nobody knows what it holds. The raw text is used by `scrub` alone,
and by `city` and `province` where a region was kept as text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from zhengming.dictionary.model import Dictionary
from zhengming.errors import UsageError
from zhengming.masking.pseudonyms import VARIABLE, Key
from zhengming.masking.scrub import scrubbed
from zhengming.normalizers import coded
from zhengming.normalizers.terms.matcher import Matcher

Out = str | int | Decimal | dt.date | None

DAYS_A_YEAR, DAYS_A_MONTH = 365.2425, 30.436875  # means of the Gregorian calendar


@dataclass(frozen=True)
class Cells:
    """One column: its `kind`, the typed `values`, the `raw` texts; of a coded one also `codes` and `names`.

    `persons` are the names of persons found in each row, `everybody` those of the whole file.
    """

    kind: str
    values: Sequence[Any]
    raw: Sequence[str | None]
    codes: Sequence[str | None] = ()
    names: Sequence[str | None] = ()
    everybody: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Tools:
    """What actions work with besides the column: the dictionary and, if one was given, the key for pseudonyms."""

    dictionary: Dictionary
    key: Key | None = None


def drop(cells: Cells, tools: Tools) -> None:
    """Nothing: the column is left out."""


def keep(cells: Cells, tools: Tools) -> list[Out]:
    """The values themselves, the names of coded ones; an age in days."""
    return list(cells.names) if cells.kind == "coded" else list(cells.values)


def surname(cells: Cells, tools: Tools) -> list[Out]:
    """The first character and one star, however long the name is."""
    return [f"{value[:1]}*" if value else None for value in cells.values]


def stars(cells: Cells, tools: Tools) -> list[Out]:
    """The first two characters and stars: the province of an identity number, nothing of a person."""
    return [f"{value[:2]}{'*' * (len(value) - 2)}" if value and len(value) > 4 else None for value in cells.values]


def pseudonym(cells: Cells, tools: Tools) -> list[Out]:
    """The keyed pseudonym of each value.

    Raises:
        UsageError: no key was given.
    """
    if tools.key is None:
        remedy = f"give --key-file, or set {VARIABLE}"
        raise UsageError("this profile makes pseudonyms and needs a key", remedy=remedy)
    key = tools.key
    return [key.pseudonym(cells.kind, str(value)) if value else None for value in cells.values]


def month(cells: Cells, tools: Tools) -> list[Out]:
    """Year and month of a date: `2021-07`."""
    return [f"{value:%Y-%m}" if value else None for value in cells.values]


def year(cells: Cells, tools: Tools) -> list[Out]:
    """The year of a date."""
    return [f"{value:%Y}" if value else None for value in cells.values]


def years(cells: Cells, tools: Tools) -> list[Out]:
    """Completed years of an age in days."""
    return [None if value is None else int(value / DAYS_A_YEAR) for value in cells.values]


def months(cells: Cells, tools: Tools) -> list[Out]:
    """Completed months of an age in days."""
    return [None if value is None else int(value / DAYS_A_MONTH) for value in cells.values]


def thousands(cells: Cells, tools: Tools) -> list[Out]:
    """An amount to the nearest thousand, halves up."""
    return [None if value is None else int((Decimal(value) / 1000).to_integral_value("ROUND_HALF_UP")) * 1000
            for value in cells.values]  # fmt: skip


def city(cells: Cells, tools: Tools) -> list[Out]:
    """Province and city of a region; of one known only to the province, the province."""
    return _divisions(cells, tools.dictionary, cut=4)


def province(cells: Cells, tools: Tools) -> list[Out]:
    """The province of a region."""
    return _divisions(cells, tools.dictionary, cut=2)


def scrub(cells: Cells, tools: Tools) -> list[Out]:
    """The text without names, numbers and addresses; see `scrub`."""
    return [scrubbed(text, cells.everybody) if text else None for text in cells.raw]


def _divisions(cells: Cells, dictionary: Dictionary, *, cut: int) -> list[Out]:
    """The names of the divisions above `cut` digits of the code (GB/T 2260: two of the province, two of the city)."""
    concepts = dictionary.category("region").concepts
    if cells.kind == "coded":
        codes: Sequence[str | None] = cells.codes
    else:
        known: Mapping[str, coded.CodedCell] = coded.normalize_many(
            [text for text in cells.raw if text], Matcher(dictionary, "region")
        )
        read = [known[text] if text else None for text in cells.raw]
        codes = [
            cell.codes[0] if cell and cell.status == "accepted" and len(cell.codes) == 1 else None for cell in read
        ]
    found: list[Out] = []
    for code in codes:
        above = dict.fromkeys(code[:digits].ljust(6, "0") for digits in range(2, cut + 1, 2)) if code else {}
        found.append("".join(concepts[one].name for one in above if one in concepts) or None)
    return found
