"""Small word lists of `data/vocabulary/`, by kind: what stands around the name of a place or of an organisation."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources

from zhengming.dictionary.folding import fold


@cache
def wordlist(name: str) -> Mapping[str, tuple[str, ...]]:
    """The folded words of `data/vocabulary/<name>.csv` by kind, the longest first.

    >>> wordlist("address_words")["level"][:3]
    ('区', '县', '州')
    """
    page = (resources.files("zhengming") / "data" / "vocabulary" / f"{name}.csv").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for row in csv.DictReader(page.splitlines()):
        found.setdefault(row["kind"], set()).add(fold(row["text"]))
    return {kind: tuple(sorted(words, key=lambda word: (-len(word), word))) for kind, words in found.items()}
