"""Phone numbers of mainland China: mobiles (11 digits from 13 to 19), landlines with their area code, 400 and 800.

The worse mistake is a stranger's number: it tells somebody else of a sick child. So no digit is added or dropped to
make a number fit: a landline without its area code, or one that lost its leading 0 in a number cell, goes to review.
Several numbers in one cell are all kept, joined by `;`, in the order written.

Canonical text: 13900000000, 010-60000000, 0755-20000000-801 (extension), 400-000-0000. The numbering plan is that of
电信网编号计划 (2017); which blocks of a network are in use is not checked.

>>> normalize("+86 139 0000 0000、010-60000000").value
'13900000000;010-60000000'
>>> normalize(13900000000).value, normalize("1390000000").reason
('13900000000', 'wrong-length')
"""

from __future__ import annotations

import re
from decimal import Decimal

from zhengming.normalizers import cells
from zhengming.normalizers.context import PLAIN, Context
from zhengming.normalizers.outcome import Outcome, accepted, review, unmatched
from zhengming.normalizers.value_words import pattern

MAX_NUMBERS = 8  # in one cell; more are rather a list of staff

_COUNTRY = re.compile(r"^(?:\+ ?|00)86[- ]?(?=[0-9(])|^\(\+?86\) ?")
_FOREIGN = re.compile(r"(?:\+|00)(?!86)[1-9][0-9]{7,14}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(0(?:10|2[0-9])|0[3-9][0-9]{2})([2-9][0-9]{6,7})(?:#([0-9]{1,6}))?")
_SERVICE = re.compile(r"([48]00)([0-9]{3})([0-9]{4})")
_LOCAL = re.compile(r"[2-9][0-9]{6,7}")
_CANONICAL = re.compile(
    r"1[3-9][0-9]{9}|0(?:10|2[0-9])-[2-9][0-9]{7}(?:-[0-9]{1,6})?"
    r"|0[3-9][0-9]{2}-[2-9][0-9]{6,7}(?:-[0-9]{1,6})?|[48]00-[0-9]{3}-[0-9]{4}"
)
_BETWEEN = re.compile(r"[;,、/|\n]|或者?")
_EXTENSION = re.compile(r"(?<=[0-9]) ?(?:转|分机|ext\.?|x|#) ?:?(?=[0-9])|(?<=[0-9]{7})-(?=[0-9]{1,6}$)")
_MARKS = re.compile(r"[:.()\[\]【】]")


def normalize(raw: object, context: Context = PLAIN) -> Outcome:
    """The phone numbers a cell states, joined by `;`.

    Accepted: `phone`, `several-phones`, `label-dropped` (妈妈 139…). Review with a value: `no-area-code`,
    `leading-zero-lost`, `maybe-lost-digit` (8000000000), `foreign-number`, `extra-text`, `part-unreadable` (the
    readable ones of several); without: `too-many-numbers`. Unmatched: `masked`, `lost-digits`, `wrong-length`,
    `not-a-phone`.
    """
    if isinstance(raw, str) and _MOBILE.fullmatch(raw):  # most cells
        return accepted(raw, "phone")
    outcome = cells.settled(raw)
    if outcome is not None:
        return outcome
    if isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool):
        written = cells.digits(raw)
        return unmatched("lost-digits") if written is None else _of_one(written)
    return _of_text(cells.folded(raw).lower()) if isinstance(raw, str) else unmatched("not-a-phone")


def is_valid(value: object) -> bool:
    """Whether `value` is one canonical number, or several different ones joined by `;`."""
    if not isinstance(value, str):
        return False
    numbers = value.split(";")
    return len(set(numbers)) == len(numbers) <= MAX_NUMBERS and all(map(_CANONICAL.fullmatch, numbers))


def format(value: str) -> str:
    """The numbers themselves."""
    return value


def _of_text(text: str) -> Outcome:
    """The outcome of a folded, lower-case text."""
    if cells.scientific(text):
        return unmatched("lost-digits")
    if re.search(r"[0-9][*x•]{2}|[*•]{4}", text):
        return unmatched("masked")
    whole = _of_one(text)
    if whole.status == "accepted":
        return whole
    pieces = [piece.strip() for piece in _BETWEEN.split(text) if piece.strip()]
    pieces = [part for piece in pieces for part in _apart(piece)]
    if len(pieces) < 2:
        return _of_one(pieces[0]) if pieces else whole
    if len(pieces) > MAX_NUMBERS:
        return review(None, "too-many-numbers")
    return _joined([_of_one(piece) for piece in pieces])


def _apart(piece: str) -> list[str]:
    """The blank-separated numbers of a piece, or the piece itself where its blanks only group the digits of one."""
    parts = piece.split()
    if _of_one(piece).status == "accepted" or sum(len(re.findall("[0-9]", part)) >= 7 for part in parts) < 2:
        return [piece]
    return parts


def _joined(outcomes: list[Outcome]) -> Outcome:
    """The outcome of several numbers: safe only if each of them is."""
    values = list(dict.fromkeys(str(outcome.value) for outcome in outcomes if outcome.value is not None))
    if not values:
        return outcomes[0]
    value = ";".join(values)
    doubts = [outcome.reason for outcome in outcomes if outcome.status == "review"]
    if any(outcome.value is None for outcome in outcomes):
        return review(value, "part-unreadable")
    if doubts:
        return review(value, doubts[0])
    if len(values) > 1:
        return accepted(value, "several-phones")
    return accepted(value, "phone")


def _of_one(text: str) -> Outcome:
    """The outcome of a text with one number."""
    extended = _EXTENSION.sub("#", _COUNTRY.sub("", text.strip()))
    bare = _MARKS.sub("", pattern("phone-label").sub("", extended))
    labelled = extended != bare and any(character.isalpha() for character in extended)
    number = re.sub(r"[- ]", "", _COUNTRY.sub("", bare.strip()))
    value = _canonical(number)
    if value is not None and _SERVICE.fullmatch(number) and not re.search("[0-9][- ][0-9]", extended):
        return review(value, "maybe-lost-digit")  # a mobile 1800… without its 1 looks the same
    if value is not None:
        return accepted(value, "label-dropped" if labelled else "phone")
    if _FOREIGN.fullmatch(number):
        return review("+" + number.removeprefix("+").removeprefix("00"), "foreign-number")
    if not re.fullmatch("[0-9]{1,40}", number):
        return _among_words(number)
    if _LOCAL.fullmatch(number):
        return review(number, "no-area-code")
    lost = _canonical("0" + number)
    if lost is not None:
        return review(lost, "leading-zero-lost")
    return unmatched("wrong-length")


def _among_words(text: str) -> Outcome:
    """A number among words that are no label: 原号码, 停用 or 李老师 say something a person has to read."""
    found = [run for run in re.findall(r"(?<![0-9])[0-9]{10,12}(?![0-9])", text) if _canonical(run)]
    values = list(dict.fromkeys(str(_canonical(run)) for run in found))
    return review(";".join(values), "extra-text") if values else unmatched("not-a-phone")


def _canonical(number: str) -> str | None:
    """The canonical text of digits (and # before an extension), or None."""
    if _MOBILE.fullmatch(number):
        return number
    landline, service = _LANDLINE.fullmatch(number), _SERVICE.fullmatch(number)
    if landline and (len(landline[1]) == 4 or len(landline[2]) == 8):
        return "-".join(part for part in landline.groups() if part)
    return "-".join(service.groups()) if service else None
