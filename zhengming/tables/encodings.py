"""Telling the encoding of a text: BOM, UTF-8, UTF-16 by its NULs, then GB18030 against Big5.

Nearly any Big5 file decodes as GB18030 without an error and into nonsense. Nonsense shows: both encodings keep their
common characters apart from their rare ones, and text in the right encoding is made of common ones.
"""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

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
DAMAGED = "damaged"  # instead of a rival: some bytes are wrong


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding it was read in, and another that fits about as well (empty: none does)."""

    text: str
    encoding: str
    rival: str = ""


Chunks = Callable[[], Iterable[bytes]]
"""Gives the bytes of a text from the first on, some at a time, as often as it is called."""


@dataclass(frozen=True, slots=True)
class Told:
    """How a text is encoded: what `decode` and `mostly` tell of it, found without holding all of it.

    `codec` is Python's name, which obeys a mark of byte order; `head` is the beginning of the text.
    """

    codec: str
    encoding: str
    rival: str = ""
    head: str = ""

    @property
    def decoded(self) -> Decoded:
        """The beginning of the text, decoded."""
        return Decoded(self.head, self.encoding, self.rival)

    def text(self, chunks: Chunks) -> Iterator[str]:
        """The text, some at a time: of a damaged one U+FFFD for every wrong byte, and no NUL."""
        damaged = self.rival == DAMAGED
        for part in _parts(chunks, self.codec, "replace" if damaged else "strict"):
            yield part.replace("\0", "") if damaged else part


def decode(data: bytes, encoding: str = "") -> Decoded | None:
    """`data` as text; None when it is no text in any encoding we know. `encoding` forces one.

    >>> decode("室間隔缺損,動脈導管未閉".encode("big5")).encoding
    'big5'
    >>> decode("室间隔缺损,动脉导管未闭".encode("gb18030")).encoding
    'gb18030'
    """
    told = tell(lambda: [data], data[:_SAMPLE], len(data), encoding)
    return Decoded(data.decode(told.codec), told.encoding, told.rival) if told else None


def tell(chunks: Chunks, head: bytes, size: int, encoding: str = "") -> Told | None:
    """How the text of `size` bytes that begins with `head` is encoded; see `decode`."""
    if encoding:
        forced = _strictly(chunks, encoding)
        return replace(forced, encoding=encoding) if forced else None
    for mark, name in _BOMS:
        if head.startswith(mark):
            return _strictly(chunks, name)
    for name in ("utf-8", _utf16(head[:_SAMPLE], size)):
        told = _strictly(chunks, name, nul=name != "utf-8") if name else None
        if told is not None:
            return told
    return _legacy(chunks)


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
    told = tell_mostly(lambda: [data])
    return Decoded("".join(told.text(lambda: [data])), told.encoding, told.rival) if told else None


def tell_mostly(chunks: Chunks) -> Told | None:
    """How a damaged text is encoded; see `mostly`."""
    candidates = []
    for encoding in ("utf-8", "gb18030", "big5"):
        head, strange, length = "", 0, 0
        for part in _parts(chunks, encoding, "replace"):
            text = part.replace("\0", "")
            strange += text.count("\ufffd") + len(part) - len(text)
            length += len(text)
            head += text[: _SAMPLE - len(head)]
        candidates.append((strange, length, Told(encoding, encoding, DAMAGED, head)))
    wrong, length, best = min(candidates, key=lambda one: one[0])
    beyond = sum(character > "\x7f" for character in best.head)
    # A character in fifty is damage; more is another kind of file.
    return best if is_text(best.decoded) and (wrong * 50 <= max(beyond, length // 10) or wrong <= 1) else None


def _strictly(chunks: Chunks, codec: str, *, nul: bool = True) -> Told | None:
    """The text in this encoding, if all of it decodes and, where it must not have one, is without a NUL."""
    head = ""
    try:
        for part in _parts(chunks, codec):
            if not nul and "\0" in part:
                return None
            head += part[: _SAMPLE - len(head)]
    except (UnicodeDecodeError, LookupError):
        return None
    return Told(codec, codec.removesuffix("-sig"), head=head)


def _parts(chunks: Chunks, codec: str, errors: str = "strict") -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)(errors)
    for chunk in chunks():
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _utf16(sample: bytes, size: int) -> str:
    """UTF-16 without a mark: latin letters, digits and separators leave a NUL at every other byte."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if size % 2 or max(even, odd) * 20 < len(sample):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _legacy(chunks: Chunks) -> Told | None:
    fits = [told for told in (_strictly(chunks, name) for name in _LEGACY) if told is not None]
    shares = {told.encoding: _share_of_common(told.head, told.encoding) for told in fits}
    fits.sort(key=lambda told: -shares[told.encoding])
    if not fits:
        return None
    best, *others = fits
    close = any(shares[best.encoding] - shares[other.encoding] < _MARGIN for other in others)
    return replace(best, rival=others[0].encoding) if close else best


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
