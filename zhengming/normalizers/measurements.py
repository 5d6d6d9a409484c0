"""Measurements: a number with its unit (mm, cm, kg, mmHg …) in the own unit of its quantity, as Decimal.

The worse mistake is a wrong scale: a weight of 3500 kg, a defect of 12 cm for 12 mm, 斤 read as 公斤; doses hang on it.
So a unit in the cell wins over the one in the header, a bare number without either goes to review (`no-unit`), a unit
of another quantity than the column's is refused, and of two figures (3-5mm, 12×8mm, 90/60mmHg) none is chosen.

The quantity of a column is stated by its table spec (`Context.quantity`: length_mm, weight_kg, …); units and factors
are data (`data/vocabulary/measures.csv`; SI, and 1 斤 = 0.5 kg). Canonical text: 12 mm, 3.5 kg.

>>> normalize("1.2cm").value, normalize("6斤2两").value
(Measurement(number=Decimal('12'), quantity='length_mm', upto=None), Measurement(number=Decimal('3.1'), \
quantity='weight_kg', upto=None))
>>> normalize("3500", Context(unit="g")).value.number, normalize("3500").reason, normalize("3-5mm").reason
(Decimal('3.5'), 'no-unit', 'range')
>>> normalize("12kg", Context(quantity="length_mm")).reason
'other-quantity'
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from zhengming.normalizers import cells, doubts, measures, numerals
from zhengming.normalizers.context import PLAIN, Context
from zhengming.normalizers.outcome import Outcome, accepted, review, unmatched

MAX_NUMBER = Decimal(10) ** 9  # chosen: in any unit of the table, more is no measurement of a person
_DECIMALS = 6

_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){1,3}(?![0-9,])")
_PART = re.compile(r" ?([0-9]{1,12}(?:\.[0-9]{1,12})?) ?([^0-9. ][^0-9.,;]{0,8})")
_SPOKEN = re.compile(r"([0-9]{1,3})(米|m)([0-9]{1,2})")
_TWO = re.compile(r"[0-9] ?[a-z㎜㎝℃]{0,4} ?[x×*/] ?[0-9]")
_SEVERAL = re.compile(r"[0-9][^0-9]{0,8}[,;、，；和及][^0-9]{0,8}[0-9]")
_LIANG = re.compile(f"(?<=[0-9{numerals.DIGITS}{numerals.TENS}])两")
_HALF = re.compile(r"(?<![0-9])半(?=[一-鿿a-z])")


@dataclass(frozen=True, slots=True)
class Measurement:
    """`number` in the own unit of `quantity`; `upto` is the upper end where a range was stated."""

    number: Decimal
    quantity: str
    upto: Decimal | None = None


def normalize(raw: object, context: Context = PLAIN) -> Outcome:
    """The measurement a cell states.

    Accepted: `stated-unit`, `header-unit`, `several-units` (6斤2两), `spoken` (1米05). Review with a value:
    `approximate`, `range` (`upto` is its upper end), `extra-text`, `too-precise`; without: `no-unit`, `bound`,
    `several-values`, `unknown-unit`. Unmatched: `other-quantity`, `negative`, `too-large`, `not-a-measurement`.
    """
    outcome = cells.settled(raw)
    if outcome is not None:
        return outcome
    if isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool):
        exact = Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw)
        return _of_bare_number(exact, context) if exact.is_finite() else unmatched("too-large")
    return _of_text(cells.folded(raw).lower(), context) if isinstance(raw, str) else unmatched("not-a-measurement")


def is_valid(value: object) -> bool:
    """Whether `value` is a Measurement of a known quantity, not negative, of at most six decimals, and no range."""
    if not isinstance(value, Measurement) or not isinstance(value.number, Decimal) or value.upto is not None:
        return False
    if not isinstance(value.quantity, str) or not measures.written(value.quantity):
        return False
    return value.number.is_finite() and 0 <= value.number <= MAX_NUMBER and _plain(value.number) == value.number


def format(value: Measurement) -> str:
    """The number and the own unit of the quantity.

    >>> format(Measurement(Decimal("12.50"), "length_mm"))
    '12.5 mm'
    """
    return f"{_plain(value.number):f} {measures.written(value.quantity)}"


def _plain(value: Decimal) -> Decimal:
    """`value` to six decimals, without zeros at its end."""
    rounded = round(value, _DECIMALS).normalize()
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral() else rounded


def _of_bare_number(number: Decimal, context: Context) -> Outcome:
    """A number without a unit of its own."""
    if number < 0:
        return unmatched("negative")
    unit = cells.folded(context.unit).lower().strip("() ")
    if not unit:
        return review(None, "no-unit")
    measure = measures.unit(unit)
    return review(None, "unknown-unit") if measure is None else _judged([(number, measure)], context, "header-unit")


def _judged(parts: list[tuple[Decimal, measures.Measure]], context: Context, reason: str) -> Outcome:
    """The sum of parts of one quantity, each smaller than the unit before it."""
    quantity = parts[0][1].quantity
    if any(measure.quantity != quantity for _, measure in parts):
        return review(None, "several-values")
    if context.quantity and quantity != context.quantity:
        return unmatched("other-quantity")
    factors = [measure.factor for _, measure in parts]
    if factors != sorted(set(factors), reverse=True):
        return review(None, "several-values")  # 3mm 5mm: two sizes, no sum
    number = sum((number * measure.factor for number, measure in parts), Decimal(0))
    if number > MAX_NUMBER:
        return unmatched("too-large")
    value = Measurement(_plain(number), quantity)
    return accepted(value, reason) if value.number == number else review(value, "too-precise")


def _of_text(text: str, context: Context) -> Outcome:
    """The measurement in a folded, lower-case text."""
    text = _GROUPED.sub(lambda group: group[0].replace(",", ""), text)
    if _NUMBER.fullmatch(text):
        return _of_bare_number(Decimal(text), context)
    if re.match(r"- ?[0-9]", text):
        return unmatched("negative")
    # 两 is a numeral before a unit and a unit after a number
    spelled = numerals.arabic(_LIANG.sub("\t", _HALF.sub("0.5", text))).replace("\t", "两")
    return _stated(text, context) or _stated(spelled, context) or _doubtful(text, context)


def _stated(text: str, context: Context) -> Outcome | None:
    """The measurement of a text that says only that, or None."""
    spoken = _SPOKEN.fullmatch(text)
    if spoken:
        measure = measures.unit("m")
        return _judged([(Decimal(f"{spoken[1]}.{spoken[3]}"), measure)], context, "spoken") if measure else None
    half = len(text) > 2 and text.endswith("半")
    text = text.removesuffix("半")
    parts: list[tuple[Decimal, measures.Measure]] = []
    position = 0
    for match in _PART.finditer(text):
        measure = measures.unit(match[2].strip())
        if match.start() != position or measure is None:
            return None
        parts.append((Decimal(match[1]), measure))
        position = match.end()
    if not parts or position != len(text) or (half and (len(parts) > 1 or "." in text)):
        return None
    if half:  # 3斤半
        parts = [(parts[0][0] + Decimal("0.5"), parts[0][1])]
    return _judged(parts, context, "stated-unit" if len(parts) == 1 else "several-units")


def _doubtful(text: str, context: Context) -> Outcome:
    """A text that is not exactly one measurement, but may hold one."""
    if _TWO.search(text) or _SEVERAL.search(text):
        return review(None, "several-values")
    if doubts.is_range(text):
        return _of_range(text, context)
    if doubts.is_bound(text):
        return review(None, "bound")
    exact = doubts.without_about(text).strip()
    if exact != text:
        outcome = _of_text(exact, context) if exact else unmatched("not-a-measurement")
        if isinstance(outcome.value, Measurement) and outcome.status == "accepted":
            return review(outcome.value, "approximate")
        return outcome if outcome.status != "accepted" else unmatched("not-a-measurement")
    return _among_words(text, context)


def _of_range(text: str, context: Context) -> Outcome:
    """Both ends of 3-5mm or 3mm~5mm; the lower end has the upper one's unit where it has none."""
    first, _, second = re.sub(r" ?[-~至到] ?", "-", doubts.without_about(text.replace("~", "-")), count=1).partition(
        "-"
    )
    upper = _stated(second.strip(), context) or (_of_text(second.strip(), context) if context.unit else None)
    if upper is None or not isinstance(upper.value, Measurement):
        return upper if upper is not None and upper.reason == "other-quantity" else review(None, "range")
    tail = second.strip().lstrip("0123456789. ")
    lower = _stated(first.strip(), context) or _of_text(f"{first.strip()}{tail}", context)
    if not isinstance(lower.value, Measurement) or lower.value.number > upper.value.number:
        return review(None, "range")
    return review(Measurement(lower.value.number, upper.value.quantity, upper.value.number), "range")


def _among_words(text: str, context: Context) -> Outcome:
    """One measurement among other words, or none."""
    names = "|".join(re.escape(name) for name in sorted(measures.units(), key=lambda name: (-len(name), name)))
    found = re.findall(rf"(?<![0-9.])([0-9]{{1,12}}(?:\.[0-9]{{1,12}})?) ?({names})(?![a-z])", text)
    if len(found) > 1:
        return review(None, "several-values")
    if not found:
        unknown = re.fullmatch(r"[0-9.]{1,12} ?[a-z]{1,6}", text)
        return review(None, "unknown-unit") if unknown else unmatched("not-a-measurement")
    measure = measures.unit(found[0][1])
    outcome = _judged([(Decimal(found[0][0]), measure)], context, "") if measure else unmatched("not-a-measurement")
    return review(outcome.value, "extra-text") if isinstance(outcome.value, Measurement) else outcome
