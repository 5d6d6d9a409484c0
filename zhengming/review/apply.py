"""Review workbooks → decisions in the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhengming.dictionary import decisions
from zhengming.dictionary.decisions import Decision
from zhengming.dictionary.model import Dictionary
from zhengming.dictionary.rulings import Decisions, Ruling
from zhengming.review.items import Answer, Problem
from zhengming.review.reading import Filled, load


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of it: decisions `written` and those the log had already, items left open, answers not taken.

    `conflicts` are the values, among those of these workbooks, on which reviewers now disagree in the log: nothing is
    applied to them until they agree. `answers` are all that were read.
    """

    written: int
    known: int
    open: int
    problems: tuple[Problem, ...]
    conflicts: tuple[Ruling, ...]
    answers: tuple[Answer, ...]


def apply(
    paths: Sequence[str | Path], log: str | Path, dictionary: Dictionary, *, reviewer: str = "", time: str = ""
) -> Applied:
    """Read filled-in review workbooks and add what they decided to the log at `log`.

    `reviewer` and `time` (ISO 8601) stand where a workbook does not say. Every workbook is checked before anything is
    written; applied twice, nothing is added the second time.

    Raises:
        NotAReview: a workbook is foreign, tampered with, or stale: made against another version of the dictionary.
        UnreadableFile: a file cannot be read, or the log is malformed.
        UsageError: the time is not ISO 8601; nothing was written.
    """
    filled = [load(path, dictionary, reviewer=reviewer, time=time) for path in paths]
    answers = [one for each in filled for one in each.answers]
    made = [_decision(one, each, dictionary) for each in filled for one in each.answers]
    written = decisions.append(log, made) if made else 0
    asked = {(one.category, one.sender, one.key) for one in made}
    held = Decisions.read(log) if made else Decisions()
    return Applied(
        written=written,
        known=len(set(made)) - written,
        open=_open(filled),
        problems=tuple(one for each in filled for one in each.problems),
        conflicts=tuple(
            one for one in held.conflicts if (one.category, one.sender, decisions.folded(one.text)) in asked
        ),
        answers=tuple(answers),
    )


def _decision(answer: Answer, filled: Filled, dictionary: Dictionary) -> Decision:
    offered = [code for option in answer.item.options for code in option.codes]
    return Decision(
        text=answer.item.text,
        category=answer.item.category,
        verdict=answer.verdict,
        reviewer=answer.reviewer,
        time=answer.time,
        sender=filled.stamp.sender,
        codes=answer.codes,
        rejected=tuple(dict.fromkeys(offered)) if answer.verdict == "reject" else (),
        dictionary=decisions.release_stamp(dictionary),
        comment=answer.comment,
    )


def _open(filled: Iterable[Filled]) -> int:
    """How many of the values asked about, each counted once, have no answer in any of the workbooks."""
    asked = {(item.category, item.text) for each in filled for item in each.items}
    said = {(one.item.category, one.item.text) for each in filled for one in each.answers}
    return len(asked - said)
