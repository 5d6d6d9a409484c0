"""Telling the encoding of a text: BOM, UTF-8, UTF-16 by its NULs, then GB18030 against Big5.

Nearly any Big5 file decodes as GB18030 without an error and into nonsense. Nonsense shows: both encodings keep their
common characters apart from their rare ones, and text in the right encoding is made of common ones.
"""

from __future__ import annotations

import codecs
from collections import Counter
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LEGACY = ("gb18030", "big5")
_MARGIN = 0.1  # shares of common characters closer than this decide nothing
_SAMPLE = 200_000  # bytes judged


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding it was read in, and another that fits about as well (empty: none does)."""

    text: str
    encoding: str
    rival: str = ""


def decode(data: bytes, encoding: str = "") -> Decoded | None:
    """`data` as text; None when it is no text in any encoding we know. `encoding` forces one.

    >>> decode("室間隔缺損,動脈導管未閉".encode("big5")).encoding
    'big5'
    >>> decode("室间隔缺损,动脉导管未闭".encode("gb18030")).encoding
    'gb18030'
    """
    if encoding:
        text = _try(data, encoding)
        return None if text is None else Decoded(text, encoding)
    for mark, name in _BOMS:
        if data.startswith(mark):
            text = _try(data, name)
            return None if text is None else Decoded(text, name.removesuffix("-sig"))
    for name in ("utf-8", _utf16(data)):
        text = _try(data, name) if name else None
        if text is not None and not (name == "utf-8" and "\0" in text):
            return Decoded(text, name)
    return _legacy(data)


def is_text(decoded: Decoded) -> bool:
    r"""Whether this is a table somebody wrote, rather than bytes that happen to decode.

    >>> is_text(Decoded("a,b\r\n1,2", "utf-8")), is_text(Decoded("\x00\x01\x02 binary", "utf-8"))
    (True, False)
    """
    sample = decoded.text[:_SAMPLE]
    strange = sum(character < " " and character not in "\t\n\r\f\x1a" for character in sample)
    if decoded.encoding in _LEGACY:  # there, private characters are what arbitrary bytes turn into
        strange += sum("\ue000" <= character <= "\uf8ff" for character in sample)
    return "\0" not in sample and strange * 50 <= len(sample)


def mostly(data: bytes) -> Decoded | None:
    r"""A text cut in the middle of a character, or with a few wrong bytes: each becomes U+FFFD; NULs go.

    The rival, `damaged`, says so.

    >>> mostly("室间隔缺损".encode() * 9 + b"\xff") == Decoded("室间隔缺损" * 9 + "\ufffd", "utf-8", "damaged")
    True
    """
    candidates = []
    for encoding in ("utf-8", "gb18030", "big5"):
        text = data.decode(encoding, errors="replace")
        strange = text.count("\ufffd") + text.count("\0")
        candidates.append((strange, Decoded(text.replace("\0", ""), encoding, "damaged")))
    wrong, best = min(candidates, key=lambda one: one[0])
    beyond = sum(character > "\x7f" for character in best.text[:_SAMPLE])
    # A character in fifty is damage; more is another kind of file.
    return best if is_text(best) and (wrong * 50 <= max(beyond, len(best.text) // 10) or wrong <= 1) else None


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _utf16(data: bytes) -> str:
    """UTF-16 without a mark: latin letters, digits and separators leave a NUL at every other byte."""
    sample = data[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if len(data) % 2 or max(even, odd) * 20 < len(sample):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _legacy(data: bytes) -> Decoded | None:
    fits = []
    for name in _LEGACY:
        text = _try(data, name)
        if text is not None:
            fits.append((_share_of_common(text[:_SAMPLE], name), name, text))
    if not fits:
        return None
    fits.sort(key=lambda fit: -fit[0])
    best = fits[0]
    close = len(fits) > 1 and best[0] - fits[1][0] < _MARGIN
    return Decoded(best[2], best[1], fits[1][1] if close else "")


def _share_of_common(text: str, encoding: str) -> float:
    """The share of a text's characters beyond ASCII that its encoding counts among the common ones.

    GB 2312 puts 3,755 common characters into rows 16-55, Big5 5,401 into A440-C67E; punctuation counts as common.
    """
    first, last = (0xB0, 0xD7) if encoding == "gb18030" else (0xA4, 0xC6)
    strict = "gb2312" if encoding == "gb18030" else "big5"
    common = total = 0
    for character, count in Counter(text).items():
        if character < "\x80":
            continue
        total += count
        lead = character.encode(strict, errors="ignore")[:1]
        if lead and (first <= lead[0] <= last or lead[0] in (0xA1, 0xA2, 0xA3)):
            common += count
    return common / total if total else 1.0
