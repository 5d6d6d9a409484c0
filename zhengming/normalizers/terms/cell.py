"""The cell parser: one cell's text cut into terms, sub-type words, cues, numbers and unknown stretches.

A cell is read through a `View`. Cutting is a shortest path over everything the lexicon recognises: unknown characters
are dear, longer pieces cheaper than several shorter ones. So a term always wins over a cue word inside it: the 不全 of
二尖瓣关闭不全 denies nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise

from zhengming.normalizers.terms.lexicon import Entry, Lexicon
from zhengming.normalizers.terms.view import View
from zhengming.normalizers.terms.vocabulary import LIST, NONE, SOFT, Unit, Vocabulary

_UNKNOWN = 3.0  # for each character nothing recognises
_TERM = 1.0
_LONGER = 1e-4  # less for each character of a term: PA扩张 and 术后, not PA and 扩张术后
_WORD = 1.2  # a cue or sub-type word: a term of the same characters goes first
_SINGLE = 2.5  # a cue of one character is mostly part of a longer word
_MISTYPED = 1.5  # more for each wrong character of a term
_LEAST_BY_SOUND = 4  # characters a term needs for each one in it that only sounds like what was typed
_RIGHT_FOR_A_WRONG = 3  # characters a term needs for each wrong one of any sort
_LEAST_MISTYPED = 3  # characters a term needs before a wrong one among them is thought of
_LEAST_NAME = 6  # letters of a name glued to abbreviations
_LEAST_SMALL = 3  # letters of a glued abbreviation not all in capitals: the word coats is neither CoA nor TS
_LONGEST_UNIT = 4  # letters of a unit that may stand before a glued abbreviation: mmhg has four

_LONGEST_WORD = 4  # characters of a word looked for around a character that is not the one meant
_LETTERS = re.compile("[a-z]+")
_FIRST = re.compile(r"[1-9]\.[1-9]")
_ITEM = re.compile(r"(?<!\d)([1-9])(?=[.、)])")


@dataclass(frozen=True, slots=True)
class Measure:
    """A number or range of a cell, in its unit; `unit` is None for a bare number."""

    low: float
    high: float
    unit: Unit | None
    quantity: str


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


def tokenize(view: View, lexicon: Lexicon) -> list[Token]:
    """Cut the view into tokens; terms with confusable characters count only where something stays unknown."""
    text = view.text
    arcs: list[list[_Arc]] = [[] for _position in text]
    _add_words(arcs, view, lexicon)
    if lexicon.vocabulary.numerals.search(text):
        items = _items(view, lexicon.vocabulary) or _glued_items(view.text, lexicon)
        if items:
            _keep_apart(arcs, items)
        for start, end, measure in _numbers(view, lexicon):
            if not items or not any(start <= item < end for item in items):
                arcs[start].append((end, _TERM, measure))
    tokens, known = _cheapest(arcs)
    if not all(known):
        if _add_mistyped_terms(arcs, view, lexicon, known):
            tokens, known = _cheapest(arcs)
        tokens = _joined(tokens, view)
    return tokens


def undoubled(view: View, tokens: list[Token], lexicon: Lexicon) -> tuple[View, list[Token]]:
    """The cell without characters typed twice, where less then stays unread: 主动脉弓弓离断."""
    text = view.text
    for index in range(1, len(text)):
        if text[index] != text[index - 1] or text[index].isascii() or view.gaps[index] != NONE:
            continue
        other = view.without(index)
        again = tokenize(other, lexicon)
        named = next((token for token in again if token.start < index <= token.end), None)
        if named and named.kind == "term" and _unread(again) < _unread(tokens):
            named.typed = max(named.typed, 1)
            return undoubled(other, again, lexicon)
    return view, tokens


def _unread(tokens: list[Token]) -> int:
    return sum(token.end - token.start for token in tokens if token.kind == "unknown")


# What may be read from a position on: where it ends, its price, and what it is (with the number of wrong characters).
_What = Entry | Measure | tuple[Entry, int]
_Arc = tuple[int, float, _What]


def _cheapest(arcs: list[list[_Arc]]) -> tuple[list[Token], list[bool]]:
    """The tokens of the cheapest way through the text, and for each character whether anything recognises it."""
    size = len(arcs)
    costs = [0.0] + [float("inf")] * size
    arrivals: list[tuple[int, _What | None]] = [(0, None)] * (size + 1)
    for start, leaving in enumerate(arcs):
        cost = costs[start]
        if cost + _UNKNOWN < costs[start + 1]:
            costs[start + 1] = cost + _UNKNOWN
            arrivals[start + 1] = (start, None)
        for end, price, what in leaving:
            if cost + price < costs[end]:
                costs[end] = cost + price
                arrivals[end] = (start, what)
    tokens: list[Token] = []
    known = [True] * size
    end = size
    while end:
        start, chosen = arrivals[end]
        if chosen is None:
            known[start] = False
            tokens.append(Token("unknown", start, end))
        else:
            tokens.append(_token(start, end, chosen))
        end = start
    tokens.reverse()
    return tokens, known


def _token(start: int, end: int, what: _What) -> Token:
    if isinstance(what, Entry):
        return Token(what.token_kind, start, end, what)
    if isinstance(what, Measure):
        return Token("number", start, end, measure=what)
    return Token("term", start, end, what[0], typed=what[1])


def _add_words(arcs: list[list[_Arc]], view: View, lexicon: Lexicon) -> None:
    """Every text of the lexicon that stands in the view, where it may start and end."""
    text, gaps = view.text, view.gaps
    marks = list(accumulate(map(bool, gaps)))  # how often something stands before a character, from the first one on
    closed = _inside_words(view, lexicon) if _LETTERS.search(text) else None
    for last, entry in lexicon.words.iter(text):
        end = last + 1
        length = len(entry.key)
        start = end - length
        if closed and (start in closed or end in closed):
            continue
        if marks[last] != marks[start]:  # something stands between its characters
            strongest = max(gaps[start + 1 : end])
            if strongest > entry.crosses or (strongest == SOFT and _two_names(view, start, end, lexicon)):
                continue
        price = _TERM - _LONGER * length if entry.senses else _WORD if length > 1 else _SINGLE
        arcs[start].append((end, price, entry))


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
    return entry is not None and (entry.joins >= LIST or any(cue.axis in ("certainty", "infix") for cue in entry.cues))


def _inside_words(view: View, lexicon: Lexicon) -> frozenset[int]:
    """Positions inside a Latin word, where no token may start or end.

    A word that is nothing but known abbreviations (vsdasdpda) may be cut between them.
    """
    closed: set[int] = set()
    for run in _LETTERS.finditer(view.text):
        start = run.start() + _glued_unit(view.text, run.start(), lexicon)
        for position in range(run.start() + 1, run.end() + 1):
            if position < run.end() and view.gaps[position] == NONE:
                continue
            inside = set(range(start + 1, position))
            if _goes_on_behind_digit(view, start, lexicon):
                inside.add(start)  # the ar of ventricu1ar
            if inside and view.text[start:position] not in lexicon.entries:
                capitals = view.raw[slice(*view.span(start, position))].isupper()
                inside -= _cuts(view.text[start:position], start, lexicon, 2 if capitals else _LEAST_SMALL)
            closed |= inside
            start = position
    return frozenset(closed)


def _goes_on_behind_digit(view: View, start: int, lexicon: Lexicon) -> bool:
    """Whether a digit glued to the letters behind it stands for a letter of an unknown word."""
    text, gaps = view.text, view.gaps
    first = start - 1
    if first < _LEAST_SMALL or not text[first].isdigit() or gaps[start] != NONE or gaps[first] != NONE:
        return False
    while first > 0 and text[first - 1].isascii() and text[first - 1].isalpha() and gaps[first] == NONE:
        first -= 1
    word = text[first : start - 1]
    return len(word) >= _LEAST_SMALL and word not in lexicon.entries and not _cuts(word, 0, lexicon, 2)


def _glued_unit(text: str, start: int, lexicon: Lexicon) -> int:
    """The length of a unit that stands between a number and abbreviations glued to it (VSD5mmASD8mm), else 0."""
    if start == 0 or not text[start - 1].isdigit():
        return 0
    word = _LETTERS.match(text, start)
    run = word[0] if word else ""
    for size in range(min(_LONGEST_UNIT, len(run) - 1), 0, -1):
        rest = run[size:]
        known = rest in lexicon.entries or _cuts(rest, 0, lexicon, _LEAST_SMALL)
        if known and run[:size] in lexicon.vocabulary.units:
            return size
    return 0


def _cuts(word: str, offset: int, lexicon: Lexicon, least: int) -> set[int]:
    """Where a word of glued abbreviations is cut: the fewest pieces, or nowhere if it is not all abbreviations.

    A piece has at least `least` letters; a longer one may be a name (EbsteinASD).
    """
    best: list[tuple[int, ...] | None] = [()] + [None] * len(word)
    for end in range(least, len(word) + 1):
        for start in range(end - least + 1):
            before = best[start]
            entry = lexicon.entries.get(word[start:end])
            if before is None or entry is None:
                continue
            if not entry.abbreviation and not (entry.senses and end - start >= _LEAST_NAME):
                continue
            current = best[end]
            if current is None or len(before) + 1 < len(current):
                best[end] = (*before, end)
    ends = best[-1] or ()
    pieces = [end - start for start, end in pairwise((0, *ends))]
    if ends and min(pieces) < _LEAST_SMALL and lexicon.is_near_abbreviation(word):
        return set()  # TAPR is TAPVR rather than TA and PR
    return {offset + cut for cut in ends}


def _add_mistyped_terms(arcs: list[list[_Arc]], view: View, lexicon: Lexicon, known: list[bool]) -> bool:
    """Add the terms that stand over unknown characters but for characters they are commonly mistaken for."""
    text, added = lexicon.alike_key(view.text), False
    for last, (length, term_keys) in lexicon.alike_words.iter(text):
        end = last + 1
        start = end - length
        if length < _LEAST_MISTYPED or all(known[start:end]):
            continue
        if not view.bare and max(view.gaps[start + 1 : end]) > SOFT:
            continue
        meant, wrong = mistyped(view.text[start:end], term_keys, lexicon)
        if meant and not _is_said(view.text, start, meant.key, arcs):
            arcs[start].append((end, _TERM + _MISTYPED * wrong, (meant, wrong)))
            added = True
    return added


def _is_said(text: str, start: int, meant: str, arcs: list[list[_Arc]]) -> bool:
    """Whether a character that is not the one meant is part of a word that is known: the 段 of 主动脉弓中段."""
    for place, right in enumerate(meant, start):
        if text[place] != right:
            for first in range(max(0, place - _LONGEST_WORD + 1), place + 1):
                for end, _price, word in arcs[first]:
                    if end > place and end - first > 1 and isinstance(word, Entry) and not word.senses:
                        return True
    return False


def mistyped(text: str, term_keys: Iterable[str], lexicon: Lexicon) -> tuple[Entry | None, int]:
    """The term of one concept that the text is but for fewest characters mistaken for others, and how many those are.

    None where it is as near to terms of two concepts: 主动脉瓣夏窄.
    """
    likely: dict[int, list[Entry]] = {}
    for term_key in term_keys:
        wrong = _wrong_characters(text, term_key, lexicon.vocabulary)
        if 0 < wrong <= len(text) // _RIGHT_FOR_A_WRONG:
            likely.setdefault(wrong, []).append(lexicon.entries[term_key])
    least = min(likely, default=0)
    codes = {entry.codes for entry in likely.get(least, ())}
    return (likely[least][0], least) if len(codes) == 1 else (None, 0)


def _wrong_characters(typed: str, meant: str, vocabulary: Vocabulary) -> int:
    """How many characters differ, every one for one that looks or sounds alike; -1 if one differs otherwise.

    Sound alone proves little: for each character that is not known to be confused, a name needs several that are right.
    """
    pairs = [pair for pair in zip(typed, meant, strict=True) if pair[0] != pair[1]]
    syllables = vocabulary.syllables
    sounding = [pair for pair in pairs if pair not in vocabulary.confused]
    if len(sounding) > len(typed) // _LEAST_BY_SOUND:
        return -1  # 胆管畸形 sounds like 单冠畸形
    alike = all(one in syllables and syllables[one] == syllables.get(other) for one, other in sounding)
    return len(pairs) if alike else -1


def _items(view: View, vocabulary: Vocabulary) -> list[int]:
    """Where the numbers of an enumeration stand that counts from one: the 2 of 1.继发孔ASD2.2度房室传导阻滞.

    One that could be a size (2.5mm) is none.
    """
    places: list[int] = []
    for match in _ITEM.finditer(view.folded):
        measured = vocabulary.numbers.match(view.folded, match.start())
        if int(match[1]) == len(places) + 1 and not (measured and measured["unit"]):
            places.append(view.positions(*match.span())[0])
    return places if len(places) > 1 else []


def _glued_items(text: str, lexicon: Lexicon) -> list[int]:
    """Where the numbers of an enumeration stand that counts from one without any mark: 1三尖瓣闭锁2房缺.

    One that is a size (2mm) or begins a word (2度) is none.
    """
    places: list[int] = []
    if not text.startswith("1"):
        return places
    for place in range(len(text) - 1):
        counts = text[place] == str(len(places) + 1) and not (text[place - 1].isdigit() and place)
        if not counts or text[place + 1].isdigit() or _glued_unit(text, place + 1, lexicon):
            continue
        if any(text[place : place + size] in lexicon.entries for size in (2, 3)):
            continue
        places.append(place)
    return places if len(places) > 1 and places[0] == 0 else []


def _keep_apart(arcs: list[list[_Arc]], items: list[int]) -> None:
    """Let nothing be read over the number of an item but the number itself."""
    following = len(arcs)
    for start in range(len(arcs) - 1, -1, -1):
        if start in items:
            following = start
        arcs[start] = [arc for arc in arcs[start] if arc[0] <= following]
    for item in items:
        arcs[item].append((item + 1, _TERM, Measure(0, 0, None, "")))


def _numbers(view: View, lexicon: Lexicon) -> Iterator[tuple[int, int, Measure]]:
    """Numbers, ranges, dates and codes of the view: (start, end, measure)."""
    vocabulary = lexicon.vocabulary
    for match in vocabulary.numbers.finditer(view.folded):
        start, end = view.positions(*match.span())
        if match["low"] is None:
            quantity = "interval" if match["han"] else "" if match["item"] else "other"
            yield start, end, Measure(0, 0, None, quantity)
            continue
        if match["unit"] is None and _FIRST.match(match[0]) and (start == 0 or view.gaps[start] > SOFT):
            yield start, start + 1, Measure(0, 0, None, "")  # 1.II孔型房缺 is no 1.2
        glued = 0 if match["unit"] else _glued_unit(view.text, end, lexicon) if end < len(view.text) else 0
        unit = vocabulary.units.get(match["unit"] or view.text[end : end + glued])
        end += glued
        factor = unit.factor if unit else 1.0
        low = float(match["low"]) * factor
        high = float(match["high"]) * factor if match["high"] else low
        yield start, end, Measure(min(low, high), max(low, high), unit, unit.quantity if unit else "")
