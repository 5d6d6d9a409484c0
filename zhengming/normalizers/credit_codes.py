"""Unified social credit codes of organisations (统一社会信用代码, GB 32100-2015).

18 characters: the registering authority, the type of organisation, six digits of place, nine characters that are the
organisation code of GB 11714, and a check character (modulo 31). The letters I, O, Z, S and V are not used.

The worse mistake is another organisation's code: receipts and transfers go to it. So nothing is repaired: a code whose
check character fails is unmatched; one with a letter that the standard does not use is right only with the digit it
looks like, and even then it is a proposal. The codes of before 2015 (nine characters of organisation, fifteen digits
of business licence or tax) name the same organisations but are no credit codes, and go to review without a value.

>>> normalize(" 91999999ma0000001n ").value
'91999999MA0000001N'
>>> normalize("91999999MA0000001A").reason, normalize("91999999MAOOOOOO1N").reason
('check-character', 'confusable-letter')
"""

from __future__ import annotations

import re
from decimal import Decimal

from zhengming.normalizers import cells
from zhengming.normalizers.context import PLAIN, Context
from zhengming.normalizers.outcome import Outcome, accepted, review, unmatched

LENGTH = 18
_ALIKE = str.maketrans("OIZS", "0125")  # the letters the standard leaves out because they look like these digits
_SHAPE = re.compile(r"[0-9A-Z]{18}")
_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_RUN = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{18}(?![0-9A-Za-z*])")
_GROUPED = re.compile(r"(?<=[0-9A-Za-z]) ?[- ] ?(?=[0-9A-Za-z])")
_ORGANISATION = re.compile(r"[0-9A-Z]{8}-?[0-9X]")
_LICENCE = re.compile(r"[0-9]{15}")


def normalize(raw: object, context: Context = PLAIN) -> Outcome:
    """The credit code a cell states, 18 characters in upper case.

    Accepted: `credit-code`. Review with a value: `extra-text`, `confusable-letter`, `maybe-lost-digits` (a text that
    ends in 000 and is right all the same); without: `several-codes`, `organisation-code` and `licence-number` (of
    before 2015). Unmatched: `lost-digits`, `check-character`, `wrong-length`, `masked`, `not-a-credit-code`.
    """
    outcome = cells.settled(raw)
    if outcome is not None:
        return outcome
    if isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool):
        written = cells.digits(raw)
        return unmatched("lost-digits") if written is None else _of_text(written)
    return _of_text(cells.folded(raw)) if isinstance(raw, str) else unmatched("not-a-credit-code")


def is_valid(value: object) -> bool:
    """Whether `value` is a credit code in canonical form with the right check character."""
    return isinstance(value, str) and _judged(value).status == "accepted"


def format(value: str) -> str:
    """The code itself; the standard writes it without separators."""
    return value


def check_character(first17: str) -> str:
    """The check character to 17 characters (GB 32100-2015, modulo 31).

    >>> check_character("91999999MA0000001")
    'N'
    """
    from stdnum.cn import uscc

    return str(uscc.calc_check_digit(first17))


def _of_text(text: str) -> Outcome:
    """The code in a folded text."""
    whole = _GROUPED.sub("", text).upper()
    if _SHAPE.fullmatch(whole):
        return _judged(whole)
    found = {run.upper() for run in _RUN.findall(text)}
    if len(found) > 1:
        return review(None, "several-codes")
    if found:
        outcome = _judged(found.pop())
        return review(outcome.value, "extra-text", 0.8) if outcome.status == "accepted" else outcome
    return _without_code(text, whole)


def _without_code(text: str, whole: str) -> Outcome:
    """The outcome of a text that holds no 18 characters in a row."""
    if cells.scientific(text):
        return unmatched("lost-digits")
    if re.search(r"\*{2}", whole):
        return unmatched("masked")
    if _ORGANISATION.fullmatch(text.upper().replace(" ", "")):
        return review(None, "organisation-code")
    if _LICENCE.fullmatch(whole):
        return review(None, "licence-number")
    return unmatched("wrong-length" if re.fullmatch(r"[0-9][0-9A-Z]{9,40}", whole) else "not-a-credit-code")


def _judged(code: str) -> Outcome:
    """The outcome of 18 characters."""
    if not _CODE.fullmatch(code):
        proposed = code.translate(_ALIKE)
        right = proposed != code and _judged(proposed).status == "accepted"
        return review(proposed, "confusable-letter", 0.7) if right else unmatched("not-a-credit-code")
    right = check_character(code[:17]) == code[17]
    if code.endswith("000"):
        return review(code, "maybe-lost-digits", 0.3) if right else unmatched("lost-digits")
    return accepted(code, "credit-code") if right else unmatched("check-character")
