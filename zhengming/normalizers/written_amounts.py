"""The grammar of written amounts: digits with 万 and 千, capital numerals, 元角分.

>>> read("1.2万"), read("1万2")
((Decimal('12000.0'), 'stated-amount'), (Decimal('12000'), 'spoken'))
>>> read("叁万贰仟"), read("壹拾元柒角捌分")
((Decimal('32000'), 'stated-amount'), (Decimal('10.78'), 'stated-amount'))
"""

from __future__ import annotations

import re
from decimal import Decimal

from zhengming.normalizers import numerals

_MARKS = re.compile(r"人民币|rmb|cny|¥|大写|小写|合计|[:]")
_ENDING = re.compile(r"(?:元|圆|块钱|块)?(?:整|正)?$")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[, ][0-9]{3})+(?![0-9,])")
_ODD_COMMA = re.compile(r"[0-9] ?, ?[0-9]")
_PIECE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,8})?)(亿|千万|百万|十万|万|千|百)零?")
_PIECES = re.compile(rf"(?:{_PIECE.pattern}){{1,4}}([0-9]{{1,5}}(?:\.[0-9]{{1,8}})?)?")
_SLANG = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,4})?)(w|k)")
_SCALE = {"亿": 10**8, "千万": 10**7, "百万": 10**6, "十万": 10**5, "万": 10**4, "千": 1000, "百": 100}
_SLANG_SCALE = {"w": 10**4, "k": 1000}
_NUMERALS = f"[{numerals.DIGITS}{numerals.TENS}]{{1,{numerals.MAX_NUMERALS}}}"
_JIAO_FEN = re.compile(
    rf"(?:(?P<yuan>{_NUMERALS}|[0-9]{{1,10}})[元圆])?零?"
    rf"(?:(?P<jiao>[{numerals.DIGITS}0-9])角)?零?(?:(?P<fen>[{numerals.DIGITS}0-9])分)?(?:整|正)?"
)
_SPOKEN_TAIL = re.compile(f"[{numerals.TENS}][{numerals.DIGITS}]")
_CAPITALS = str.maketrans("萬億圓仟佰拾", "万亿圆千百十")


def unmarked(text: str) -> str | None:
    """Folded `text` without currency marks and thousand separators; None when its commas part no groups of three.

    >>> unmarked("¥12,000.50元"), unmarked("1,2000")
    ('12000.50', None)
    """
    plain = _MARKS.sub("", text).strip()
    plain = _GROUPED.sub(lambda group: group[0].replace(",", "").replace(" ", ""), plain)
    if _ODD_COMMA.search(plain):
        return None
    plain = plain.replace("负", "-", 1) if plain.startswith("负") else plain
    if re.search(r"[0-9] [0-9]", plain):
        return plain  # two figures, not one
    plain = plain.replace(" ", "")
    return plain if "角" in plain or "分" in plain else _ENDING.sub("", plain)


def read(text: str) -> tuple[Decimal, str] | None:
    """The amount in yuan and its reason code, of a text from `unmarked`; None when it is not exactly one amount."""
    if text.startswith("-"):
        found = read(text[1:]) if not text.startswith("--") else None
        return (-found[0], found[1]) if found else None
    text = text.translate(_CAPITALS)
    slang = _SLANG.fullmatch(text)
    if slang:
        return Decimal(slang[1]) * _SLANG_SCALE[slang[2]], "slang-unit"
    if re.search("[元圆角分]", text):
        return _of_yuan_jiao_fen(text)
    if re.match("[0-9]", text):
        return _of_pieces(text)
    number = numerals.integer(text)
    if number is None or not _counts(text):
        return None
    return Decimal(number), "spoken" if _is_spoken(text) else "stated-amount"


def _counts(text: str) -> bool:
    """Whether numerals count (三百二十) rather than list digits (三二〇 may be a room, a bed or a sum)."""
    return len(text) == 1 or any(unit in text for unit in numerals.TENS)


def _is_spoken(text: str) -> bool:
    """Whether the last unit is left out: 一万二 for 一万二千, but not 十二."""
    return bool(_SPOKEN_TAIL.fullmatch(text[-2:])) and text[-2] not in "十廿卅"


def _of_pieces(text: str) -> tuple[Decimal, str] | None:
    """Digits with units, larger first: 1万2千, 1万2000, and with the last unit left out, 1万2."""
    match = _PIECES.fullmatch(text)
    if match is None:
        return None
    tail = match.groups()[-1] or ""
    pieces = _PIECE.findall(text.removesuffix(tail) if tail else text)
    total, above = Decimal(0), 10**12
    for number, unit in pieces:
        amount = Decimal(number) * _SCALE[unit]
        if amount >= above or ("." in number and len(pieces) > 1):
            return None
        total, above = total + amount, _SCALE[unit]
    if not tail:
        return total, "stated-amount"
    if any("." in number for number, _ in pieces):
        return None
    return _with_tail(total, tail, above, zero="零" in text)


def _with_tail(total: Decimal, tail: str, unit: int, *, zero: bool) -> tuple[Decimal, str] | None:
    """`total` and the number after its last `unit`: one digit counts the next smaller unit, other numbers units."""
    if len(tail) == 1 and not zero:
        return total + int(tail) * unit // 10, "spoken"
    full = len(tail.partition(".")[0]) >= len(str(unit)) - 2  # 1万20 leaves open what was meant
    return (total + Decimal(tail), "stated-amount") if Decimal(tail) < unit and (full or zero) else None


def _of_yuan_jiao_fen(text: str) -> tuple[Decimal, str] | None:
    """元, 角 and 分 with numerals or digits; cn2an would go through a double."""
    match = _JIAO_FEN.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    parts = [_whole(match[part]) for part in ("yuan", "jiao", "fen")]
    if None in parts:
        return None
    yuan, jiao, fen = (Decimal(part or 0) for part in parts)
    return yuan + jiao / 10 + fen / 100, "stated-amount"


def _whole(digits: str | None) -> int | None:
    """A whole number in digits or numerals; nothing is zero."""
    if not digits:
        return 0
    return int(digits) if digits.isascii() else numerals.integer(digits)
