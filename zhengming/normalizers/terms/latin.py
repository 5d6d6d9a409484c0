"""Latin words of a cell: inside them no token may start or end, unless the word is nothing but abbreviations."""

from __future__ import annotations

import re
from itertools import pairwise

from zhengming.normalizers.terms.lexicon import Entry, Lexicon
from zhengming.normalizers.terms.view import View
from zhengming.normalizers.terms.vocabulary import NONE

_LEAST_NAME = 6  # letters of a name glued to abbreviations
_LEAST_SMALL = 3  # letters of a glued abbreviation not all in capitals: the word coats is neither CoA nor TS
_LONGEST_UNIT = 4  # letters of a unit that may stand before a glued abbreviation: mmhg has four
_KEPT = 50_000  # words whose cuts are kept, some 10 MB
LETTERS = re.compile("[a-z]+")


def inside_words(view: View, lexicon: Lexicon) -> frozenset[int]:
    """Positions inside a Latin word, where no token may start or end.

    A word that is nothing but known abbreviations (vsdasdpda) may be cut between them.
    """
    text, gaps = view.text, view.gaps
    closed: set[int] = set()
    for run in LETTERS.finditer(text):
        first, last = run.span()
        start = first + glued_unit(text, first, lexicon)
        inside = [end for end in range(first + 1, last) if gaps[end]] if any(gaps[first + 1 : last]) else []
        for end in (*inside, last):
            closed.update(range(start + 1, end))
            if start and text[start - 1].isdigit() and _goes_on_behind_digit(view, start, lexicon):
                closed.add(start)  # the ar of ventricu1ar
            word = text[start:end]
            if len(word) > 1 and word not in lexicon.entries:
                capitals = view.raw[slice(*view.span(start, end))].isupper()
                closed.difference_update([start + cut for cut in _cuts(word, lexicon, 2 if capitals else _LEAST_SMALL)])
            start = end
    return frozenset(closed)


def glued_unit(text: str, start: int, lexicon: Lexicon) -> int:
    """The length of a unit that stands between a number and abbreviations glued to it (VSD5mmASD8mm), else 0."""
    if start == 0 or not text[start - 1].isdigit():
        return 0
    word = LETTERS.match(text, start)
    run = word[0] if word else ""
    for size in range(min(_LONGEST_UNIT, len(run) - 1), 0, -1):
        if run[:size] in lexicon.vocabulary.units:
            rest = run[size:]
            if rest in lexicon.entries or _cuts(rest, lexicon, _LEAST_SMALL):
                return size
    return 0


def _goes_on_behind_digit(view: View, start: int, lexicon: Lexicon) -> bool:
    """Whether a digit glued to the letters behind it stands for a letter of an unknown word."""
    text, gaps = view.text, view.gaps
    first = start - 1
    if first < _LEAST_SMALL or gaps[start] != NONE or gaps[first] != NONE:
        return False
    while first > 0 and text[first - 1].isascii() and text[first - 1].isalpha() and gaps[first] == NONE:
        first -= 1
    word = text[first : start - 1]
    return len(word) >= _LEAST_SMALL and word not in lexicon.entries and not _cuts(word, lexicon, 2)


def _cuts(word: str, lexicon: Lexicon, least: int) -> tuple[int, ...]:
    """Where a word of glued abbreviations is cut, and its end; nothing if it is not all abbreviations."""
    known = lexicon.cut_words.get((word, least))
    if known is None:
        if len(lexicon.cut_words) >= _KEPT:
            lexicon.cut_words.clear()
        known = lexicon.cut_words[word, least] = _fewest_pieces(word, lexicon, least)
    return known


def _is_piece(entry: Entry, size: int) -> bool:
    """Whether a word that is no abbreviation may stand glued to some: a name (EbsteinASD), a sub-type (IVSPDA)."""
    return size >= _LEAST_NAME if entry.senses else bool(entry.modifiers) and size >= _LEAST_SMALL


def _fewest_pieces(word: str, lexicon: Lexicon, least: int) -> tuple[int, ...]:
    """The ends of the fewest pieces; a piece has at least `least` letters, a longer one may be a name (EbsteinASD)."""
    best: list[tuple[int, ...] | None] = [()] + [None] * len(word)
    for end in range(least, len(word) + 1):
        for start in range(end - least + 1):
            before = best[start]
            entry = lexicon.entries.get(word[start:end]) if before is not None else None
            if before is None or entry is None:
                continue
            if not entry.abbreviation and not _is_piece(entry, end - start):
                continue
            current = best[end]
            if current is None or len(before) + 1 < len(current):
                best[end] = (*before, end)
    ends = best[-1] or ()
    pieces = [end - start for start, end in pairwise((0, *ends))]
    if ends and min(pieces) < _LEAST_SMALL and lexicon.is_near_abbreviation(word):
        return ()  # TAPR is TAPVR rather than TA and PR
    return ends
