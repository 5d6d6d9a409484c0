"""Composing: a name and the sub-types said of it make the more specific concept, or several of them.

VSD（膜周部）is 膜周部室间隔缺损, by a definition of the category. Where two kinds are said, neither is left out: one
that is a kind of the other says both (膜周部，嵴下型), else both stand side by side (膜周部+肌部).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from zhengming.dictionary.model import Category
from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.once import Once
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import CLAUSE

_ANY: Final = range(99)  # longer than any set of sub-types
_KEPT: Final = 50_000  # answers kept, some 20 MB
PLACES: Final = frozenset({"site", "laterality"})  # axes of sub-types that are places
_ALWAYS: Final = 2  # qualifiers every concept has: certainty and subject

Qualifier = tuple[str, str]


class _Kind(NamedTuple):
    """A more specific concept, the sub-types that make it, and the tokens that say them."""

    code: str
    needed: frozenset[Qualifier]
    places: tuple[int, ...]


class Composer:
    """Composes concepts by the definitions of one category."""

    def __init__(self, category: Category, lexicon: Lexicon) -> None:
        """Compose by the definitions that `lexicon` has in order."""
        self._category = category
        self._lexicon = lexicon
        self._named: dict[str, dict[Qualifier, set[str]]] = {}
        self._inclusive = {tuple(one.split("=", 1)) for one in category.policy.inclusive}
        self._known: dict[tuple[str, frozenset[Qualifier], bool], dict[str, frozenset[Qualifier]]] = {}
        self._used = frozenset(one for definition in category.definitions for one in definition.qualifiers)
        self._above: dict[str, list[tuple[frozenset[Qualifier], str]]] = {}
        self._implied = Once(self._find_implied)

    def compose(self, found: Found, reading: Reading | None) -> None:
        """Make a concept more specific by what is said of it; a specific concept says its sub-type.

        A second kind becomes a concept of its own in the reading, on the words that say it.
        """
        if len(found.codes) != 1:
            return
        if found.stated or (found.codes[0] in self._lexicon.defined and len(found.qualifiers) > _ALWAYS):
            kinds = self._kinds(found.codes[0], found)
            if reading is not None:
                if len(kinds) > 1:
                    kinds.sort(key=lambda kind: self._is_general(kind, reading))
                further = self._further(found, kinds)
                if len(kinds) == 1 and any(_are_parts(kinds[0], kind) for kind in further):
                    kinds, further = [], self._further(found, [])  # 多发VSD（膜周+肌部）
                for kind in [*kinds[1:], *further]:
                    if not self._is_general(kind, reading):
                        self._beside(found, kind, reading)
                        self._leave(found, kind)
            if kinds:
                self._specify(found, kinds[0], reading)
        if found.codes[0] in self.implied:
            self._imply(found)

    def _specify(self, found: Found, kind: _Kind, reading: Reading | None) -> None:
        """Let the concept be the kind, unless what says that tells of another part."""
        if reading is not None and _tells_another(found, kind, reading):
            for axis, _value in kind.needed:
                found.qualifiers.pop(axis, None)
            return
        _reconsider(found, kind, reading)
        self._become(found, kind.code)
        _say(found, kind.needed)

    @property
    def implied(self) -> dict[str, tuple[Qualifier, ...]]:
        """The qualifiers a concept's definitions agree on."""
        return self._implied()

    def _find_implied(self) -> dict[str, tuple[Qualifier, ...]]:
        found: dict[str, set[Qualifier]] = {}
        for definition in self._category.definitions:
            stated = set(definition.qualifiers)
            found[definition.code] = found[definition.code] & stated if definition.code in found else stated
        return {code: tuple(sorted(qualifiers)) for code, qualifiers in found.items()}

    def made_of(self, code: str, found: Found) -> tuple[str, ...]:
        """What the sub-types said of a name make of one of the concepts that it may mean."""
        return tuple(kind.code for kind in self._kinds(code, found))

    def _kinds(self, code: str, found: Found) -> list[_Kind]:
        """The most specific concepts that the sub-types said make, as they are said; none says less than another."""
        made = self._made(code, frozenset(self._telling(found)), bool(found.stated))
        kinds = [_Kind(code, needed, self._places(found, needed)) for code, needed in made.items()]
        kinds = [kind for kind in kinds if not kind.needed.isdisjoint(self._inclusive)] or kinds
        if found.stated and not kinds:
            kinds = self._by_name(code, found)
        return sorted(kinds, key=lambda kind: (kind.places, kind.code)) if len(kinds) > 1 else kinds

    def _telling(self, found: Found) -> set[Qualifier]:
        """What is said of a name that any definition uses."""
        told = {one for one in found.qualifiers.items() if one in self._used}
        if found.stated:
            told |= {one for one in found.stated if one in self._used}
        return told

    def _made(self, code: str, stated: frozenset[Qualifier], beyond: bool) -> Mapping[str, frozenset[Qualifier]]:
        """What the qualifiers make of a concept, and those that make it; `beyond`: also by what its parents are."""
        if not stated:
            return {}
        known = self._known.get((code, stated, beyond))
        if known is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = self._known[code, stated, beyond] = self._make(code, stated, beyond)
        return known

    def _make(self, code: str, stated: frozenset[Qualifier], beyond: bool) -> dict[str, frozenset[Qualifier]]:
        made: dict[str, frozenset[Qualifier]] = {}
        waiting: list[tuple[str, frozenset[Qualifier]]] = [(code, frozenset())]
        while waiting:
            core, used = waiting.pop()
            for needed, more in self._lexicon.defined.get(core, ()):
                together = used | needed
                if needed <= stated and more != code and len(together) < len(made.get(more, _ANY)):
                    made[more] = together
                    waiting.append((more, together))
        ancestors = self._category.ancestors
        if beyond:  # 双侧 of 肺动脉分支狭窄 by what 双侧肺动脉狭窄 is made of
            for needed, more in self._defined_above(code):
                if needed <= stated and code in ancestors(more):
                    made.setdefault(more, needed)
        if len(made) < 2:
            return made
        made = _unmixed(made)
        return {
            code: needed
            for code, needed in made.items()
            if not any(code in ancestors(other) or needed < more for other, more in made.items())
        }

    def _by_name(self, code: str, found: Found) -> list[_Kind]:
        """The kinds whose names are a sub-type word and a name of the concept: 左 of 心房扩大."""
        named = self._named.get(code)
        if named is None:
            named = self._named[code] = self._named_kinds(code)
        return [
            _Kind(next(iter(named[one])), frozenset([one]), (place,))
            for one, place in found.stated.items()
            if len(named.get(one, ())) == 1
        ]

    def _named_kinds(self, code: str) -> dict[Qualifier, set[str]]:
        """The concepts right below that a sub-type word and a name of the concept name together, by what it says."""
        entries = self._lexicon.entries
        names = set(self._lexicon.names(code).split("\0"))
        found: dict[Qualifier, set[str]] = {}
        for kind in self._category.children.get(code, ()):
            for whole in self._lexicon.names(kind).split("\0"):
                for cut in range(1, len(whole)):
                    head, tail = whole[:cut], whole[cut:]
                    word = head if tail in names else tail if head in names else ""
                    entry = entries.get(word) if word else None
                    if entry and entry.modifiers and self._codes(whole) == (kind,):
                        for one in entry.modifiers:
                            found.setdefault((one.axis, one.value), set()).add(kind)
        return found

    def _codes(self, name: str) -> tuple[str, ...]:
        entry = self._lexicon.terms.get(name)
        return entry.codes if entry and not entry.ambiguous else ()

    def _further(self, found: Found, kinds: list[_Kind]) -> list[_Kind]:
        """Kinds of what the concept is itself a kind of, said besides: the obstructed one in 心下型TAPVC伴梗阻."""
        code, ancestors = found.codes[0], self._category.ancestors
        stated = found.stated.keys() - self.implied.get(code, ())
        for kind in kinds:
            stated -= kind.needed
        if not stated:
            return []
        held = {code, *ancestors(code)}.union(*({kind.code, *ancestors(kind.code)} for kind in kinds))
        return [
            _Kind(more, needed, self._places(found, needed))
            for needed, more in self._defined_above(code)
            if needed <= stated and more not in held and code not in ancestors(more) and not self._excludes(code, more)
        ]

    def _excludes(self, code: str, other: str) -> bool:
        """Whether what another kind is a kind of has another sub-type where the concept has its own.

        A transposition with an intact septum is a complete one, so no corrected one is one.
        """
        own, ancestors = dict(self.implied.get(code, ())), self._category.ancestors
        kinds = ancestors(other) - ancestors(code)
        return any(own.get(axis, value) != value for kind in kinds for axis, value in self.implied.get(kind, ()))

    def _defined_above(self, code: str) -> list[tuple[frozenset[Qualifier], str]]:
        """What makes other concepts of those above the concept."""
        known = self._above.get(code)
        if known is None:
            defined = self._lexicon.defined
            above = sorted(self._category.ancestors(code).intersection(defined))
            known = self._above[code] = [way for one in above for way in defined[one]]
        return known

    def _places(self, found: Found, needed: frozenset[Qualifier]) -> tuple[int, ...]:
        """The tokens that say a kind, in their order."""
        return tuple(sorted(found.stated[one] for one in needed if one in found.stated))

    def _become(self, found: Found, code: str) -> None:
        concepts = self._category.concepts
        found.steps.append(("composed", f"{concepts[found.codes[0]].name} → {concepts[code].name}"))
        found.codes, found.method = (code,), "composed"

    def _is_general(self, kind: _Kind, reading: Reading) -> bool:
        """Whether only words that any finding may have make the kind: 多发 is said of all, and stays a qualifier."""
        entries = [reading.tokens[place].entry for place in kind.places]
        return all(entry is None or entry.cues for entry in entries)

    def _beside(self, found: Found, kind: _Kind, reading: Reading) -> None:
        """Add a further kind of the concept to the reading, where its words stand."""
        if not kind.places or kind.places[0] in reading.hosts:
            return
        index = kind.places[0]
        token = reading.tokens[index]
        start, end = token.start, token.end
        if start < found.end:  # 室间隔膜周部及肌部缺损: each kind has its part of the name
            if start <= found.start:
                return
            found.end, end = start, found.end
        other = Found(index, start, end, found.codes, found.entry, found.method, found.problem)
        other.qualifiers = {axis: value for axis, value in found.qualifiers.items() if isinstance(value, str)}
        if found.qualifiers.get("certainty") == "refuted":
            self._say_apart(found, kind, other, reading)
        elif _is_of_else(reading, kind.places[-1] + 1):
            other.problem = other.problem or "unread-after"
        _say(other, kind.needed)
        measure = reading.tokens[index + 1].measure if index + 1 < len(reading.tokens) else None
        if measure and measure.quantity == "length_mm":
            other.qualifiers["size_mm"] = round(measure.high, 3)
        other.steps = [step for step in found.steps if step[0] != "composed"]
        self._become(other, kind.code)
        self._imply(other)
        reading.add(other)

    def _say_apart(self, found: Found, kind: _Kind, other: Found, reading: Reading) -> None:
        """Say of a kind of what is denied what its own words say: 并非完全型，为部分型 has the partial one.

        Where they say nothing behind a comma, it may be there or not.
        """
        said, behind = _said_apart(found, other.token, reading)
        if said:
            other.qualifiers["certainty"] = said
            other.steps.append(("qualifier", f"{reading.raw(reading.tokens[other.token])} → certainty={said}"))
        elif behind:
            other.problem = other.problem or "unclear-negation"
        if said not in ("", "refuted"):
            found.qualifiers.pop("size_mm", None)
            own = dict(self.implied.get(found.codes[0], ()))
            for one in kind.needed:
                if one in found.stated and own.get(one[0]) != one[1] and found.qualifiers.get(one[0]) == one[1]:
                    del found.qualifiers[one[0]]

    def _leave(self, found: Found, kind: _Kind) -> None:
        """Let the concept not say what another kind of it says where it has its own: 室缺肌部膜周部 are two sites."""
        own = dict(self.implied.get(found.codes[0], ()))
        for axis, value in kind.needed:
            if found.qualifiers.get(axis) == value and own.get(axis, value) != value:
                found.qualifiers[axis] = own[axis]

    def _imply(self, found: Found) -> None:
        for axis, value in self.implied.get(found.codes[0], ()):
            found.qualifiers.setdefault(axis, value)


