"""Coordination: lists whose items share how their names start and how they end.

肺动脉瓣下、瓣上狭窄 names two stenoses: what stands before the first item and after the last one belongs to every
item. Nothing here guesses: each name put together must be a term of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.lexicon import Entry, Lexicon
from zhengming.normalizers.terms.view import View
from zhengming.normalizers.terms.vocabulary import LIST, NONE, SOFT

_LONGEST_SIDE = 10  # characters before the first or after the last separator that are tried; names of parts are shorter
_LEAST_SHARED = (
    2  # characters of the shared start: the 房 of 房间隔、室间隔缺损 is not shared, 房室间隔缺损 another name
)

Stretch = tuple[int, int]


def coordinated(tokens: list[Token], view: View, lexicon: Lexicon) -> list[Token]:
    """The tokens, with every list that shares both its ends as the terms it stands for."""
    for run in _runs(tokens, view):
        for first in range(len(run) - 1):
            for last in range(len(run), first + 1, -1):
                found = _named(run[first:last], tokens, view, lexicon)
                if found:
                    return coordinated(_replaced(tokens, found), view, lexicon)
    return tokens


def _runs(tokens: list[Token], view: View) -> Iterator[list[Stretch]]:
    """The stretches between list separators, wherever an unread or sub-type word stands among them."""
    run: list[Stretch] = []
    open_ended = False
    for index, token in enumerate(tokens):
        gap = view.gaps[token.start] if index else NONE
        if gap > LIST:
            if open_ended and len(run) > 1:
                yield run
            run, open_ended = [], False
        if _separates(token):
            run.append((token.end, token.end))
            continue
        open_ended = open_ended or token.kind in ("unknown", "modifier")
        if run and run[-1][0] == run[-1][1]:
            run[-1] = (token.start, token.end)
        elif run and gap in (NONE, SOFT):
            run[-1] = (run[-1][0], token.end)
        else:
            run.append((token.start, token.end))
    if open_ended and len(run) > 1:
        yield run


def _separates(token: Token) -> bool:
    return token.kind == "cue" and token.entry is not None and token.entry.joins == LIST


def _named(
    items: list[Stretch], tokens: list[Token], view: View, lexicon: Lexicon
) -> list[tuple[Stretch, Entry]] | None:
    """The term of each item, put between the start of the first and the end of the last one; None if one is none."""
    (start, first_end), (last_start, end) = items[0], items[-1]
    borders = {token.start for token in tokens} | {token.end for token in tokens}
    for begin in range(max(start, first_end - _LONGEST_SIDE), first_end):
        if begin not in borders:
            continue
        for stop in range(min(end, last_start + _LONGEST_SIDE), last_start, -1):
            if stop not in borders:
                continue
            for head in range(first_end - 1, begin + _LEAST_SHARED - 1, -1):
                for tail in range(last_start + 1, stop):
                    parts = [(head, first_end), *items[1:-1], (last_start, tail)]
                    texts = [view.text[begin:head] + view.text[a:b] + view.text[tail:stop] for a, b in parts]
                    entries = [lexicon.terms.get(text) for text in texts]
                    known = [entry for entry in entries if entry]
                    if len(known) == len(texts) and len({entry.codes for entry in known}) == len(texts):
                        spans = [(begin, first_end), *items[1:-1], (last_start, stop)]
                        return list(zip(spans, known, strict=True))
    return None


def _replaced(tokens: list[Token], found: list[tuple[Stretch, Entry]]) -> list[Token]:
    """The tokens with those of each named stretch as one term."""
    made = [Token("term", start, end, entry, joined=True) for (start, end), entry in found]
    kept = [token for token in tokens if not any(one.start < token.end and token.start < one.end for one in made)]
    return sorted([*kept, *made], key=lambda token: token.start)
