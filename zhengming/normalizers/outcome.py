"""What a normalizer says of one raw value: the typed value, one status, one reason.

`accepted` is safe to use unseen; `review` is a guess a human must confirm; `unmatched` is no value of this kind.
An empty cell is accepted as nothing: whether a field may be empty is for the table spec to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["accepted", "review", "unmatched"]
STATUSES: tuple[Status, ...] = ("accepted", "review", "unmatched")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a raw value: `value` (typed; None when unmatched or empty), `status`, `reason`, `confidence` 0..1.

    A reason is a stable code such as `two-digit-year`.
    """

    value: object
    status: Status
    reason: str
    confidence: float = 1.0


EMPTY = Outcome(None, "accepted", "empty")


def accepted(value: object, reason: str) -> Outcome:
    """A value that is safe to use unseen."""
    return Outcome(value, "accepted", reason, 1.0)


def review(value: object, reason: str, confidence: float = 0.5) -> Outcome:
    """A guess that a human must confirm."""
    return Outcome(value, "review", reason, confidence)


def unmatched(reason: str) -> Outcome:
    """No value of this kind."""
    return Outcome(None, "unmatched", reason, 0.0)
