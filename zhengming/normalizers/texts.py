r"""Free text: remarks and whatever has no grammar of its own.

The worse mistake is to change what somebody wrote. So a text is only made safe to store and show: NFC (Unicode
Annex 15), line breaks as \n, no control or invisible format characters, no blanks at its ends. Words such as 无
stay: here they are the text. A text that lost characters on the way goes to review, as it stands.

>>> normalize("  术后恢复好\r\n随访\x07 ").value
'术后恢复好\n随访'
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal

from zhengming.normalizers import cells
from zhengming.normalizers.context import PLAIN, Context
from zhengming.normalizers.outcome import EMPTY, Outcome, accepted, review, unmatched

_ESCAPED = re.compile("_x00[01][0-9A-Fa-f]_")  # control characters as ECMA-376 part 1, 22.9.2.19 escapes them
_JOINERS = "\u200c\u200d"  # they shape Uyghur and Kazakh words and join emoji
_MOJIBAKE = ("锟斤拷", "烫烫烫", "屯屯屯", "Ã¤", "Ã¥", "Ã¦", "ï¼", "ã€")


def normalize(raw: object, context: Context = PLAIN) -> Outcome:
    """The text of a cell.

    Accepted: `text` (as written), `cleaned`, `number`, `date`. Review with a value: `damaged-text` (characters lost
    or read in a wrong encoding), `private-use-character`. Unmatched: `error-cell`, `lost-digits` (a number cell
    beyond 15 digits), `not-text`, `unsupported-type`.
    """
    outcome = cells.settled(raw, words=False)
    if outcome is not None:
        return outcome
    if isinstance(raw, str):
        return _of_text(raw)
    if isinstance(raw, bool) or not isinstance(raw, (int, float, Decimal, date)):
        return unmatched("not-text")
    if isinstance(raw, date):
        midnight = isinstance(raw, datetime) and raw.time() == datetime.min.time() and raw.tzinfo is None
        return accepted(raw.date().isoformat() if isinstance(raw, datetime) and midnight else raw.isoformat(), "date")
    written = cells.digits(raw)
    return unmatched("lost-digits") if written is None else accepted(written, "number")


def is_valid(value: object) -> bool:
    """Whether `value` is a text that would be accepted as it stands."""
    return isinstance(value, str) and normalize(value) == accepted(value, "text")


def format(value: str) -> str:
    """The text itself."""
    return value


def _of_text(raw: str) -> Outcome:
    """The outcome of a text cell."""
    value = cleaned(raw)
    if not value:
        return EMPTY
    if cells.damaged(raw) or any(sign in value for sign in _MOJIBAKE):
        return review(value, "damaged-text")
    if cells.private_use(value):
        return review(value, "private-use-character")
    return accepted(value, "text" if value == raw else "cleaned")


def cleaned(raw: str) -> str:
    r"""`raw` in NFC, with \n for line breaks, without control, format and unpaired surrogate characters.

    >>> cleaned("a_x000D_\r\nb\tc")
    'a\nb c'
    """
    # an escape may hide in another one: _x000_x000D_D_
    while (text := _ESCAPED.sub("", raw)) != raw:
        raw = text
    lines = "\n".join(raw.splitlines()).replace("\t", " ")
    kept = (c for c in lines if c in _JOINERS or c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return unicodedata.normalize("NFC", "".join(kept)).strip()
