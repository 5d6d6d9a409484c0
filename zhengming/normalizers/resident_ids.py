"""Resident identity numbers of China (公民身份号码, GB 11643-1999).

18 characters: six for the place of registration, eight for the birth date, three for the order among those born there
that day (odd: male), and a check digit (ISO 7064 MOD 11-2).

The worse mistake is another child's number: payments and histories are joined on it. So nothing is repaired: a number
whose check digit fails is unmatched, and one that went through a spreadsheet's number cell, which keeps 15 digits, is
`lost-digits` even where the rest looks right. Numbers of 15 digits (GB 11643-1989, out of use since 2013) have no
check digit to prove them: they are completed, and go to review.

A number registered in a place that the list of python-stdnum lacks goes to review, except the residence permits of
Hong Kong, Macau and Taiwan residents (810000, 820000, 830000). The year in which a county existed is not checked:
children are registered in counties of before and after. A valid value is 18 characters with a capital X.

>>> normalize("11010120990101123ｘ").reason
'check-digit'
>>> number = normalize("110101 20990101 1239").value
>>> number, birth_date(number), sex_code(number), region_code(number)
('110101209901011239', datetime.date(2099, 1, 1), '1', '110101')
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import mul

from zhengming.errors import UsageError
from zhengming.normalizers import cells
from zhengming.normalizers.context import PLAIN, Context
from zhengming.normalizers.outcome import Outcome, accepted, review, unmatched

FIRST_YEAR, LAST_YEAR = 1901, 2099
PERMIT_REGIONS = frozenset({"810000", "820000", "830000"})  # residence permits, 国办发〔2018〕81号, article 3

_CAPITAL_X = str.maketrans("xХх×✕", "XXXXX")
_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
_ZEROS = ord("0") * sum(_WEIGHTS)  # a digit counts as its code point less that of the zero
_CHECK_DIGITS = "10X98765432"
_WHOLE = re.compile(r"[0-9]{17}[0-9X]")
_RUN = re.compile(r"(?<![0-9A-Za-z])(?:[0-9]{17}[0-9X]|[0-9]{15})(?![0-9A-Za-z*])")
_NEXT_TO_SEPARATOR = re.compile(r"(?<=[0-9]) ?[- ] ?(?=[0-9X])")


def normalize(raw: object, context: Context = PLAIN) -> Outcome:
    """The identity number a cell states, in upper case with 18 characters.

    Accepted: `resident-id`. Review with a value: `fifteen-digits`, `unknown-region`, `maybe-lost-digits` (a text that
    ends in 000 and is right all the same), `extra-text`; without: `several-numbers`. Unmatched: `lost-digits`,
    `check-digit`, `impossible-birth-date`, `wrong-length`, `masked`, `not-a-resident-id`.
    """
    if isinstance(raw, str) and _WHOLE.fullmatch(raw):  # most cells
        return _judged(raw)
    outcome = cells.settled(raw)
    if outcome is not None:
        return outcome
    if isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool):
        written = cells.digits(raw)
        return unmatched("lost-digits") if written is None else _of_text(written)
    return _of_text(cells.folded(raw)) if isinstance(raw, str) else unmatched("not-a-resident-id")


def is_valid(value: object) -> bool:
    """Whether `value` is an 18-character number in canonical form: birth date, check digit and a known region."""
    return isinstance(value, str) and len(value) == 18 and _judged(value).status == "accepted"


def format(value: str) -> str:
    """The number itself; the standard writes it without separators."""
    return value


def birth_date(value: str) -> date:
    """The birth date in a number.

    Raises:
        UsageError: not a resident identity number of 18 characters.
    """
    found = _birth_date(_checked(value))
    if found is None:
        raise UsageError("not a resident identity number", remedy="pass only values that were accepted")
    return found


def sex_code(value: str) -> str:
    """The sex in a number by GB/T 2261.1: "1" male, "2" female.

    Raises:
        UsageError: not a resident identity number of 18 characters.
    """
    return "1" if int(_checked(value)[16]) % 2 else "2"


def region_code(value: str) -> str:
    """The place of registration in a number: six digits of GB/T 2260, perhaps of an earlier edition.

    Raises:
        UsageError: not a resident identity number of 18 characters.
    """
    return _checked(value)[:6]


def check_digit(first17: str) -> str:
    """The check digit to 17 digits, ISO 7064 MOD 11-2 as in GB 11643-1999.

    >>> check_digit("11010120990101123")
    '9'
    """
    return _CHECK_DIGITS[(sum(map(mul, first17.encode(), _WEIGHTS)) - _ZEROS) % 11]


def _checked(value: str) -> str:
    """`value`, if it has the shape of a number."""
    if _WHOLE.fullmatch(value):
        return value
    raise UsageError("not a resident identity number", remedy="pass only values that were accepted")


def _of_text(text: str) -> Outcome:
    """The number in a folded text."""
    compact = _NEXT_TO_SEPARATOR.sub("", text.translate(_CAPITAL_X))
    found = _RUN.findall(compact)
    if len(set(found)) > 1:
        return review(None, "several-numbers")
    if not found:
        return unmatched(_why_not(text, compact))
    outcome = _judged(found[0])
    if compact != found[0] and outcome.status == "accepted":
        return review(outcome.value, "extra-text", 0.8)
    return outcome


def _why_not(text: str, compact: str) -> str:
    """The reason code for a text without a number in it."""
    if cells.scientific(text):
        return "lost-digits"
    if re.search(r"[0-9]{3}\*{2}", compact) or re.search(r"[0-9]{6}X{2}", compact):
        return "masked"
    return "wrong-length" if re.fullmatch(r"[0-9]{6,40}X?", compact) else "not-a-resident-id"


def _judged(number: str) -> Outcome:
    """The outcome of 15 digits, or of 17 digits and a digit or X."""
    if len(number) == 15:
        longer = f"{number[:6]}19{number[6:]}"
        outcome = _judged(longer + check_digit(longer))
        return review(outcome.value, "fifteen-digits", 0.6) if outcome.value else outcome
    if not _WHOLE.fullmatch(number):
        return unmatched("not-a-resident-id")
    right = check_digit(number[:17]) == number[17]
    if number.endswith("000"):
        return review(number, "maybe-lost-digits", 0.3) if right and _birth_date(number) else unmatched("lost-digits")
    if _birth_date(number) is None:
        return unmatched("impossible-birth-date")
    if not right:
        return unmatched("check-digit")
    return accepted(number, "resident-id") if _known_region(number[:6]) else review(number, "unknown-region", 0.5)


def _birth_date(number: str) -> date | None:
    """The calendar day at positions 7 to 14, or None."""
    try:
        day = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


@lru_cache(maxsize=10_000)
def _known_region(code: str) -> bool:
    """Whether the place is or was an administrative division."""
    from stdnum import numdb

    return code in PERMIT_REGIONS or all(facts for _, facts in numdb.get("cn/loc").info(code))
