"""Several reviewers' copies of one review workbook → one workbook: what they agree on, and where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zhengming.dictionary.model import Dictionary
from zhengming.errors import NotAReview
from zhengming.review import book
from zhengming.review.items import Answer, Problem
from zhengming.review.reading import load


@dataclass(frozen=True, slots=True)
class Merged:
    """How many items the copies agree on (all who answered say the same), dispute, and leave open; what was wrong."""

    agreed: int
    disputed: int
    open: int
    problems: tuple[Problem, ...]


def merge(paths: Sequence[str | Path], output: str | Path, dictionary: Dictionary, *, time: str = "") -> Merged:
    """Merge the copies at `paths` into the workbook `output`.

    An item on which they agree is filled in, with all their names; one they dispute is left open, with what each said
    beside it, for someone to settle. A copy in which no reviewer is named counts under its file's name.

    Raises:
        NotAReview: a file is no review workbook, is stale, or is no copy of the first.
        UnreadableFile: a file cannot be read.
        UnwritableFile: the target cannot be written.
    """
    filled = [load(path, dictionary, reviewer=Path(path).stem, time=time or _UNDATED) for path in paths]
    first = filled[0]
    for path, each in zip(paths, filled, strict=True):
        if each.stamp != first.stamp:
            raise NotAReview("is no copy of the first workbook", where=str(path), remedy="merge copies of one export")
    answers: dict[int, list[Answer]] = {}
    for each in filled:
        for one in each.answers:
            answers.setdefault(one.item.number, []).append(one)
    book.write(output, first.items, first.stamp, dictionary, answers)
    disputed = sum(len({one.said for one in said}) > 1 for said in answers.values())
    return Merged(
        agreed=len(answers) - disputed,
        disputed=disputed,
        open=len(first.items) - len(answers),
        problems=tuple(one for each in filled for one in each.problems),
    )


_UNDATED = "undated"  # merging needs no date; the one who applies the merged workbook gives it
