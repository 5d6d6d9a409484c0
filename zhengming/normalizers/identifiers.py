"""Identifiers: case numbers, hospital numbers, whatever names a row at its sender; kept as they were written.

The worse mistake is a changed identifier, which joins two children's rows or splits one child's. So nothing inside it
is touched (no case, no width, no zeros), only blanks at the ends and invisible characters go; a number cell gives its
digits without the `.0`, and is refused where a spreadsheet has lost some: it keeps 15.

>>> normalize(" ZM-2021-007 ").value, normalize(12.0).value, normalize(2.02107061234e17).reason
('ZM-2021-007', '12', 'lost-digits')
"""

from __future__ import annotations

from decimal import Decimal

from zhengming.normalizers import cells
from zhengming.normalizers.context import PLAIN, Context
from zhengming.normalizers.outcome import Outcome, accepted, review, unmatched

MAX_CHARACTERS = 64  # chosen, not measured: wide enough for a UUID with a prefix; longer is rather a remark


def normalize(raw: object, context: Context = PLAIN) -> Outcome:
    """The identifier as text.

    Accepted: `identifier` (as written), `number` (a number cell's digits), `cleaned` (invisible characters removed).
    Review with a value: `fraction`, `negative`, `long-text`, `maybe-lost-digits` (16 digits or more, ending in 000);
    without: `several-lines`, `damaged-text`. Unmatched: `lost-digits`, `date-not-identifier`, `not-an-identifier`.
    """
    outcome = cells.settled(raw)
    if outcome is not None:
        return outcome
    if isinstance(raw, bool):
        return unmatched("not-an-identifier")
    if isinstance(raw, (int, float, Decimal)):
        return _of_number(raw)
    # a date cell was 2021-3 or 7-6 once, and nothing says which
    return _of_text(raw) if isinstance(raw, str) else unmatched("date-not-identifier")


def is_valid(value: object) -> bool:
    """Whether `value` is an identifier that would be accepted as it stands."""
    return isinstance(value, str) and normalize(value) == accepted(value, "identifier")


def format(value: str) -> str:
    """The identifier itself."""
    return value


def _of_number(raw: float | Decimal) -> Outcome:
    """The identifier a number cell holds."""
    written = cells.digits(raw)
    if written is None:
        return unmatched("lost-digits")
    if "." in written:
        return review(written, "fraction")
    return review(written, "negative") if raw < 0 else accepted(written, "number")


def _of_text(raw: str) -> Outcome:
    """The identifier a text holds."""
    if cells.damaged(raw):
        return review(None, "damaged-text", 0.0)
    text = raw.strip().lstrip("' ").strip()
    if len(text.splitlines()) > 1:
        return review(None, "several-lines")
    value = cells.visible(text).strip()
    if cells.scientific(cells.folded(value)):
        return unmatched("lost-digits")
    if not any(character.isalnum() for character in value):
        return unmatched("not-an-identifier")
    if len(value) > MAX_CHARACTERS:
        return review(value, "long-text")
    if len(value) > 15 and value.isdecimal() and value.endswith("000"):
        return review(value, "maybe-lost-digits", 0.3)
    return accepted(value, "identifier" if value == raw.strip() else "cleaned")
