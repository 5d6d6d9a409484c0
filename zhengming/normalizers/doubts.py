"""Words that keep a quantity from being exact: 约, 左右, 以上, and two figures with a dash between.

The words are data (`data/vocabulary/doubt_words.csv`): `about` words make a quantity approximate, `bound` words say
that it is on one side of the figure; a kind of value may have more of both.

>>> without_about("约95%左右"), is_bound("90%以上"), is_range("3-5mm"), is_range("3mm~5mm")
('95%', True, True, True)
"""

from __future__ import annotations

import re

from zhengming.normalizers.value_words import DOUBTS, pattern

_RANGE = re.compile(r"[0-9%‰a-z℃] ?(?:-|~|至|到|—) ?[0-9]")


def without_about(text: str, kind: str = "about-measure") -> str:
    """`text` without the words that make its figure approximate; the same text when there are none."""
    return pattern("about", kind, page=DOUBTS).sub("", text)


def is_about(text: str, kind: str = "about-measure") -> bool:
    """Whether a word makes the figure approximate."""
    return pattern("about", kind, page=DOUBTS).search(text) is not None


def is_bound(text: str, kind: str = "bound") -> bool:
    """Whether a word says that the value lies on one side of the figure."""
    return pattern("bound", kind, page=DOUBTS).search(text) is not None


def is_range(text: str) -> bool:
    """Whether the text gives two figures with a dash between."""
    return _RANGE.search(text) is not None
