"""Compounds: two names of a cell that together are the name of one concept.

PA/VSD is pulmonary atresia with a septal defect, one malformation with one code, and so is 肺动脉闭锁，室间隔缺损.
Which pairs these are, the names of the dictionary say: such a concept lies below the first of the two, and its name is
a name of that one, perhaps a joining word, and a name of the second, perhaps with a sub-type word beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from zhengming.dictionary.model import Category
from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.once import Once
from zhengming.normalizers.terms.performed import OPERATED
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import BRACKET, CLAUSE, LIST, NONE

_LEAST_NAME: Final = 2  # characters of either part
_SAID_OF_BOTH: Final = ("certainty", "subject", "timing")  # parts that differ in one of these are two statements
_MUCH: Final = frozenset({"neutral", "extent", "count"})  # axes of words that change no name: 大型, 多发

Qualifier = tuple[str, str]


class _Compound(NamedTuple):
    """The term that a name makes with one of `part`, when all that is `needed` is said of that part.

    One that is `listed` has no joining word in its own name (肺动脉闭锁，室间隔缺损).
    """

    part: str
    needed: frozenset[Qualifier]
    entry: Entry
    listed: bool


class Compounds:
    """The compounds of one category, worked out for each first name when it first has another name behind it."""

    def __init__(self, category: Category, lexicon: Lexicon) -> None:
        """Keep the two; nothing is worked out yet."""
        self._category = category
        self._lexicon = lexicon
        self._leads: dict[tuple[str, ...], bool] = {}
        self._known: dict[str, tuple[_Compound, ...]] = {}
        self._cores: dict[str, set[str]] = {}
        for definition in category.definitions:
            self._cores.setdefault(definition.code, set()).add(definition.core)
        self._coordinating = Once(self._find_coordinating)

    def join_listed(self, reading: Reading) -> None:
        """Join names that no more than a list mark parts, before it is known what is said of them: of one, of both."""
        for first, second in self._pairs(reading) if self._has_first(reading) else ():
            between = _between(reading, first, second)
            if any(token.entry and token.entry.joins for token in between):
                continue  # by a word: what is said of them tells
            if not _has_own_words(reading, second) and _parted(reading, first, second) <= LIST:
                stated = [(one.axis, one.value) for token in between if token.entry for one in token.entry.modifiers]
                self._join(reading, first, second, stated, joined=self._is_one(reading, second))

    def join_said(self, reading: Reading) -> None:
        """Join names that a comma or a joining word parts, when the same is said of both; two denials stay two."""
        for first, second in self._pairs(reading) if self._has_first(reading) else ():
            differ = [axis for axis in _SAID_OF_BOTH if first.qualifiers.get(axis) != second.qualifiers.get(axis)]
            alike = not differ or (differ == ["timing"] and _is_operated_behind(first, second))
            parted = _parted(reading, first, second)
            if alike and parted <= BRACKET and self._says(first, second):
                _absorb(reading, first, second)
            elif alike and parted <= CLAUSE and first.qualifiers.get("certainty") != "refuted":
                joined = any(token.entry and token.entry.joins for token in _between(reading, first, second))
                joined = joined or reading.view.depth[second.start] > reading.view.depth[first.start]
                joined = joined or parted in (LIST, CLAUSE)  # as names of compounds are written: 肺动脉闭锁，室间隔缺损
                self._join(reading, first, second, second.stated, joined=joined)
                if parted in (LIST, CLAUSE) and self._may_lead(second, reading):
                    self._join(reading, second, first, first.stated, joined=True)  # 室间隔缺损，肺动脉闭锁

    def part_denied(self, reading: Reading) -> None:
        """Part a compound that is denied into its two names, each of them denied: 未见主动脉瓣狭窄及关闭不全."""
        for found in list(reading.found):
            if found.qualifiers.get("certainty") != "refuted" or found.end - found.start != len(found.entry.key):
                continue
            for word in self._coordinating():
                place = found.entry.key.find(word)
                names = self._two_names(found.entry.key, place, place + len(word)) if place > 0 else None
                if names:
                    _part(found, place, place + len(word), names, reading)
                    break

    def _find_coordinating(self) -> tuple[str, ...]:
        """The words that list what they join."""
        cues = self._lexicon.vocabulary.cues
        return tuple(one for one in self._lexicon.joining if any(cue.value == "coordinate" for cue in cues[one]))

    def _two_names(self, text: str, end: int, start: int) -> tuple[Entry, Entry] | None:
        """The names that `text` is made of: what stands before `end`, and what takes over its start from `start` on."""
        terms, first, rest = self._lexicon.terms, text[:end], text[start:]
        one = terms.get(first)
        fronts = [terms.get(first[:cut] + rest) for cut in range(end - 1, _LEAST_NAME - 1, -1)]
        other = next((entry for entry in fronts if entry), None) or terms.get(rest)
        both = [entry for entry in (one, other) if entry and len(entry.codes) == 1 and not entry.ambiguous]
        return (both[0], both[1]) if len(both) == 2 and both[0].codes != both[1].codes else None

    def _may_lead(self, second: Found, reading: Reading) -> bool:
        """Whether a name that still stands by itself may be the first part of a compound written the other way."""
        alone = reading.hosts.get(second.token) is second and not second.entry.ambiguous
        return alone and self._may_be_first(second)

    def _pairs(self, reading: Reading) -> Iterator[tuple[Found, Found]]:
        """Neighbours of which the first may be the first part of a compound, or composed and so speak of the second.

        One that has taken in its neighbour has the next one as neighbour.
        """
        found = sorted(reading.found, key=lambda one: one.token)
        first = found[0]
        for second in found[1:]:
            if first.method == "composed" or self._may_be_first(first) or self._may_be_first(second):
                yield first, second
            if reading.hosts.get(second.token) is second:
                first = second

    def _has_first(self, reading: Reading) -> bool:
        """Whether any of several names may be a first part, as few are."""
        if len(reading.found) < 2:
            return False
        return any(one.method == "composed" or self._may_be_first(one) for one in reading.found)

    def _may_be_first(self, found: Found) -> bool:
        known = self._leads.get(found.codes)
        if known is None:
            known = self._leads[found.codes] = any(map(self._of, found.codes))
        return known

    def _join(
        self, reading: Reading, first: Found, second: Found, stated: Collection[Qualifier], *, joined: bool
    ) -> None:
        """Make one concept of two, if they are a compound; a more specific second one stays beside it.

        Parts that a mere space parts (右位主动脉弓 迷走左锁骨下动脉) are two findings, unless the dictionary lists
        them so.
        """
        if len(second.codes) != 1 or second.entry.ambiguous:
            return
        above = self._made_of(second.codes[0])
        fitting = [
            next((one for one in self._of(code) if one.part in above and one.needed <= set(stated)), None)
            for code in first.codes
        ]
        compounds = [one for one in fitting if one]
        if len(compounds) != 1 or not (joined or compounds[0].listed):
            return
        entry = compounds[0].entry
        first.steps.append(("compound", entry.written))
        said = [*stated, *self._begins_with(second.entry.key)]
        first.codes, first.entry, first.method = self._defined(first, said) or entry.codes, entry, "composed"
        if compounds[0].part == second.codes[0]:
            _absorb(reading, first, second)

    def _made_of(self, code: str) -> set[str]:
        """A concept and all that it is a kind of by a sub-type.

        膜周部 makes a kind of septal defect; a primum defect is a part of another malformation, and a kind of none.
        """
        found, waiting = {code}, [code]
        while waiting:
            cores = self._cores.get(waiting.pop(), set()) - found
            found |= cores
            waiting += cores
        return found

    def _defined(self, first: Found, stated: Collection[Qualifier]) -> tuple[str, ...]:
        """The kind of the first part that a definition makes by what is said of the second (DORV, subpulmonary VSD)."""
        ways = self._lexicon.defined.get(first.codes[0], ()) if len(first.codes) == 1 else ()
        return next(((code,) for needed, code in ways if needed <= set(stated)), ())

    def _begins_with(self, name: str) -> list[Qualifier]:
        """The sub-type that a name begins with: the 肺动脉瓣下 of 肺动脉瓣下室缺."""
        for size in range(len(name) - _LEAST_NAME, 0, -1):
            word = self._lexicon.entries.get(name[:size])
            if word and word.modifiers:
                return [(one.axis, one.value) for one in word.modifiers]
        return []

    def _is_one(self, reading: Reading, second: Found) -> bool:
        """Whether a name is glued to the one before it, or written as one with it: PA/VSD."""
        view = reading.view
        between = "" if view.bare else view.between(second.start)
        return view.gaps[second.start] == NONE or any(mark in between for mark in self._lexicon.vocabulary.compounding)

    def _says(self, first: Found, second: Found) -> bool:
        """Whether the name of the first concept, made of a name and a sub-type, speaks of the second."""
        concepts = self._category.concepts
        return (
            first.method == "composed"
            and len(first.codes) == len(second.codes) == 1
            and concepts[second.codes[0]].name in concepts[first.codes[0]].name
        )

    def _of(self, code: str) -> tuple[_Compound, ...]:
        """The compounds of which a concept is the first part, those that need most first."""
        known = self._known.get(code)
        if known is None:
            first = self._category.ancestors(code) | {code}
            found = [one for below in sorted(self._category.descendants(code)) for one in self._split(below, first)]
            found.sort(key=lambda one: -len(one.needed))
            known = self._known[code] = tuple(found)
        return known

    def _split(self, code: str, first: Collection[str]) -> Iterator[_Compound]:
        """The concept as a compound whose first part is one of `first`, by its preferred name."""
        lexicon, name = self._lexicon, self._lexicon.key(self._category.concepts[code].name)
        whole = lexicon.terms.get(name)
        if whole is None or whole.codes != (code,):
            return
        for cut in range(len(name) - _LEAST_NAME, _LEAST_NAME - 1, -1):
            head = lexicon.terms.get(name[:cut])
            if head and len(head.codes) == 1 and head.codes[0] in first:
                yield from self._parts(name[cut:], whole)

    def _parts(self, rest: str, whole: Entry) -> Iterator[_Compound]:
        """What the rest of a name is: a joining word or not, then a name, with a sub-type word or not."""
        words = self._lexicon.entries
        starts = [size for size in range(1, len(rest)) if (word := words.get(rest[:size])) and word.joins]
        for start in (0, *starts):
            tail = rest[start:]
            for low in range(len(tail)):
                for high in range(len(tail), low + _LEAST_NAME - 1, -1):
                    if (low and high < len(tail)) or (part := self._lexicon.terms.get(tail[low:high])) is None:
                        continue
                    beside = tail[:low] + tail[high:]
                    word = words.get(beside) if beside else None
                    if len(part.codes) == 1 and (not beside or (word and word.modifiers)):
                        needed = {(one.axis, one.value) for one in word.modifiers} if word else set()
                        yield _Compound(part.codes[0], frozenset(needed), whole, not start)


def _is_operated_behind(first: Found, second: Found) -> bool:
    """Whether the two differ in that the operation behind both treats the first: 肺动脉闭锁、室间隔缺损，BT分流术后."""
    return first.qualifiers.get("timing") == OPERATED and "timing" not in second.qualifiers


def _parted(reading: Reading, first: Found, second: Found) -> int:
    """How strongly two neighbours are parted; beyond any limit where something else stands between them."""
    if first.problem or second.problem or not all(map(_may_stand_between, _between(reading, first, second))):
        return CLAUSE + CLAUSE
    return max(reading.separations[first.token + 1 : second.token + 1])


def _between(reading: Reading, first: Found, second: Found) -> list[Token]:
    return reading.tokens[first.token + 1 : second.token]


def _may_stand_between(token: Token) -> bool:
    """Whether the token only joins the names beside it, says a sub-type, how large it is or nothing, or is used up."""
    if token.kind in ("modifier", "part"):
        return True
    entry = token.entry
    return entry is not None and (entry.joins > 0 or entry.axes <= _MUCH)


def _has_own_words(reading: Reading, found: Found) -> bool:
    """Whether a sub-type word or a bracket follows the name: they are said of it, not of what it is a part of."""
    after = found.token + 1
    if after >= len(reading.tokens):
        return False
    if reading.separations[after] > BRACKET:
        return False
    start = reading.tokens[after].start
    return reading.tokens[after].kind == "modifier" or reading.view.depth[start] > reading.view.depth[found.start]


def _absorb(reading: Reading, first: Found, second: Found) -> None:
    """Let the first name stand for the second, with whatever is said of that one."""
    for axis, value in second.qualifiers.items():
        first.qualifiers.setdefault(axis, value)
    first.start, first.end = min(first.start, second.start), max(first.end, second.end)
    low, high = sorted((first.token, second.token))
    for index in range(low, high + 1):
        if index != first.token:
            reading.tokens[index].kind = "part"
        if index > low:
            reading.separations[index] = NONE
    reading.found.remove(second)
    del reading.hosts[second.token]


def _part(found: Found, end: int, start: int, names: tuple[Entry, Entry], reading: Reading) -> None:
    """Let the concept be the first of two names, and the second be another, of which the same is said."""
    first, second = names
    place = found.start
    other = Found(found.token, place + start, found.end, second.codes, second, found.method)
    other.qualifiers.update(found.qualifiers)
    other.steps = [(found.method, second.written), *(one for one in found.steps if one[0] == "qualifier")]
    found.codes, found.entry, found.end = first.codes, first, place + end
    found.steps[0] = (found.method, first.written)
    reading.found.append(other)
