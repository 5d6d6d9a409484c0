"""Spelling: Latin words with a slip of the pen or of a scanner, put right by the words of the dictionary's own names.

venticular, sten0sis and rnitral are no words of any name; where just one word of the names is near, it is read instead.
Short words are left alone, and so are words near to two (inracardiac may be infracardiac or intracardiac).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from zhengming.dictionary.folding import fold
from zhengming.normalizers.terms.cell import Token, tokenize
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.once import Once
from zhengming.normalizers.terms.view import View
from zhengming.normalizers.terms.vocabulary import NONE

_LEAST: Final = 5  # letters of a word that is put right; atria and aorta have five
_LEAST_SCANNED: Final = 3  # letters of a word with a digit among them that is put right: n0n
_LEAST_FOR_TWO: Final = 9  # letters of a word in which two slips are put right: regurgitation
_MOST_MEANT: Final = 3  # words that a misspelled one may be, of which the words beside it choose
_LEAST_ALONE: Final = 8  # letters of a name that is one word: extroversion is no dextroversion
_WORD: Final = re.compile("[a-z]+")
_LATIN: Final = re.compile("[a-z0-9]")
_RUN: Final = re.compile("[a-z][a-z0-9]*[a-z]")
_SCANNED: Final = (("rn", "m"), ("m", "rn"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("1", "i"))


class Spelling:
    """The Latin words of the names of a lexicon, and which of them a misspelled word can only be."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Keep the lexicon; its words are collected when first needed."""
        self._lexicon = lexicon
        self._known: dict[str, tuple[str, ...]] = {}
        self._words = Once(self._find_words)
        self._ordered = Once(self._find_ordered)
        self._shortened = Once(self._find_shortened)

    def prepare(self) -> None:
        """Collect the words now."""
        _all = (self._words(), self._ordered(), self._shortened())

    def meant(self, word: str) -> tuple[str, ...]:
        """The words of names that `word` is but for one slip, in long words two; none if it is one itself.

        >>> from zhengming.dictionary.model import Dictionary
        >>> from zhengming.normalizers.terms.vocabulary import vocabulary
        >>> spelling = Spelling(Lexicon(Dictionary.open().category("disease"), vocabulary()))
        >>> spelling.meant("venticular"), spelling.meant("inracardiac")
        (('ventricular',), ('infracardiac', 'intracardiac'))
        """
        if word not in self._known:
            self._known[word] = tuple(sorted(self._meant(word)))
        return self._known[word]

    def _meant(self, word: str) -> set[str]:
        if word in self._words():
            return set()
        near = {word.replace(seen, real) for seen, real in _SCANNED if seen in word} & self._words()
        if near or len(word) < _LEAST:
            return near if len(word) >= _LEAST or not word.isalpha() else set()
        near = {one for one in self._nearby(word) if _slips(word, one) == 1}
        return near if near or len(word) < _LEAST_FOR_TWO else self._with_two_slips(word)

    def _with_two_slips(self, word: str) -> set[str]:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        return {one for one, *_rest in process.extract(word, self._ordered(), scorer=OSA.distance, score_cutoff=2)}

    def _nearby(self, word: str) -> set[str]:
        found = set(self._shortened().get(word, ()))
        for rest in _without_one(word):
            found.update(self._shortened().get(rest, ()))
            if rest in self._words():
                found.add(rest)
        return found

    def _find_words(self) -> frozenset[str]:
        """The words of names that are neither abbreviations nor misspellings, and of all that is said of names."""
        entries = self._lexicon.entries.items()
        latin = [entry for one, entry in entries if not entry.abbreviation and _WORD.search(one)]
        terms = [term for entry in latin for _code, term in entry.senses]
        texts = [term.text for term in terms if term.kind != "misspelling"]
        texts += [word for word, entry in entries if word.isascii() and not entry.senses]
        return frozenset(word for text in texts for word in _WORD.findall(fold(text)) if len(word) >= _LEAST_SCANNED)

    def _find_ordered(self) -> list[str]:
        return sorted(word for word in self._words() if len(word) >= _LEAST_FOR_TWO - 2)

    def _find_shortened(self) -> dict[str, list[str]]:
        """The words by each text that is left when one of their letters is."""
        found: dict[str, list[str]] = {}
        for word in self._words():
            for rest in _without_one(word):
                found.setdefault(rest, []).append(word)
        return found


