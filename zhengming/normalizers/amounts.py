"""Amounts of money in Chinese yuan (CNY), to the fen, as Decimal.

The worse mistake is a factor of ten thousand: 万 applied twice, or not at all. So a unit in the cell wins over the
one in the header, a bare number under 万元 that would make an unlikely sum goes to review (`unit-doubtful`), commas
that do not part groups of three do too, as does a point before exactly three digits (12.345), and nothing approximate
is accepted.

Canonical text has two decimals and no separators: 12000.00. Valid amounts are within ±10,000,000,000.

>>> normalize("叁万贰仟元整").value, normalize("￥12,000.50").value, normalize("1万2").value
(Decimal('32000.00'), Decimal('12000.50'), Decimal('12000.00'))
>>> normalize("1.5", Context(unit="万元")).value, normalize("1-2万").reason
(Decimal('15000.00'), 'range')
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from zhengming.normalizers import cells, doubts, written_amounts
from zhengming.normalizers.context import PLAIN, Context
from zhengming.normalizers.outcome import Outcome, accepted, review, unmatched
from zhengming.normalizers.value_words import pattern

MAX_AMOUNT = Decimal(10) ** 10  # chosen: above every sum a charity of this kind pays or takes
DOUBTFUL_IN_TEN_THOUSANDS = 1000  # chosen: a bare 1,000 under 万元 would be 10 million yuan; 1,000 yuan is likelier
FEN = Decimal("0.01")

_SCALES = {"": 1, "百": 100, "千": 1000, "万": 10_000, "十万": 100_000, "百万": 1_000_000, "千万": 10**7, "亿": 10**8}
_UNIT = re.compile(r"(?:人民币|rmb|cny|¥|[:(])*(十万|百万|千万|百|千|万|亿)?[元圆块]?(?:人民币|rmb|cny|¥|\))*")
_PLAIN = re.compile(r"(?:[0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?:\.[0-9]{1,2})?")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?")
_RANGE = re.compile(r"[0-9万千百元] ?[-~至到] ?[0-9]")
_ARITHMETIC = re.compile(r"[0-9元万] ?[+*×xX/÷=] ?[0-9]|^=")
_POINT_OR_COMMA = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")
_ODD_PIECES = re.compile(r"[0-9.]{1,20}(?:[亿万千百][0-9.]{0,20}){1,4}元?")
_FIGURE = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?(?:[百千万亿]{0,2}元?)")
_BRACKETED = re.compile(r"(.{1,80}?)[(\[【](.{1,80})[)\]】]")


def normalize(raw: object, context: Context = PLAIN) -> Outcome:
    """The amount a cell states, in yuan.

    Accepted: `bare-number`, `header-unit`, `stated-amount`, `spoken` (1万2 is 12,000), `words-and-figures` (both, and
    equal), `rounded` (a number cell with more than two decimals). Review with a value: `unit-doubtful`, `approximate`,
    `extra-text`, `sub-fen` (a text with parts of a fen), `in-brackets` ((500) may mean -500), `slang-unit` (3w);
    without: `range`, `bound`, `several-amounts`, `expression`, `odd-grouping`, `words-disagree`, `unknown-unit`.
    Unmatched: `foreign-currency`, `too-large`, `not-an-amount`.
    """
    if isinstance(raw, str) and _PLAIN.fullmatch(raw):  # most cells
        return _of_bare_number(Decimal(raw.replace(",", "")), context.unit, written=True)
    outcome = cells.settled(raw)
    if outcome is not None:
        return outcome
    if isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool):
        return _of_number(raw, context)
    return _of_text(cells.folded(raw).lower(), context) if isinstance(raw, str) else unmatched("not-an-amount")


def is_valid(value: object) -> bool:
    """Whether `value` is a Decimal within ±10,000,000,000 and of whole fen."""
    if not isinstance(value, Decimal) or not value.is_finite() or not -MAX_AMOUNT <= value <= MAX_AMOUNT:
        return False
    return value == value.quantize(FEN)


def format(value: Decimal) -> str:
    """Yuan with two decimals.

    >>> format(Decimal("12000"))
    '12000.00'
    """
    return f"{value.quantize(FEN) + 0:f}"


def _of_number(raw: float | Decimal, context: Context) -> Outcome:
    """The amount a number cell holds, in the header's unit; sums of a formula carry the noise of doubles."""
    if not -MAX_AMOUNT <= raw <= MAX_AMOUNT:
        return unmatched("too-large")
    exact = Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw)
    return _of_bare_number(exact, context.unit, written=False)


