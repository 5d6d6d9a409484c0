"""The cell parser: one cell's text cut into terms, sub-type words, cues, numbers and unknown stretches.

A cell is read through a `View`. Cutting is a shortest path over everything the lexicon recognises: unknown characters
are dear, longer pieces cheaper than several shorter ones. So a term always wins over a cue word inside it: the 不全 of
二尖瓣关闭不全 denies nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate
from operator import itemgetter

from zhengming.normalizers.terms.latin import LETTERS, inside_words
from zhengming.normalizers.terms.lexicon import TERM, WORD, Entry, Lexicon
from zhengming.normalizers.terms.mistyping import mistyped, mistyped_cue
from zhengming.normalizers.terms.numbering import BARE, Measure, items, measures
from zhengming.normalizers.terms.view import View
from zhengming.normalizers.terms.vocabulary import LIST, NONE, SOFT

_UNKNOWN = 3.0  # for each character nothing recognises
_MISTYPED = 1.5  # more for each wrong character of a term
_LEAST_MISTYPED = 3  # characters a term needs before a wrong one among them is thought of
_INDEPENDENT = frozenset({"certainty", "infix"})  # axes of words of one character that are words beside unread text
_LONGEST_TWICE = 4  # characters that may be typed twice
_LONGEST_WORD = 4  # characters of a word looked for around a character that is not the one meant


@dataclass(slots=True)
class Token:
    """A piece of the view, `[start, end)` in its squeezed text.

    `kind` is term, modifier, cue, number, unknown, or part (used up by a term before it); `typed` counts the wrong
    characters of a term; a `joined` term shares what a list says once for all its items; a `doubted` one may be no
    concept by itself, for this reason.
    """

    kind: str
    start: int
    end: int
    entry: Entry | None = None
    measure: Measure | None = None
    typed: int = 0
    joined: bool = False
    doubted: str = ""


# What may be read up to a position: how many characters, its price, and what it is (with its wrong characters).
_What = Entry | Measure | tuple[Entry, int]
_Way = tuple[int, float, _What]
_Ways = dict[int, list[_Way]]


def tokenize(view: View, lexicon: Lexicon) -> list[Token]:
    """Cut the view into tokens; terms with confusable characters count only where something stays unknown."""
    text = view.text
    ways = _words(view, lexicon)
    if lexicon.vocabulary.numerals.search(text):
        _add_numbers(ways, view, lexicon)
    tokens = _cheapest(len(text), ways)
    unknown = {token.start for token in tokens if token.kind == "unknown"}
    if unknown:
        looked = lexicon.alike_key(text)
        if _add_mistyped_terms(ways, view, looked, lexicon, unknown):
            tokens = _cheapest(len(text), ways)
            unknown = {token.start for token in tokens if token.kind == "unknown"}
        if _add_mistyped_cues(ways, view, looked, lexicon, unknown):
            tokens = _cheapest(len(text), ways)
        tokens = _joined(tokens, view)
    return tokens


def undoubled(view: View, tokens: list[Token], lexicon: Lexicon) -> tuple[View, list[Token]]:
    """The cell without characters typed twice, where less then stays unread: 主动脉弓弓离断."""
    text = view.text
    for size in range(1, _LONGEST_TWICE + 1):
        for index in range(size, len(text) - size + 1):
            if text[index] != text[index - size] or text[index : index + size] != text[index - size : index]:
                continue
            if text[index].isascii() or any(view.gaps[index : index + size]):
                continue
            other = view.without(index, size)
            again = tokenize(other, lexicon)
            named = next((token for token in again if token.start < index <= token.end), None)
            if named and named.kind == "term" and _unread(again) < _unread(tokens):
                named.typed = max(named.typed, 1)
                return undoubled(other, again, lexicon)
    return view, tokens


def _unread(tokens: list[Token]) -> int:
    return sum(token.end - token.start for token in tokens if token.kind == "unknown")


def _cheapest(size: int, ways: _Ways) -> list[Token]:
    """The tokens of the cheapest way through the text; of equal ones the longest piece at the end."""
    costs = [0.0]
    arrivals: list[_Way | None] = [None]
    for end in range(1, size + 1):
        least, arrival = costs[-1] + _UNKNOWN, None
        for way in ways.get(end, ()):
            cost = costs[end - way[0]] + way[1]
            if cost < least or (cost == least and arrival is None):
                least, arrival = cost, way
        costs.append(least)
        arrivals.append(arrival)
    tokens: list[Token] = []
    end = size
    while end:
        chosen = arrivals[end]
        start = end - chosen[0] if chosen else end - 1
        tokens.append(_token(start, end, chosen[2]) if chosen else Token("unknown", start, end))
        end = start
    tokens.reverse()
    return tokens


def _token(start: int, end: int, what: _What) -> Token:
    if isinstance(what, Entry):
        return Token(what.token_kind, start, end, what)
    if isinstance(what, Measure):
        return Token("number", start, end, measure=what)
    return Token("term", start, end, what[0], typed=what[1])


def _words(view: View, lexicon: Lexicon) -> _Ways:
    """Every text of the lexicon that stands in the view, where it may start and end; by the end, the longest first."""
    text, gaps = view.text, view.gaps
    closed = inside_words(view, lexicon) if LETTERS.search(text) else None
    # How often something stands before a character, from the first one on.
    marks = None if view.bare else list(accumulate(map(bool, gaps)))
    ways: _Ways = {}
    for last, entry in lexicon.words.iter(text):
        end = last + 1
        way = entry.way
        start = end - way[0]
        if closed and (start in closed or end in closed):
            continue
        if marks and marks[last] != marks[start]:  # something stands between its characters
            strongest = max(gaps[start + 1 : end])
            if strongest > entry.crosses or (strongest == SOFT and _two_names(view, start, end, lexicon)):
                continue
        if end in ways:
            ways[end].append(way)
        else:
            ways[end] = [way]
    return ways


def _add(ways: _Ways, end: int, way: _Way) -> None:
    """Add a way to read what stands before `end`, behind those of its length."""
    known = ways.setdefault(end, [])
    known.append(way)
    known.sort(key=itemgetter(0), reverse=True)


def _add_numbers(ways: _Ways, view: View, lexicon: Lexicon) -> None:
    """Add the numbers of the view; over the number of an item nothing is read but that number itself."""
    for start, end, measure in measures(view, lexicon):
        _add(ways, end, (end - start, TERM, measure))
    counted = items(view, lexicon)
    if counted:
        for end, known in ways.items():
            before = bisect_left(counted, end)
            ways[end] = [way for way in known if bisect_left(counted, end - way[0]) == before]
        for item in counted:
            _add(ways, item + 1, (1, TERM, BARE))


def _two_names(view: View, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a stretch with a space in it is a name before the space and a name after it: 川崎病 冠状动脉瘤."""
    for place in range(start + 1, end):
        beside = view.text[place - 1 : place + 1]  # between Latin words a space is no more than that
        if view.gaps[place] == SOFT and not view.between(place) and not any(map(str.isascii, beside)):
            first, second = lexicon.entries.get(view.text[start:place]), lexicon.entries.get(view.text[place:end])
            if first and second and first.senses and second.senses:
                return True
    return False


