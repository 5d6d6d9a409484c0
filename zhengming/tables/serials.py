"""Dates as spreadsheets keep them: a count of days, and a number format that says it is one.

Formats 14-22 and 45-47 are dates everywhere, 27-36 and 50-58 in East Asian editions of Excel (ECMA-376 part 1,
18.8.30): a Chinese export uses them, and a reader that does not know them gives 44561 for a date.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal

from zhengming.tables.grid import plain_number
from zhengming.tables.model import CellValue

Shape = Literal["", "date", "span"]

_BUILT_IN: dict[int, Shape] = dict.fromkeys([*range(14, 23), 45, 47, *range(27, 37), *range(50, 59)], "date")
_BUILT_IN[46] = "span"
_ASIDE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_SPAN = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DATE_LETTERS = re.compile(r"[ymdhsge年月日时分秒]", re.IGNORECASE)
_DIGITS = re.compile(r"[0#?]")
_BEFORE_1904 = dt.datetime(1904, 1, 1)  # noqa: DTZ001 — spreadsheets know no zones
_BEFORE_1900 = dt.datetime(1899, 12, 30)  # noqa: DTZ001
_FEBRUARY_29 = 60  # Excel counts a 29 February 1900 that never was
_LAST = 2_958_466  # the day after 9999-12-31


def built_in(number: int) -> Shape:
    """What a built-in number format makes of a number."""
    return _BUILT_IN.get(number, "")


def shape(code: str) -> Shape:
    """What a number format's code makes of a number: a date or time, a span of time, or just a number.

    >>> shape('yyyy"年"m"月"d"日"'), shape("[h]:mm"), shape("0.00_);[Red]-0.00"), shape("General"), shape("[$-804]aaaa")
    ('date', 'span', '', '', '')
    """
    first = code.split(";")[0][:255]
    bare = _ASIDE.sub("", first)
    if _SPAN.search(bare):
        return "span"
    if bare.strip().lower() in {"general", "general ", "@", "standard", "g/通用格式"}:
        return ""
    bare = re.sub(r"general|am/pm|a/p", "", bare, flags=re.IGNORECASE)
    if not _DATE_LETTERS.search(bare):
        return ""
    # `0.00E+00` is a number, `e"年"` an era's year, `ss.00` a time.
    rest = re.sub(r"e[+-]", "", bare, flags=re.IGNORECASE)
    if not re.search(r"[ymdhsge]", rest, re.IGNORECASE):
        return ""
    return "" if _DIGITS.search(rest) and not re.search(r"s\.?0+|[ymdh]", rest, re.IGNORECASE) else "date"


def from_serial(number: float, found: Shape, date1904: bool = False) -> CellValue:
    """The date, time or span that a serial number is in its format; the number itself where it can be none.

    >>> from_serial(45356, "date"), from_serial(45356.5, "date"), from_serial(0.25, "date"), from_serial(1.5, "span")
    (datetime.date(2024, 3, 5), datetime.datetime(2024, 3, 5, 12, 0), datetime.time(6, 0), '36:00:00')
    """
    if not found or not -_LAST < number < _LAST:
        return plain_number(number)
    if found == "span" and not 0 <= number < 1:
        seconds = round(abs(number) * 86_400)
        sign = "-" if number < 0 else ""
        return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if number < 0:
        return plain_number(number)
    days = number + (1 if not date1904 and 1 <= number < _FEBRUARY_29 else 0)
    try:
        moment = (_BEFORE_1904 if date1904 else _BEFORE_1900) + dt.timedelta(milliseconds=round(days * 86_400_000))
    except OverflowError:
        return plain_number(number)
    near = moment + dt.timedelta(milliseconds=1)
    if near.microsecond < 2_000:  # a second that binary fractions missed by less than a millisecond
        moment = near.replace(microsecond=0)
    if number < 1 and not (number == 0 and date1904):
        return moment.time()
    return moment.date() if moment.time() == dt.time() else moment