def _tells_another(found: Found, kind: _Kind, reading: Reading) -> bool:
    """Whether the kind is said behind a comma, of a part that is as it should be: 室缺，肌部完整.

    In a bracket more may be told of the part: 室缺（膜周部近三尖瓣）.
    """
    place = kind.places[-1] if kind.places else found.token
    if place <= found.token or not _is_of_else(reading, place + 1):
        return False
    bracketed = reading.view.depth[reading.tokens[place].start] > reading.view.depth[found.start]
    if bracketed:
        return reading.tokens[place + 1].kind != "unknown"
    return _said_apart(found, place, reading)[1]


def _is_of_else(reading: Reading, after: int) -> bool:
    """Whether what is glued behind the word for a kind, token `after`, may tell of the part only: 肌部完整."""
    if not reading.glued(after) or after in reading.hosts:
        return False
    token = reading.tokens[after]
    well = token.entry is not None and "well" in token.entry.values
    return token.kind in ("unknown", "part") or well or _certainty(token) == "refuted"


def _reconsider(found: Found, kind: _Kind, reading: Reading | None) -> None:
    """Let a denied concept be no surer than the kind that makes it more specific: 未见室缺，肌部不能除外."""
    if reading is None or not kind.places or found.qualifiers.get("certainty") != "refuted":
        return
    said, _behind = _said_apart(found, kind.places[-1], reading)
    if said == "suspected":
        found.qualifiers["certainty"] = said
    elif said == "affirmed":
        found.problem = found.problem or "unclear-negation"


