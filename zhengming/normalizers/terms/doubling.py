"""Doubling: characters that were typed twice, 主动脉弓弓离断."""

from __future__ import annotations

from typing import Final

from zhengming.normalizers.terms.cell import Token, tokenize
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.view import View

_LONGEST: Final = 4  # characters that may be typed twice


def undoubled(view: View, tokens: list[Token], lexicon: Lexicon) -> tuple[View, list[Token]]:
    """The cell without characters typed twice, where less then stays unread."""
    for size, index in _doubled(view.text):
        if any(view.gaps[index : index + size]):
            continue
        other = view.without(index, size)
        again = tokenize(other, lexicon)
        named = next((token for token in again if token.start < index <= token.end), None)
        if named and named.kind == "term" and not named.typed and _unread(again) < _unread(tokens):
            named.typed = 1
            return undoubled(other, again, lexicon)
    return view, tokens


def _doubled(text: str) -> list[tuple[int, int]]:
    """How many characters stand twice, and where they do so for the second time; the fewest first."""
    found, characters = list[tuple[int, int]](), list(text)
    for size in range(1, _LONGEST + 1):
        for index in range(size, len(text) - size + 1):
            one = characters[index]
            if one != characters[index - size] or one.isascii():
                continue
            if text[index : index + size] == text[index - size : index]:
                found.append((size, index))
    return found


def _unread(tokens: list[Token]) -> int:
    return sum([token.end - token.start for token in tokens if token.kind == "unknown"])
