"""Succession: what takes the place of a retired concept, followed through those that were retired in their turn."""

from __future__ import annotations

from collections.abc import Mapping

from zhengming.dictionary.model import Concept


def successors(concepts: Mapping[str, Concept], code: str) -> tuple[str, ...]:
    """The concepts in use that stand for `code` now, in the order in which `replaced_by` names them.

    A concept in use stands for itself. One that is retired without successor, or unknown, is stood for by none; of a
    chain that leads back to itself only what it leads to elsewhere counts.

    >>> chain = {"A": Concept("A", "a", status="retired", replaced_by=("B",)), "B": Concept("B", "b")}
    >>> successors(chain, "A"), successors(chain, "B"), successors(chain, "C")
    (('B',), ('B',), ())
    """
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = [code]
    while waiting:
        one = waiting.pop()
        concept = concepts.get(one)
        if concept is None or one in seen:
            continue
        seen.add(one)
        if concept.status == "retired":
            waiting.extend(reversed(concept.replaced_by))
        else:
            found[one] = None
    return tuple(found)
