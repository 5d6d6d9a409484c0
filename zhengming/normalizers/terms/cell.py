"""The cell parser: one cell's text cut into terms, sub-type words, cues, numbers and unknown stretches.

A cell is read through a `View`: its folded letters and digits in one string, what stands between them apart, and a
way back to the raw text. Cutting is a shortest path over everything the lexicon recognises: unknown characters are
dear, longer pieces cheaper than several shorter ones. So a term always wins over a cue word inside it: the 不全 of
二尖瓣关闭不全 denies nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from zhengming.dictionary.folding import MARKS, fold_with_offsets
from zhengming.normalizers.terms.lexicon import Entry, Lexicon
from zhengming.normalizers.terms.vocabulary import BRACKET, LIST, NONE, SOFT, Unit, Vocabulary

MAX_CELL = 4_096  # characters of a cell that are read; the longest honest diagnosis cell seen had under 1,000

_UNKNOWN = 3.0  # for each character nothing recognises
_TERM = 1.0
_WORD = 1.2  # a cue or sub-type word: a term of the same characters goes first
_SINGLE = 2.5  # a cue of one character is mostly part of a longer word
_MISTYPED = 1.5  # more for each wrong character of a term
_LEAST_BY_SOUND = 4  # characters a term needs before any character that sounds alike is thought of
_LEAST_MISTYPED = 3  # characters a term needs before a wrong one among them is thought of

_NEWLINES = str.maketrans({"\n": "。", "\r": "。", "\v": "。", "\f": "。"})
_LETTERS = re.compile("[a-z]+")
_OPENING = frozenset("([{<《〈【「『〔〖")
_CLOSING = frozenset(")]}>》〉】」』〕〗")


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

    `kind` is term, modifier, cue, number or unknown; `typed` counts the wrong characters of a term.
    """

    kind: str
    start: int
    end: int
    entry: Entry | None = None
    measure: Measure | None = None
    typed: int = 0


