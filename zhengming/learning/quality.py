"""Quality: how good a model is on texts it has not seen, as counts and as the figures made from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from zhengming.learning.decision import Calibration

LEVELS = (0.90, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Level:
    """What is accepted at a level: how many candidates, how many of them right."""

    level: float
    accepted: int
    right: int


@dataclass(frozen=True, slots=True)
class Quality:
    """Counts over pairs of text and name, by cross-validation.

    `wanted` are the pairs of the reviewers, `said` those of the model, `right` those in both; `new_wanted` and
    `new_right` the same for names that no other text has; `known` and `known_right` what the dictionary's own terms
    alone would have accepted.
    """

    texts: int
    wanted: int
    said: int
    right: int
    new_wanted: int
    new_right: int
    levels: tuple[Level, ...]
    known: int = 0
    known_right: int = 0

    @property
    def precision(self) -> float:
        """Share of what the model says that is right."""
        return self.right / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        """Share of what reviewers said that the model says too."""
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """Micro F1 over pairs of text and name."""
        return 2 * self.right / (self.said + self.wanted) if self.said + self.wanted else 1.0

    @property
    def new_recall(self) -> float:
        """Recall of names never given in another reviewed text."""
        return self.new_right / self.new_wanted if self.new_wanted else 1.0

    def __add__(self, other: Quality) -> Quality:
        """The counts of two parts together."""
        levels = tuple(
            Level(one.level, one.accepted + two.accepted, one.right + two.right)
            for one, two in zip(self.levels, other.levels, strict=True)
        )
        counts = (getattr(self, name) + getattr(other, name) for name in _COUNTS)
        return Quality(**dict(zip(_COUNTS, counts, strict=True)), levels=levels)

    def as_dict(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return {
            **{name: getattr(self, name) for name in _COUNTS},
            "levels": [[one.level, one.accepted, one.right] for one in self.levels],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Quality:
        """From `as_dict`."""
        levels = tuple(Level(*one) for one in values["levels"])
        return cls(**{name: values[name] for name in _COUNTS}, levels=levels)


_COUNTS = ("texts", "wanted", "said", "right", "new_wanted", "new_right", "known", "known_right")


@dataclass(frozen=True)
class Judged:
    """Candidates with their score, confidence, whether right and whether never given in a text the model knew."""

    cell: Any
    score: Any
    confidence: Any
    right: Any
    new: Any


def measure(judged: Judged, calibration: Calibration, *, texts: int, wanted: int, new_wanted: int) -> Quality:
    """The quality of these judgements, of which reviewers gave `wanted` and `new_wanted` in all."""
    chosen = calibration.said(judged.score, judged.new)
    levels = []
    for level in LEVELS:
        accepted = chosen & (judged.confidence >= level)
        levels.append(Level(level, int(accepted.sum()), int(judged.right[accepted].sum())))
    hits = chosen & judged.right
    return Quality(
        texts=texts,
        wanted=wanted,
        said=int(chosen.sum()),
        right=int(hits.sum()),
        new_wanted=new_wanted,
        new_right=int(np.sum(hits & judged.new)),
        levels=tuple(levels),
    )
