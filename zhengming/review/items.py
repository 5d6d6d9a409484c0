"""What a review workbook offers: items, each one open value; and the stamp by which a workbook is known again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from zhengming.dictionary.decisions import Verdict, folded
from zhengming.reports.undecided import Question

FORM = 1  # of the workbook; raised when older ones can no longer be read back
MOST_OPTIONS = 20  # answers in the dropdown of one item
MOST_CONTEXT = 400  # characters of the whole cell that are shown
CHECK_DIGITS = 10  # of the hash that stands in each row


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that suggests itself: codes and what people read in the dropdown."""

    codes: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Item:
    """One open value: `text` in `category`; how often, where first, in which cell; why it is open; the answers."""

    number: int
    category: str
    text: str
    field: str
    reason: str
    status: str
    count: int
    file: str
    place: str
    cell: str
    options: tuple[Option, ...]

    @property
    def check(self) -> str:
        """What tells that a row still is this item: a hash of the item."""
        return _hash(asdict(self))[:CHECK_DIGITS]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a review workbook was made against; a workbook with another stamp is stale or foreign."""

    dictionary_id: str
    dictionary_version: str
    dictionary_sha256: str
    table: str
    sender: str
    lang: str
    items_sha256: str
    form: int = FORM


@dataclass(frozen=True, slots=True)
class Answer:
    """What one reviewer said of one item. `row` is the 1-based row in the workbook `file`."""

    item: Item
    verdict: Verdict
    codes: tuple[str, ...]
    reviewer: str
    time: str
    comment: str
    file: str
    row: int

    @property
    def said(self) -> tuple[Verdict, tuple[str, ...]]:
        """What two reviewers must both say to agree."""
        return self.verdict, tuple(sorted(self.codes))


ProblemKind = Literal[
    "changed",  # the row no longer shows the value it was made for
    "no-reviewer",
    "no-time",
    "unknown-code",
    "not-an-answer",  # neither one of the answers nor a code of the category
    "two-answers",  # the choice and the free code contradict each other
    "retired-code",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an answer in a row was not taken; never with a value."""

    kind: ProblemKind
    file: str
    row: int


def collect(questions: Iterable[Question]) -> tuple[Item, ...]:
    """The items of a run: each distinct value of a category once, the most frequent first.

    Values are equal when a decision about one holds for the other.
    """
    found: dict[tuple[str, str], tuple[Question, int]] = {}
    for one in questions:
        key = (one.category, folded(one.text))
        first, count = found.get(key, (one, 0))
        found[key] = (first, count + one.count)
    ordered = sorted(
        (replace(one, count=count) for one, count in found.values()), key=lambda one: (-one.count, one.category)
    )
    return tuple(_item(number, one) for number, one in enumerate(ordered, start=1))


def stamp_of(items: Iterable[Item], facts: Mapping[str, object], lang: str) -> Stamp:
    """The stamp of a workbook that offers `items`, made in a run with these `facts`."""
    return Stamp(
        dictionary_id=str(facts["dictionary_id"]),
        dictionary_version=str(facts["dictionary_version"]),
        dictionary_sha256=str(facts["dictionary_sha256"]),
        table=str(facts["table"]),
        sender=str(facts["sender"]),
        lang=lang,
        items_sha256=items_sha256(items),
    )


def items_sha256(items: Iterable[Item]) -> str:
    """Hex SHA-256 of what is offered."""
    return _hash([asdict(one) for one in items])


def dump(item: Item) -> str:
    """An item as a line that survives any program: ASCII, no leading character that is run."""
    return json.dumps(asdict(item), ensure_ascii=True, separators=(",", ":"))


def parse(line: str) -> Item:
    """The item that `dump` wrote.

    Raises:
        ValueError: the line is damaged.
    """
    try:
        data: dict[str, Any] = json.loads(line)
        options = tuple(Option(tuple(one["codes"]), one["label"]) for one in data.pop("options"))
        return Item(**data, options=options)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(type(error).__name__) from None


def _item(number: int, one: Question) -> Item:
    options = tuple(
        Option(tuple(each.code for each in group), " + ".join(f"{each.code} {each.name}" for each in group))
        for group in one.options[:MOST_OPTIONS]
    )
    place = f"{one.first.sheet}!{one.first.cell}" if one.first.sheet else one.first.cell
    return Item(
        number=number,
        category=one.category,
        text=one.text,
        field=one.field,
        reason=one.reason,
        status=one.status,
        count=one.count,
        file=one.first.file,
        place=place,
        cell=one.cell[:MOST_CONTEXT],
        options=options,
    )


def _hash(data: object) -> str:
    return hashlib.sha256(json.dumps(data, ensure_ascii=True, sort_keys=True).encode()).hexdigest()
