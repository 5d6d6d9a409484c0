"""The words that tell a row of a sheet: totals, notes, signatures, units. Data: `data/vocabulary/table_words.csv`."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

from zhengming.tables.model import CellValue

MAX_TEXT = 4_096  # characters of a cell that are looked at
_SPACES = re.compile(r"\s+")
_LAST_BRACKET = re.compile(r"[(\[{<【〔〈《]([^()\[\]{}<>【】〔〕〈〉《》]{1,12})[)\]}>】〕〉》]$")
_STATED = re.compile(r"\s*:\s*([\w%¥]+)")
_TAIL = re.compile(r"[/:,、_-]([^/:,、_-]{1,6})$")


@dataclass(frozen=True, slots=True)
class TableWords:
    """The words by what they tell; each plain (see `plain`), the longest first."""

    totals: tuple[str, ...]
    notes: tuple[str, ...]
    units: frozenset[str]
    unit_labels: tuple[str, ...]

    def is_total(self, text: str) -> bool:
        """Whether plain `text` names a total: such a word, alone or with a number behind it.

        >>> words().is_total("合计:12人"), words().is_total("totalanomalouspulmonaryvenousreturn")
        (True, False)
        """
        return text.startswith(self.totals) and any(
            text.startswith(word) and not text[len(word) :][:1].isalpha() for word in self.totals
        )

    def is_note(self, text: str) -> bool:
        """Whether plain `text` begins as notes and signature lines do."""
        return text.startswith(self.notes)

    def unit(self, header: str) -> str:
        """The unit a header ends with, as the header writes it, or nothing.

        >>> words().unit("总费用（万元）"), words().unit("年龄/岁"), words().unit("出生日期(必填)")
        ('万元', '岁', '')
        """
        text = plain(header)
        for pattern in (_LAST_BRACKET, _TAIL):
            found = pattern.search(text)
            if found:
                unit = found[1]
                for label in self.unit_labels:
                    unit = unit.removeprefix(label).lstrip(":")
                if unit in self.units:
                    return unit
        return ""

    def stated_unit(self, text: str) -> str:
        """The unit a title states for the whole table, or nothing.

        >>> words().stated_unit("填报单位：项目办 （单位：万元）"), words().stated_unit("单位 : 元  2024年")
        ('万元', '元')
        """
        # Spaces stay: what follows the unit after one is another statement.
        cleaned = unicodedata.normalize("NFKC", text[:MAX_TEXT]).casefold()
        for label in self.unit_labels:
            for rest in cleaned.split(label)[1:]:
                stated = _STATED.match(rest)
                if stated and stated[1] in self.units:
                    return stated[1]
        return ""


def plain(value: CellValue) -> str:
    """Text of a cell for comparing words: NFKC, lower case, no white space; empty for what is no text.

    >>> plain("合　计："), plain(12)
    ('合计:', '')
    """
    if not isinstance(value, str):
        return ""
    return _SPACES.sub("", unicodedata.normalize("NFKC", value[:MAX_TEXT]).casefold())


@cache
def words() -> TableWords:
    """The bundled words."""
    by_kind: dict[str, set[str]] = {}
    file = resources.files("zhengming") / "data" / "vocabulary" / "table_words.csv"
    for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
        by_kind.setdefault(row["kind"], set()).add(plain(row["text"]))
    ordered = {kind: tuple(sorted(found, key=lambda word: (-len(word), word))) for kind, found in by_kind.items()}
    return TableWords(
        totals=ordered["total"],
        notes=tuple(sorted({*ordered["note"], *ordered["signature"]}, key=lambda word: (-len(word), word))),
        units=frozenset(ordered["unit"]),
        unit_labels=ordered["unit-label"],
    )
