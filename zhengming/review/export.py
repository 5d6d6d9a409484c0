"""Results of a run → one review workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from zhengming.dictionary.model import Dictionary
from zhengming.reports.undecided import Question
from zhengming.review import book, items


def export(
    path: str | Path,
    questions: Sequence[Question],
    dictionary: Dictionary,
    facts: Mapping[str, object],
    *,
    lang: str = "zh",
) -> int:
    """Write the review workbook of all `questions` of a run with these `facts`; gives how many values it asks about.

    Nothing is written when nothing is to be asked.

    Raises:
        UnwritableFile: the target cannot be written.
    """
    offered = items.collect(questions)
    if offered:
        book.write(path, offered, items.stamp_of(offered, facts, lang), dictionary)
    return len(offered)
