"""Wordings: words that are written in several ways, and the one under which a category's terms are looked up.

A category lists them (`[wordings]` in `category.toml`: 反流 is also written 逆流), so that each of its terms is known
in all of them. All wordings of a word are equally long, so that every character keeps its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import TypeVar

from zhengming.dictionary.folding import fold

_MOST = 64  # ways to write one text that are tried

Sense = TypeVar("Sense")


class Wordings:
    """The words of a category that are written in several ways."""

    def __init__(self, wordings: Mapping[str, Iterable[str]]) -> None:
        """`wordings` gives for a word how else it is written."""
        self._others = {
            fold(word): [other for other in dict.fromkeys(map(fold, others)) if other != fold(word)]
            for word, others in wordings.items()
        }
        self._standard = {other: word for word, others in self._others.items() for other in others}
        self._written = _longest_first(self._standard)
        self._words = _longest_first(self._others)

    def standard(self, folded: str) -> str:
        """The folded text with every such word in its first wording; as long as before.

        >>> Wordings({"反流": ["逆流"]}).standard("三尖瓣逆流")
        '三尖瓣反流'
        """
        if self._written is None or self._written.search(folded) is None:
            return folded
        return self._written.sub(lambda found: self._standard[found[0]], folded)

    def ways(self, folded: str) -> tuple[str, ...]:
        """The text itself and, if its words are in their first wordings, the other ways to write it, some 60 at most.

        >>> Wordings({"反流": ["逆流"]}).ways("三尖瓣反流")
        ('三尖瓣反流', '三尖瓣逆流')
        """
        if self._words is None or self._words.search(folded) is None or self.standard(folded) != folded:
            return (folded,)
        parts = self._words.split(folded)
        words = [(word, *self._others[word]) for word in self._words.findall(folded)]
        found = []
        for chosen in product(*words):
            found.append("".join([text for pair in zip(parts, (*chosen, ""), strict=True) for text in pair]))
            if len(found) == _MOST:
                break
        return tuple(found)

    def widen(self, senses: dict[str, list[Sense]]) -> None:
        """Let the first wording of every key name what the key names."""
        for key in list(senses) if self._written else ():
            standard = self.standard(key)
            if standard != key:
                senses.setdefault(standard, []).extend(senses[key])

    def widened(self, rows: Iterator[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
        """Rows of (key, code, kind) in order, with the first wording of every key beside it."""
        if self._written is None:
            return rows
        both = {row for key, code, kind in rows for row in ((key, code, kind), (self.standard(key), code, kind))}
        return iter(sorted(both))


def _longest_first(words: Iterable[str]) -> re.Pattern[str] | None:
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, ordered))) if ordered else None
