"""Prefixes: a denial glued to the word for a kind denies the kind, not the disease: 非风湿性二尖瓣关闭不全."""

from __future__ import annotations

from typing import Final

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.view import View
from zhengming.normalizers.terms.vocabulary import NONE

_KINDS: Final = frozenset({"modifier", "cue", "unknown"})  # what a word for a kind may be taken for
_LEAST: Final = 2  # characters of a name, and of a word for a kind


def of_other_kinds(tokens: list[Token], view: View, lexicon: Lexicon) -> list[Token]:
    """The tokens with every word that is a denied kind used up, together with its denial."""
    prefixes = lexicon.vocabulary.kind_prefixes
    if not any([prefix in view.text for prefix in prefixes]):
        return tokens
    for index, token in enumerate(tokens):
        if token.kind == "cue" and token.entry and token.entry.key in prefixes and index + 1 < len(tokens):
            _take(tokens, index, view, lexicon)
    return tokens


def _take(tokens: list[Token], index: int, view: View, lexicon: Lexicon) -> None:
    """Use up the denial at token `index` with the word for a kind that is glued behind it."""
    token, after = tokens[index], tokens[index + 1]
    if view.gaps[after.start] != NONE:
        return
    if after.kind == "term":
        size, rest = _without_kind(after, view, lexicon)
        if rest is None:
            return
        after.start += size
        after.entry = rest
        token.end = after.start
    else:
        text, last = view.text[after.start : after.end], index + 2
        endings = lexicon.vocabulary.kind_endings
        one = sum([text.count(ending) for ending in endings]) == 1  # 特异性间质性 are two
        ends = after.kind in _KINDS and text.endswith(endings) and one and len(text) > _LEAST
        if not ends or last == len(tokens) or view.gaps[tokens[last].start] != NONE or tokens[last].kind != "term":
            return
        after.kind, after.entry = "part", None
    token.kind, token.entry = "part", None


def _without_kind(token: Token, view: View, lexicon: Lexicon) -> tuple[int, Entry | None]:
    """How long the word for a kind is that the name begins with, and what is named without it."""
    text = view.text[token.start : token.end]
    for size in range(_LEAST, len(text) - 1):
        kind = text[:size]
        if kind in lexicon.vocabulary.kind_wholes:
            return 0, None  # 非完全性大动脉转位，为矫正型
        if kind.endswith(lexicon.vocabulary.kind_endings) and not view.gaps[token.start + size]:
            rest = lexicon.terms.get(text[size:])
            if rest is not None and len(rest.codes) == 1 and not rest.ambiguous and not rest.broad:
                return size, rest
    return 0, None
