"""Detaching: a sub-type word between two glued names that only the former has, but a name begins with.

The 漏斗型 of PDA漏斗型室缺 is the duct's, though 漏斗型室缺 is a name.
"""

from __future__ import annotations

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.hosts import BEFORE
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.view import View
from zhengming.normalizers.terms.vocabulary import NONE

_SIZES = (2, 3, 4)  # characters of such words
_LEAST_NAME = 2  # characters of the name behind one


def detached(tokens: list[Token], view: View, lexicon: Lexicon) -> list[Token]:
    """The tokens with every such word as a token of its own."""
    for index in range(len(tokens) - 1, 0, -1):
        token, before = tokens[index], tokens[index - 1]
        if token.kind != "term" or before.kind != "term" or view.gaps[token.start] != NONE:
            continue
        size = _size(before.entry, token, lexicon) if before.entry and token.entry and not token.typed else 0
        if size:
            key, middle = view.text[token.start : token.end], token.start + size
            word, rest = lexicon.entries[key[:size]], lexicon.terms[key[size:]]
            made = [Token("modifier", token.start, middle, word), Token("term", middle, token.end, rest)]
            tokens = [*tokens[:index], *made, *tokens[index + 1 :]]
    return tokens


def _size(former: Entry, token: Token, lexicon: Lexicon) -> int:
    """How long the word is that the former name has and what follows it in the token has not; 0 if there is none."""
    key = token.entry.key if token.entry else ""
    for size in _SIZES:
        if len(key) < size + _LEAST_NAME or len(key) != token.end - token.start:
            return 0
        word, rest = lexicon.entries.get(key[:size]), lexicon.terms.get(key[size:])
        if word is None or rest is None or not word.modifiers or word.senses:
            continue
        for modifier in word.modifiers:
            cores = lexicon.cores.get((modifier.axis, modifier.value), frozenset())
            if modifier.axis not in BEFORE and _fits(former, cores, lexicon) and not _fits(rest, cores, lexicon):
                return size
    return 0


def _fits(entry: Entry, cores: frozenset[str], lexicon: Lexicon) -> bool:
    """Whether the sub-type that makes other concepts of `cores` can be said of what a name means."""
    ancestors = lexicon.category.ancestors
    return any(code in cores or not ancestors(code).isdisjoint(cores) for code in entry.codes)
