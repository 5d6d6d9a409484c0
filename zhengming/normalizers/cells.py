"""Raw cells before any kind of value is looked for: what they hold in every kind alike, and their text made plain.

Characters are folded one to one and only where nothing can be read into them: full-width forms and dashes. NFKC is
too eager here: it turns the footnote mark of `12000①` into a digit, and the amount into ten times itself.

>>> folded(" ２０２１－０７－０６ ")
'2021-07-06'
>>> settled("不详").reason
'stated-unknown'
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping, Set
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources

from zhengming.normalizers.outcome import EMPTY, Outcome, review, unmatched

MAX_CHARACTERS = 4096  # what a regular expression may see of a cell; no value of any kind here is longer
MAX_BITS = 256  # of an integer; Python refuses to print integers beyond 4,300 digits

_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict.fromkeys(map(ord, "‐‑‒–—―−﹣─"), "-")
_PLAIN |= {ord("￥"): "¥", ord("。"): ".", ord("～"): "~", ord("〜"): "~", ord("∼"): "~"}
_SCIENTIFIC = re.compile(r"[+-]?[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,3}")


def settled(raw: object, *, words: bool = True) -> Outcome | None:
    """What a raw cell is in every kind of value alike, or None when its kind has to look at it.

    Empty (also a blank text, NaN and NaT) is `empty`; an Excel error is `error-cell`; with `words`, a cell that says
    it holds nothing is `stated-unknown` or `stated-none`, and one that repeats the row above is `ditto`. What no
    spreadsheet holds, and what is too long to be a value, is unmatched.
    """
    if raw is None:
        return EMPTY
    if not isinstance(raw, (str, bool, int, float, Decimal, date, time, timedelta)):
        return unmatched("unsupported-type")
    if isinstance(raw, str):
        return _settled_text(raw, words)
    if isinstance(raw, Decimal):
        return EMPTY if raw.is_nan() else None
    if isinstance(raw, int):
        return unmatched("number-too-large") if raw.bit_length() > MAX_BITS else None
    return EMPTY if raw != raw else None  # NaN and NaT differ from themselves


def _settled_text(raw: str, words: bool) -> Outcome | None:
    """As `settled`, of a text."""
    if words and len(raw) > MAX_CHARACTERS:
        return unmatched("too-long") if raw.strip() else EMPTY
    text = folded(raw) if len(raw) <= MAX_CHARACTERS else raw
    if not text:
        return EMPTY
    word = text.strip("()[]【】 ").lower() or text
    kind = _kinds().get(word, "")
    if kind == "error" or not text.strip("#"):
        return unmatched("error-cell")
    if not words:
        return None
    if kind == "unknown":
        return unmatched("stated-unknown")
    if kind == "none":
        return unmatched("stated-none")
    return review(None, "ditto", 0.0) if kind == "ditto" else None


def words() -> Set[str]:
    """The words by which a cell says that it holds nothing, repeats the row above, or is an error."""
    return _kinds().keys()


@cache
def _kinds() -> Mapping[str, str]:
    """What a cell of one such word is: `unknown`, `none`, `ditto` or `error`, from `data/vocabulary/cell_words.csv`."""
    page = resources.files("zhengming") / "data" / "vocabulary" / "cell_words.csv"
    return {row["text"]: row["kind"] for row in csv.DictReader(page.read_text(encoding="utf-8").splitlines())}


@lru_cache(maxsize=256)  # what is settled here is folded once more by its own kind
def folded(text: str) -> str:
    r"""`text` with plain ASCII forms, no invisible characters, single spaces, and its line breaks kept.

    >>> folded("'\u200b１３８ 0013\u30008000\r\n")
    '138 0013 8000'
    """
    if text.isascii() and text.isprintable():  # most identity numbers, dates, amounts: only spaces to see to
        return " ".join(text.split()).removeprefix("'").strip()
    lines = (" ".join(visible(line).translate(_PLAIN).split()) for line in text.splitlines())
    # an apostrophe in front is how Excel marks a text; some exports write it out
    return "\n".join(line for line in lines if line).removeprefix("'").strip()


def visible(text: str) -> str:
    """`text` without control, format and unpaired surrogate characters; a tab counts as a space."""
    if text.isprintable():  # nothing of these categories is
        return text
    kept = (" " if character == "\t" else character for character in text)
    return "".join(c for c in kept if unicodedata.category(c) not in ("Cc", "Cf", "Cs"))


def damaged(text: str) -> bool:
    """Whether characters of `text` were lost on the way: replacement marks, unpaired surrogates, empty boxes.

    >>> damaged("张\ufffd"), damaged("张三")
    (True, False)
    """
    return any(c in "\ufffd□■�" or 0xD800 <= ord(c) < 0xE000 for c in text) or "锟斤拷" in text


def private_use(text: str) -> bool:
    """Whether `text` holds characters that mean something only with the sender's own font."""
    return any(unicodedata.category(c) == "Co" for c in text)


def digits(raw: float | Decimal) -> str | None:
    """The digits of a number that stands for a text, or None when some of them may be lost.

    A cell of Excel keeps 15 significant digits and stores a double. An integer beyond those digits that is exactly a
    double, or has zeros for them, has most likely been through one; another has not, and is as it was written.

    >>> digits(12.0), digits(1.1010519491231e17), digits(110101209901011239)
    ('12', None, '110101209901011239')
    """
    if isinstance(raw, bool) or not -(10**40) < raw < 10**40:
        return None
    if isinstance(raw, int):
        beyond = len(str(abs(raw))) - 15
        return None if beyond > 0 and (float(raw) == raw or raw % 10**beyond == 0) else str(raw)
    if not -(10**15) < raw < 10**15:
        return digits(int(raw)) if isinstance(raw, Decimal) else None
    return str(int(raw)) if raw == int(raw) else f"{Decimal(str(raw)).normalize():f}"


def scientific(text: str) -> bool:
    """Whether `text` is a number as Excel shows it when it does not fit: `1.10105E+17`.

    >>> scientific("1.10105E+17"), scientific("12.5")
    (True, False)
    """
    return _SCIENTIFIC.fullmatch(text) is not None
