"""The cell parser: one cell's text cut into terms, sub-type words, cues, numbers and unknown stretches.

A cell is read through a `View`: its folded letters and digits in one string, what stands between them apart, and a
way back to the raw text. Cutting is a shortest path over everything the lexicon recognises: unknown characters are
dear, longer pieces cheaper than several shorter ones. So a term always wins over a cue word inside it: the 不全 of
二尖瓣关闭不全 denies nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from zhengming.dictionary.folding import fold_with_offsets
from zhengming.normalizers.terms.lexicon import Entry, Lexicon
from zhengming.normalizers.terms.vocabulary import BRACKET, NONE, SOFT, Unit, Vocabulary

MAX_CELL = 4_096  # characters of a cell that are read; the longest honest diagnosis cell seen had under 1,000

_UNKNOWN = 3.0  # for each character nothing recognises
_TERM = 1.0
_WORD = 1.2  # a cue or sub-type word: a term of the same characters goes first
_SINGLE = 2.5  # a cue of one character is mostly part of a longer word
_MISTYPED = 1.5  # more for each wrong character of a term

_NEWLINES = str.maketrans({"\n": "。", "\r": "。", "\v": "。", "\f": "。"})
_LETTERS = re.compile("[a-z]+")


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
        folded, offsets = fold_with_offsets(raw[:MAX_CELL].translate(_NEWLINES))
        self.folded = folded
        self._offsets = offsets
        strengths = vocabulary.strengths
        places: list[int] = []
        gaps: list[int] = []
        depth: list[int] = []
        strength = level = 0
        for index, character in enumerate(folded):
            if character.isalnum():
                places.append(index)
                gaps.append(strength)
                depth.append(level)
                strength = NONE
            else:
                mark = strengths.get(character, SOFT)
                if mark == BRACKET:
                    level = level + 1 if character in "([{<《〈【「『〔〖" else max(level - 1, 0)
                if mark > strength:
                    strength = mark
        gaps.append(strength)
        self._places = places
        self.gaps = gaps
        self.depth = depth
        self.bare = not any(gaps)
        self.text = "".join([folded[place] for place in places])

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the squeezed stretch stands in the raw text."""
        first = self._offsets[self._places[start]]
        last = self._offsets[self._places[end - 1]]
        return first, last + 1

    def between(self, index: int) -> str:
        """The folded punctuation before squeezed character `index` (or after the last one), spaces left out."""
        first = self._places[index - 1] + 1 if index else 0
        last = self._places[index] if index < len(self._places) else len(self.folded)
        return self.folded[first:last].replace(" ", "")

    def positions(self, first: int, last: int) -> tuple[int, int]:
        """The squeezed stretch that covers folded[first:last]."""
        inside = [index for index, place in enumerate(self._places) if first <= place < last]
        return inside[0], inside[-1] + 1


def tokenize(view: View, lexicon: Lexicon, *, mistyped: bool = False) -> list[Token]:
    """Cut the view into tokens; with `mistyped` also terms with confusable characters are recognised."""
    text = view.text
    size = len(text)
    arcs: list[list[Token]] = [[] for _position in text]
    closed = _inside_words(view, lexicon) if any("a" <= character <= "z" for character in text) else frozenset()
    _add_words(arcs, view, lexicon, closed)
    if any(map(str.isdigit, text)) or not text.isascii():
        for start, end, measure in _numbers(view, lexicon.vocabulary):
            arcs[start].append(Token("number", start, end, measure=measure))
    if mistyped:
        for token in _mistyped_terms(view, lexicon):
            arcs[token.start].append(token)
    costs = [0.0] + [float("inf")] * size
    arrivals: list[Token | None] = [None] * (size + 1)
    for start, leaving in enumerate(arcs):
        cost = costs[start]
        if cost + _UNKNOWN < costs[start + 1]:
            costs[start + 1] = cost + _UNKNOWN
            arrivals[start + 1] = None
        for token in leaving:
            price = cost + _price(token)
            if price < costs[token.end]:
                costs[token.end] = price
                arrivals[token.end] = token
    return _joined(_path(arrivals, size), view)


def _price(token: Token) -> float:
    if token.kind in ("term", "number"):
        return _TERM + _MISTYPED * token.typed
    return _WORD if token.end - token.start > 1 else _SINGLE


