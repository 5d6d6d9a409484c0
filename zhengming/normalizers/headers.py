"""Headers: which field a header means, by the `field` category, with the same caution as any other term."""

from __future__ import annotations

import re
from collections.abc import Callable

from zhengming.normalizers.terms.matcher import Matcher

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
        if whole or not (found := _BRACKETED.search(header)):
            return whole
        inside, outside = found[1], header[: found.start()] + header[found.end() :]
        other = _certain(inside + outside, matcher) or _certain(inside, matcher)
        return other or _certain(outside, matcher)

    return recognise


def _certain(text: str, matcher: Matcher) -> str | None:
    mentions = matcher.match(text)
    return mentions[0].code if len(mentions) == 1 and mentions[0].status == "accepted" else None
