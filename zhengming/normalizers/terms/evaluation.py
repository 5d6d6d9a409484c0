"""Evaluation: how well a matcher does on anyone's gold data, and whether its confidence can be trusted.

A gold table is a CSV with a column `text` and a column `codes` (or `names`), several joined by `;` or `##`. Counted
are pairs of text and code. Precision is over accepted mentions that affirm or doubt a concept of the patient; recall
over the gold pairs. General concepts covered by a specific one of the same cell are not counted.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from zhengming.errors import UnreadableFile, UsageError
from zhengming.normalizers.terms.matcher import Matcher
from zhengming.normalizers.terms.mention import Mention

BANDS: Final = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.97, 0.99, 1.01)


@dataclass(frozen=True, slots=True)
class Band:
    """Mentions with a confidence from `low` up to, not including, `high`: how many, how many of them right."""

    low: float
    high: float
    count: int
    right: int
    mean_confidence: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Counts over a gold table: texts, gold pairs, accepted pairs, right ones; bands; what was taken for what."""

    texts: int
    gold: int
    accepted: int
    right: int
    bands: tuple[Band, ...]
    confusions: tuple[tuple[str, str, int], ...]

    @property
    def precision(self) -> float:
        """Share of accepted pairs that are right; 1 when nothing was accepted."""
        return self.right / self.accepted if self.accepted else 1.0

    @property
    def recall(self) -> float:
        """Share of gold pairs that were accepted; 1 when there are none."""
        return self.right / self.gold if self.gold else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def read_gold(path: str | Path, matcher: Matcher) -> list[tuple[str, frozenset[str]]]:
    """The rows of a gold table: text and codes; names are turned into codes of the matcher's category.

    Raises:
        UnreadableFile: the file cannot be read as UTF-8.
        UsageError: it lacks the columns, or names a concept that the category does not have.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise UnreadableFile("cannot be read as UTF-8 text", where=str(path), remedy="save it as CSV UTF-8") from None
    rows = csv.DictReader(io.StringIO(text))
    columns = rows.fieldnames or []
    if "text" not in columns or not {"codes", "names"} & set(columns):
        raise UsageError("lacks a column", where=str(path), remedy="a gold table has text, and codes or names")
    codes = {concept.name: concept.code for concept in matcher.category.concepts.values()}
    gold = []
    for number, row in enumerate(rows, start=2):
        cells = (row.get("codes") or row.get("names") or "").replace("##", ";").split(";")
        wanted = [cell.strip() for cell in cells if cell.strip()]
        known = [cell if cell in matcher.category.concepts else codes.get(cell) for cell in wanted]
        if None in known:
            raise UsageError(f"line {number} names a concept the category does not have", where=str(path))
        gold.append((row["text"] or "", frozenset(code for code in known if code)))
    return gold


def evaluate(gold: Sequence[tuple[str, frozenset[str]]], matcher: Matcher) -> Evaluation:
    """Compare what the matcher says of each text with its gold codes."""
    accepted = right = wanted = 0
    judged: list[tuple[float, bool]] = []
    confusions: Counter[tuple[str, str]] = Counter()
    for text, codes in gold:
        proposed = _proposed(matcher.match(text))
        judged += [(confidence, code in codes) for code, (confidence, _sure) in proposed.items()]
        taken = {code for code, (_confidence, sure) in proposed.items() if sure}
        wanted += len(codes)
        accepted += len(taken)
        right += len(taken & codes)
        wrong, missed = sorted(taken - codes), sorted(codes - taken)
        confusions.update((one, other) for one in missed or [""] for other in wrong)
    listed = tuple((meant, said, count) for (meant, said), count in sorted(confusions.items(), key=_by_count))
    return Evaluation(len(gold), wanted, accepted, right, tuple(_bands(judged)), listed)


def _proposed(mentions: Iterable[Mention]) -> dict[str, tuple[float, bool]]:
    """For each code a cell asserts: the highest confidence, and whether it was accepted."""
    found: dict[str, tuple[float, bool]] = {}
    for mention in mentions:
        said = mention.qualifiers.get("certainty") != "refuted" and mention.qualifiers.get("subject") != "family"
        if mention.code and said and not mention.covered_by:
            best = found.get(mention.code, (0.0, False))
            found[mention.code] = max(best, (mention.confidence, mention.status == "accepted"))
    return found


def _bands(judged: Sequence[tuple[float, bool]]) -> Iterable[Band]:
    for low, high in pairwise(BANDS):
        inside = [(confidence, right) for confidence, right in judged if low <= confidence < high]
        if inside:
            mean = sum(confidence for confidence, _right in inside) / len(inside)
            yield Band(low, min(high, 1.0), len(inside), sum(right for _confidence, right in inside), mean)


def _by_count(entry: tuple[tuple[str, str], int]) -> tuple[int, tuple[str, str]]:
    return -entry[1], entry[0]