def respelled(view: View, tokens: list[Token], lexicon: Lexicon, spelling: Spelling) -> tuple[View, list[Token]]:
    """The cell with misspelled Latin words of names put right."""
    ways = [
        [_Change(start, end, meant) for meant in spelling.meant(view.text[start:end])]
        for start, end in _misread(view, tokens)
    ]
    sure = [way[0] for way in ways if len(way) == 1]
    for way in ways:  # of several words, the one that makes a name with those beside it
        if 1 < len(way) <= _MOST_MEANT:
            fitting = [one for one in way if one in _fitting(view, sorted([*sure, one]), lexicon)]
            sure += fitting if len(fitting) == 1 else []
    changes = _fitting(view, sorted(sure), lexicon)
    if not changes:
        return view, tokens
    other, again, hosts = _rewritten(view, changes, lexicon)
    for host in hosts:
        if host and host.kind == "term":
            host.typed = max(host.typed, 1)
    return other, again


class _Change(NamedTuple):
    """The word `meant` for what stands in squeezed `[start, end)`."""

    start: int
    end: int
    meant: str


def _fitting(view: View, changes: list[_Change], lexicon: Lexicon) -> list[_Change]:
    """Those of the changes that make a name with the words beside them, when they alone are made."""
    while changes:
        _view, _tokens, hosts = _rewritten(view, changes, lexicon)
        sure = [one for one, host in zip(changes, hosts, strict=True) if host and _is_sure(one, host, view)]
        if sure == changes:
            break
        changes = sure
    return changes


def _rewritten(view: View, changes: list[_Change], lexicon: Lexicon) -> tuple[View, list[Token], list[Token | None]]:
    """The cell with the words that are meant, its tokens, and the token that each of these words is in."""
    places: list[tuple[int, int]] = []
    longer = 0
    for change in changes:
        start = change.start + longer
        view = view.replaced(start, change.end + longer, change.meant)
        places.append((start, start + len(change.meant)))
        longer += len(change.meant) - (change.end - change.start)
    tokens = tokenize(view, lexicon)
    hosts = [next((one for one in tokens if one.start <= first and last <= one.end), None) for first, last in places]
    return view, tokens, hosts


def _is_sure(change: _Change, host: Token, view: View) -> bool:
    """Whether the word may be read so: among others of a name; a name of one word is as near to names unknown to us."""
    if host.kind == "unknown":
        return False
    word, meant = view.text[change.start : change.end], change.meant
    alone = host.kind == "term" and host.end - host.start == len(meant)
    return not alone or (len(word) >= _LEAST_ALONE and word[0] == meant[0] and _slips(word, meant) == 1)


def _misread(view: View, tokens: list[Token]) -> Iterator[tuple[int, int]]:
    """The Latin words, digits inside them taken for letters, of which something is unread."""
    unread = [one for one in tokens if one.kind == "unknown" and _LATIN.search(view.text, one.start, one.end)]
    if not unread:
        return
    for run in _RUN.finditer(view.text):
        start = run.start()
        for place in range(start + 1, run.end() + 1):
            if place < run.end() and view.gaps[place] == NONE:
                continue
            if any(token.start < place and token.end > start for token in unread):
                yield start, place
            start = place


def _without_one(word: str) -> Iterator[str]:
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _slips(word: str, other: str) -> int:
    from rapidfuzz.distance import OSA

    return OSA.distance(word, other, score_cutoff=2)
