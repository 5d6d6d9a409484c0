"""The difference between two versions of a dictionary, concept by concept and name by name.

Both are gone through once, in order of code, so that two releases of any size are compared in little memory: only
what differs is kept. Codes are never deleted, so a concept that is gone is a change of its own, and one that is
retired keeps its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from zhengming.dictionary.changes.terms import Names, term_changes
from zhengming.dictionary.changes.words import ENDED, KINDS, Change
from zhengming.dictionary.model import Category, Concept, Dictionary
from zhengming.dictionary.stored_category import StoredConcepts
from zhengming.dictionary.succession import Heirs
from zhengming.errors import UnknownCode

# Parts of a policy that give something for a word or a code.
_BY_WORD = (
    "usual_etiology",
    "contexts",
    "treatments",
    "operations",
    "ended",
    "measured",
    "elsewhere",
    "parts",
    "wordings",
)
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Version:
    """Which version of a dictionary: id, version, hash of the content."""

    id: str
    version: str
    sha256: str


@dataclass(frozen=True)
class CategoryChanges:
    """What changed in one category.

    `state` is `added` or `removed` for a category that only one version has (`concepts` counts what it holds), else
    `kept`. `names` has the names of all codes that `changes` mention beside their own.
    """

    category: str
    titles: Mapping[str, str]
    changes: tuple[Change, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    state: str = "kept"
    concepts: int = 0

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many changes there are of each kind, in the order of KINDS; kinds without any are left out."""
        counted = Counter(one.kind for one in self.changes)
        return {kind: counted[kind] for kind in KINDS if counted[kind]}

    @cached_property
    def by_code(self) -> Mapping[str, tuple[Change, ...]]:
        """The changes of each concept: those that touch what was coded with it."""
        found: dict[str, list[Change]] = {}
        for one in self.changes:
            if one.code and not one.kind.startswith("term-"):
                found.setdefault(one.code, []).append(one)
        return {code: tuple(changes) for code, changes in found.items()}


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed from the version `before` to the version `after`; categories without changes are left out."""

    before: Version
    after: Version
    categories: tuple[CategoryChanges, ...]

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.categories)


def compare(old: Dictionary, new: Dictionary, categories: Iterable[str] = ()) -> Difference:
    """What changed from `old` to `new`, in all categories or in these.

    >>> bundled = Dictionary.open()
    >>> bool(compare(bundled, bundled, ["sex"]))
    False

    Raises:
        UnknownCode: neither has a category of one of these names.
        DictionaryError: one of them cannot be read.
    """
    known = sorted({*old.categories, *new.categories})
    wanted = sorted(set(categories)) or known
    missing = [name for name in wanted if name not in known]
    if missing:
        raise UnknownCode(f"no category {missing[0]!r} in either", remedy=f"they have {', '.join(known)}")
    compared = (_category(old, new, name) for name in wanted)
    return Difference(version(old), version(new), tuple(one for one in compared if one is not None))


def version(dictionary: Dictionary) -> Version:
    """Which version of a dictionary this is."""
    return Version(dictionary.id, dictionary.version, dictionary.sha256)


def differing(
    old: Mapping[str, Concept], new: Mapping[str, Concept]
) -> Iterator[tuple[Concept | None, Concept | None]]:
    """The concepts that are not the same in both, in order of code; None where one lacks it."""
    if isinstance(old, StoredConcepts) and isinstance(new, StoredConcepts) and old.columns == new.columns:
        # Two releases are compared row by row; a concept is made only of rows that differ.
        for before, after in _paired(old.raw(), new.raw(), key=lambda one: one[0][0]):
            if before != after:
                yield before and old.made(*before), after and new.made(*after)
        return
    for one, other in _paired(in_order(old), in_order(new), key=lambda concept: concept.code):
        if one != other:
            yield one, other


def _paired(
    old: Iterator[_Item], new: Iterator[_Item], *, key: Callable[[_Item], str]
) -> Iterator[tuple[_Item | None, _Item | None]]:
    """The items of both with the same key; both come in order of key."""
    before, after = next(old, None), next(new, None)
    while before is not None or after is not None:
        if after is None or (before is not None and key(before) < key(after)):
            yield before, None
            before = next(old, None)
        elif before is None or key(after) < key(before):
            yield None, after
            after = next(new, None)
        else:
            yield before, after
            before, after = next(old, None), next(new, None)


def in_order(concepts: Mapping[str, Concept]) -> Iterator[Concept]:
    """The concepts in order of code; a release gives them so, one by one."""
    if isinstance(concepts, dict):
        return (concepts[code] for code in sorted(concepts))
    return iter(concepts.values())


def _category(old: Dictionary, new: Dictionary, name: str) -> CategoryChanges | None:
    if name not in new.categories:
        gone = old.category(name)
        return CategoryChanges(name, gone.titles, state="removed", concepts=len(gone.concepts))
    after = new.category(name)
    if name not in old.categories:
        return CategoryChanges(name, after.titles, state="added", concepts=len(after.concepts))
    before = old.category(name)
    changes = [*_Comparison(before, after).run(), *_matching(before, after)]
    if not changes:
        return None
    order = {kind: place for place, kind in enumerate(KINDS)}
    changes.sort(key=lambda one: (order[one.kind], one.code, one.column, one.sender))
    return CategoryChanges(name, after.titles, tuple(changes), _names(changes, before, after))


class _Comparison:
    """One category in both versions, gone through together."""

    def __init__(self, old: Category, new: Category) -> None:
        self.old = old
        self.new = new
        self.names = Names()
        self.heirs = Heirs(new.concepts)
        self.ended: list[tuple[Concept, bool]] = []  # retired now, and whether they were retired before
        self.changes: list[Change] = []

    def run(self) -> list[Change]:
        for before, after in differing(self.old.concepts, self.new.concepts):
            self._concept(before, after)
        heirs = Counter(heir for heir in map(self._only_heir, self.heirs.retired) if heir)
        for concept, again in self.ended:
            self.changes.append(self._end(concept, again, heirs))
        return self.changes + term_changes(self.names)

    def _concept(self, before: Concept | None, after: Concept | None) -> None:
        found = self._found
        self.names.compare(before, after)
        if after is None:
            if before is not None:
                self._say("removed", before)
        elif before is None:
            self._say("added", after)
            if after.status == "retired":
                self.ended.append((after, False))
        else:
            self._status(before, after)
            self._facts(before, after)
            if found == self._found:
                self._say("remark-changed", after)

    @property
    def _found(self) -> int:
        """How many changes were found so far."""
        return len(self.changes) + len(self.ended) + self.names.count

    def _status(self, before: Concept, after: Concept) -> None:
        was, now = before.status == "retired", after.status == "retired"
        if now and (not was or before.replaced_by != after.replaced_by):
            self.ended.append((after, was))
        elif was and not now:
            self._say("restored", after)

    def _facts(self, before: Concept, after: Concept) -> None:
        for column in ("name", "name_en"):
            if getattr(before, column) != getattr(after, column):
                self._say("renamed", after, column, _one(getattr(before, column)), _one(getattr(after, column)))
        if set(before.parents) != set(after.parents):
            self._say("moved", after, "parents", before.parents, after.parents)
        for system in sorted({*before.mappings, *after.mappings}):
            codes = before.mappings.get(system, ()), after.mappings.get(system, ())
            if set(codes[0]) != set(codes[1]):
                self._say("mapping-changed", after, system, *codes)
        for name in sorted({*before.attributes, *after.attributes}):
            values = before.attributes.get(name, ""), after.attributes.get(name, "")
            if values[0] != values[1]:
                self._say("attribute-changed", after, name, _one(values[0]), _one(values[1]))

    def _end(self, concept: Concept, again: bool, heirs: Mapping[str, int]) -> Change:
        """What became of a concept that was retired, or of one whose successors changed after it was."""
        ends = self.heirs.of(concept.code)
        final = ends.codes
        if again:
            kind = "successor-changed"
        elif ends.sure:
            kind = "merged" if heirs[final[0]] > 1 or final[0] in self.old.concepts else "replaced"
        else:
            kind = "split" if final else "retired"
        return Change(kind, concept.code, concept.name, "replaced_by", concept.replaced_by, final)

    def _only_heir(self, code: str) -> str:
        ends = self.heirs.of(code)
        return ends.codes[0] if ends.sure else ""

    def _say(
        self, kind: str, concept: Concept, column: str = "", before: Sequence[str] = (), after: Sequence[str] = ()
    ) -> None:
        self.changes.append(Change(kind, concept.code, concept.name, column, tuple(before), tuple(after)))


def _matching(old: Category, new: Category) -> Iterator[Change]:
    """What changed in how cells are read: titles, sub-type words, definitions, policy."""
    for column, lines in (("title", _titles), ("qualifiers", _words), ("definitions", _defined), ("policy", _policy)):
        before, after = set(lines(old)), set(lines(new))
        if before != after:
            yield Change(
                "matching-changed", "", "", column, tuple(sorted(before - after)), tuple(sorted(after - before))
            )


def _titles(category: Category) -> Iterator[str]:
    return (f"{lang}: {title}" for lang, title in category.titles.items())


def _words(category: Category) -> Iterator[str]:
    return (f"{one.axis}={one.value}: {one.term}" for one in category.modifiers)


def _defined(category: Category) -> Iterator[str]:
    for one in category.definitions:
        stated = ", ".join(f"{axis}={value}" for axis, value in one.qualifiers)
        yield f"{one.code} = {one.core} + {stated}"


def _policy(category: Category) -> Iterator[str]:
    policy = category.policy
    yield f"cell={policy.cell}"
    yield f"accept={policy.accept:g}"
    yield f"review={policy.review:g}"
    yield f"retired={policy.retired}"
    yield f"beside={', '.join(policy.beside)}"
    yield f"code_pattern={category.code_pattern}"
    yield from (f"{qualifier}: {action}" for qualifier, action in policy.qualifiers.items())
    yield from (f"untreated {code}" for code in policy.untreated)
    yield from (f"together {code}" for code in policy.together)
    yield from (f"sign {code}" for code in policy.signs)
    yield from (f"graded {code}" for code in policy.graded)
    yield from (f"exclusive {qualifier}" for qualifier in policy.exclusive)
    yield from (f"inclusive {qualifier}" for qualifier in policy.inclusive)
    for name in _BY_WORD:
        yield from (f"{name} {one}: {', '.join(values)}" for one, values in getattr(policy, name).items())


def _names(changes: Iterable[Change], old: Category, new: Category) -> dict[str, str]:
    """The names of the codes that stand in what was and what is."""
    codes = {
        code
        for one in changes
        if one.kind in ENDED or one.kind in ("moved", "term-moved")
        for code in (*one.before, *one.after)
    }
    found = ((code, new.concepts.get(code) or old.concepts.get(code)) for code in sorted(codes))
    return {code: concept.name for code, concept in found if concept is not None}


def _one(value: str) -> tuple[str, ...]:
    return (value,) if value else ()
