"""Detaching: a sub-type word between two glued names that only the former has, but a name begins with.

The 漏斗型 of PDA漏斗型室缺 is the duct's, though 漏斗型室缺 is a name; so is the 未闭 of 卵圆孔未闭动脉导管已闭 the
foramen's.
"""

from __future__ import annotations

from typing import Final

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.hosts import BEFORE
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.performed import OPERATED
from zhengming.normalizers.terms.view import View
from zhengming.normalizers.terms.vocabulary import NONE

_SIZES: Final = (2, 3, 4)  # characters of such words
_BESIDE: Final = frozenset({"term", "unknown"})
_LEAST_NAME: Final = 2  # characters of the name behind one
_ENDING: Final = frozenset({"resolved", OPERATED})  # values of words behind which the name of a part may stand


def detached(tokens: list[Token], view: View, lexicon: Lexicon) -> list[Token]:
    """The tokens with every such word as a token of its own."""
    for index in range(len(tokens) - 1, 0, -1):
        token, before = tokens[index], tokens[index - 1]
        if token.kind != "term" or view.gaps[token.start] != NONE:
            continue
        operated = _operated(token, lexicon)
        if operated:
            tokens = [*tokens[:index], *operated, *tokens[index + 1 :]]
        if operated or before.kind not in _BESIDE:
            continue
        if before.kind == "unknown":
            tokens = _given_back(tokens, index, view, lexicon)
            continue
        size = _size(before.entry, token, lexicon) if before.entry and token.entry and not token.typed else 0
        if size:
            key, middle = view.text[token.start : token.end], token.start + size
            word, rest = lexicon.entries[key[:size]], lexicon.terms[key[size:]]
            made = [Token("modifier", token.start, middle, word), Token("term", middle, token.end, rest)]
            tokens = [*tokens[:index], *made, *tokens[index + 1 :]]
        elif before.entry and token.entry and _numbers_either(before.entry, token.entry.key, lexicon):
            before.doubted, token.doubted = "unread-after", "unread-before"
    return tokens


def _numbers_either(former: Entry, key: str, lexicon: Lexicon) -> bool:
    """Whether the number of a type that a name begins with may as well be the former name's: 三尖瓣闭锁Ⅱ型房缺."""
    words = [lexicon.entries.get(key[:size]) for size in _SIZES if key[0].isascii() and key[size:] in lexicon.terms]
    said = [(one.axis, one.value) for word in words if word and not word.senses for one in word.modifiers]
    return any([_fits(former, lexicon.cores.get(one, frozenset()), lexicon) for one in said])


def _operated(token: Token, lexicon: Lexicon) -> list[Token]:
    """The word for an operation done, and what came of it, of a name that begins with one; nothing of any other.

    What stands before was operated on: 单心室Fontan术后乳糜胸.
    """
    key, entry = token.entry.key if token.entry else "", token.entry
    for size in _SIZES:
        if entry is None or len(key) < size + _LEAST_NAME or len(key) != token.end - token.start:
            break
        word, rest = lexicon.entries.get(key[:size]), lexicon.terms.get(key[size:])
        if word and rest and not word.senses and OPERATED in word.values and rest.codes == entry.codes:
            middle = token.start + size
            return [Token("cue", token.start, middle, word), Token("term", middle, token.end, rest, typed=token.typed)]
    return []


def _given_back(tokens: list[Token], index: int, view: View, lexicon: Lexicon) -> list[Token]:
    """The tokens with what term `index` begins with at the end of the unread stretch before it, if that is a name.

    What is left of the term must be what has ended or was operated on by the word glued behind it.
    """
    token, before = tokens[index], tokens[index - 1]
    after = tokens[index + 1].entry if index + 1 < len(tokens) and view.gaps[token.end] == NONE else None
    if token.typed or after is None or tokens[index + 1].kind != "cue" or after.values.isdisjoint(_ENDING):
        return tokens
    for size in _SIZES:
        middle = token.start + size
        entry = lexicon.terms.get(view.text[before.start : middle]) if token.end - middle >= _LEAST_NAME else None
        if entry and len(entry.codes) == 1 and not entry.ambiguous:
            made = [Token("term", before.start, middle, entry), Token("unknown", middle, token.end)]
            return [*tokens[: index - 1], *made, *tokens[index + 1 :]]
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
        if key[:size].endswith(lexicon.vocabulary.kind_endings):
            continue  # 甲减先天性巨结肠: such a word stands before its name
        for modifier in word.modifiers:
            cores = lexicon.cores.get((modifier.axis, modifier.value), frozenset())
            if modifier.axis not in BEFORE and _fits(former, cores, lexicon) and not _fits(rest, cores, lexicon):
                return size
    return 0


def _fits(entry: Entry, cores: frozenset[str], lexicon: Lexicon) -> bool:
    """Whether the sub-type that makes other concepts of `cores` can be said of what a name means."""
    ancestors = lexicon.category.ancestors
    return any(code in cores or not ancestors(code).isdisjoint(cores) for code in entry.codes)
