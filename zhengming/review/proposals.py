"""Requests for new concepts, collected from decisions: what reviewers miss, how often, with examples."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from zhengming.dictionary.decisions import folded
from zhengming.dictionary.rulings import Decisions, Ruling

EXAMPLES = 5  # texts of one request that are shown


@dataclass(frozen=True, slots=True)
class Proposal:
    """One concept that is asked for.

    `name` is what reviewers called it, else the text itself. `values` counts the distinct values it was asked for,
    `examples` are the first of them, `near` what the dictionary has that is nearest.
    """

    category: str
    name: str
    values: int
    senders: tuple[str, ...]
    reviewers: tuple[str, ...]
    first: str
    last: str
    examples: tuple[str, ...]
    near: tuple[str, ...]


def collect(
    decisions: Decisions,
    *,
    categories: Iterable[str] = (),
    nearest: Callable[[str, str], Iterable[str]] | None = None,
) -> list[Proposal]:
    """The requests that stand, those asked for most first; what is in dispute does not stand.

    Values whose reviewers gave the same name are one request. `nearest(category, text)` names concepts that are there.
    """
    wanted = set(categories)
    groups: dict[tuple[str, str], list[Ruling]] = {}
    for one in decisions:
        if one.verdict == "new-concept" and (not wanted or one.category in wanted):
            groups.setdefault((one.category, folded(one.comment or one.text)), []).append(one)
    found = [_proposal(rulings, nearest) for rulings in groups.values()]
    return sorted(found, key=lambda one: (-one.values, one.category, one.name))


def _proposal(rulings: list[Ruling], nearest: Callable[[str, str], Iterable[str]] | None) -> Proposal:
    first = rulings[0]
    texts = tuple(dict.fromkeys(one.text for one in rulings))
    times = sorted(one.time for one in rulings)
    return Proposal(
        first.category,
        first.comment or first.text,
        len(texts),
        tuple(sorted({one.sender for one in rulings if one.sender})),
        tuple(sorted({name for one in rulings for name in one.reviewers})),
        times[0],
        times[-1],
        texts[:EXAMPLES],
        tuple(nearest(first.category, first.comment or first.text)) if nearest else (),
    )
