"""Breaks: names that a line break or a stray mark cuts in two: 室间 at the end of a line, 隔缺损 on the next.

Nothing here guesses: the two parts together must be a name, and apart something of them must stay unread.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.view import View
from zhengming.normalizers.terms.vocabulary import LIST, SOFT

_LEAST: Final = 4  # characters of a name that is put together
_LONGEST_PART: Final = 12  # characters on either side of the break that are tried
_BOTH: Final = 2  # parts on either side of the break
_REACH: Final = 2  # tokens on either side of the break that may be part of the name


class _Joined(NamedTuple):
    """The name that stands in squeezed `[start, end)` but for the break."""

    start: int
    end: int
    entry: Entry


def mended(tokens: list[Token], view: View, lexicon: Lexicon) -> list[Token]:
    """The tokens with names put together that a break cuts; a name that a break only seems to end is doubted."""
    for index in range(1, len(tokens)):
        before, after = tokens[index - 1], tokens[index]
        unread = (before.kind == "unknown") + (after.kind == "unknown")
        gap = view.gaps[after.start]
        line = view.is_line_break(after.start)
        if (
            not unread
            or gap <= SOFT
            or (gap == LIST and not line)
            or view.depth[before.end - 1] != view.depth[after.start]
        ):
            continue
        joined = _longest(tokens, index, view, lexicon)
        if joined is None:
            continue
        if unread == _BOTH or line or _goes_on(before, after, joined, lexicon):
            return mended(_replaced(tokens, joined), view, lexicon)
        before.doubted, after.doubted = (
            "unread-after",
            "unread-before",
        )  # 肺静脉异常，回流 is no malformation of its own
    return tokens


def _longest(tokens: list[Token], index: int, view: View, lexicon: Lexicon) -> _Joined | None:
    """The longest name over the break before token `index`."""
    border = tokens[index].start
    found = [
        _Joined(start, end, entry)
        for start in _borders(tokens, index - 1, -1, view)
        for end in _borders(tokens, index, 1, view)
        if end - start >= _LEAST and (entry := lexicon.terms.get(view.text[start:end])) and start < border < end
    ]
    best = max(found, key=lambda one: one.end - one.start, default=None)
    sure = best and len(best.entry.codes) == 1 and not best.entry.ambiguous and not best.entry.broad
    return best if sure else None


def _borders(tokens: list[Token], index: int, step: int, view: View) -> Iterator[int]:
    """Where a part of a name may start (leftwards) or end (rightwards) from token `index` on."""
    first = tokens[index].end if step < 0 else tokens[index].start
    for _one in range(_REACH):
        token = tokens[index]
        edge = token.start if step < 0 else token.end
        yield edge
        index += step
        if not 0 <= index < len(tokens) or view.gaps[edge] > SOFT or abs(edge - first) > _LONGEST_PART:
            return


def _goes_on(before: Token, after: Token, joined: _Joined, lexicon: Lexicon) -> bool:
    """Whether the whole is a kind of what the one known part names: 肺动脉高压，危象."""
    known = after if before.kind == "unknown" else before
    codes = known.entry.codes if known.entry and known.kind == "term" else ()
    above = lexicon.category.ancestors(joined.entry.codes[0]) | set(joined.entry.codes)
    return bool(codes) and set(codes) <= above


def _replaced(tokens: list[Token], joined: _Joined) -> list[Token]:
    """The tokens with the joined name as one term; what sticks out of an unread one stays unread."""
    made: list[Token] = []
    placed = False
    for token in tokens:
        if token.end <= joined.start or token.start >= joined.end:
            made.append(token)
            continue
        if token.start < joined.start:
            made.append(Token("unknown", token.start, joined.start))
        if not placed:
            made.append(Token("term", joined.start, joined.end, joined.entry, typed=1))
            placed = True
        if token.end > joined.end:
            made.append(Token("unknown", joined.end, token.end))
    return made
