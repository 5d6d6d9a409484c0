"""Histories of a dictionary for tests: versions that follow from one another by what a dictionary owner may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hypothesis import strategies as st

from zhengming.dictionary.model import Category, Concept, Dictionary, Term

CATEGORY = "thing"
ACTIONS = ("add", "rename", "move", "retire", "replace", "merge", "split", "name")


def category(*concepts: Concept, name: str = CATEGORY, mappings: tuple[str, ...] = ()) -> Category:
    """A category of these concepts."""
    return Category(name, {"zh": "东西", "en": "Thing"}, {one.code: one for one in concepts}, mappings=mappings)


def concept(code: str, name: str = "", *, ends: str = "", retired: bool = False, **more: object) -> Concept:
    """A concept called by its code unless named; with `ends`, retired and replaced by these codes."""
    called = name or f"名{code}"
    further = more.pop("terms", ())
    assert isinstance(further, tuple)
    return Concept(
        code,
        called,
        status="retired" if ends or retired else "active",
        replaced_by=tuple(ends.split()),
        terms=(Term(called, "preferred", "zh"), *further),
        **more,
    )


def dictionary(*categories: Category, version: str = "1.0.0") -> Dictionary:
    """A dictionary of these categories."""
    by_name = {one.name: one for one in categories}
    return Dictionary(
        id="test",
        version=version,
        categories=tuple(sorted(by_name)),
        read=by_name.__getitem__,
        digest=lambda: f"{hash(version) & 0xFFFFFFFF:064x}",
    )


def versions(count: int) -> st.SearchStrategy[list[Dictionary]]:
    """`count` versions, each made from the one before it by some actions."""
    action = st.tuples(st.sampled_from(ACTIONS), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
    steps = st.lists(st.lists(action, max_size=6), min_size=count - 1, max_size=count - 1)
    return steps.map(_history)


def _history(steps: Sequence[Sequence[tuple[str, int, int, int]]]) -> list[Dictionary]:
    concepts = {f"C{number}": concept(f"C{number}") for number in range(6)}
    made = [dictionary(category(*concepts.values()), version="1.0.0")]
    for number, step in enumerate(steps, 2):
        for action in step:
            _act(concepts, *action)
        made.append(dictionary(category(*concepts.values()), version=f"{number}.0.0"))
    return made


def _act(concepts: dict[str, Concept], action: str, first: int, second: int, third: int) -> None:
    active = [one for one in concepts.values() if one.status == "active"]
    new = f"C{len(concepts)}"
    if action == "add" or not active:
        concepts[new] = concept(new)
        return
    one, other, another = (active[place % len(active)] for place in (first, second, third))
    if action == "rename":
        called = f"新{one.name}"
        concepts[one.code] = replace(one, name=called, terms=(Term(called, "preferred", "zh"), *one.terms[1:]))
    elif action == "move":
        concepts[one.code] = replace(one, parents=(other.code,) if other is not one else ())
    elif action == "name":
        concepts[one.code] = replace(one, terms=(*one.terms, Term(f"又名{len(one.terms)}{one.code}")))
    elif action == "retire":
        concepts[one.code] = replace(one, status="retired")
    elif action == "replace":
        concepts[new] = concept(new)
        concepts[one.code] = replace(one, status="retired", replaced_by=(new,))
    elif action == "merge" and other is not one:
        concepts[one.code] = replace(one, status="retired", replaced_by=(other.code,))
    elif action == "split" and len({one.code, other.code, another.code}) == 3:
        concepts[one.code] = replace(one, status="retired", replaced_by=(other.code, another.code))


def codes(versions: Sequence[Dictionary]) -> Mapping[str, Concept]:
    """The concepts of the first version."""
    return versions[0].category(CATEGORY).concepts