def _said_apart(found: Found, index: int, reading: Reading) -> tuple[str, bool]:
    """What is said of the certainty of the kind at token `index` behind the concept, and whether a comma parts them."""
    said, behind = "", False
    for place in range(index, found.token, -1):
        behind = behind or reading.separations[place] >= CLAUSE
        if place < index and not said:
            said = _certainty(reading.tokens[place])
    if not said and behind and reading.glued(index + 1):
        said = _certainty(reading.tokens[index + 1])
    return said, behind


def _certainty(token: Token) -> str:
    """What the word says of certainty, or nothing."""
    cues = token.entry.cues if token.kind == "cue" and token.entry is not None else ()
    return next((cue.value for cue in cues if cue.axis == "certainty"), "")


def _are_parts(kind: _Kind, other: _Kind) -> bool:
    """Whether two kinds are said by different places, each of which only part of what was named has."""
    places = {axis: value for axis, value in kind.needed if axis in PLACES}
    return any(places.get(axis, value) != value for axis, value in other.needed)


def _say(found: Found, needed: frozenset[Qualifier]) -> None:
    """Let the concept say the sub-types that make it; of two of one axis the one that stands there already."""
    for axis, value in sorted(needed):
        if (axis, found.qualifiers.get(axis)) not in needed:
            found.qualifiers[axis] = value


def _unmixed(made: dict[str, frozenset[Qualifier]]) -> dict[str, frozenset[Qualifier]]:
    """The concepts but for those that join what is said of all with one of several: 多发（膜周+肌部）is no 多发肌部."""
    values: dict[str, set[str]] = {}
    for needed in made.values():
        if len(needed) == 1:
            for axis, value in needed:
                values.setdefault(axis, set()).add(value)
    several = {axis for axis, said in values.items() if len(said) > 1}
    if not several:
        return made
    kept = {}
    for code, needed in made.items():
        axes = {axis for axis, _value in needed}
        if len(axes) == 1 or axes.isdisjoint(several) or axes <= several:
            kept[code] = needed
    return kept
