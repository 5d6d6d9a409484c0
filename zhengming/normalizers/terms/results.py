"""Results: what an operation left behind, as the concept that has such a name.

室缺修补术后残余分流 is one concept. Where the shunt is denied, doubted or told in a clause of its own
(室缺修补术后，未见残余分流), it is a mention beside what was operated. Which concept it is depends on the operation: a
repair and a device leave different ones behind, and each name of one says which.
"""

from __future__ import annotations

import re
from typing import Final

from zhengming.dictionary.folding import key
from zhengming.dictionary.model import Category
from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.denials import is_denied
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.once import Once
from zhengming.normalizers.terms.operations import Operated, Operations, is_said
from zhengming.normalizers.terms.performed import OPERATED
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import BRACKET, NONE

_LEFT: Final = "course"  # the axis of words for what is left
# Axes of words beside one.
_TELLING: Final = frozenset({"certainty", "neutral", "infix", "severity", "extent", "count"})
_METHOD: Final = "shared-head"
_KEPT: Final = 20_000  # concepts whose names are kept, some 10 MB


class Results:
    """What operations leave behind, in the names of one category."""

    def __init__(self, category: Category, lexicon: Lexicon, operations: Operations) -> None:
        """Keep what is needed; the words for what is left are those of the category and of the language."""
        self._lexicon = lexicon
        self._operations = operations
        self._concepts = category.concepts
        self._ancestors = category.ancestors
        self._tellings = Once(self._find_tellings)
        self._known: dict[str, tuple[str, ...]] = {}
        self._lefts: dict[tuple[tuple[str, ...], str, str, str], Entry | None] = {}
        said = [(key(one.term), one.value) for one in category.modifiers if one.axis == _LEFT]
        for text, cues in lexicon.vocabulary.cues.items():
            said += [(text, one.value) for one in cues if one.axis == _LEFT]
        self._values = dict(said)
        self._words = sorted(self._values, key=lambda one: (-len(one), one))
        self._spoken = re.compile("|".join(map(re.escape, self._words))) if category.policy.treatments else None

    def read(self, reading: Reading) -> None:
        """Let what was left behind be the concept that has such a name, where an operation is told of."""
        if self._spoken is None or not reading.found or not self._spoken.search(reading.view.text):
            return
        operated = self._operations.operated(reading)
        for place, token in enumerate(reading.tokens):
            if place not in reading.hosts and is_said(reading, place, _LEFT, "") and token.kind != "part":
                self._read_word(reading, place, [one for one in operated if one.said[-1] < place])
        for found in reading.found:
            self._settle(found, [one for one in operated if one.said[-1] < found.token])

    def _read_word(self, reading: Reading, place: int, operated: list[Operated]) -> None:
        """Let the word at token `place` be what was left of one or several of the operated concepts."""
        word = reading.text(reading.tokens[place])
        adjacent = next((one for one in operated if one.said[-1] == place - 1), None)
        if adjacent and not _is_open(reading, place, self._lexicon) and not _is_listed(adjacent, operated):
            entry = self._left(adjacent, word)
            if entry:
                _merge(reading, adjacent, place, entry)
            return
        if not _is_an_item(reading, place):
            return
        first = _clause(reading, place)
        level = self._level(reading, first, place)
        if level:
            operated = [one for one in operated if self._plain(one.found, word) == level.codes][-1:]
        elif not any(_is_infix(token) for token in reading.tokens[first:place]):
            operated = [one for one in operated if one.said == operated[-1].said]
        entries = {entry.codes: entry for one in operated if (entry := self._left(one, word))}
        if not entries and level:
            entries = {level.codes: level}
        if entries:
            self._host(reading, place, list(entries.values()))
            for token in reading.tokens[first:place]:
                token.kind = "part" if token.kind == "unknown" and level else token.kind

    def _host(self, reading: Reading, place: int, entries: list[Entry]) -> None:
        """Let token `place` host a concept, and others that share what is said of it."""
        token, host = reading.tokens[place], None
        token.kind, token.entry = "term", entries[-1]
        for entry in reversed(entries):
            found = Found(place, token.start, token.end, entry.codes, entry, _METHOD, shares=host)
            found.steps.append((_METHOD, entry.written))
            if host is None:
                host = found
                reading.add(found)
            else:
                reading.found.append(found)

    def _settle(self, found: Found, operated: list[Operated]) -> None:
        """Let a name of what was left that tells no operation mean that of the operation the cell tells of."""
        word = next((one for one in self._words if found.entry.key.endswith(one)), "")
        if not word or self._operations.word(found.entry.key):
            return
        for one in reversed(operated):
            if self._plain(one.found, word) == found.codes:
                entry = self._left(one, word)
                if entry and entry.codes != found.codes:
                    found.codes, found.entry, found.method = entry.codes, entry, _METHOD
                    found.steps.append((_METHOD, entry.written))
                return

    def _level(self, reading: Reading, first: int, place: int) -> Entry | None:
        """The name that the word has with the words before it in its clause: the 室水平 of 室水平未见残余分流."""
        last = first
        while last < place and not _says_certainty(reading.tokens[last]):
            last += 1
        if last == first:
            return None
        end, word = reading.tokens[last - 1].end, reading.text(reading.tokens[place])
        for start in range(first, last):
            entry = self._lexicon.terms.get(reading.view.text[reading.tokens[start].start : end] + word)
            if entry and len(entry.codes) == 1:
                return entry
        return None

    def _plain(self, found: Found, word: str) -> tuple[str, ...]:
        """The codes of what is left of the concept by a name that tells no operation."""
        entries = [self._lexicon.terms.get(name + word) for name in self._names(found)]
        return next((entry.codes for entry in entries if entry and len(entry.codes) == 1), ())

    def _left(self, operated: Operated, word: str) -> Entry | None:
        """The name of the concept, of the operation on it, and of what was left, if just one concept has such names."""
        found = operated.found
        asked = found.codes[:1], found.entry.key, operated.operation, word
        if asked not in self._lefts:
            if len(self._lefts) >= _KEPT:
                self._lefts.clear()
            self._lefts[asked] = self._find_left(operated, word)
        return self._lefts[asked]

    def _find_left(self, operated: Operated, word: str) -> Entry | None:
        value = self._values[word]
        alike = [word, *(one for one in self._words if one != word and self._values[one] == value)]
        betweens = self._betweens(operated.operation)
        for one in alike:  # 残余漏 is a residual shunt
            entries: dict[tuple[str, ...], Entry] = {}
            for name in self._names(operated.found):
                for between in betweens:
                    entry = self._lexicon.terms.get(name + between + one)
                    if entry and len(entry.codes) == 1 and not entry.ambiguous:
                        entries.setdefault(entry.codes, entry)
            if entries:
                return next(iter(entries.values())) if len(entries) == 1 else None
        return None

    def _betweens(self, operation: str) -> list[str]:
        """How names may tell of the operation: by its last words, or by others with the same word that tells what."""
        treating = self._operations.word(operation)
        ends = [operation[first:] for first in range(len(operation) + 1)]
        others = [one for one in self._tellings() if one.startswith(treating)] if treating else []
        return [one for one in dict.fromkeys(ends + others) if self._operations.word(one) == treating]

    def _names(self, found: Found) -> list[str]:
        """The name that stands there, and those of the concept and of what is above it."""
        return [found.entry.key, *(self._names_above(found.codes[0]) if found.codes else ())]

    def _names_above(self, code: str) -> tuple[str, ...]:
        """The names of a concept and of what is above it."""
        known = self._known.get(code)
        if known is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            names = [self._concepts[one].name for one in (code, *sorted(self._ancestors(code)))]
            known = self._known[code] = tuple([self._lexicon.key(name) for name in names])
        return known

    def _find_tellings(self) -> list[str]:
        """The words of operations."""
        cues = self._lexicon.vocabulary.cues.items()
        return sorted(text for text, said in cues if any(one.value == OPERATED for one in said))


