"""Numbers of identity documents: resident identity number, passport, 回乡证, 台胞证, birth certificate, others.

The forms are data (`data/vocabulary/identity_documents.csv`: document of category `id_type`, pattern, source). A number
that has the form of several documents is accepted all the same: it is a number, and `documents` says which it may be.
A resident identity number, and a residence permit, must be right by GB 11643 as in `resident_ids`.

The worse mistake is another child's number: payments are joined on it. So nothing inside is changed but case, width
and the blanks and hyphens that group it; a form of digits alone, which a date or a telephone number has as well, goes
to review, and so does what fits no form (foreign passports differ by country), as it was written.

>>> normalize("ｅ1234 5678").value, documents("E12345678")
('E12345678', ('I04',))
>>> normalize("H1234567890").value, documents("H1234567890"), normalize("C01X00T47").reason
('H1234567890', ('I05',), 'unknown-form')
>>> normalize("110101209901011230").reason
'check-digit'
"""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import NamedTuple

from zhengming.normalizers import cells, resident_ids
from zhengming.normalizers.context import PLAIN, Context
from zhengming.normalizers.outcome import Outcome, accepted, review, unmatched

RESIDENT = "I01"
_RESIDENCE_PERMIT, _HONG_KONG, _TAIWAN = "I08", "I15", "I17"
_TAIWAN_PLACES = "ABCDEFGHJKLMNPQRSTUVXYWZIO"  # in the order of their numbers from 10
_GROUPED = re.compile(r"(?<=[0-9A-Za-z]) ?[- ] ?(?=[0-9A-Za-z])")
_CHECK_IN_BRACKETS = re.compile(r"\(([0-9A])\)$")
_LABEL = re.compile(r"^[一-鿿]{2,12}(?:号码?|编号)? ?[:：]? ?(?=[0-9A-Za-z])")
_FOREIGN = re.compile(r"[A-Z0-9]{6,9}")
_LIKE_RESIDENT = re.compile(r"[0-9]{15}|[0-9]{17}[0-9X]")
_SEVERAL = re.compile(r"[,;、/\n]")


def normalize(raw: object, context: Context = PLAIN) -> Outcome:
    """The number a cell states, in upper case without separators.

    Accepted: `document-number`, `resident-id`. Review with a value: `digits-alone` (a form without letters, such as
    台胞证), `extra-text` (护照 E12345678), `unknown-form` (six to nine letters and digits, such as a foreign passport),
    and the reviews of `resident_ids` (`fifteen-digits`, `unknown-region`, `maybe-lost-digits`); without:
    `several-numbers`. Unmatched: `lost-digits`, `check-digit`, `impossible-birth-date`, `wrong-length`, `masked`,
    `not-a-document-number`.
    """
    outcome = cells.settled(raw)
    if outcome is not None:
        return outcome
    if isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool):
        written = cells.digits(raw)
        return unmatched("lost-digits") if written is None else _of_text(written)
    return _of_text(cells.folded(raw)) if isinstance(raw, str) else unmatched("not-a-document-number")


def is_valid(value: object) -> bool:
    """Whether `value` is a number in canonical form that would be accepted as it stands."""
    return isinstance(value, str) and value == value.upper() and _judged(value).status == "accepted"


def format(value: str) -> str:
    """The number itself."""
    return value


def documents(value: str) -> tuple[str, ...]:
    """The documents, as codes of category `id_type`, whose form a number has; none for an unknown form.

    >>> documents("12345678"), documents("110101209901011239")
    (('I06',), ('I01',))
    """
    if resident_ids.is_valid(value):
        return (_RESIDENCE_PERMIT if value[:6] in resident_ids.PERMIT_REGIONS else RESIDENT,)
    return tuple(dict.fromkeys(form.document for form in _forms() if form.fits(value)))


class _Form(NamedTuple):
    """A form that numbers of a document have; `sure` unless numbers of other kinds have it as well."""

    document: str
    pattern: re.Pattern[str]
    sure: bool

    def fits(self, value: str) -> bool:
        """Whether a number has this form, and the right check digit where there is one."""
        return self.pattern.fullmatch(value) is not None and _proved(self.document, value)


@cache
def _forms() -> tuple[_Form, ...]:
    """Every form of the list."""
    page = (resources.files("zhengming") / "data" / "vocabulary" / "identity_documents.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(page.splitlines())
    return tuple(_Form(row["document"], re.compile(row["pattern"]), row["sure"] == "yes") for row in rows)


def _proved(document: str, value: str) -> bool:
    """Whether the check digit is right, of a document that has one."""
    if len(value) == 18:
        return resident_ids.check_digit(value[:17]) == value[17]
    proof = {_HONG_KONG: _hong_kong, _TAIWAN: _taiwan}.get(document)
    return proof is None or proof(value)


def _hong_kong(value: str) -> bool:
    """Modulo 11 over nine places, weights 9 to 1: letters count from A = 10, a missing first letter counts 36.

    >>> _hong_kong("A1234563"), _hong_kong("A1234564")
    (True, False)
    """
    places = [int(character, 36) for character in value]
    places = places if len(places) == 9 else [36, *places]
    return sum(weight * place for weight, place in zip(range(9, 0, -1), places, strict=True)) % 11 == 0


def _taiwan(value: str) -> bool:
    """Modulo 10 over eleven digits, the letter of the place counting as two.

    >>> _taiwan("A123456789"), _taiwan("A123456788")
    (True, False)
    """
    place = _TAIWAN_PLACES.index(value[0]) + 10
    digits = [place // 10, place % 10, *map(int, value[1:])]
    weights = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
    return sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 10 == 0


def _of_text(text: str) -> Outcome:
    """The number in a folded text."""
    if _SEVERAL.search(text):
        found = {one for one in (_compact(part) for part in _SEVERAL.split(text)) if documents(one)}
        return review(None, "several-numbers") if len(found) > 1 else _not_a_number(text)
    outcome = _judged(_compact(text))
    label = _LABEL.match(text)
    if outcome.status != "unmatched" or label is None:
        return outcome
    labelled = _judged(_compact(text[label.end() :]))
    return review(labelled.value, "extra-text", 0.8) if labelled.status == "accepted" else labelled


def _compact(text: str) -> str:
    """The text in upper case, without what only groups it."""
    return _CHECK_IN_BRACKETS.sub(r"\1", _GROUPED.sub("", text)).strip().upper()


def _judged(number: str) -> Outcome:
    """The outcome of a compact text."""
    if _LIKE_RESIDENT.fullmatch(number.replace("×", "X")) and not documents(number):
        return resident_ids.normalize(number)
    found = documents(number)
    if found:
        if resident_ids.is_valid(number):
            return accepted(number, "resident-id")
        sure = any(form.sure and form.fits(number) for form in _forms())
        return accepted(number, "document-number") if sure else review(number, "digits-alone", 0.7)
    if _FOREIGN.fullmatch(number) and len(re.findall("[0-9]", number)) > 3:
        return review(number, "unknown-form", 0.6)
    return _not_a_number(number)


def _not_a_number(text: str) -> Outcome:
    """The outcome of a text that is no number."""
    if cells.scientific(text):
        return unmatched("lost-digits")
    if re.search(r"[*＊]{2}|[0-9]X{2}", text):
        return unmatched("masked")
    return unmatched("wrong-length" if re.fullmatch(r"[0-9]{4,40}X?", text) else "not-a-document-number")
