"""The grammar of written dates: which day a text states, and what keeps it from being certain.

>>> read("二〇二一年七月六日").value
datetime.date(2021, 7, 6)
>>> read("21/7/6").reason, read("2021.7").reason
('two-digit-year', 'month-precision')
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from zhengming.normalizers import doubts, numerals
from zhengming.normalizers.outcome import Outcome, accepted, review, unmatched
from zhengming.normalizers.value_words import pattern

FIRST_YEAR, LAST_YEAR = 1901, 2099
PIVOT = 69  # POSIX strptime %y: 69..99 are 1969..1999, 00..68 are 2000..2068
CHINA = timezone(timedelta(hours=8))

_YEAR = r"(?: ?[-/.,、，\\年] ?| )"
_MONTH = r"(?: ?[-/.,、，\\月] ?| )"
_FULL = re.compile(rf"(?<![0-9])([0-9]{{4}}){_YEAR}([0-9]{{1,2}}){_MONTH}([0-9]{{1,2}})(?![0-9]| ?月)(?: ?[日号])?")
_LAST = re.compile(r"([0-9]{1,2}) ?[-/. ] ?([0-9]{1,2}) ?[-/. ] ?([0-9]{4})(?![0-9])")
_SHORT = re.compile(rf"([0-9]{{1,2}}){_YEAR}([0-9]{{1,2}}){_MONTH}([0-9]{{1,2}})(?![0-9])(?: ?[日号])?")
_DAY_NAME = re.compile(r"([0-9]{1,2})[-/ ]?([A-Za-z]{3,9})[-/., ]{0,2}([0-9]{4}|[0-9]{2})(?![0-9])")
_NAME_DAY = re.compile(r"([A-Za-z]{3,9})[. ]{0,2}([0-9]{1,2})(?:st|nd|rd|th)?[, ]{1,2}([0-9]{4})(?![0-9])")
_MONTH_OF_YEAR = re.compile(r"(?<![0-9])([0-9]{4}) ?[-/.年] ?([0-9]{1,2})(?![0-9])(?!\.?[0-9])")
_YEAR_OF_MONTH = re.compile(r"(?:[0-9]{1,2}[-/.]|[A-Za-z]{3,9}[-/. ]{1,2})([0-9]{4})|[A-Za-z]{3}-[0-9]{2}")
_YEAR_ALONE = re.compile(r"(?:19|20)[0-9]{2}(?: ?年[上下初中底末半春夏秋冬]{0,2})?")
_NO_YEAR = re.compile(r"[0-9]{1,2} ?[-/月] ?[0-9]{1,2} ?[日号]?")
_TIME = re.compile(
    r"[T ]?(?:上午|下午|凌晨|中午|晚上|晚)? ?"
    r"(?:(?P<hour>[01]?[0-9]|2[0-3])[:时点] ?(?P<minute>[0-5]?[0-9])?"
    r"(?:[:分] ?(?P<second>[0-5]?[0-9])(?:\.[0-9]{1,9})?)?[分秒]?)?"
    r" ?(?:[AaPp][Mm])? ?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_WEEKDAY = re.compile(r" ?\(?(?:星期|周)[一二三四五六日天]\)?")
_LUNAR_DAY = re.compile("初[一二三四五六七八九十]")
_NUMERAL_PART = re.compile(rf"[{numerals.DIGITS}十拾廿卅千仟]{{1,8}}(?= ?[年月日号])")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def read(text: str, order: str = "ymd") -> Outcome:
    """The day that folded `text` states; `order` is how its sender orders all-number dates."""
    if pattern("lunar").search(text) or _LUNAR_DAY.search(text):
        return review(None, "lunar-calendar")
    plain = _NUMERAL_PART.sub(lambda part: numerals.arabic(part[0]), text)
    kind = "written-date" if plain == text else "chinese-numerals"
    plain = _WEEKDAY.sub("", plain).strip(" .,;")
    found = list(_FULL.finditer(plain))
    if len(found) > 1:
        return review(None, "several-dates")
    if found:
        match = found[0]
        outcome = _of_parts(int(match[1]), int(match[2]), int(match[3]), kind)
        return _with_surroundings(outcome, plain[: match.start()], plain[match.end() :])
    return _compact(plain) or _all_numbers(plain, order) or _named_month(plain) or _partial(plain)


def judged(day: date, reason: str) -> Outcome:
    """`day` accepted, unless its year is none that a person now alive writes."""
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return accepted(day, reason)
    return review(day, "year-out-of-range", 0.2)


def in_china(instant: datetime) -> Outcome:
    """The day of an instant of another time zone: exported in UTC, a Chinese date has become the evening before."""
    if not 1 < instant.year < 9999:
        return unmatched("impossible-date")
    return review(instant.astimezone(CHINA).date(), "time-zone", 0.8)


def _of_parts(year: int, month: int, day: int, reason: str) -> Outcome:
    """The day with these numbers, or `impossible-date`."""
    found = _day(year, month, day)
    return unmatched("impossible-date") if found is None else judged(found, reason)


def _day(year: int, month: int, day: int) -> date | None:
    """The calendar day, or None."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _with_surroundings(outcome: Outcome, before: str, after: str) -> Outcome:
    """What the text around a date makes of it: a time is dropped, a doubt or a comment sends it to review."""
    if outcome.status != "accepted":
        return outcome
    time = _TIME.fullmatch(after)
    if time and not before.strip():
        return _with_time(outcome, time)
    rest = before + after
    if re.search(r"[0-9]", rest):
        return review(None, "several-dates")
    reason = "approximate" if doubts.is_about(rest, "about-date") else "extra-text"
    return review(outcome.value, reason)


