r"""Telling how a csv is written: what separates its cells, what encloses them, how a quotation mark inside is told.

Judged on the first records, by one thought: under the right reading most records have one and the same width.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

DELIMITERS = (",", "\t", ";", "|")
RARE = ("^", "~", "¦", "，", "\x01", "\x1f", " ")  # looked at only where none of the usual ones separates anything
HEAD = 2_000_000  # characters of a text that are looked at
_SNIFFED = 200  # records judged when telling the separator
_MOSTLY = 0.7  # of the records have one width: the separator separates
_SURE = 0.9
_WIDE = 4  # columns, and a digit in one of them: a table separated by spaces, rather than words


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are separated and enclosed; `escape` tells a quotation mark inside, `spaced` that a space follows."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    spaced: bool = False


def sniff(text: str) -> tuple[str, bool]:
    r"""The separator of a csv, and whether another fits as well.

    The one under which most records have one and the same width wins, the wider the better.

    >>> sniff("姓名;诊断\n王小明;室缺,房缺\n李小红;法四")
    (';', False)
    """
    scores = [_score(text, delimiter) for delimiter in DELIMITERS]
    best = max(scores)
    if best == 0 or _share(text, DELIMITERS[scores.index(best)]) < _MOSTLY:
        rare = next((one for one in RARE if _separates(text, one)), "")
        if rare:
            return rare, False
    return DELIMITERS[scores.index(best)], best > 0 and scores.count(best) > 1


def dialect(text: str, delimiter: str) -> Dialect:
    r"""How the cells of a csv with this separator are enclosed.

    >>> dialect("a,'b, c'\n'd',e", ","), dialect('a,"5\\" cuff"\n', ",").escape
    (Dialect(delimiter=',', quote="'", escape='', spaced=False), '\\')
    """
    head = text[:200_000]
    separator = re.escape(delimiter)
    counts = {quote: len(_enclosed(quote, separator).findall(head)) for quote in ('"', "'")}
    quote = "'" if counts["'"] > counts['"'] else '"'
    inside = len(re.findall(rf"\\{quote}(?!\s*(?:{separator}|\r|\n|\Z))", head))
    escape = "\\" if inside and inside >= head.count(quote * 2 + quote) else ""
    all_of_them = head.count(delimiter)
    spaced = delimiter != " " and all_of_them > 0 and head.count(delimiter + " ") >= _SURE * all_of_them
    return Dialect(delimiter, quote, escape, spaced)


def _enclosed(quote: str, separator: str) -> re.Pattern[str]:
    """A cell enclosed in this quotation mark."""
    inside = rf"(?:[^{quote}\n]|{quote}{quote}){{0,2000}}"
    return re.compile(rf"(?:^|{separator}) ?{quote}{inside}{quote} ?(?={separator}|\r|\n|\Z)", re.MULTILINE)


def _score(text: str, delimiter: str) -> int:
    widths = Counter(width for width in _widths(text, delimiter) if width > 1)
    width, records = max(widths.items(), key=lambda item: (item[1] * (item[0] - 1), item[0]), default=(1, 0))
    return records * (width - 1)


def _share(text: str, delimiter: str) -> float:
    """The share of the records, one-cell ones aside, that have the most frequent width."""
    widths = Counter(width for width in _widths(text, delimiter) if width > 1)
    lines = sum(1 for width in _widths(text, delimiter) if width > 0)
    return max(widths.values(), default=0) / max(lines, 1)


def _separates(text: str, delimiter: str) -> bool:
    """Whether a rare separator splits nearly all records alike; spaces only where a table is plain to see."""
    records = [record for record in _head(text, delimiter) if record]
    widths = Counter(map(len, records))
    width, count = max(widths.items(), key=lambda item: item[1], default=(1, 0))
    if width < 2 or count < 2 or count < _SURE * len(records):
        return False
    if delimiter != " ":
        return True
    body = [record for record in records[1:] if len(record) == width]
    digits = max((sum(any(map(str.isdigit, record[index])) for record in body) for index in range(width)), default=0)
    return width >= _WIDE and bool(body) and digits >= _SURE * len(body)


def _widths(text: str, delimiter: str) -> Iterator[int]:
    return (len(record) for record in _head(text, delimiter))


def _head(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        reader = csv.reader(io.StringIO(text[:HEAD], newline=""), delimiter=delimiter)
        for number, record in enumerate(reader):
            if number >= _SNIFFED:
                return
            yield record
    except csv.Error:
        return
