"""Percentages: shares, saturations, ejection fractions, as Decimal percent (95 stands for 95 %).

The worse mistake is a factor of a hundred: 0.95 under a header that says % is 95 % when Excel took the sign off, and
just under 1 % when it did not. So a bare number of at most 1 goes to review with 95 as the proposal
(`share-or-percent`), a bare number without a sign anywhere too (`no-sign`), and nothing approximate is accepted.

Canonical text has the sign and no more decimals than were stated: 95%, 0.5%. Valid values are 0 to 1000.

>>> normalize("９５．５％").value, normalize("百分之六十").value, normalize("八成五").value
(Decimal('95.5'), Decimal('60'), Decimal('85'))
>>> normalize(95, Context(unit="%")).value, normalize("0.95", Context(unit="%")).reason
(Decimal('95'), 'share-or-percent')
"""

from __future__ import annotations

import re
from decimal import Decimal

from zhengming.normalizers import cells, doubts, numerals
from zhengming.normalizers.context import PLAIN, Context
from zhengming.normalizers.outcome import Outcome, accepted, review, unmatched

MAX_PERCENT = Decimal(1000)  # chosen: shares end at 100, growth and doses in percent of a norm do not
_DECIMALS = 6

_NUMBER = r"[0-9]{1,10}(?:\.[0-9]{1,12})?"
_PERCENT = re.compile(rf"({_NUMBER}) ?(?:%|percent|per cent|pct)")
_PERMILLE = re.compile(rf"({_NUMBER}) ?‰|千分之({_NUMBER})")
_OF_HUNDRED = re.compile(rf"百分之({_NUMBER}|[{numerals.DIGITS}{numerals.TENS}点]{{1,12}})")
_TENTHS = re.compile(rf"([{numerals.DIGITS}0-9])成(?:([{numerals.DIGITS}0-9])|(半))?")
_FRACTION = re.compile(r"[0-9]{1,4} ?/ ?[0-9]{1,4}")
_SIGNS = frozenset({"%", "百分比", "percent", "pct"})


def normalize(raw: object, context: Context = PLAIN) -> Outcome:
    """The percentage a cell states.

    Accepted: `stated-percent`, `permille` (5‰ is 0.5), `tenths` (八成五 is 85), `header-unit`. Review with a value:
    `share-or-percent`, `no-sign`, `approximate`, `above-hundred`, `too-precise` (more than six decimals), `extra-text`;
    without: `range`, `bound`, `fraction`, `several-percentages`, `unknown-unit`. Unmatched: `negative`, `too-large`,
    `not-a-percentage`.
    """
    outcome = cells.settled(raw)
    if outcome is not None:
        return outcome
    if isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool):
        exact = Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw)
        return _of_bare_number(exact, context.unit) if exact.is_finite() else unmatched("too-large")
    return _of_text(cells.folded(raw).lower(), context) if isinstance(raw, str) else unmatched("not-a-percentage")


def is_valid(value: object) -> bool:
    """Whether `value` is a Decimal from 0 to 1000 with at most six decimals."""
    if not isinstance(value, Decimal) or not value.is_finite() or not 0 <= value <= MAX_PERCENT:
        return False
    return _plain(value) == value


def format(value: Decimal) -> str:
    """The number with its sign.

    >>> format(Decimal("95.50"))
    '95.5%'
    """
    return f"{_plain(value):f}%"


def _plain(value: Decimal) -> Decimal:
    """`value` to six decimals, without zeros at its end."""
    rounded = round(value, _DECIMALS).normalize()
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral() else rounded


def _of_bare_number(number: Decimal, unit: str) -> Outcome:
    """A number without a sign of its own."""
    if number < 0:
        return unmatched("negative")
    if number > MAX_PERCENT:
        return unmatched("too-large")
    sign = cells.folded(unit).lower().strip("() ")
    if 0 < number <= 1:
        return review(_plain(number * 100), "share-or-percent")
    if not sign:
        return review(_plain(number), "no-sign", 0.7)
    return _judged(number, "header-unit") if sign in _SIGNS else review(None, "unknown-unit")


def _judged(number: Decimal, reason: str) -> Outcome:
    """`number` percent, stated in so many words."""
    if number > MAX_PERCENT:
        return unmatched("too-large")
    value = _plain(number)
    if value != number:
        return review(value, "too-precise")
    return accepted(value, reason) if value <= 100 else review(value, "above-hundred", 0.7)


def _of_text(text: str, context: Context) -> Outcome:
    """The percentage in a folded, lower-case text."""
    if re.fullmatch(_NUMBER, text):
        return _of_bare_number(Decimal(text), context.unit)
    outcome = _stated(text)
    if outcome is not None:
        return outcome
    if re.fullmatch(rf"- ?{_NUMBER} ?%?", text):
        return unmatched("negative")
    if _FRACTION.fullmatch(text):
        return review(None, "fraction")
    if doubts.is_range(text):
        return review(None, "range")
    if doubts.is_bound(text):
        return review(None, "bound")
    exact = doubts.without_about(text)
    if exact != text:
        outcome = _stated(exact.strip())
        return review(outcome.value, "approximate") if outcome and outcome.value is not None else _among_words(text)
    return _among_words(text)


def _stated(text: str) -> Outcome | None:
    """The percentage of a text that says only that, or None."""
    if match := _PERCENT.fullmatch(text):
        return _judged(Decimal(match[1]), "stated-percent")
    if match := _PERMILLE.fullmatch(text):
        return _judged(Decimal(match[1] or match[2]) / 10, "permille")
    if match := _OF_HUNDRED.fullmatch(text):
        number = _decimal(match[1])
        return None if number is None else _judged(number, "stated-percent")
    match = _TENTHS.fullmatch(text)
    if match is None:
        return None
    tens, ones = _decimal(match[1]), Decimal(5) if match[3] else _decimal(match[2] or "0")
    return None if tens is None or ones is None else _judged(10 * tens + ones, "tenths")


def _decimal(text: str) -> Decimal | None:
    """A number in digits, or in Chinese numerals with 点 for the point."""
    if text[0].isascii():
        return Decimal(text)
    whole, point, rest = text.partition("点")
    parts = [numerals.integer(whole), *(numerals.integer(digit) for digit in rest)]
    if any(part is None for part in parts) or (point and not rest):
        return None
    return Decimal("".join(str(part) for part in (parts[0], "." if point else "", *parts[1:])))


def _among_words(text: str) -> Outcome:
    """A percentage among other words, or none."""
    found = list(dict.fromkeys(re.findall(rf"(?<![0-9.,]){_PERCENT.pattern}", text)))
    if len(found) > 1:
        return review(None, "several-percentages")
    if not found:
        return unmatched("not-a-percentage")
    outcome = _judged(Decimal(found[0]), "")
    return review(outcome.value, "extra-text") if outcome.value is not None else outcome