def _of_bare_number(number: Decimal, unit: str, *, written: bool) -> Outcome:
    """A number without a unit of its own."""
    stated = _stated(unit)
    if isinstance(stated, Outcome):
        return stated
    folded, scale = stated
    if written and scale == 1 and _POINT_OR_COMMA.fullmatch(str(number)):
        return review(
            None, "odd-grouping"
        )  # 12.345 is twelve yuan here, and twelve thousand where a point parts thousands
    if scale >= 10_000 and abs(number) * scale >= DOUBTFUL_IN_TEN_THOUSANDS * 10_000:
        outcome = _judged(number * scale, "unit-doubtful", written=False)
        return review(outcome.value, "unit-doubtful", 0.3) if outcome.value is not None else outcome
    return _judged(number * scale, "header-unit" if folded else "bare-number", written=written)


@lru_cache(maxsize=256)  # a column has one
def _stated(unit: str) -> tuple[str, int] | Outcome:
    """A unit, folded, and how many yuan it is; what every amount in it comes to where that is unknown."""
    folded = cells.folded(unit).lower().replace(" ", "")
    if pattern("foreign-currency").search(folded):
        return unmatched("foreign-currency")
    match = _UNIT.fullmatch(folded)
    return (folded, _SCALES[match[1] or ""]) if match else review(None, "unknown-unit")


def _judged(amount: Decimal, reason: str, *, written: bool) -> Outcome:
    """`amount` in whole fen: a written text with parts of a fen is no price, a computed number may be one."""
    if abs(amount) > MAX_AMOUNT:
        return unmatched("too-large")
    value = amount.quantize(FEN, ROUND_HALF_UP) + 0  # no negative zero
    if value == amount:
        return accepted(value, reason)
    return review(value, "sub-fen") if written else accepted(value, "rounded")


def _of_text(text: str, context: Context) -> Outcome:
    """The amount in a folded, lower-case text."""
    if pattern("foreign-currency").search(text):
        return unmatched("foreign-currency")
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed:
        both = _words_and_figures(bracketed[1], bracketed[2])
        if both is not None:
            return both
    if re.fullmatch(r"\(.{1,80}\)", text):
        outcome = _of_text(text[1:-1], context)
        return review(-outcome.value, "in-brackets") if isinstance(outcome.value, Decimal) else outcome
    plain = written_amounts.unmarked(text)
    if plain is None:
        return review(None, "odd-grouping")
    if _DECIMAL.fullmatch(plain):
        marked = re.search(r"[元圆块¥]|rmb|cny|人民币", text)
        return _of_bare_number(Decimal(plain), "" if marked else context.unit, written=True)
    return _of_words(plain) or _doubtful(text, plain)


def _of_words(plain: str) -> Outcome | None:
    """The amount of a text with units or Chinese numerals, without marks of currency."""
    found = written_amounts.read(plain)
    if found is None:
        return None
    amount, reason = found
    outcome = _judged(amount, reason, written=True)
    return review(outcome.value, reason, 0.8) if reason == "slang-unit" and outcome.status == "accepted" else outcome


def _words_and_figures(first: str, second: str) -> Outcome | None:
    """The amount of 叁万贰仟元整(¥32,000.00), or None when one of the two is no amount."""
    values = []
    for part in (first, second):
        plain = written_amounts.unmarked(part)
        if plain is None:
            return None
        outcome = _judged(Decimal(plain), "", written=True) if _DECIMAL.fullmatch(plain) else _of_words(plain)
        if outcome is None or outcome.status != "accepted":
            return None
        values.append(outcome.value)
    return accepted(values[0], "words-and-figures") if values[0] == values[1] else review(None, "words-disagree")


def _doubtful(text: str, plain: str) -> Outcome:
    """A text that is not an amount by itself, but may hold one."""
    if _ODD_PIECES.fullmatch(plain):
        return review(None, "odd-grouping")  # 1万20
    if _ARITHMETIC.search(plain):
        return review(None, "expression")
    if _RANGE.search(plain):
        return review(None, "range")
    if doubts.is_bound(plain):
        return review(None, "bound")
    figures = _FIGURE.findall(text)
    exact = doubts.without_about(plain.removesuffix("+"), "about-amount")
    if exact != plain and len(figures) < 2:
        bare = written_amounts.unmarked(exact)
        outcome = _of_words(bare) if bare and not _DECIMAL.fullmatch(bare) else None
        if outcome is None and bare and _DECIMAL.fullmatch(bare):
            outcome = _judged(Decimal(bare), "", written=True)
        if outcome is not None:
            return review(outcome.value, "approximate")
    if len(figures) > 1:
        return review(None, "several-amounts")
    return _extra_text(figures[0]) if figures else unmatched("not-an-amount")


def _extra_text(figure: str) -> Outcome:
    """One figure among other words: an amount if it has a unit, else any number."""
    plain = written_amounts.unmarked(figure)
    if plain is None or not re.search("[百千万亿元]", figure):
        return unmatched("not-an-amount")
    outcome = _judged(Decimal(plain), "", written=True) if _DECIMAL.fullmatch(plain) else _of_words(plain)
    return review(outcome.value, "extra-text") if outcome and outcome.value is not None else unmatched("not-an-amount")