def _add_words(arcs: list[list[Token]], view: View, lexicon: Lexicon, closed: frozenset[int]) -> None:
    """Every text of the lexicon that stands in the view, where it may start and end."""
    text, gaps, bare = view.text, view.gaps, view.bare
    entries, lengths, size = lexicon.entries, lexicon.lengths, len(view.text)
    for start in range(size):
        if start in closed:
            continue
        for length in (*lengths.get(text[start : start + 2], ()), *lengths.get(text[start], ())):
            end = start + length
            entry = entries.get(text[start:end]) if end <= size and end not in closed else None
            if entry is None:
                continue
            if not bare and max(gaps[start + 1 : end], default=NONE) > (entry.crosses if entry.senses else SOFT):
                continue
            kind = "term" if entry.senses else "modifier" if entry.modifiers else "cue"
            arcs[start].append(Token(kind, start, end, entry))


def _path(arrivals: Sequence[Token | None], size: int) -> list[Token]:
    tokens: list[Token] = []
    while size:
        token = arrivals[size] or Token("unknown", size - 1, size)
        tokens.append(token)
        size = token.start
    tokens.reverse()
    return tokens


def _joined(tokens: list[Token], view: View) -> list[Token]:
    """Unknown characters as one stretch, together with single-character words glued to them.

    大 in 大血管错位 is no size, and 母 in 血管母细胞瘤 no mother, when the rest is unknown.
    """
    gaps = view.gaps
    absorbed = [token.kind == "unknown" for token in tokens]
    if not any(absorbed):
        return tokens
    for index, token in enumerate(tokens):
        if token.kind not in ("cue", "modifier") or token.end - token.start > 1 or _speaks_of_certainty(token):
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


def _speaks_of_certainty(token: Token) -> bool:
    return token.entry is not None and any(cue.axis == "certainty" for cue in token.entry.cues)


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


def _mistyped_terms(view: View, lexicon: Lexicon) -> Iterator[Token]:
    """Terms that stand in the view but for characters they are commonly mistaken for."""
    text = lexicon.alike_key(view.text)
    for start in range(len(text)):
        for length in lexicon.alike_lengths.get(text[start : start + 2], ()):
            end = start + length
            if (
                end > len(text)
                or length < 3
                or (not view.bare and max(view.gaps[start + 1 : end], default=NONE) > SOFT)
            ):
                continue
            for term_key in lexicon.alike.get(text[start:end], ()):
                wrong = sum(typed != meant for typed, meant in zip(view.text[start:end], term_key, strict=True))
                if wrong:
                    yield Token("term", start, end, lexicon.entries[term_key], typed=wrong)


@cache
def _number_pattern(units: tuple[str, ...]) -> re.Pattern[str]:
    number = r"\d+(?:\.\d+)?"
    unit = "|".join(re.escape(text) + ("(?![a-z])" if text.isascii() else "") for text in units)
    counted = "|".join(re.escape(text) for text in units if not text.isascii())
    return re.compile(
        r"(?P<code>(?<![a-z])[a-z]\d\d(?:\.\d[0-9x]*)?(?![a-z0-9]))"
        r"|(?P<date>\d{4} ?[-./年] ?\d{1,2}(?: ?[-./月] ?\d{1,2} ?日?| ?月)?)"
        rf"|(?P<low>{number})(?: ?(?:[-~x*×至到]|--) ?(?P<high>{number}))?(?: ?[x*×] ?{number})? ?(?P<unit>{unit})?余?"
        rf"|(?P<han>[一二三四五六七八九十两半数]{{1,3}}余?(?:{counted}))余?"
    )


def _numbers(view: View, vocabulary: Vocabulary) -> Iterator[tuple[int, int, Measure]]:
    """Numbers, ranges, dates and codes of the view: (start, end, measure)."""
    units = tuple(sorted(vocabulary.units, key=lambda text: (-len(text), text)))
    for match in _number_pattern(units).finditer(view.folded):
        start, end = view.positions(*match.span())
        if match["low"] is None:
            yield start, end, Measure(0, 0, None, "interval" if match["han"] else "other")
            continue
        unit = vocabulary.units.get(match["unit"] or "")
        factor = unit.factor if unit else 1.0
        low = float(match["low"]) * factor
        high = float(match["high"]) * factor if match["high"] else low
        yield start, end, Measure(min(low, high), max(low, high), unit, unit.quantity if unit else "")
