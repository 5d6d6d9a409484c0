"""Headers: which field a header means, by the `field` category, with the same caution as any other term."""

from __future__ import annotations

import re
from collections.abc import Callable

from zhengming.normalizers.terms.matcher import Matcher

# What a header is numbered or marked with: `3.诊断`, `*姓名`, `诊断：`.
_MARKS = re.compile(r"^\s*(?:[(（]?\d{1,2}[)）.、．:：]|[一二三四五六七八九十]{1,2}、|[*＊★●▲]+)\s*|[\s*＊★:：]+$")
_TWO_LANGUAGES = re.compile(r"([^A-Za-z]*[\u4e00-\u9fff][^A-Za-z/|(（]*)[\s/|(（]*([A-Za-z][A-Za-z .'_-]*)[)）.]?\s*")
_BRACKETED = re.compile(r"[(（\[【〔]([^()（）\[\]【】〔〕]{0,60})[)）\]】〕]")


def recogniser(matcher: Matcher) -> Callable[[str], str | None]:
    """A function that gives the field a header text means, or None when that is not certain.

    What stands in brackets may make it another field: 姓名(家长) is read as 家长姓名 where that is a known header.

    >>> from zhengming.dictionary.model import Dictionary
    >>> recognise = recogniser(Matcher(Dictionary.open(), "field"))
    >>> recognise("总费用（万元）"), recognise("天气")
    ('total_cost', None)
    """

    def recognise(header: str) -> str | None:
        whole = _certain(header, matcher)
        if whole:
            return whole
        bare = _MARKS.sub("", header)
        if bare != header and (found := _certain(bare, matcher)):
            return found
        return _in_two_languages(bare, matcher) or _without_brackets(bare, matcher)

    return recognise


def _without_brackets(header: str, matcher: Matcher) -> str | None:
    found = _BRACKETED.search(header)
    if not found:
        return None
    inside, outside = found[1], header[: found.start()] + header[found.end() :]
    other = _certain(inside + outside, matcher) or _certain(inside, matcher)
    return other or _certain(outside, matcher)


def _in_two_languages(header: str, matcher: Matcher) -> str | None:
    """The field of a header that says it in Chinese and in English; None where the two disagree."""
    found = _TWO_LANGUAGES.fullmatch(header)
    if not found:
        return None
    chinese, english = _certain(found[1], matcher), _certain(found[2], matcher)
    return None if chinese and english and chinese != english else chinese or english


def _certain(text: str, matcher: Matcher) -> str | None:
    mentions = matcher.match(text)
    return mentions[0].code if len(mentions) == 1 and mentions[0].status == "accepted" else None
