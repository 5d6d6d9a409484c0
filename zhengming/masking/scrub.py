"""Free text without what points to a person: known names, numbers, accounts, addresses, days of dates.

The names are those of the file itself, in every row, and what stands after a word that introduces a person
(`data/privacy/scrub.csv`). It rather takes too much than too little, and still it is no proof: a name nobody
announces (隔壁老王说) stays. So only the profile for research keeps scrubbed text; read it before passing it on.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

NAME, NUMBER, PLACE, ACCOUNT, ADDRESS = "〔姓名〕", "〔号码〕", "〔地址〕", "〔账号〕", "〔网址〕"
MAX_CHARACTERS = 4096  # of a cell; what follows is left out
_HAN = "[㐀-䶿一-鿿\uf900-\ufaff〇𠀀-𳑿]"
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){0,4}|https?://\S{1,500}|www\.\S{1,500}")
_DAY = re.compile(r"((?:19|20)\d{2})(年|[./-])(\d{1,2})(?:月|[./-])(\d{1,2})日?(?!\d)")
_MONTH_DAY = re.compile(r"(\d{1,2}月)\d{1,2}[日号]")
_NUMBER = re.compile(r"\d(?:[\d*xX]|[ -](?=\d)){5,40}")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９＠．－：", "0123456789@.-:")


def scrubbed(text: str, names: Iterable[str]) -> str:
    """The text, with what was found replaced by words in tortoise-shell brackets.

    >>> scrubbed("患儿张小明家长：李四 13800000000，2021年7月6日出院，住河北省某县李家村3组", ["张小明"])
    '患儿〔姓名〕家长:〔姓名〕 〔号码〕，2021年7月出院，住〔地址〕'
    """
    text = text[:MAX_CHARACTERS].translate(_FULL_WIDTH)
    for name in sorted(set(names), key=lambda one: (-len(one), one)):
        if len(name) > 1:
            text = text.replace(name, NAME)
    text = _MAIL.sub(ADDRESS, text)
    text = _accounts().sub(lambda found: found[1] + ACCOUNT, text)
    text = _DAY.sub(lambda found: f"{found[1]}年{int(found[3])}月", text)
    text = _MONTH_DAY.sub(lambda found: found[1], text)
    text = _NUMBER.sub(NUMBER, text)
    text = _lived().sub(lambda found: found[1] + PLACE, text)
    text = _places().sub(PLACE, text)
    text = _introduced().sub(lambda found: found[1] + NAME, text)
    return _called().sub(lambda found: (found[1] or "") + NAME, text)


def spellings(cell: str) -> set[str]:
    """What a cell of names may be called in a free text: each name in it, and its given name without the surname.

    >>> sorted(spellings("张小明（乳名 豆豆）"))
    ['乳名', '小明', '张小明', '豆豆']
    """
    names = {name for name in re.split(r"[^\w·'.-]|\d", cell[:MAX_CHARACTERS]) if len(name) > 1}
    return names | {name[1:] for name in names if re.fullmatch(f"{_HAN}{{3,4}}", name)}


@cache
def _words(kind: str) -> str:
    """The words of one kind as alternatives, the longest first."""
    page = resources.files("zhengming") / "data" / "privacy" / "scrub.csv"
    rows = csv.DictReader(page.read_text(encoding="utf-8").splitlines())
    words = sorted({row["text"] for row in rows if row["kind"] == kind}, key=lambda word: (-len(word), word))
    return "|".join(map(re.escape, words))


@cache
def _introduced() -> re.Pattern[str]:
    """A word that introduces a person, a colon, and the name: two to four characters, or Latin words."""
    words, between = f"{_words('name')}|{_words('kin')}", "(?:叫|名叫|是|为|[:(（ ]) {0,2}"
    return re.compile(rf"((?:{words})(?:姓名|名字)?{between})(?:{_HAN}{{2,4}}|[A-Za-z]{{2,30}})")


@cache
def _called() -> re.Pattern[str]:
    """A name that a relative's word or a title shows, by its surname: 母亲王芳, 张女士.

    After 患儿 alone it is not looked for: 患儿高热 would be a name.
    """
    surname = f"(?:{_words('surname')})"
    return re.compile(f"((?:{_words('kin')})){surname}{_HAN}{{1,2}}|(){surname}{_HAN}{{0,2}}(?={_words('title')})")


@cache
def _accounts() -> re.Pattern[str]:
    return re.compile(rf"((?:{_words('account')})(?:号|码|是|为)?[: ]{{0,3}})[\w.-]{{3,40}}")


@cache
def _lived() -> re.Pattern[str]:
    """A word before an address, and all up to the next mark; 住院 is no address."""
    return re.compile(rf"((?:{_words('lives')})(?!院)(?:[是为在:]| ){{0,2}})[^\s,，;；。、()（）〔]{{2,60}}")


@cache
def _places() -> re.Pattern[str]:
    """A street, house or group with its number, and the characters before it."""
    number = "[0-9一二三四五六七八九十百A-Za-z-]{1,8}"
    return re.compile(rf"{_HAN}{{2,20}}?(?:{_words('place')}){number}(?:(?:{_words('place')})(?:{number})?){{0,4}}")
