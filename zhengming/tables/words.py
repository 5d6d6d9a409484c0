"""The words that tell a row of a sheet: totals, notes, signatures, units. Data: `data/vocabulary/table_words.csv`."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from zhengming.tables.model import CellValue

MAX_TEXT = 4_096  # characters of a cell that are looked at
_LAST_BRACKET = re.compile(r"[(\[{<【〔〈《]([^()\[\]{}<>【】〔〕〈〉《》]{1,12})[)\]}>】〕〉》]$")
_STATED = re.compile(r"\s*:\s*([\w%¥]+)")
_DIGITS = re.compile(r"\d+")
_NOTE_HEAD = 40  # characters of a line that tell whether it is a note
_TAIL = re.compile(r"[/:,、_-]([^/:,、_-]{1,6})$")


@dataclass(frozen=True, slots=True)
class TableWords:
    """The words by what they tell; each plain (see `plain`), the longest first."""

    totals: tuple[str, ...]
    notes: tuple[str, ...]
    examples: frozenset[str]
    hints: tuple[str, ...]
    counted: frozenset[str]
    boxes: re.Pattern[str]
    ticks: frozenset[str]
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

    def names_total(self, text: str) -> bool:
        """Whether plain `text` is the word for a total and no more.

        >>> words().names_total("合计:"), words().names_total("合计3人")
        (True, False)
        """
        return text.rstrip(":") in self.totals

    def is_example(self, text: str) -> bool:
        """Whether plain `text` says that its row shows how to fill in the others.

        >>> words().is_example("示例:"), words().is_example("示例医院")
        (True, False)
        """
        return text.strip("():*#0123456789.、") in self.examples

    def is_hint(self, text: str) -> bool:
        """Whether plain `text` tells how to fill in a column.

        >>> words().is_hint("(必填)"), words().is_hint("格式:2024-01-01"), words().is_hint("张三")
        (True, True, False)
        """
        return text.lstrip("([*").startswith(self.hints) or (text[:1] == "(" and text[-1:] == ")")

    def ticked(self, text: str) -> str:
        """What is ticked among the boxes of `text`; the text itself where there are no boxes or no ticks.

        >>> words().ticked("□男 ☑女"), words().ticked("□男 □女"), words().ticked("男")
        ('女', '□男 □女', '男')
        """
        parts = self.boxes.split(text[:MAX_TEXT])
        if len(parts) < 5:
            return text
        chosen = [
            after.strip(" ,、;") for box, after in zip(parts[1::2], parts[2::2], strict=True) if box in self.ticks
        ]
        return "、".join(filter(None, chosen)) or text

    def is_note(self, text: str) -> bool:
        """Whether plain `text` begins as notes and signature lines do; `#` in a word stands for any number.

        >>> words().is_note("第12页共30页"), words().is_note("第一人民医院")
        (True, False)
        """
        return text.startswith(self.notes) or _DIGITS.sub("#", text[:_NOTE_HEAD]).startswith(self.notes)

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

    def bare(self, text: str) -> str:
        """Plain `text` without a unit at its end.

        >>> words().bare("6例"), words().bare("例")
        ('6', '例')
        """
        for unit in self.units:
            if text.endswith(unit) and text[: -len(unit)][-1:].isdigit():
                return text[: -len(unit)]
        return text

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
    return _plain(value if len(value) <= MAX_TEXT else value[:MAX_TEXT])


@lru_cache(maxsize=4_096)
def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


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
        examples=frozenset(ordered["example"]),
        hints=ordered["hint"],
        counted=frozenset(ordered["counted"]),
        boxes=re.compile(f"([{''.join((*ordered['ticked'], *ordered['unticked']))}])"),
        ticks=frozenset(ordered["ticked"]),
        units=frozenset(ordered["unit"]),
        unit_labels=ordered["unit-label"],
    )
