"""Ages: how old a child was, in days, with the unit it was stated in as its precision.

The worse mistake is months read as years: doses, risks and the plausibility of a diagnosis change with it. So a bare
number needs a unit from the header, 6周 goes to review (6 weeks, or short for 6周岁), and a decimal other than a half
goes to review (1.10岁 is rather 1岁10月). An age in 岁 or 月 counts completed units: 10+月 is 10月, and
3岁多 is 3岁.

A year has 365.25 days and a month a twelfth of it, rounded to whole days; halves of years and months are kept. The
canonical text has the precision's unit: 3岁, 3岁2个月, 6周龄, 28天.

>>> normalize("3岁2月").value
Age(days=1157, unit='month')
>>> normalize("生后5天").value, normalize("6周").reason, normalize(3).reason
(Age(days=5, unit='day'), 'weeks-or-years', 'no-unit')
>>> normalize(3, Context(unit="月")).value
Age(days=91, unit='month')
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from zhengming.normalizers import cells, doubts, numerals
from zhengming.normalizers.context import PLAIN, Context
from zhengming.normalizers.outcome import Outcome, accepted, review, unmatched
from zhengming.normalizers.value_words import pattern

Unit = Literal["year", "month", "week", "day"]
UNITS: tuple[Unit, ...] = ("year", "month", "week", "day")
MAX_YEARS = 150

_NUMBER = r"[0-9]{1,5}(?:\.[0-9]{1,17})?"
_MORE = "[+多余]?"
_YEARS = r"(?:周岁|岁|years?|yrs?|yo|y|年)"
_MONTHS = r"(?:月龄|月|months?|mos?|mon|m)"
_WEEKS = r"(?:周龄|星期|周|weeks?|wks?|w)"
_DAYS = r"(?:天龄|日龄|天|日|days?|d)"
_AGE = re.compile(
    rf"(?:(?P<y>{_NUMBER}){_MORE}(?P<y_word>{_YEARS}){_MORE}(?P<y_half>半)?)?[零又]?"
    rf"(?:(?P<m>{_NUMBER}){_MORE}个?{_MORE}(?P<m_half>半?){_MONTHS}{_MORE}(?P<m_end>半)?)?[零又]?"
    rf"(?:(?P<w>{_NUMBER}){_MORE}个?(?P<w_word>{_WEEKS}){_MORE})?"
    rf"(?:(?P<d>{_NUMBER}){_MORE}(?P<d_word>{_DAYS}){_MORE})?"
    rf"(?:(?P<h>{_NUMBER})个?{_MORE}(?:小时|hours?|hrs?|h))?"
    r"大?龄?"
)
_AFTER_PREFIX = re.compile("[:为]")
_KIND_PREFIX = re.compile(rf"^(日|月|周)龄[:为]?({_NUMBER})$")
_TWELFTHS = re.compile(r"(?:([0-9]{1,2})(?:岁| ))?([0-9]{1,2})/12 ?(岁)?")
_RANGE = re.compile(r"[0-9半][岁月天日周个]{0,2} ?[-~至到] ?[0-9]")
_HINT = re.compile(rf"{_NUMBER}(?:岁|个月|天)")
_HALF = re.compile(r"半(?=岁|年|个?月)")


@dataclass(frozen=True, slots=True)
class Age:
    """An age of `days` whole days, stated in `unit`: "year", "month", "week" or "day"."""

    days: int
    unit: Unit


def normalize(raw: object, context: Context = PLAIN) -> Outcome:
    """The age a cell states.

    Accepted: `stated-age`, `header-unit` (a bare number under a header with a unit), `twelfths` (3岁2/12).
    Review with a value: `no-unit` (read as years), `weeks-or-years`, `decimal-age`, `odd-parts` (1岁14月), `date-like`
    (3年2月, 3月5日), `approximate`; without: `bound`, `range`, `nominal-age` (虚岁), `unknown-unit`, `extra-text`.
    Unmatched: `impossible-age`, `gestational-age`, `date-not-age`, `not-an-age`.
    """
    outcome = cells.settled(raw)
    if outcome is not None:
        return outcome
    if isinstance(raw, (date, time)):
        return unmatched("date-not-age")
    if isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool):
        written = cells.digits(raw)
        return unmatched("impossible-age") if written is None else _of_bare_number(written, context.unit)
    return _of_text(cells.folded(raw).lower(), context.unit) if isinstance(raw, str) else unmatched("not-an-age")


def is_valid(value: object) -> bool:
    """Whether `value` is an Age of 0 to 150 years in a whole number of its units, or of half years or half months."""
    if not isinstance(value, Age) or isinstance(value.days, bool) or not isinstance(value.days, int):
        return False
    return value.unit in UNITS and 0 <= value.days <= _days_of_months(24 * MAX_YEARS) and _rounded(value) == value.days


def format(value: Age) -> str:
    """The age in its own unit.

    >>> format(Age(1157, "month")), format(Age(1278, "year")), format(Age(42, "week"))
    ('3岁2个月', '3.5岁', '6周龄')
    """
    if value.unit == "day":
        return f"{value.days}天"
    if value.unit == "week":
        return f"{value.days // 7}周龄"
    halves = _half_months(value.days)
    if value.unit == "year":
        return f"{halves // 24}{'.5' if halves % 24 else ''}岁"
    years, rest = divmod(halves, 24)
    months = f"{rest // 2}{'.5' if rest % 2 else ''}个月"
    return f"{years}岁{months}" if years else months


def _days_of_months(halves: int) -> int:
    """Days in so many half months: 365.25 / 24 = 487 / 32 each, rounded to whole days."""
    return (halves * 487 + 16) // 32


def _half_months(days: int) -> int:
    """The number of half months nearest to so many days; undoes `_days_of_months`."""
    return (days * 32 * 2 + 487) // (487 * 2)


def _rounded(age: Age) -> int:
    """The days of the nearest age that `age.unit` can state."""
    if age.unit == "day":
        return age.days
    if age.unit == "week":
        return age.days // 7 * 7
    halves = _half_months(age.days)
    return _days_of_months(halves if age.unit == "month" else halves // 12 * 12)


def _of_bare_number(number: str, unit: str) -> Outcome:
    """A number without a unit of its own."""
    if number.startswith("-"):
        return unmatched("impossible-age")
    if not unit:
        years = Decimal(number)
        if years != int(years) or years > MAX_YEARS:
            return review(None, "no-unit")
        return review(Age(_days_of_months(24 * int(years)), "year"), "no-unit", 0.3)
    outcome = _stated(number + cells.folded(unit).lower())
    if outcome is None:
        return review(None, "unknown-unit")
    return accepted(outcome.value, "header-unit") if outcome.status == "accepted" else outcome


def _of_text(text: str, unit: str) -> Outcome:
    """The age in a folded, lower-case text."""
    if re.fullmatch(rf"-?{_NUMBER}", text):
        return _of_bare_number(text, unit)
    if pattern("gestation").search(text) or text.startswith("ga"):
        return unmatched("gestational-age")
    if "虚" in text:
        return review(None, "nominal-age")
    twelfths = _TWELFTHS.fullmatch(_without_prefix(text))
    if twelfths:
        return _of_twelfths(twelfths)
    plain = _without_prefix(numerals.arabic(text.replace(" ", "")))
    if _RANGE.search(plain):
        return review(None, "range")
    if doubts.is_bound(plain, "bound-age"):
        return review(None, "bound")
    outcome = _stated(doubts.without_about(plain, "about-age")) or unmatched("not-an-age")
    if outcome.status == "accepted" and doubts.is_about(plain, "about-age"):
        return review(outcome.value, "approximate")
    if outcome.reason == "not-an-age" and _HINT.search(plain):
        return review(None, "extra-text")
    return outcome


def _without_prefix(text: str) -> str:
    """`text` without a word such as 生后 or 年龄： in front."""
    found = pattern("age-prefix", start=True).match(text)
    if found is None:
        return text
    rest = text[found.end() :]
    return rest[1:] if _AFTER_PREFIX.match(rest) else rest


def _of_twelfths(match: re.Match[str]) -> Outcome:
    """Years and twelfths, as paediatricians write months: 3岁2/12, 8/12岁."""
    years, months = int(match[1] or 0), int(match[2])
    if not 0 < months < 12:
        return unmatched("not-an-age")
    age = Age(_days_of_months(24 * years + 2 * months), "month")
    stated = "岁" in match[0]
    return accepted(age, "twelfths") if stated else review(age, "twelfths", 0.7)  # a bare 8/12 may be a day of the year


def _stated(text: str) -> Outcome | None:
    """The age of numbers with units, or None when `text` is none."""
    kind = _KIND_PREFIX.match(text)
    if kind:
        text = f"{kind[2]}{kind[1]}龄"
    match = _AGE.fullmatch(_HALF.sub("0.5", text) if text.startswith("半") else text)
    if match is None or not any(match[part] for part in "ymwdh"):
        return None
    years, months, weeks, days, hours = (Decimal(match[part] or 0) for part in "ymwdh")
    years += Decimal("0.5") if match["y_half"] else 0
    months += Decimal("0.5") if match["m_half"] or match["m_end"] else 0
    if max(years, months / 12, weeks / 53, days / 366, hours / 24 / 366) > MAX_YEARS:
        return unmatched("impossible-age")
    halves = 24 * years + 2 * months
    age = _age(match, halves, 7 * weeks + days, hours)
    if age.days > _days_of_months(24 * MAX_YEARS):
        return unmatched("impossible-age")
    return _doubt(match, age, years, months, weeks, days) or accepted(age, "stated-age")


def _age(match: re.Match[str], halves: Decimal, days: Decimal, hours: Decimal) -> Age:
    """The age of so many half months, days and hours, in the finest unit that was stated."""
    if halves % 1:
        halves = 2 * (halves / 2).to_integral_value(ROUND_HALF_UP)  # 1.8岁: the nearest month, for review
    total = _days_of_months(int(halves)) + int(days + hours / 24)
    if match["d"] or match["h"] or (match["w"] and halves):
        return Age(total, "day")
    if match["w"]:
        return Age(int(days) // 7 * 7, "week")
    if match["m"] or halves % 12:
        return Age(_days_of_months(int(halves)), "month")
    return Age(_days_of_months(int(halves)), "year")


def _doubt(
    match: re.Match[str], age: Age, years: Decimal, months: Decimal, weeks: Decimal, days: Decimal
) -> Outcome | None:
    """The review that these parts call for, or None when they fit together."""
    finer = bool(months or match["m"] or weeks or days or match["h"])
    if years * 2 % 1 or months * 2 % 1 or weeks % 1 or days % 1 or (years % 1 and finer) or (months % 1 and match["d"]):
        return review(age, "decimal-age")
    if match["y_word"] == "年" or (match["m"] and match["d_word"] == "日"):
        return review(age, "date-like")
    if match["w_word"] == "周" and not match["d"]:
        return review(age, "weeks-or-years")
    odd = (match["y"] and (months >= 12 or weeks > 4)) or ((match["y"] or match["m"]) and days > 31)
    return review(age, "odd-parts") if odd else None
