"""Training: from reviewed texts to everything a model needs, and how good it is on texts it has not seen.

Every number the trees learn from comes from evidence that had not seen the text (`Evidence.left_out`, block by block),
the second model learns from scores of trees that had not seen it, and so do the calibration and the quality told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from zhengming.learning.batch import Batch
from zhengming.learning.candidates import NameIndex, gather
from zhengming.learning.catalogue import Catalogue
from zhengming.learning.cells import Cells
from zhengming.learning.decision import Calibration, Ranked, compare, strange
from zhengming.learning.evidence import Answers, Evidence, Reviewed
from zhengming.learning.features import Described, describe
from zhengming.learning.spelling import Spelling
from zhengming.learning.trees import PAIRS, SETS, Trees

BLOCKS = 12  # of texts whose evidence is left out together; the fewer, the less it is like that of new texts
_BLOCKS_OF_MANY = 6  # where more is reviewed than judged, a block is a small part of it anyway
FOLDS = 6  # that are judged by trees of the others: of 3 the scores were too timid for the final trees' threshold
_AT_ONCE = 2  # trainings of trees at a time, each on one core
MOST_JUDGED = 9_000  # reviewed texts the trees learn from; the evidence rests on all of them

Note = Callable[[str], None]


@dataclass(frozen=True)
class Names:
    """A catalogue with what is made of it once: the index of its wordings and their spelling."""

    catalogue: Catalogue
    index: NameIndex
    spelling: Spelling

    @classmethod
    def of(cls, catalogue: Catalogue) -> Names:
        """Make both."""
        return cls(catalogue, NameIndex(catalogue), Spelling(catalogue))


@dataclass(frozen=True)
class Learned:
    """What training gives: evidence, both models, the calibration, and scores of unseen texts for the quality."""

    evidence: Evidence
    pairs: Trees
    sets: Trees
    calibration: Calibration
    scores: Scores | None = None


@dataclass(frozen=True)
class Scores:
    """Judged candidates of `texts` texts that the models had not seen.

    For each its text, score, confidence, whether it is right and whether no text the evidence had seen has its name;
    of all names that reviewers gave (`wanted`) so many were `new`. `features` names what they were judged by.
    """

    cell: Any
    score: Any
    confidence: Any
    right: Any
    new: Any
    texts: int
    wanted: int
    new_wanted: int
    features: tuple[str, ...]


def described(cells: Cells, answers: Answers, evidence: Evidence, names: Names) -> Described:
    """The candidates of cells, described."""
    pairs = gather(cells, answers, evidence.targets, names.index)
    return describe(Batch(cells, pairs, answers, evidence.targets, names.spelling))


def train(
    raw: Sequence[str], reviewed: Reviewed, names: Names, *, seed: int, note: Note = lambda _text: None
) -> Learned:
    """Learn from reviewed texts (`raw` are the same texts, not folded)."""
    catalogue = names.catalogue
    evidence = Evidence(reviewed, catalogue)
    note("evidence")
    chance = np.random.default_rng(seed)
    judged = chance.permutation(len(raw))[:MOST_JUDGED]
    count = BLOCKS if len(judged) == len(raw) else _BLOCKS_OF_MANY
    blocks = [np.sort(block) for block in np.array_split(judged, count)]
    parts = []
    for number, block in enumerate(blocks):
        cells = Cells.of([raw[index] for index in block])
        part = described(cells, evidence.left_out(block, cells), evidence, names)
        parts.append(replace(part, cell=block[part.cell]))
        note(f"features {number + 1}/{count}")
    every = _joined(parts)
    wanted_pairs = np.asarray(reviewed.labels[every.cell, every.entry]).ravel() > 0
    fold = np.zeros(len(raw), dtype=int)
    for number, block in enumerate(blocks):
        fold[block] = number % FOLDS
    first = _crossed(every.values, wanted_pairs, fold[every.cell], PAIRS, seed)
    note("first model, crosswise")
    pairs = Trees.fit(every.values, wanted_pairs, PAIRS, seed=seed)
    note("first model")
    ranked = Ranked.of(every, first)
    values, new, new_wanted = _compared(ranked, every, reviewed, blocks, catalogue)
    right = wanted_pairs[ranked.place]
    second = _crossed(values, right, fold[ranked.cell], SETS, seed)
    sets = Trees.fit(values, right, SETS, seed=seed)
    note("second model")
    wanted = int(reviewed.labels[judged].sum())
    calibration = Calibration.of(second, right, new, wanted)
    confidence = calibration.confidence(second, strange(ranked, every))
    scores = Scores(ranked.cell, second, confidence, right, new, len(judged), wanted, new_wanted, every.names)
    return Learned(evidence, pairs, sets, calibration, scores)


def judge(raw: Sequence[str], learned: Learned, names: Names) -> tuple[Ranked, Any, Any]:
    """The best candidates of new cells, their final scores and their confidences."""
    evidence = learned.evidence
    cells = Cells.of(raw)
    found = described(cells, evidence.answers(cells), evidence, names)
    ranked = Ranked.of(found, learned.pairs.probability(found.values))
    values = compare(ranked, found, evidence.reviewed.labels, evidence.counts.used, names.catalogue)
    score = learned.sets.probability(values)
    return ranked, score, learned.calibration.confidence(score, strange(ranked, found))


def _compared(
    ranked: Ranked, every: Described, reviewed: Reviewed, blocks: Sequence[Any], catalogue: Catalogue
) -> tuple[Any, Any, int]:
    """The features of the second model, what goes together being counted without the block itself.

    And which candidates have a name that no other block has, and how many such names reviewers gave.
    """
    parts: list[tuple[Any, Any]] = []
    new = np.zeros(len(ranked.cell), dtype=bool)
    new_wanted = 0
    for block in blocks:
        inside = np.flatnonzero(np.isin(ranked.cell, block))
        others = reviewed.without(block).labels
        used = np.asarray(others.sum(axis=0)).ravel()
        parts.append((inside, compare(ranked.at(inside), every, others, used, catalogue)))
        new[inside] = used[ranked.entry[inside]] == 0
        new_wanted += int((used[reviewed.labels[block].indices] == 0).sum())
    values = np.zeros((len(ranked.cell), parts[0][1].shape[1]), dtype=np.float32)
    for inside, part in parts:
        values[inside] = part
    return values, new, new_wanted


def _crossed(values: Any, right: Any, fold: Any, shape: Any, seed: int) -> Any:
    """Scores of each row by trees that learned from the other folds."""
    score = np.zeros(len(values))

    def judge_fold(number: int) -> None:
        inside = fold == number
        score[inside] = Trees.fit(values[~inside], right[~inside], shape, seed=seed).probability(values[inside])

    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        list(pool.map(judge_fold, range(FOLDS)))
    return score


def _joined(parts: Sequence[Described]) -> Described:
    return Described(
        np.concatenate([part.cell for part in parts]),
        np.concatenate([part.entry for part in parts]),
        parts[0].names,
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.explained for part in parts]),
        np.concatenate([part.weight for part in parts]),
    )
