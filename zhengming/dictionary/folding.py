"""Folding: the one meaning of "the same text" for terms, cells and headers.

Two terms are the same when their keys are equal. Folding works character by character, so that every folded
character can be traced back to the raw text it came from: NFKC (full width, ligatures, ㎜), lower case, traditional to
simplified (OpenCC `tw2s`), Japanese forms to Chinese ones (`jp2t`), roman numerals to digits, circled numbers to an
enumerator, invisible characters to nothing, and what a scanner read for the strokes of a grade to its digit (lV级).
Folding is idempotent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

_ROMAN = {"viii": "8", "vii": "7", "iii": "3", "iv": "4", "vi": "6", "ix": "9", "ii": "2", "i": "1"}
# A numeral stands alone: no letter or digit beside it, so neither "ivs" nor the ICD-10 code "i27" is one.
# A lone v or x is left: it is more often a letter than a five or a ten.
# A letter may follow where a type is meant: IIb, IVa型; ivc is a vein, in IVC型 too.
_ROMAN_RUN = re.compile(
    r"(?<![a-z0-9])(?:(?:viii|vii|iii|iv|vi|ix|ii|i)(?![a-z0-9])"
    r"|(?:iii|ii|i)(?=[a-d]型)|iv(?=[abd]型)|(?:iii|ii)(?=[a-d](?![a-z0-9])))"
)
# A small l, a 1 or a bar that a scanner read for the I of a numeral: before a grade whatever is like it, before a type
# only in company that is none of a word, for LV型 is the left ventricle's.
_SCANNED = re.compile(
    r"(?<![a-z0-9|])(?:[iv1]*l[ivl1]*|1[iv][iv1]*|[iv]+1[iv1]*|\|{1,3}v?)(?=[级度])|(?<![a-z0-9])l{2,3}(?=[型期])"
)
_SCANNED_TYPE = re.compile(r"(?<![A-Za-z0-9])(?:[IVl1]*(?:[IV][l1]|[l1][IV])[IVl1]*)(?=[型期])")
_STROKED = re.compile(r"[liv1|][级度型期]")
_TYPED = re.compile(r"[lIV1][型期]")
_STROKES = str.maketrans("l1|", "iii")
_APOSTROPHES = "'\u2019"
_POSSESSIVE = re.compile(f"[{_APOSTROPHES}](?<=[a-z].)s(?=[\u4e00-\u9fff])")  # Ebstein's畸形 is Ebstein畸形
MARKS = re.compile(r"[\W_]+")  # what a key leaves out: everything but letters, digits and characters
_INVISIBLE = frozenset({"Cc", "Cf", "Mn", "Me", "Cs", "Co"})
_ODD = "\0"  # stands for a character that cannot be folded by itself; no folded text has it
_BETWEEN = "│"  # stands between texts that are folded together; folds to itself
_HAN = ((0x3400, 0xA000), (0xF900, 0xFB00), (0x20000, 0x2FA20))


def fold(text: str) -> str:
    """The folded text; spaces and punctuation stay, each run of white space as one space.

    >>> fold("ＶＳＤ（室間隔缺損）  Ⅱ型")
    'vsd(室间隔缺损) 2型'
    """
    folded = _stroked(_fold_characters(_SCANNED_TYPE.sub(_strokes, text) if _TYPED.search(text) else text))
    if "i" in folded and _ROMAN_RUN.search(folded):  # every numeral that is read has an i
        folded = _ROMAN_RUN.sub(lambda run: _ROMAN[run[0]], folded)
    return _POSSESSIVE.sub("", folded)


def fold_with_offsets(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and for each of its characters the index of the raw character it came from.

    There is one index more than the folded text has characters: the length of the raw text.

    >>> fold_with_offsets("①㎜")
    ('1、mm', [0, 0, 1, 1, 2])
    """
    if _TYPED.search(text):
        text = _SCANNED_TYPE.sub(_strokes, text)  # as many characters
    folded = text.translate(_plain_table())
    if _ODD in folded or "  " in folded:
        return _fold_one_by_one(text)
    folded = _stroked(folded)
    if "i" not in folded or not _ROMAN_RUN.search(folded):  # each numeral has an i
        return folded, range(len(text) + 1)
    folded, kept = _fold_numerals(folded, range(len(text)))
    return folded, [*kept, len(text)]


def _fold_one_by_one(text: str) -> tuple[str, list[int]]:
    """As `fold_with_offsets`, for a text in which not every character is one and the same wherever it stands."""
    table = _table()
    parted = {found.start() for found in _GLUED_NUMERAL.finditer(text)}
    pieces: list[str] = []
    offsets: list[int] = []
    spaced = False
    for index, character in enumerate(text):
        piece = table[character]
        if piece == " ":
            if spaced:
                continue
            spaced = True
        elif piece:
            piece += " " if index in parted else ""
            spaced = piece[-1] == " "
        pieces.append(piece)
        offsets.extend([index] * len(piece))
    folded = _stroked("".join(pieces))
    if _ROMAN_RUN.search(folded):
        folded, offsets = _fold_numerals(folded, offsets)
    while owned := _POSSESSIVE.search(folded):
        folded = folded[: owned.start()] + folded[owned.end() :]
        offsets = offsets[: owned.start()] + offsets[owned.end() :]
    offsets.append(len(text))
    return folded, offsets


def _strokes(run: re.Match[str]) -> str:
    return run[0].translate(_STROKES)


def _stroked(folded: str) -> str:
    """A folded text with what a scanner read for the strokes of a grade put right; as many characters."""
    return _SCANNED.sub(_strokes, folded) if _STROKED.search(folded) else folded


