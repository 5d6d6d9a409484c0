"""Insides: a denial of one character inside a name: 冠状静脉窦不扩张, 左房、左室均不大.

No word is parted from such a negator, so that the stretch is unread as it stands. Where it is a name without the
negator, that name is denied; so are the parts listed before it of which the same is said.
"""

from __future__ import annotations

from typing import Final

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.view import View
from zhengming.normalizers.terms.vocabulary import LIST, NONE

_LEAST: Final = 2  # characters of the part that a name begins with
_OPEN: Final = frozenset({"unknown", "modifier"})  # kinds of words that are no names by themselves
_BESIDE: Final = frozenset({"infix", "neutral"})  # axes of words that may stand before the negator: 均不大


def denied_inside(tokens: list[Token], view: View, lexicon: Lexicon) -> list[Token]:
    """The tokens with every name that has a negator inside as that name, denied."""
    for index, token in enumerate(tokens):
        if token.kind != "unknown":
            continue
        text = view.text[token.start : token.end]
        for negator in lexicon.vocabulary.inside:
            place = text.find(negator)
            if place < 0 or place + len(negator) == len(text):
                continue
            said = text[place + len(negator) :]
            for one in (said, *lexicon.vocabulary.fuller.get(said, ())):  # 不窄 denies what is called 狭窄
                named = _named(tokens, index, token.start + place, one, view, lexicon)
                if named:
                    return denied_inside(_replaced(tokens, named), view, lexicon)
    return tokens


def _named(
    tokens: list[Token], index: int, place: int, said: str, view: View, lexicon: Lexicon
) -> list[tuple[int, int, Entry]]:
    """The names that what is `said` behind the negator at `place` makes with the parts before it, last one first."""
    first, stop = index, _end_of_part(tokens, index, place, view, lexicon)
    end, found = tokens[index].end, list[tuple[int, int, Entry]]()
    while True:
        start, entry = _longest(tokens, first, stop, said, view, lexicon)
        if entry is None:
            return found
        found.append((start, end, entry))
        first = next(at for at, token in enumerate(tokens) if token.start <= start < token.end)
        if tokens[first].start < start:
            return found  # something of the token is left before the part
        joined = first > 0 and view.gaps[start] in (NONE, LIST)
        first -= 1
        if joined and first > 0 and _joins(tokens[first]) and view.gaps[tokens[first].start] == NONE:
            first -= 1
        if not joined or tokens[first].kind not in _OPEN:
            return found
        stop = end = tokens[first].end


def _end_of_part(tokens: list[Token], index: int, place: int, view: View, lexicon: Lexicon) -> int:
    """Where the part before the negator ends: before words that may stand between (均)."""
    while place > tokens[index].start:
        entry = lexicon.entries.get(view.text[place - 1])
        if entry is None or entry.senses or entry.axes.isdisjoint(_BESIDE):
            return place
        place -= 1
    while place == tokens[index].start and index > 0 and view.gaps[place] == NONE:
        index -= 1
        entry = tokens[index].entry
        if tokens[index].kind != "cue" or entry is None or entry.axes.isdisjoint(_BESIDE):
            break
        place = tokens[index].start
    return place


def _longest(
    tokens: list[Token], first: int, stop: int, said: str, view: View, lexicon: Lexicon
) -> tuple[int, Entry | None]:
    """The longest name of a part that ends at `stop` with what is said of it, and where it starts."""
    while first > 0 and tokens[first].start >= stop:
        first -= 1
    starts = list(range(stop - _LEAST, tokens[first].start - 1, -1))
    while first > 0 and tokens[first - 1].kind in _OPEN and view.gaps[tokens[first].start] == NONE:
        first -= 1
        starts.append(tokens[first].start)
    for start in sorted(starts):
        if start < 0 or any(view.gaps[start + 1 : stop]):
            continue
        entry = lexicon.terms.get(view.text[start:stop] + said)
        if entry and len(entry.codes) == 1 and not (entry.ambiguous or entry.broad or entry.abbreviation):
            return start, entry
    return stop, None


def _joins(token: Token) -> bool:
    return token.kind == "cue" and token.entry is not None and token.entry.joins == LIST


def _replaced(tokens: list[Token], named: list[tuple[int, int, Entry]]) -> list[Token]:
    """The tokens with each of the names as a denied term."""
    terms = [Token("term", start, end, entry, method="interrupted", denied=True) for start, end, entry in named]
    made = list(terms)
    for token in tokens:
        inside = [one for one in terms if one.start < token.end and token.start < one.end]
        if not inside:
            made.append(token)
        elif token.start < inside[0].start:
            made.append(Token("unknown", token.start, inside[0].start))
    return sorted(made, key=lambda token: token.start)