class View:
    """A cell's letters and digits, folded (`text`), and what stands between them.

    `gaps[i]` is the strength of the punctuation before character i; `gaps[-1]` of what follows the last one.
    """

    __slots__ = ("_offsets", "_places", "bare", "depth", "folded", "gaps", "raw", "text")

    def __init__(self, raw: str, vocabulary: Vocabulary) -> None:
        """Fold and squeeze `raw`, of which at most MAX_CELL characters are read."""
        self.raw = raw
        read = raw if len(raw) <= MAX_CELL else raw[:MAX_CELL]
        folded, offsets = fold_with_offsets(read if read.isprintable() else read.translate(_NEWLINES))
        self.folded = folded
        self._offsets = offsets
        places: list[int] = []
        gaps: list[int] = []
        depth: list[int] = []
        last = strength = level = 0
        for marks in MARKS.finditer(folded):
            start, end = marks.span()
            if start > last:
                _extend(places, gaps, depth, last, start, strength, level)
                strength = NONE
            for mark in marks[0]:
                said = vocabulary.strengths.get(mark, SOFT)
                if said == BRACKET:
                    level = level + 1 if mark in _OPENING else max(level - 1, 0)
                strength = max(strength, said)
            last = end
        if len(folded) > last:
            _extend(places, gaps, depth, last, len(folded), strength, level)
            strength = NONE
        gaps.append(strength)
        self._places = places
        self.gaps = gaps
        self.depth = depth
        self.bare = not any(gaps)
        self.text = MARKS.sub("", folded)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the squeezed stretch stands in the raw text, with the bracket it opens and does not close."""
        last = self._places[end - 1]
        if self.depth[end - 1] > self.depth[start]:
            following = self._places[end] if end < len(self._places) else len(self.folded)
            last = next((index for index in range(last + 1, following) if self.folded[index] in _CLOSING), last)
        return self._offsets[self._places[start]], self._offsets[last] + 1

    @property
    def spaceless(self) -> str:
        """The folded text without its spaces."""
        return self.folded.replace(" ", "")

    def between(self, index: int) -> str:
        """The folded punctuation before squeezed character `index` (or after the last one), spaces left out."""
        first = self._places[index - 1] + 1 if index else 0
        last = self._places[index] if index < len(self._places) else len(self.folded)
        return self.folded[first:last].replace(" ", "")

    def positions(self, first: int, last: int) -> tuple[int, int]:
        """The squeezed stretch that covers folded[first:last]."""
        return bisect_left(self._places, first), bisect_left(self._places, last)


def _extend(
    places: list[int], gaps: list[int], depth: list[int], start: int, end: int, strength: int, level: int
) -> None:
    """Take in the run of letters folded[start:end], which stands behind punctuation of `strength`."""
    size = end - start
    places.extend(range(start, end))
    gaps.append(strength)
    gaps.extend([NONE] * (size - 1))
    depth.extend([level] * size)


def tokenize(view: View, lexicon: Lexicon) -> list[Token]:
    """Cut the view into tokens; terms with confusable characters count only where something stays unknown."""
    text = view.text
    arcs: list[list[_Arc]] = [[] for _position in text]
    _add_words(arcs, view, lexicon)
    if lexicon.vocabulary.numerals.search(text):
        for start, end, measure in _numbers(view, lexicon.vocabulary):
            arcs[start].append((end, _TERM, measure))
    tokens, known = _cheapest(arcs)
    if not all(known):
        if _add_mistyped_terms(arcs, view, lexicon, known):
            tokens, known = _cheapest(arcs)
        tokens = _joined(tokens, view)
    return tokens


# What may be read from a position on: where it ends, its price, and what it is (with the number of wrong characters).
_Arc = tuple[int, float, Entry | Measure | tuple[Entry, int]]


def _cheapest(arcs: list[list[_Arc]]) -> tuple[list[Token], list[bool]]:
    """The tokens of the cheapest way through the text, and for each character whether anything recognises it."""
    size = len(arcs)
    costs = [0.0] + [float("inf")] * size
    arrivals: list[tuple[int, _Arc | None]] = [(0, None)] * (size + 1)
    for start, leaving in enumerate(arcs):
        cost = costs[start]
        if cost + _UNKNOWN < costs[start + 1]:
            costs[start + 1] = cost + _UNKNOWN
            arrivals[start + 1] = (start, None)
        for arc in leaving:
            price = cost + arc[1]
            if price < costs[arc[0]]:
                costs[arc[0]] = price
                arrivals[arc[0]] = (start, arc)
    tokens: list[Token] = []
    known = [True] * size
    end = size
    while end:
        start, chosen = arrivals[end]
        if chosen is None:
            known[start] = False
            tokens.append(Token("unknown", start, end))
        else:
            tokens.append(_token(start, chosen))
        end = start
    tokens.reverse()
    return tokens, known


def _token(start: int, arc: _Arc) -> Token:
    what = arc[2]
    if isinstance(what, Entry):
        return Token(what.token_kind, start, arc[0], what)
    if isinstance(what, Measure):
        return Token("number", start, arc[0], measure=what)
    return Token("term", start, arc[0], what[0], typed=what[1])


def _add_words(arcs: list[list[_Arc]], view: View, lexicon: Lexicon) -> None:
    """Every text of the lexicon that stands in the view, where it may start and end."""
    text, gaps, bare = view.text, view.gaps, view.bare
    entries, lengths, size = lexicon.entries, lexicon.lengths, len(view.text)
    closed = _inside_words(view, lexicon) if _LETTERS.search(text) else frozenset()
    for start in range(size):
        if start in closed:
            continue
        for length in (*lengths.get(text[start : start + 4], ()), *lengths.get(text[start], ())):
            end = start + length
            entry = entries.get(text[start:end])
            if entry is None or end > size or end in closed:
                continue
            strongest = NONE if bare or length == 1 else max(gaps[start + 1 : end])
            if strongest > entry.crosses or (strongest == SOFT and _two_names(view, start, end, lexicon)):
                continue
            arcs[start].append((end, _TERM if entry.senses else _WORD if length > 1 else _SINGLE, entry))


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
        start = run.start()
        for position in range(run.start() + 1, run.end() + 1):
            if position < run.end() and view.gaps[position] == NONE:
                continue
            inside = set(range(start + 1, position))
            if inside and view.text[start:position] not in lexicon.entries:
                inside -= _cuts(view.text[start:position], start, lexicon)
            closed |= inside
            start = position
    return frozenset(closed)


def _cuts(word: str, offset: int, lexicon: Lexicon) -> set[int]:
    """Where a word of glued abbreviations is cut: the fewest pieces, or nowhere if it is not all abbreviations."""
    best: list[tuple[int, ...] | None] = [()] + [None] * len(word)
    for end in range(2, len(word) + 1):
        for start in range(end - 1):
            before = best[start]
            entry = lexicon.entries.get(word[start:end])
            if before is None or entry is None or not entry.abbreviation:
                continue
            current = best[end]
            if current is None or len(before) + 1 < len(current):
                best[end] = (*before, end)
    return {offset + cut for cut in best[-1] or ()}


def _add_mistyped_terms(arcs: list[list[_Arc]], view: View, lexicon: Lexicon, known: list[bool]) -> bool:
    """Add the terms that stand over unknown characters but for characters they are commonly mistaken for."""
    text, lengths, added = lexicon.alike_key(view.text), lexicon.alike_lengths, False
    for start in range(len(text)):
        for length in (*lengths.get(text[start : start + 4], ()), *lengths.get(text[start], ())):
            end = start + length
            if end > len(text) or length < _LEAST_MISTYPED or all(known[start:end]):
                continue
            if not view.bare and max(view.gaps[start + 1 : end]) > SOFT:
                continue
            for term_key in lexicon.alike.get(text[start:end], ()):
                wrong = _wrong_characters(view.text[start:end], term_key, lexicon.vocabulary)
                if 0 < wrong <= length // 3 + 1:
                    arcs[start].append((end, _TERM + _MISTYPED * wrong, (lexicon.entries[term_key], wrong)))
                    added = True
    return added


def _wrong_characters(typed: str, meant: str, vocabulary: Vocabulary) -> int:
    """How many characters differ, every one for one that looks or sounds alike; -1 if one differs otherwise.

    In a short name sound alone proves too little: there the pair must be one that is known to be confused.
    """
    pairs = [pair for pair in zip(typed, meant, strict=True) if pair[0] != pair[1]]
    syllables = vocabulary.syllables if len(typed) >= _LEAST_BY_SOUND else {}
    alike = (
        pair in vocabulary.confused or (pair[0] in syllables and syllables[pair[0]] == syllables.get(pair[1]))
        for pair in pairs
    )
    return len(pairs) if all(alike) else -1


def _numbers(view: View, vocabulary: Vocabulary) -> Iterator[tuple[int, int, Measure]]:
    """Numbers, ranges, dates and codes of the view: (start, end, measure)."""
    for match in vocabulary.numbers.finditer(view.folded):
        start, end = view.positions(*match.span())
        if match["low"] is None:
            quantity = "interval" if match["han"] else "" if match["item"] else "other"
            yield start, end, Measure(0, 0, None, quantity)
            continue
        unit = vocabulary.units.get(match["unit"] or "")
        factor = unit.factor if unit else 1.0
        low = float(match["low"]) * factor
        high = float(match["high"]) * factor if match["high"] else low
        yield start, end, Measure(min(low, high), max(low, high), unit, unit.quantity if unit else "")
