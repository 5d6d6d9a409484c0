"""A mention: one concept found in a cell, or a stretch of it that names none we know.

Mentions are named tuples, not dataclasses: they are made by the million, and a frozen dataclass of this many fields
takes four times as long to make.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any, NamedTuple

from zhengming.normalizers.outcome import Status


class Candidate(NamedTuple):
    """A concept that a stretch of text may mean, with its score 0..1."""

    code: str
    name: str
    score: float


class Mention(NamedTuple):
    """What was found in `raw[start:end]` of a cell.

    `code` is the best candidate also in review, None only when unmatched. `method` says which step found it, `reason`
    why it has its status (both stable codes), `confidence` (0..1) how often such a mention is right. `covered_by` is
    the code of a more specific mention of the same cell.

    `qualifiers` holds certainty (affirmed, suspected, refuted) and subject (patient, family) always; timing,
    severity, extent, size_mm, interval, site, subtype and other axes when the text says so.
    """

    text: str
    start: int
    end: int
    category: str
    code: str | None
    name: str | None
    status: Status
    confidence: float
    method: str
    reason: str
    term: str | None
    candidates: tuple[Candidate, ...]
    covered_by: str | None
    qualifiers: Mapping[str, str | float]

    def as_dict(self) -> dict[str, object]:
        """The fields as plain values, for JSON."""
        return {**self._asdict(), "candidates": [one._asdict() for one in self.candidates]}


def in_columns(mentions: Sequence[Mention]) -> dict[str, Sequence[Any]]:
    """The parts of many mentions, each as one column: to make a table of these is quicker than row by row."""
    parts = zip(*mentions, strict=True) if mentions else repeat(())
    return dict(zip(Mention._fields, parts, strict=False))
