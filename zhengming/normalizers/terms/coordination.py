"""Coordination: lists whose items share how their names start and how they end.

肺动脉瓣下、瓣上狭窄 names two stenoses: what stands before the first item and after the last one belongs to every
item. Nothing here guesses: each name put together must be a term of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from zhengming.normalizers.terms.cell import Token, tokenize
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.view import View
from zhengming.normalizers.terms.vocabulary import LIST, NONE, SOFT

# Characters before the first or after the last separator that are tried; names of parts are shorter.
_LONGEST_SIDE: Final = 10
_LEAST_SHARED: Final = (
    2  # characters of the shared start: the 房 of 房间隔、室间隔缺损 is not shared, 房室间隔缺损 another name
)

_UNFINISHED: Final = frozenset({"unknown", "modifier"})  # kinds of words that are no names by themselves

Stretch = tuple[int, int]


class _Item(NamedTuple):
    """What stands between two separators; `open` when it ends with a word that is no name by itself."""

    start: int
    end: int
    open: bool


def coordinated(tokens: list[Token], view: View, lexicon: Lexicon) -> list[Token]:
    """The tokens, with every list that shares both its ends as the terms it stands for."""
    if not _may_share(tokens, view):
        return tokens
    for run in _runs(tokens, view):
        for first in range(len(run) - 1):
            shared = next((place for place in range(first, len(run)) if not run[place].open), len(run) - 1)
            for last in range(min(shared, len(run) - 1), first, -1):
                found = _named(run[first : last + 1], tokens, view, lexicon)
                if found:
                    return coordinated(_replaced(tokens, found), view, lexicon)
    return tokens


def unglued(view: View, tokens: list[Token], lexicon: Lexicon) -> list[Token]:
    """The tokens when two beginnings of names, glued (左右心室扩大, 二三尖瓣反流), are read as a list of two items."""
    text, parted = view.text, False
    for pair in lexicon.vocabulary.pairs:
        if pair not in text:
            continue
        start = view.text.find(pair)
        middle = start + 1
        whole = len(pair)
        inside = any(one.start < middle < one.end and (one.kind == "term" or _is_word_of(one, whole)) for one in tokens)
        touches = view.gaps[start] == NONE  # 5mm左右, but not 3岁，左右心室扩大
        numbered = touches and any(one.kind == "number" and one.end == start for one in tokens)
        goes_on = view.gaps[middle] == NONE == view.gaps[start + len(pair)] and start + len(pair) < len(view.text)
        if goes_on and not inside and not numbered:
            view.part(middle, LIST)
            parted = True
    return tokenize(view, lexicon) if parted else tokens


def parted(tokens: list[Token], view: View, lexicon: Lexicon) -> list[Token]:
    """The tokens with unread names of parts, glued, that share what is said behind them: 二尖瓣三尖瓣轻度反流."""
    found: list[tuple[int, list[int]]] = []
    for index, token in enumerate(tokens):
        if token.kind == "unknown" and token.end - token.start >= _LEAST_SHARED:
            pieces = _named_parts(tokens, index, view, lexicon)
            if pieces:
                found.append((index, pieces))
    for index, pieces in reversed(found):
        token = tokens[index]
        starts = [token.start + place for place in pieces]
        stops = [*starts[1:], token.end]
        parts = [Token("unknown", start, stop, joined=True) for start, stop in zip(starts, stops, strict=True)]
        tokens = [*tokens[:index], *parts, *tokens[index + 1 :]]
    return tokens


def _named_parts(tokens: list[Token], index: int, view: View, lexicon: Lexicon) -> list[int]:
    """Where the names of parts start in unread token `index` that share the end of what stands behind them."""
    token, terms = tokens[index], lexicon.terms
    text = view.text[token.start : token.end]
    if len(text) >= 2 * _LEAST_SHARED:
        end = _shared_end(tokens, index, view)
        for size in range(len(end), _LEAST_SHARED - 1, -1):
            pieces = _pieces(text, end[:size], terms)
            if len(pieces) > 1:
                return pieces
    follower = tokens[index + 1] if index + 1 < len(tokens) and view.gaps[token.end] == NONE else None
    if follower is None or follower.kind != "term" or follower.typed or text.isascii():
        return []
    if text[-1] in lexicon.vocabulary.fillers:
        return []  # 化脓性缩窄性心包炎 is one
    name = view.text[follower.start : follower.end]
    for cut in range(_LEAST_SHARED, len(name) - _LEAST_SHARED + 1):
        if name[cut - 1] == text[-1]:  # 二尖瓣, 三尖瓣 are parts of one kind
            pieces = _pieces(text, name[cut:], terms, text[-1])
            if pieces:
                return pieces
    return []


def _shared_end(tokens: list[Token], index: int, view: View) -> str:
    """The unread stretch behind words of degree behind token `index`; nothing else stands between."""
    after = index + 1
    while after < len(tokens) and tokens[after].kind == "cue" and view.gaps[tokens[after].start] <= SOFT:
        after += 1
    if after in (index + 1, len(tokens)) or view.gaps[tokens[after].start] > SOFT:
        return ""
    return view.text[tokens[after].start : tokens[after].end] if tokens[after].kind == "unknown" else ""


def _pieces(text: str, end: str, terms: Mapping[str, Entry], last: str = "") -> list[int]:
    """Where the pieces of a text start that all are names with this end, and have this `last` character."""
    ways: list[list[int] | None] = [[]] + [None] * len(text)
    for stop in range(_LEAST_SHARED, len(text) + 1):
        for start in range(stop - _LEAST_SHARED + 1):
            way = ways[start]
            if (
                way is not None
                and ways[stop] is None
                and text[start:stop].endswith(last)
                and text[start:stop] + end in terms
            ):
                ways[stop] = [*way, start]
    return ways[-1] or []


def _is_word_of(token: Token, size: int) -> bool:
    """Whether a token is a known word of more characters than `size`: the 左右 of 左右两侧 is no pair."""
    return token.entry is not None and token.end - token.start > size


def _may_share(tokens: list[Token], view: View) -> bool:
    """Whether an item that is no name by itself has another one behind it in its list."""
    for index in range(1, len(tokens)):
        if tokens[index - 1].kind in _UNFINISHED:
            following = tokens[index]
            if SOFT < view.gaps[following.start] <= LIST or _separates(following):
                return True
    return False


def _runs(tokens: list[Token], view: View) -> Iterator[list[_Item]]:
    """The items of each list in which one ends with a word that is no name: only there can an end be shared."""
    run: list[_Item] = []
    parted = True
    for index, token in enumerate(tokens):
        gap = view.gaps[token.start] if index else NONE
        if gap > LIST:
            if _is_shared(run):
                yield run
            run, parted = [], True
        if _separates(token):
            parted = True
            continue
        unfinished = token.kind in _UNFINISHED
        if parted or gap not in (NONE, SOFT):
            run.append(_Item(token.start, token.end, unfinished))
        else:
            run[-1] = _Item(run[-1].start, token.end, unfinished)
        parted = False
    if _is_shared(run):
        yield run


def _is_shared(run: list[_Item]) -> bool:
    return any(item.open for item in run[:-1])


def _separates(token: Token) -> bool:
    return token.kind == "cue" and token.entry is not None and token.entry.joins == LIST


def _named(items: list[_Item], tokens: list[Token], view: View, lexicon: Lexicon) -> list[tuple[Stretch, Entry]] | None:
    """The term of each item, put between the start of the first and the end of the last one; None if one is none."""
    start, first_end = items[0][:2]
    last_start, end = items[-1][:2]
    middle = [item[:2] for item in items[1:-1]]
    borders = {token.start for token in tokens} | {token.end for token in tokens}
    for begin in range(max(start, first_end - _LONGEST_SIDE), first_end):
        if begin not in borders:
            continue
        for stop in range(min(end, last_start + _LONGEST_SIDE), last_start, -1):
            if stop not in borders:
                continue
            named = _parted((begin, first_end), middle, (last_start, stop), view.text, lexicon.terms)
            if named:
                return list(zip([(begin, first_end), *middle, (last_start, stop)], named, strict=True))
    return None


def _parted(
    first: Stretch, middle: list[Stretch], last: Stretch, text: str, terms: Mapping[str, Entry]
) -> list[Entry] | None:
    """The term of each item, with the longest start and end of the list that are shared by all.

    The first item's term depends on the shared end alone, the last one's on the shared start.
    """
    tails = [tail for tail in range(last[0] + 1, last[1]) if text[slice(*first)] + text[tail : last[1]] in terms]
    if not tails:
        return None
    for head in range(first[1] - 1, first[0] + _LEAST_SHARED - 1, -1):
        start = text[first[0] : head]
        if start + text[slice(*last)] not in terms:
            continue
        for tail in tails:
            end = text[tail : last[1]]
            entries = [terms.get(start + text[a:b] + end) for a, b in [(head, first[1]), *middle, (last[0], tail)]]
            known = [entry for entry in entries if entry]
            if len(known) == len(entries) == len({entry.codes for entry in known}):
                return known
    return None


def _replaced(tokens: list[Token], found: list[tuple[Stretch, Entry]]) -> list[Token]:
    """The tokens with those of each named stretch as one term."""
    made = [Token("term", start, end, entry, joined=True) for (start, end), entry in found]
    kept = [token for token in tokens if not any(one.start < token.end and token.start < one.end for one in made)]
    return sorted([*kept, *made], key=lambda token: token.start)
