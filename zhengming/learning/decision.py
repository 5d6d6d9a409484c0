"""Decision: the candidates of a cell judged together, how sure that is, and which of them are said.

A second, small model sees the best candidates of a cell with their first scores: what they leave unexplained, which of
them go together or never do, and which says what a better one says already. Its scores are then calibrated on cells it
has not seen. The confidence of a score is the share that was right among all decisions at least that sure, less what
chance may have added: who accepts from 0.95 on may expect at least 95 of 100 to be right. The final trees learned from
more than those that made these scores and are a little bolder; therefore much is left to chance. So that a doubtful one
does not pass in a crowd of sure ones, no confidence is more than a tenth above the share right among scores like it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from zhengming.learning.catalogue import Catalogue
from zhengming.learning.coverage import WIDTH
from zhengming.learning.features import Described
from zhengming.learning.sparse import expand, look_up, pairwise

BEST = 25  # candidates of a cell that are judged together
_BEYOND = 0.1  # by which a confidence may exceed the share right among scores like its own
_FOR_NEW = 0.006  # of F1 that is given for finding more names never reviewed: some 10 of 100 of them
_EQUAL = 0.002  # of F1 between thresholds that are taken for equally good
_STRANGE = 0.85  # below every accept level
_OTHERS = 8  # of them, the best ones to which each is compared


@dataclass(frozen=True)
class Ranked:
    """The best candidates of each cell, best first: positions among the described pairs, cells, entries, scores."""

    place: Any
    cell: Any
    entry: Any
    score: Any
    rank: Any

    @classmethod
    def of(cls, described: Described, score: Any) -> Ranked:
        """The `BEST` candidates of each cell by `score`."""
        order = np.lexsort((described.entry, -score, described.cell))
        cell = described.cell[order]
        new = np.concatenate([[True], cell[1:] != cell[:-1]])[: len(cell)]
        rank = np.arange(len(cell)) - np.flatnonzero(new)[np.cumsum(new) - 1]
        kept = rank < BEST
        place = order[kept]
        return cls(place, cell[kept], described.entry[place], score[place], rank[kept])

    def at(self, places: Any) -> Ranked:
        """Only these candidates; whole cells of them."""
        return Ranked(self.place[places], self.cell[places], self.entry[places], self.score[places], self.rank[places])


def strange(ranked: Ranked, described: Described) -> Any:
    """For each ranked candidate, how many characters of its cell nobody can know."""
    return described.values[ranked.place, described.names.index("strange")]


def compare(ranked: Ranked, described: Described, labels: Any, used: Any, catalogue: Catalogue) -> Any:
    """Ranked candidates × features of the second model; `labels` are the reviewed ones, `used` how often each is."""
    score, rank = ranked.score, ranked.rank
    new = rank == 0
    starts = np.append(np.flatnonzero(new), len(score))
    group = np.cumsum(new) - 1
    best = score[starts[:-1]][group]
    after = np.append(np.where(new[1:], 0, score[1:]), 0)
    before = np.where(new, 1, np.concatenate([[1], score[:-1]]))
    total = np.add.reduceat(score, starts[:-1])[group]
    over = np.add.reduceat((score > 0.3).astype(float), starts[:-1])[group]
    columns = [score, np.log(score + 1e-4), rank, best - score, before - score, score - after, total, over]
    columns += list(described.values[ranked.place].T)
    columns += _company(ranked, starts, group, labels, used, catalogue)
    columns += _unexplained(ranked, described, group)
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=1)


def _company(ranked: Ranked, starts: Any, group: Any, labels: Any, used: Any, catalogue: Catalogue) -> list[Any]:
    """Against each of the best others: do they go together, never, in one group, one inside the other?"""
    size = len(ranked.score)
    ends = np.minimum(starts[1:], starts[:-1] + _OTHERS)
    stretch = np.empty(2 * len(ends), dtype=int)
    stretch[0::2], stretch[1::2] = starts[:-1], ends
    which, other = expand(stretch, group * 2)
    differ = which != other
    which, other = which[differ], other[differ]
    one, two = ranked.entry[which], ranked.entry[other]
    together = (labels.T @ labels).tocsr()
    many = len(catalogue)
    pairs = np.repeat(np.arange(many), np.diff(together.indptr)).astype(np.int64) * many + together.indices
    both = look_up(pairs, together.data, one.astype(np.int64) * many + two)
    worth = ranked.score[other]
    goes = worth * both / np.maximum(used[two], 1)
    never = worth * ((both == 0) & (used[one] >= 3) & (used[two] >= 3))
    better = ranked.rank[other] < ranked.rank[which]
    alike = pairwise(catalogue.rows, one, catalogue.rows, two)
    names = [form.replace(" ", "") for form in catalogue.forms[:many]]
    within = np.asarray([names[a] in names[b] for a, b in zip(one, two, strict=True)], dtype=bool)
    around = np.asarray([names[b] in names[a] for a, b in zip(one, two, strict=True)], dtype=bool)
    same = catalogue.group[one] == catalogue.group[two]
    chapter = catalogue.chapter[one] == catalogue.chapter[two]
    found = []
    for value in (
        goes, never, worth * better * alike, alike * better, worth * within, worth * around, worth * same * better,
        worth * chapter * better,
    ):  # fmt: skip
        out = np.zeros(size)
        np.maximum.at(out, which, value)
        found.append(out)
    return [*found, np.bincount(which, goes, size), np.bincount(which, worth * better * same, size)]


def _unexplained(ranked: Ranked, described: Described, group: Any) -> list[Any]:
    """What of the cell a candidate explains that no better one does, and that no other of the set does."""
    cells = int(group[-1]) + 1 if len(group) else 0
    explained = np.zeros((cells, BEST, WIDTH), dtype=np.float32)
    explained[group, ranked.rank] = described.explained[ranked.place]
    weight = described.weight[ranked.place].astype(np.float32)
    likely = np.zeros((cells, BEST, 1), dtype=np.float32)
    likely[group, ranked.rank, 0] = ranked.score
    before = np.zeros_like(explained)
    before[:, 1:] = np.maximum.accumulate(explained * np.sqrt(likely), axis=1)[:, :-1]
    own = explained[group, ranked.rank]
    better = before[group, ranked.rank]
    weighted = explained * likely
    order = np.sort(weighted, axis=1)
    top, second = order[:, -1], order[:, -2]
    others = np.where(weighted[group, ranked.rank] >= top[group], second[group], top[group])
    total = np.maximum(weight.sum(axis=1), 1e-6)
    fresh, alone = np.maximum(own - better, 0) * weight, np.maximum(own - others, 0) * weight
    return [
        fresh.sum(axis=1) / total,
        fresh.max(axis=1),
        alone.sum(axis=1) / total,
        alone.max(axis=1),
        ((1 - np.maximum(better, 0)) * weight).sum(axis=1) / total,
    ]


@dataclass(frozen=True)
class Calibration:
    """Scores, rising, with the confidence from each on; and the scores from which a candidate is said at all.

    A name that no reviewed text has (`new`) has its own, lower one: to a human one such name found is worth more than
    one wrong proposal more, so that up to `_FOR_NEW` of F1 is given for finding them. Of a cell whose candidates are
    all below nothing is said; a human still sees them.
    """

    scores: Any
    confidences: Any
    threshold: float
    threshold_new: float

    @classmethod
    def of(cls, score: Any, right: Any, new: Any, wanted: int) -> Calibration:
        """Learn it from scores of cells that the models had not seen; `wanted` counts the labels to be found."""
        from scipy.optimize import isotonic_regression

        order = np.argsort(-score, kind="stable")
        hits, count = np.cumsum(right[order]), np.arange(1, len(score) + 1)
        sure = lower_bound(hits, count)
        sure = np.maximum.accumulate(sure[::-1])[::-1]  # the largest accepted set that still is as right counts
        nearby = isotonic_regression(right[order].astype(float), increasing=False).x
        sure = np.minimum(sure, nearby + _BEYOND)
        places = np.unique(np.concatenate([np.linspace(0, len(score) - 1, 400), [0]]).astype(int))
        return cls(
            score[order][places][::-1].astype(np.float32),
            np.round(sure[places][::-1], 4).astype(np.float32),
            *_thresholds(score, right, new, wanted),
        )

    def impartial(self) -> Calibration:
        """The same with one threshold for all names."""
        return replace(self, threshold_new=self.threshold)

    def said(self, score: Any, new: Any) -> Any:
        """Which candidates are said, `new` being those that no reviewed text names."""
        return score >= np.where(new, self.threshold_new, self.threshold)

    def confidence(self, score: Any, strange: Any) -> Any:
        """The confidence of each score; where the cell holds what nobody ever reviewed it is at most `_STRANGE`."""
        sure = np.interp(score, self.scores, self.confidences)
        return np.where(strange > 0, np.minimum(sure, _STRANGE), sure)


def lower_bound(right: Any, count: Any, doubt: float = 2.9) -> Any:
    """The share right, less what chance may have added (Wilson's lower bound; 2.9: 998 times of 1,000 it holds)."""
    share, square = right / count, doubt**2
    spread = doubt * np.sqrt(share * (1 - share) / count + square / (4 * count**2))
    return (share + square / (2 * count) - spread) / (1 + square / count)


def _thresholds(score: Any, right: Any, new: Any, wanted: int) -> tuple[float, float]:
    """The score from which on to speak, for the best F1, and that for new names."""
    tried = np.round(np.arange(0.1, 0.7, 0.01), 2)

    def f1(threshold: float, threshold_new: float) -> float:
        chosen = score >= np.where(new, threshold_new, threshold)
        return float(2 * right[chosen].sum() / max(chosen.sum() + wanted, 1))

    best = max(f1(one, one) for one in tried)
    # The final trees have seen more than those that made these scores, and are bolder: the highest of equal ones.
    general = float(max(one for one in tried if f1(one, one) >= best - _EQUAL))
    enough = f1(general, general) - _FOR_NEW
    return general, float(min(one for one in tried if one <= general and f1(general, one) >= enough))
