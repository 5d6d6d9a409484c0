"""Latin words of a cell: inside them no token may start or end, unless the word is nothing but abbreviations."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.view import View
from zhengming.normalizers.terms.vocabulary import NONE

_LEAST_NAME: Final = 6  # letters of a name glued to abbreviations
_LEAST_PIECE: Final = 2  # letters of an abbreviation glued to others
_LEAST_SMALL: Final = 3  # letters of a glued abbreviation not all in capitals: the word coats is neither CoA nor TS
_SURE_PIECES: Final = 2  # pieces of so many that make a word in small letters one of abbreviations, of two letters too
_MOST_WAYS: Final = 2  # equally good ways to cut the start of a word that are kept: more than one tells nothing
_LONGEST_UNIT: Final = 4  # letters of a unit that may stand before a glued abbreviation: mmhg has four
_KEPT: Final = 50_000  # words whose cuts are kept, some 10 MB
LETTERS: Final = re.compile("[a-z]+")


def inside_words(view: View, lexicon: Lexicon) -> list[bool]:
    """For each place whether it is inside a Latin word, where no token may start or end.

    A word that is nothing but known abbreviations (vsdasdpda) may be cut between them.
    """
    text, gaps = view.text, view.gaps
    closed = [False] * (len(text) + 1)
    for run in LETTERS.finditer(text):
        first, last = run.span()
        start = first + glued_unit(view, first, lexicon)
        inside = [end for end in range(first + 1, last) if gaps[end]] if any(gaps[first + 1 : last]) else []
        for end in (*inside, last):
            for place in range(start + 1, end):
                closed[place] = True
            if start and text[start - 1].isdigit() and _goes_on_behind_digit(view, start, lexicon):
                closed[start] = True  # the ar of ventricu1ar
            word = text[start:end]
            if len(word) > 1 and word not in lexicon.entries:
                cuts = _cuts_with_digit(view, start, end, lexicon) or _cuts(word, _as_typed(view, start, end), lexicon)
                for cut in cuts:
                    closed[start + cut] = False
            start = end
    return closed


def glued_unit(view: View, start: int, lexicon: Lexicon) -> int:
    """The length of a unit that stands between a number and abbreviations glued to it (VSD5mmASD8mm), else 0."""
    text, gaps = view.text, view.gaps
    if start == 0 or not text[start - 1].isdigit():
        return 0
    word = LETTERS.match(text, start)
    end = start + 1
    while word and end < word.end() and gaps[end] == NONE:
        end += 1
    if word and end < word.end() and text[start:end] in lexicon.vocabulary.units:
        return end - start  # 4mm and the b of b.
    for size in range(min(_LONGEST_UNIT, end - start - 1), 0, -1) if word else ():
        middle = start + size
        if text[start:middle] in lexicon.vocabulary.units:
            rest = text[middle:end]
            ends = text[end : end + 1].isdigit() and gaps[end] == NONE  # 3mmF4
            if (
                rest in lexicon.entries
                or (ends and text[middle : end + 1] in lexicon.entries)
                or _cuts(rest, _as_typed(view, middle, end), lexicon)
            ):
                return size
    return 0


def _as_typed(view: View, start: int, end: int) -> str:
    """The word in the letters that were typed, capital or small; where they are more or fewer, in small ones."""
    typed = view.raw[slice(*view.span(start, end))]
    return typed if len(typed) == end - start else view.text[start:end]


def _goes_on_behind_digit(view: View, start: int, lexicon: Lexicon) -> bool:
    """Whether a digit glued to the letters behind it stands for a letter of an unknown word."""
    text, gaps = view.text, view.gaps
    first = start - 1
    if first < _LEAST_SMALL or gaps[start] != NONE or gaps[first] != NONE:
        return False
    while first > 0 and text[first - 1].isascii() and text[first - 1].isalpha() and gaps[first] == NONE:
        first -= 1
    word = text[first : start - 1]
    return len(word) >= _LEAST_SMALL and word not in lexicon.entries and not _cuts(word, word.upper(), lexicon)


def _cuts_with_digit(view: View, start: int, end: int, lexicon: Lexicon) -> tuple[int, ...]:
    """Where a word is cut that ends with a digit, before that one's piece: BAVF4."""
    after = end + 1
    if after > len(view.text) or not view.text[end].isdigit() or view.gaps[end] != NONE:
        return ()
    return _cuts(view.text[start:after], _as_typed(view, start, after), lexicon)[:-1]


def _cuts(word: str, typed: str, lexicon: Lexicon) -> tuple[int, ...]:
    """Where a word of glued abbreviations is cut, and its end; nothing if it is not all abbreviations."""
    known = lexicon.cut_words.get(typed)
    if known is None:
        if len(lexicon.cut_words) >= _KEPT:
            lexicon.cut_words.clear()
        known = lexicon.cut_words[typed] = _fewest_pieces(word, typed, lexicon)
    return known


def _is_piece(entry: Entry, typed: str, *, small: bool) -> bool:
    """Whether a word may stand glued to abbreviations; `small` letters may make one of two.

    It is one itself, a name (EbsteinASD) or a sub-type (IVSPDA).
    """
    size = len(typed)
    if entry.abbreviation or (entry.senses and typed[-1].isdigit()):  # F4
        return size >= _LEAST_SMALL or typed.isupper() or small
    return size >= _LEAST_NAME if entry.senses else bool(entry.modifiers) and size >= _LEAST_SMALL


def _fewest_pieces(word: str, typed: str, lexicon: Lexicon) -> tuple[int, ...]:
    """The ends of the fewest pieces, if there is one such way: TAPVCAVSD may be cut in two places.

    One of two letters is in capitals, or all is in small letters and two pieces are longer: vsdasdph, not coats.
    """
    small = typed.islower()
    uncut: tuple[int, ...] = ()
    ways: list[list[tuple[int, ...]]] = [[uncut], *[[] for _letter in word]]
    for end in range(_LEAST_PIECE, len(word) + 1):
        found: list[tuple[int, ...]] = []
        for start in range(end - _LEAST_PIECE + 1):
            entry = lexicon.entries.get(word[start:end]) if ways[start] else None
            if entry is not None and _is_piece(entry, typed[start:end], small=small):
                found += [(*before, end) for before in ways[start]]
        fewest = min([len(cuts) for cuts in found], default=0)
        ways[end] = [cuts for cuts in found if len(cuts) == fewest][:_MOST_WAYS]
    if len(ways[-1]) != 1:
        return ()
    pieces = [end - start for start, end in pairwise((0, *ways[-1][0]))]
    if min(pieces) < _LEAST_SMALL and lexicon.is_near_abbreviation(word):
        return ()  # TAPR is TAPVR rather than TA and PR
    if small and min(pieces) < _LEAST_SMALL and sum(size >= _LEAST_SMALL for size in pieces) < _SURE_PIECES:
        return ()
    return ways[-1][0]