def _joined(tokens: list[Token], view: View) -> list[Token]:
    """Unknown characters as one stretch, together with single-character words glued to them.

    大 in 大血管错位 is no size, and 母 in 血管母细胞瘤 no mother, when the rest is unknown.
    """
    gaps = view.gaps
    absorbed = [token.kind == "unknown" for token in tokens]
    for index, token in enumerate(tokens):
        if token.kind not in ("cue", "modifier") or token.end - token.start > 1 or _stands_alone(token):
            continue
        before = index > 0 and tokens[index - 1].kind == "unknown" and gaps[token.start] == NONE
        after = index + 1 < len(tokens) and tokens[index + 1].kind == "unknown" and gaps[token.end] == NONE
        absorbed[index] = before or after
    joined: list[Token] = []
    for token, unknown in zip(tokens, absorbed, strict=True):
        last = joined[-1] if joined else None
        if unknown and last and last.kind == "unknown" and gaps[token.start] == NONE:
            last.end = token.end
        else:
            joined.append(Token("unknown", token.start, token.end) if unknown else token)
    return joined


def _stands_alone(token: Token) -> bool:
    """Whether a word of one character is itself beside unknown text: one that denies, joins, or stands inside."""
    entry = token.entry
    return entry is not None and (entry.joins >= LIST or not entry.axes.isdisjoint(_INDEPENDENT))


def _add_mistyped_terms(ways: _Ways, view: View, looked: str, lexicon: Lexicon, unknown: set[int]) -> bool:
    """Add the terms that stand over unknown characters but for characters they are commonly mistaken for."""
    added = False
    for last, (length, term_keys) in lexicon.alike_words.iter(looked):
        end = last + 1
        start = end - length
        if length < _LEAST_MISTYPED or unknown.isdisjoint(range(start, end)):
            continue
        if not view.bare and max(view.gaps[start + 1 : end]) > SOFT:
            continue
        meant, wrong = mistyped(view.text[start:end], term_keys, lexicon)
        if meant and not _is_said(view.text, start, meant.key, ways):
            _add(ways, end, (length, TERM + _MISTYPED * wrong, (meant, wrong)))
            added = True
    return added


def _add_mistyped_cues(ways: _Ways, view: View, looked: str, lexicon: Lexicon, unknown: set[int]) -> bool:
    """Add the cues that stand over an unknown character that is mistaken for another: 末见室缺.

    The 位 of 占位伴高血压 is no 未, for it goes with the unknown one before it.
    """
    gaps, added = view.gaps, False
    for last, entries in lexicon.alike_cues.iter(looked):
        for entry, doubting in entries:
            size = len(entry.key)
            end = last + 1
            start = end - size
            if unknown.isdisjoint(range(start, end)) or (not view.bare and max(gaps[start + 1 : end])):
                continue
            meant = mistyped_cue(view.text[start:end], entry, doubting, lexicon.vocabulary)
            beside = (start - 1 in unknown and gaps[start] == NONE) or (end in unknown and gaps[end] == NONE)
            if meant and meant[1] + start in unknown and not beside:
                _add(ways, end, (size, WORD + _MISTYPED, meant[0]))
                added = True
    return added


def _is_said(text: str, start: int, meant: str, ways: _Ways) -> bool:
    """Whether a character that is not the one meant is part of a word that is known: the 段 of 主动脉弓中段."""
    for place, right in enumerate(meant, start):
        if text[place] != right:
            for end in range(place + 1, len(text) + 1):
                for size, _price, word in ways.get(end, ()):
                    near = place - _LONGEST_WORD < end - size <= place
                    if near and size > 1 and isinstance(word, Entry) and not word.senses:
                        return True
    return False
