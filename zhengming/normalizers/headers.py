"""Headers: which field a header means, by the `field` category, with the same caution as any other term."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from zhengming.dictionary.folding import key
from zhengming.normalizers.terms.matcher import Matcher
from zhengming.tables.words import plain

# What a header is numbered or marked with: `3.诊断`, `*姓名`, `诊断：`.
_MARKS = re.compile(r"^\s*(?:[(（]?\d{1,2}[)）.、．:：]|[一二三四五六七八九十]{1,2}、|[*＊★●▲]+)\s*|[\s*＊★:：]+$")
_TWO_LANGUAGES = re.compile(r"([^A-Za-z]*[\u4e00-\u9fff][^A-Za-z/|(（]*)[\s/|(（]*([A-Za-z][A-Za-z .'_-]*)[)）.]?\s*")
_BRACKETED = re.compile(r"[(（\[【〔]([^()（）\[\]【】〔〕]{0,60})[)）\]】〕]")


EMPTY: Mapping[str, Sequence[str]] = MappingProxyType({})
Certain = Callable[[str], str | None]


def recogniser(
    matcher: Matcher, expected: Mapping[str, Sequence[str]] = EMPTY, known: Mapping[str, str] | None = None
) -> Callable[[str], str | None]:
    """A function that gives the field a header text means, or None when that is not certain.

    `expected` are the fields of such a table with their titles: a title is a header of its field, whatever the
    dictionary says, and a header that can mean several fields (金额) means the one that is expected, if that is one.
    `known` are headers, plain, with the field that a sender's profile says they mean; an empty one means no field.

    What stands in brackets may make it another field: 姓名(家长) is read as 家长姓名 where that is a known header.

    >>> from zhengming.dictionary.model import Dictionary
    >>> recognise = recogniser(Matcher(Dictionary.open(), "field"))
    >>> recognise("总费用（万元）"), recognise("天气")
    ('total_cost', None)
    """
    titles = {key(title): field for field, titles in expected.items() for title in titles}
    certain = partial(_certain, matcher=matcher, expected=expected, titles=titles)
    known = known or {}

    def recognise(header: str) -> str | None:
        told = known.get(plain(header))
        if told is not None:
            return told or None
        whole = certain(header)
        if whole:
            return whole
        bare = _MARKS.sub("", header)
        if bare != header and (found := certain(bare)):
            return found
        return _in_two_languages(bare, certain) or _without_brackets(bare, certain)

    return recognise


def _without_brackets(header: str, certain: Certain) -> str | None:
    found = _BRACKETED.search(header)
    if not found:
        return None
    inside, outside = found[1], header[: found.start()] + header[found.end() :]
    other = certain(inside + outside) or certain(inside)
    return other or certain(outside)


def _in_two_languages(header: str, certain: Certain) -> str | None:
    """The field of a header that says it in Chinese and in English; None where the two disagree."""
    found = _TWO_LANGUAGES.fullmatch(header)
    if not found:
        return None
    chinese, english = certain(found[1]), certain(found[2])
    return None if chinese and english and chinese != english else chinese or english


def _certain(text: str, matcher: Matcher, expected: Collection[str], titles: Mapping[str, str]) -> str | None:
    named = titles.get(key(text))
    if named:
        return named
    mentions = matcher.match(text)
    if len(mentions) != 1:
        return None
    if mentions[0].status == "accepted":
        return mentions[0].code
    if mentions[0].reason != "ambiguous":
        return None
    meant = [code for code in matcher.meanings(mentions[0].text) if code in expected]
    return meant[0] if len(meant) == 1 else None
