"""Words that keep a quantity from being exact: 约, 左右, 以上, and two figures with a dash between.

The words are data (`data/vocabulary/doubt_words.csv`): `about` words make a quantity approximate, `bound` words say
that it is on one side of the figure.

>>> without_about("约95%左右"), is_bound("90%以上"), is_range("3-5mm"), is_range("3mm~5mm")
('95%', True, True, True)
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib import resources

_RANGE = re.compile(r"[0-9%‰a-z℃] ?(?:-|~|至|到|—) ?[0-9]")


def without_about(text: str) -> str:
    """`text` without the words that make its figure approximate; the same text when there are none."""
    return _pattern("about").sub("", text)


def is_bound(text: str) -> bool:
    """Whether a word says that the value lies on one side of the figure."""
    return _pattern("bound").search(text) is not None


def is_range(text: str) -> bool:
    """Whether the text gives two figures with a dash between."""
    return _RANGE.search(text) is not None


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    """Every word of `kind`, the longest first."""
    page = (resources.files("zhengming") / "data" / "vocabulary" / "doubt_words.csv").read_text(encoding="utf-8")
    words = [row["text"] for row in csv.DictReader(page.splitlines()) if row["kind"] == kind]
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word))))
