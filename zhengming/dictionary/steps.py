"""The step of a version that a change of the content asks for, and why.

    major   what old data says reads otherwise: a concept or category is gone or retired, its meaning or its place
            changed, a name or a code of another system went to another concept
    minor   there is more: a concept, a category, a code of another system, another preferred name
    patch   the same, better recognised or explained: terms, sources, notes

Before version 1.0.0 major counts as minor and minor as patch, as semantic versioning has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from zhengming.dictionary.folding import key
from zhengming.dictionary.model import Category, Concept, Dictionary, Term

Step = Literal["patch", "minor", "major"]
STEPS: tuple[Step, ...] = get_args(Step)
VERSION_PARTS = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step is asked for: `kind` names the change (its words are `step_<kind>`), `code` the concept, if one."""

    step: Step
    kind: str
    category: str = ""
    code: str = ""
    name: str = ""


def reasons(old: Dictionary, new: Dictionary) -> list[Reason]:
    """Every change from `old` to `new` that asks for a step, those that ask for most first."""
    found: list[Reason] = []
    for name in old.categories:
        if name not in new.categories:
            found.append(Reason("major", "category-removed", name))
    for name in new.categories:
        if name not in old.categories:
            found.append(Reason("minor", "category-added", name))
        else:
            found += _of_category(old.category(name), new.category(name))
    if not found and old.sha256 != new.sha256:
        found.append(Reason("patch", "content-changed"))
    return sorted(found, key=lambda one: (-STEPS.index(one.step), one.category, one.code, one.kind))


def needed(found: Iterable[Reason]) -> Step:
    """The greatest step that a reason asks for."""
    return max((one.step for one in found), key=STEPS.index, default="patch")


def next_version(version: str, step: Step) -> str:
    """The version after `version` for a step.

    >>> next_version("1.4.2", "minor"), next_version("1.4.2", "major"), next_version("0.4.2", "major")
    ('1.5.0', '2.0.0', '0.5.0')
    """
    major, minor, patch = numbers(version)
    if not major and step != "patch":
        step = "minor" if step == "major" else "patch"
    if step == "major":
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if step == "minor" else f"{major}.{minor}.{patch + 1}"


def numbers(version: str) -> tuple[int, ...]:
    """The three numbers of a version, or none if it does not have them.

    >>> numbers("1.10.0"), numbers("1.x"), numbers("1.02.0")
    ((1, 10, 0), (), ())
    """
    parts = version.split(".")
    sound = len(parts) == VERSION_PARTS and all(one.isascii() and one.isdigit() for one in parts)
    sound = sound and all(one == str(int(one)) for one in parts)
    return tuple(int(one) for one in parts) if sound else ()


def _of_category(old: Category, new: Category) -> Iterator[Reason]:
    said = ("titles", "modifiers", "definitions", "policy", "code_pattern")
    if any(getattr(old, field) != getattr(new, field) for field in said):
        yield Reason("minor", "matching-changed", new.name)
    if set(old.mappings) - set(new.mappings) or set(old.attributes) - set(new.attributes):
        yield Reason("major", "column-removed", new.name)
    lost: dict[tuple[str, str], set[str]] = {}  # by sender and folded name: the concepts that had it and have it not
    won: dict[tuple[str, str], set[str]] = {}
    for before, after in _paired(old.concepts, new.concepts):
        if before == after:
            continue
        yield from _of_pair(new.name, before, after)
        held, holds = _keys(before), _keys(after)
        for one in held - holds:
            lost.setdefault(one, set()).add(before.code if before else "")
        for one in holds - held:
            won.setdefault(one, set()).add(after.code if after else "")
    for one in sorted(lost.keys() & won.keys()):
        yield Reason("major", "term-moved", new.name, min(lost[one]), new.concepts[min(won[one])].name)


def _of_pair(category: str, old: Concept | None, new: Concept | None) -> Iterator[Reason]:
    if old and new:
        for step, kind in (*_standing(old, new), *_naming(old, new), *_mapping(old, new), *_rest(old, new)):
            yield Reason(step, kind, category, new.code, new.name)
    elif old:
        yield Reason("major", "concept-removed", category, old.code, old.name)
    elif new:
        yield Reason("minor", "concept-added", category, new.code, new.name)


def _paired(old: Mapping[str, Concept], new: Mapping[str, Concept]) -> Iterator[tuple[Concept | None, Concept | None]]:
    """The concepts of both by code, None where one lacks it; both come in order of code."""
    left, right = iter(old.values()), iter(new.values())
    before, after = next(left, None), next(right, None)
    while before is not None or after is not None:
        if after is None or (before is not None and before.code < after.code):
            yield before, None
            before = next(left, None)
        elif before is None or after.code < before.code:
            yield None, after
            after = next(right, None)
        else:
            yield before, after
            before, after = next(left, None), next(right, None)


def _standing(old: Concept, new: Concept) -> Iterator[tuple[Step, str]]:
    if old.status != new.status:
        yield "major", "retired" if new.status == "retired" else "reactivated"
    elif old.replaced_by != new.replaced_by:
        yield "major", "successor-changed"
    if set(old.parents) != set(new.parents):
        yield "major", "parents-changed"


def _naming(old: Concept, new: Concept) -> Iterator[tuple[Step, str]]:
    for before, after in ((old.name, new.name), (old.name_en, new.name_en)):
        if before == after:
            continue
        if not before:
            yield "minor", "name-added"
        elif key(before) == key(after):
            yield "patch", "name-spelled"
        elif ("", key(before)) in _keys(new):
            yield "minor", "renamed"
        else:
            yield "major", "name-changed"


def _mapping(old: Concept, new: Concept) -> Iterator[tuple[Step, str]]:
    before = {(system, code) for system, codes in old.mappings.items() for code in codes}
    after = {(system, code) for system, codes in new.mappings.items() for code in codes}
    if before - after:
        yield "major", "mapping-changed"
    elif after - before:
        yield "minor", "mapping-added"


def _rest(old: Concept, new: Concept) -> Iterator[tuple[Step, str]]:
    if dict(old.attributes) != dict(new.attributes):
        yield "minor", "attributes-changed"
    if _further(old) != _further(new):
        yield "patch", "terms-changed"
    if (old.source, old.note) != (new.source, new.note):
        yield "patch", "note-changed"


def _further(concept: Concept) -> list[Term]:
    return [term for term in concept.terms if term.kind != "preferred"]


def _keys(concept: Concept | None) -> set[tuple[str, str]]:
    """The folded names of the concept, each with the sender whose it is."""
    return {(term.sender, term.key) for term in concept.terms} if concept else set()
