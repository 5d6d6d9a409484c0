"""Text on its way into a file: what a workbook cannot hold, what a spreadsheet program would run, how wide it looks.

OWASP "CSV Injection": a cell whose text begins with `=`, `+`, `-`, `@`, tab, carriage return or their full-width forms
may be run as a formula. In a workbook such text is written as text and marked as such (`quotePrefix`), so that it
stays text when someone edits the cell; in a csv an apostrophe goes before it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

MAX_CELL_TEXT = 32_767  # UTF-16 units in one cell
MAX_SHEET_NAME = 31  # likewise
MEASURED_TEXT = 200  # characters of a cell that its width is judged by

_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]")
# XML 1.0 has no place for these; tab, line feed and carriage return are fine.
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_RUN_BY_EXCEL = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "﹢", "﹣", "﹦", "﹫", "−", "\0")
_SKIPPED = " \u3000\xa0\ufeff\u200b"  # what a program may pass over before it looks for a formula
_WIDE = frozenset("WFA")
# The same as `runs`, for a column at a time.
RUNS = "^[" + _SKIPPED + "]*[" + "".join(re.escape(one) for one in _RUN_BY_EXCEL) + "]"


def runs(text: str) -> bool:
    r"""Whether a spreadsheet program may take `text` for a formula when it is typed in or read from a csv.

    >>> runs("=1+1"), runs("\u3000＝1+1"), runs("室缺"), runs("")
    (True, True, False, False)
    """
    if not text:
        return False
    first = text[0]
    return text.lstrip(_SKIPPED).startswith(_RUN_BY_EXCEL) if not first.isalnum() else False


def harmless(text: str) -> str:
    """`text` for a csv: an apostrophe in front of what would be run.

    >>> harmless("=1+1"), harmless("a=1")
    ("'=1+1", 'a=1')
    """
    return "'" + text if runs(text) else text


def storable(text: str) -> str:
    r"""`text` with U+FFFD for every character that a workbook cannot hold.

    >>> storable("室\x00缺")
    '室\ufffd缺'
    """
    return text if text.isprintable() else _NOT_IN_XML.sub("\ufffd", text)


def units(text: str) -> int:
    """UTF-16 units of `text`: what Excel counts as its length."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut(text: str, most: int) -> str:
    """The longest beginning that takes at most `most` UTF-16 units."""
    kept = text[:most]
    while (over := units(kept) - most) > 0:
        kept = kept[: -(over + 1) // 2]
    return kept


@lru_cache(maxsize=4_096)
def width(text: str) -> int:
    """Columns that the longest line of `text` takes on a screen; a Chinese character takes two.

    >>> width("室缺 VSD")
    8
    """
    lines = text[:MEASURED_TEXT].split("\n")
    if text.isascii():
        return max(map(len, lines))
    return max(len(line) + sum(unicodedata.east_asian_width(one) in _WIDE for one in line) for line in lines)


def sheet_names(wanted: Sequence[str]) -> list[str]:
    r"""Names a workbook accepts: at most 31 characters, none of `[]:*?/\`, no two alike.

    >>> sheet_names(["2024/1", "2024:1", ""])
    ['2024_1', '2024_1 (2)', 'Sheet3']
    """
    taken: set[str] = set()
    names = []
    for number, raw in enumerate(wanted, start=1):
        plain = cut(_NOT_IN_SHEET_NAMES.sub("_", raw), MAX_SHEET_NAME).strip("'") or f"Sheet{number}"
        if plain.casefold() == "history":  # Excel keeps this name for itself
            plain += "_"
        name, copy = plain, 1
        while name.casefold() in taken:
            copy += 1
            suffix = f" ({copy})"
            name = cut(plain, MAX_SHEET_NAME - len(suffix)) + suffix
        taken.add(name.casefold())
        names.append(name)
    return names