def _with_time(outcome: Outcome, time: re.Match[str]) -> Outcome:
    """The outcome of a date that is followed by a time, perhaps by nothing."""
    day = outcome.value
    hour, minute, second = (int(time[part] or 0) for part in ("hour", "minute", "second"))
    zone = (time["zone"] or "").replace(":", "")
    if zone not in ("", "+0800") and isinstance(day, date):
        sign = -1 if zone[0] == "-" else 1
        offset = sign * timedelta(hours=int(zone[1:3] or 0), minutes=int(zone[3:] or 0))
        if abs(offset) >= timedelta(days=1):
            return unmatched("impossible-date")
        return in_china(datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=timezone(offset)))
    return accepted(day, "time-dropped") if hour or minute or second else outcome


def _compact(text: str) -> Outcome | None:
    """A date of digits only: 20210706, 20210706103000, 210706 (a proposal), 202107 (no day)."""
    if not (text.isascii() and text.isdigit()):
        return None
    if len(text) in (8, 14):
        reason = "time-dropped" if text[8:].strip("0") else "compact-date"
        return _of_parts(int(text[:4]), int(text[4:6]), int(text[6:8]), reason)
    if len(text) == 6:
        if text[:2] in ("19", "20") and 1 <= int(text[4:]) <= 12:
            return review(None, "month-precision")
        day = _day(_full_year(text[:2]), int(text[2:4]), int(text[4:]))
        return _two_digit_year(day) if day else unmatched("impossible-date")
    return review(None, "year-precision") if _YEAR_ALONE.fullmatch(text) else unmatched("not-a-date")


def _all_numbers(text: str, order: str) -> Outcome | None:
    """A date of three numbers with its year last, or with a year of two digits."""
    last = _LAST.match(text)
    if last:
        first, second, year = int(last[1]), int(last[2]), int(last[3])
        outcome = _year_last(_day(year, second, first), _day(year, first, second), order)
        return _with_surroundings(outcome, "", text[last.end() :])
    short = _SHORT.match(text)
    if short is None or not _TIME.fullmatch(text[short.end() :]):
        return None
    readings = _short_readings(short[1], short[2], short[3], only_year_first="年" in text)
    if not readings:
        return unmatched("impossible-date")
    others = set(readings.values())
    return _two_digit_year(readings.get(order) or (others.pop() if len(others) == 1 else None), sure=len(others) < 2)


def _year_last(day_first: date | None, month_first: date | None, order: str) -> Outcome:
    """The outcome of a/b/year, read both ways; the sender's stated order decides, else only one reading may exist."""
    stated = {"dmy": day_first, "mdy": month_first}.get(order)
    if stated is not None:
        return judged(stated, "day-first" if order == "dmy" else "month-first")
    if day_first and month_first and day_first != month_first:
        return review(None, "day-month-order")
    only = day_first or month_first
    if only is None:
        return unmatched("impossible-date")
    if order != "ymd":
        return review(only, "order-contradicted")
    return judged(only, "day-first" if day_first else "month-first")


def _short_readings(first: str, second: str, third: str, *, only_year_first: bool) -> dict[str, date]:
    """Each possible reading of three short numbers by its order; the year has two digits or is no year."""
    parts = {"ymd": (first, second, third)}
    if not only_year_first:
        parts |= {"dmy": (third, second, first), "mdy": (third, first, second)}
    long = {order: part for order, part in parts.items() if len(part[0]) == 2}
    days = {order: _day(_full_year(year), int(month), int(day)) for order, (year, month, day) in long.items()}
    return {order: day for order, day in days.items() if day is not None}


def _full_year(two_digits: str) -> int:
    """The year that two digits most likely shorten."""
    return int(two_digits) + (1900 if int(two_digits) >= PIVOT else 2000)


def _two_digit_year(day: date | None, *, sure: bool = False) -> Outcome:
    """A proposal: the century, and with numbers only the order, are guesses."""
    return review(day, "two-digit-year", 0.7 if sure else 0.4)


def _named_month(text: str) -> Outcome | None:
    """A date with an English month, as Excel shows it under English settings: 6-Jul-2021, July 6, 2021."""
    by_day, by_name = _DAY_NAME.match(text), _NAME_DAY.match(text)
    match = by_day or by_name
    if match is None or not _TIME.fullmatch(text[match.end() :]):
        return None
    day, name, year = (match[1], match[2], match[3]) if by_day else (match[2], match[1], match[3])
    month = _MONTHS.index(name[:3].lower()) + 1 if name[:3].lower() in _MONTHS else 0
    if not month:
        return None
    if len(year) == 2:
        found = _day(_full_year(year), month, int(day))
        return _two_digit_year(found, sure=True) if found else unmatched("impossible-date")
    return _of_parts(int(year), month, int(day), "month-name")


def _partial(text: str) -> Outcome:
    """What is left of a date without its day, month or year; no part is ever invented."""
    match = _MONTH_OF_YEAR.search(text)
    if match:
        return review(None, "month-precision") if 1 <= int(match[2]) <= 12 else unmatched("impossible-date")
    if _YEAR_OF_MONTH.fullmatch(text):
        return review(None, "month-precision")
    if _YEAR_ALONE.fullmatch(text):
        return review(None, "year-precision")
    return review(None, "no-year") if _NO_YEAR.fullmatch(text) else unmatched("not-a-date")