def key(text: str) -> str:
    """What identifies a term: its folded letters, digits and characters, without spaces and punctuation.

    A text of symbols only (♂) is its own key.

    >>> key("法洛[法乐]四联症"), key("Patent Ductus-Arteriosus"), key("♂")
    ('法洛法乐四联症', 'patentductusarteriosus', '♂')
    """
    return squeezed(fold(text))


def squeezed(folded: str) -> str:
    """The key of a text that is folded already."""
    if folded.isalnum():
        return folded
    plain = folded.replace(" ", "")
    return plain if plain.isalnum() else MARKS.sub("", plain) or plain


def keys(texts: Sequence[str]) -> list[str]:
    """The `key` of each text; for many texts this takes a quarter of the time.

    >>> keys(["法洛[法乐]四联症", "Ⅱ孔型 房间隔缺損"])
    ['法洛法乐四联症', '2孔型房间隔缺损']
    """
    joined = _BETWEEN.join(texts)
    if _TYPED.search(joined):
        joined = _SCANNED_TYPE.sub(_strokes, joined)
    folded = _stroked("".join(map(_table().__getitem__, joined)))
    parts = folded.split(_BETWEEN)
    if len(parts) != len(texts):  # one of them has this character as well, or there is none
        return [key(text) for text in texts]
    return [part if part.isalnum() and "i" not in part else _key_of(part) for part in parts]


def _key_of(folded: str) -> str:
    if "i" in folded:  # as every numeral that is read has
        folded = _ROMAN_RUN.sub(lambda run: _ROMAN[run[0]], folded)
    return squeezed(folded)


def _fold_characters(text: str) -> str:
    if text.isascii() and text.isprintable():
        folded = text.lower()
    else:
        folded = "".join(map(_table().__getitem__, _GLUED_NUMERAL.sub(r"\1 ", text)))
    return _SPACES.sub(" ", folded) if "  " in folded else folded


_SPACES = re.compile(" {2,}")
_ROMANS, _CIRCLED = "\u2160-\u216b\u2170-\u217b", "\u2460-\u2473\u24eb-\u24fe\u2776-\u2793"
# ASDⅡ12mm: a type, and a size; F4②PFO: a name, and the number of an item.
_GLUED_NUMERAL = re.compile(rf"([{_ROMANS}](?=\d)|[\d{_ROMANS}](?=[{_CIRCLED}]))")


def _fold_numerals(folded: str, offsets: Sequence[int]) -> tuple[str, list[int]]:
    pieces: list[str] = []
    kept: list[int] = []
    last = 0
    for run in _ROMAN_RUN.finditer(folded):
        pieces += [folded[last : run.start()], _ROMAN[run[0]]]
        kept += [*offsets[last : run.start()], offsets[run.start()]]
        last = run.end()
    return "".join(pieces) + folded[last:], [*kept, *offsets[last:]]


class _Table(dict[str, str]):
    """Folded form of each character, computed when first met."""

    def __init__(self, simplified: dict[str, str]) -> None:
        super().__init__()
        self.simplified = simplified

    def __missing__(self, character: str) -> str:
        folded = "".join([self._step(one) for one in _number(character) or character])
        while (again := "".join([self._step(one) for one in folded])) != folded:
            folded = again
        self[character] = folded
        return folded

    def _step(self, character: str) -> str:
        if character.isspace():
            return " "
        plain = unicodedata.normalize("NFKC", character).casefold()
        return "".join(
            [
                " " if one.isspace() else self.simplified.get(one, one)
                for one in plain
                if unicodedata.category(one) not in _INVISIBLE or one.isspace()
            ]
        )


class _PlainTable(dict[int, str]):
    """Folded form of each character by its number; `_ODD` for one that is none or several, or depends on others."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        folded = _table()[character]
        odd = len(folded) != 1 or character in _APOSTROPHES or _number(character)
        self[point] = folded = _ODD if odd else folded
        return folded


@cache
def _plain_table() -> _PlainTable:
    return _PlainTable()


def _number(character: str) -> str:
    """`2` for the roman Ⅱ, which may be glued to letters; `1、` for ①, ❶ and their like, which start an item."""
    point = ord(character)
    if 0x2160 <= point <= 0x216B or 0x2170 <= point <= 0x217B:
        return str(int(unicodedata.numeric(character)))
    if 0x2460 <= point <= 0x2473 or 0x24EB <= point <= 0x24FE or 0x2776 <= point <= 0x2793:
        return f"{int(unicodedata.numeric(character))}、"
    return ""


@cache
def _table() -> _Table:
    import opencc

    hanzi = [chr(point) for start, end in _HAN for point in range(start, end)]
    simplify = opencc.OpenCC("tw2s").convert
    simplified = {
        one: new for one, new in zip(hanzi, simplify("\n".join(hanzi)).split("\n"), strict=True) if one != new
    }
    # 発 and 圧 are written in Japan only; a Japanese form that is a simplified character too (弁, 欠) stays what it is.
    traditional = opencc.OpenCC("jp2t").convert("\n".join(hanzi)).split("\n")
    foreign = {one: new for one, new in zip(hanzi, traditional, strict=True) if one != new and one not in simplified}
    for one, new in foreign.items():
        chinese = simplify(new)
        if chinese != one and _is_common(chinese) and not _is_common(one):
            simplified[one] = chinese
    return _Table(simplified)


def _is_common(character: str) -> bool:
    """Whether the simplified Chinese standard GB 2312 has the character."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