def _merge(reading: Reading, operated: Operated, place: int, entry: Entry) -> None:
    """Let the concept be what was left of it, up to and with token `place`."""
    found, token = operated.found, reading.tokens[place]
    found.codes, found.entry, found.method = entry.codes, entry, _METHOD
    found.end = token.end
    found.steps.append((_METHOD, entry.written))
    for index in range(found.token + 1, place + 1):
        reading.tokens[index].kind = "part"
        reading.separations[index] = NONE


def _is_listed(operated: Operated, others: list[Operated]) -> bool:
    """Whether the same operation is told of other concepts of the list."""
    return sum(one.said == operated.said for one in others) > 1


def _is_an_item(reading: Reading, place: int) -> bool:
    """Whether the word at token `place` names something by itself: glued to no name, nothing unread behind it."""
    if reading.glued(place) and (place - 1 in reading.hosts or reading.tokens[place - 1].kind == "unknown"):
        return False
    after = place + 1
    if after < len(reading.tokens) and reading.glued(after):
        return after not in reading.hosts and reading.tokens[after].kind not in ("unknown", "modifier")
    return True


def _clause(reading: Reading, place: int) -> int:
    """The first token of the clause of token `place`."""
    first = place
    while first > 0 and reading.separations[first] <= BRACKET:
        first -= 1
    return first


def _is_infix(token: Token) -> bool:
    return token.entry is not None and "infix" in token.entry.axes and token.kind == "cue"


def _says_certainty(token: Token) -> bool:
    entry = token.entry
    return token.kind == "cue" and entry is not None and not entry.axes.isdisjoint(_TELLING - {"neutral"})


def _is_open(reading: Reading, index: int, lexicon: Lexicon) -> bool:
    """Whether what an operation left, at token `index`, is denied or doubted by the words or marks beside it."""
    marks = reading.view.between(reading.tokens[index].end)
    vocabulary = lexicon.vocabulary
    if is_denied(reading, index, vocabulary.whole) or vocabulary.punctuation[marks].behind:
        return True
    if index + 1 == len(reading.tokens) or reading.separations[index + 1] > BRACKET:
        return False
    after = reading.tokens[index + 1].entry
    return after is not None and "certainty" in after.axes
