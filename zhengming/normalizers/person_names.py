"""Names of persons: one person, as the identity document writes the name.

The worse mistake is a changed name: payments fail on it and two children become one. So only what is no part of a
name goes: the blank that pads a two-character name (张 三), the many dots of minority names (one `·`, U+00B7, as
identity documents print it), a title after a full name. A title could be a given name, a bracket a former name, two
words two persons: whatever is less than plain goes to review. Rare and traditional characters stay as they are.

>>> normalize("张 三").value, normalize("买买提•艾力").value, normalize("李四先生").value
('张三', '买买提·艾力', '李四')
>>> normalize("张三、李四").reason, normalize("张**").reason
('several-names', 'masked')
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from zhengming.normalizers import cells
from zhengming.normalizers.context import PLAIN, Context
from zhengming.normalizers.outcome import Outcome, accepted, review, unmatched
from zhengming.normalizers.value_words import pattern, words

_HAN = "[㐀-䶿一-鿿\uf900-\ufaff〇𠀀-𳑿]"
_PLAIN_NAME = re.compile(f"{_HAN}{{2,4}}")
_DOTTED = re.compile(f"{_HAN}{{1,12}}(?:·{_HAN}{{1,12}}){{1,4}}")
_LONG = re.compile(f"{_HAN}{{5,20}}")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’.-]{1,30}(?: [A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’.-]{0,30}){1,5}")
_DOTS = re.compile(r" ?[·•・‧∙⋅●▪･᛫．] ?")
_ASCII_DOT = re.compile(rf"(?<={_HAN}) ?\. ?(?={_HAN})")
_MASKED = re.compile(r"[*＊×○◯●]|某|(?<=[㐀-鿿])[xX]{1,3}$")
_BRACKETS = re.compile(r"[(\[【〔（][^)\]】〕）]{0,60}[)\]】〕）]?")
_BETWEEN = re.compile(r"[、,;/|&+\n]|(?<=..)[和及](?=..)")
MAX_CHARACTERS = 64  # the longest dotted name that _DOTTED takes


def normalize(raw: object, context: Context = PLAIN) -> Outcome:
    """The name a cell states.

    Accepted: `name`, `space-removed`, `dot-unified`, `title-removed`. Review with a value: `brackets` (the part
    outside), `child-of` (张三之子, a newborn under the mother's name), `relative-of` (张三妈妈), `long-name`, `digits`
    (张三2), `other-script`, `private-use-character`; without: `several-names`, `surname-only`, `extra-text` (张三 男),
    `damaged-text`. Unmatched: `masked`, `stated-unknown`, `not-a-name`.
    """
    if isinstance(raw, str) and _PLAIN_NAME.fullmatch(raw) and raw not in cells.words() and not _more().search(raw):
        return accepted(raw, "name")  # most cells
    outcome = cells.settled(raw)
    if outcome is not None:
        return outcome
    if not isinstance(raw, str) or len(raw) > 4 * MAX_CHARACTERS:
        return unmatched("not-a-name")
    text = cells.folded(raw)
    if cells.damaged(raw) or "?" in text:
        return review(None, "damaged-text", 0.0)
    if text in words("nameless"):
        return unmatched("stated-unknown")
    return unmatched("not-a-name") if text in words("role") else _of_text(text)


def is_valid(value: object) -> bool:
    """Whether `value` is a name that would be accepted as it stands."""
    return isinstance(value, str) and normalize(value) == accepted(value, "name")


def format(value: str) -> str:
    """The name itself."""
    return value


@cache
def _more() -> re.Pattern[str]:
    """What makes more or less of a few characters than a name: masks, damage, words in its place or behind it."""
    instead = (*words("nameless"), *words("role"))
    behind = (*words("child"), *words("relative"), *words("title"))
    return re.compile(f"某|锟斤拷|^(?:{_either(instead)})$|(?:{_either(behind)})$")


def _either(texts: Iterable[str]) -> str:
    return "|".join(map(re.escape, texts))


def _of_text(text: str) -> Outcome:
    """The outcome of a folded text."""
    if _MASKED.search(_DOTS.sub("·", text)):
        return unmatched("masked")
    if len(text) > MAX_CHARACTERS or len(re.findall("[0-9]", text)) > 3:
        return unmatched("not-a-name")
    if _BRACKETS.search(text):
        outside = _name(_BRACKETS.sub("", text).strip())
        return review(outside.value, "brackets") if outside.status == "accepted" else review(None, "brackets", 0.2)
    if _BETWEEN.search(text):
        return review(None, "several-names")
    if re.search("[0-9]", text):
        outside = _name(text.strip("0123456789 "))
        return review(outside.value, "digits") if outside.status == "accepted" else unmatched("not-a-name")
    return _name(text)


def _name(text: str) -> Outcome:
    """The outcome of a text without brackets, digits and separators."""
    dotted = _ASCII_DOT.sub("·", _DOTS.sub("·", text))
    joined = _joined(dotted)
    if joined is None:
        return review(None, "several-names")
    if joined != dotted and dotted[-2:] in (" 男", " 女"):
        return review(None, "extra-text")  # 张三 男 is a name and a sex
    if pattern("child", end=True).search(joined) and len(joined) > 3:
        return review(joined, "child-of")
    if pattern("relative", end=True).search(joined) and len(joined) > 2 and "·" not in joined:
        return review(joined, "relative-of")
    untitled = pattern("title", end=True).sub("", joined)
    if untitled != joined:
        named = bool(_PLAIN_NAME.fullmatch(untitled) or _DOTTED.fullmatch(untitled))
        return accepted(untitled, "title-removed") if named else review(None, "surname-only")
    return _judged(joined, _reason(text, dotted, joined))


def _reason(text: str, dotted: str, joined: str) -> str:
    """What was done to the text on the way to the name."""
    if joined != dotted:
        return "space-removed"
    return "dot-unified" if dotted != text else "name"


def _joined(text: str) -> str | None:
    """A Han name without its padding blanks; None where the blanks part two names."""
    parts = text.split()
    if len(parts) < 2 or not all(re.fullmatch(f"(?:{_HAN}|·)+", part) for part in parts):
        return text
    return "".join(parts) if sum(len(part) > 1 for part in parts) < 2 and len("".join(parts)) <= 4 else None


def _judged(name: str, reason: str) -> Outcome:
    """The outcome of one name in its plain form."""
    if _PLAIN_NAME.fullmatch(name) or _DOTTED.fullmatch(name) or _LATIN.fullmatch(name):
        return accepted(name, reason)
    if cells.private_use(name):
        return review(name, "private-use-character")
    if _LONG.fullmatch(name):
        return review(name, "long-name")
    if re.fullmatch(_HAN, name):
        return review(None, "surname-only")
    letters = [character for character in name if character.isalpha()]
    return review(name, "other-script", 0.3) if len(letters) >= max(2, len(name) - 4) else unmatched("not-a-name")
