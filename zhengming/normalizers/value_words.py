"""Words that stand around a value or in its place, as data: titles, labels, currencies, marks of the lunar calendar.

Each list of `data/vocabulary/` used here has the columns kind, text, lang and source; a kind is read once, as one
regular expression of its words, the longest first.

>>> pattern("title").pattern.split("|")[0], "未取名" in words("nameless")
('小朋友', True)
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

VALUES, DOUBTS = "value_words", "doubt_words"


@cache
def words(*kinds: str, page: str = VALUES) -> tuple[str, ...]:
    """The words of these kinds, the longest first."""
    listed = {word for kind in kinds for word in _page(page).get(kind, ())}
    return tuple(sorted(listed, key=lambda word: (-len(word), word)))


@cache
def pattern(*kinds: str, page: str = VALUES, start: bool = False, end: bool = False) -> re.Pattern[str]:
    """Any word of these kinds; only at the `start` or at the `end` of a text, if so asked."""
    either = "|".join(map(re.escape, words(*kinds, page=page)))
    if start or end:
        return re.compile(f"{'^' if start else ''}(?:{either}){'$' if end else ''}")
    return re.compile(either)


@cache
def _page(name: str) -> Mapping[str, tuple[str, ...]]:
    text = (resources.files("zhengming") / "data" / "vocabulary" / f"{name}.csv").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["kind"], []).append(row["text"])
    return {kind: tuple(listed) for kind, listed in found.items()}
