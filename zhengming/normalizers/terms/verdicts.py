"""Verdicts: from a concept that was read to its mention, with a status, a confidence and the candidates of a review."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from importlib import resources
from itertools import islice
from typing import Final

from zhengming.dictionary.model import Category
from zhengming.normalizers.outcome import Status
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.mention import Candidate, Mention
from zhengming.normalizers.terms.reading import Found
from zhengming.normalizers.terms.view import View

_DOUBTED: Final = 0.75  # confidence of a known term that something speaks against: below every accept level
_SHOWN: Final = 8  # candidates a reviewer is shown
_KEPT: Final = 20_000  # concepts whose names are kept, some 3 MB
_ALWAYS: Final = 2  # qualifiers every mention has
_OF_ALL: Final = ("certainty", "subject")  # qualifiers that a general and a more specific mention must share


class Verdicts:
    """Says of what was read in cells of one category whether it is accepted; `accept` is the level (0..1) it needs."""

    def __init__(self, category: Category, lexicon: Lexicon, accept: float) -> None:
        """Keep what mentions are made of."""
        self.confidence = calibration()
        self._category = category
        self._lexicon = lexicon
        self._accept = accept
        self._names: dict[str, str] = {}

    def mentions(self, view: View, found: list[Found]) -> list[Mention]:
        """The mention of each of what was found in a view, which is put in the order of the text."""
        if len(found) > 1:
            found.sort(key=lambda one: (one.start, one.end))
        told = []
        for one in found:
            start, end = view.span(one.start, one.end)
            told.append(self.mention(one, view.raw, start, end))
        return told

    def mention(self, found: Found, raw: str, start: int, end: int) -> Mention:
        """The mention of a concept, or of a stretch that names none, in `raw[start:end]`."""
        method, problem, qualifiers = found.method, found.problem, found.qualifiers
        confidence = self.confidence.get(method, 0.0)
        code = name = term = None
        status: Status = "unmatched"
        candidates: tuple[Candidate, ...] = ()
        if found.codes:
            code = found.codes[0]
            name, term, status = self._name(code), found.entry.written, "accepted"
        if problem or not code or confidence < self._accept:
            status, candidates = "review" if code else status, self._candidates(found)
            if problem:
                doubted = _DOUBTED * (found.rivals[0][0] if found.rivals else 1.0)
                confidence = round(doubted, 4) if code else 0.0
            problem = problem or "below-level"
        if len(qualifiers) > _ALWAYS:
            qualifiers = {axis: qualifiers[axis] for axis in sorted(qualifiers)}
        text, category, reason = raw[start:end], self._category.name, problem or "known"
        return Mention(
            text,
            start,
            end,
            category,
            code,
            name,
            status,
            confidence,
            method,
            reason,
            term,
            candidates,
            None,
            qualifiers,
        )

    def _name(self, code: str) -> str:
        """The preferred name of a concept."""
        name = self._names.get(code)
        if name is None:
            if len(self._names) >= _KEPT:
                self._names.clear()
            name = self._names[code] = self._lexicon.name(code)
        return name

    def _candidates(self, found: Found) -> tuple[Candidate, ...]:
        scores = dict.fromkeys(found.codes[:_SHOWN], found.rivals[0][0] if found.rivals else _DOUBTED)
        for score, term_key in found.rivals:
            if len(scores) >= _SHOWN:
                break
            for code in self._lexicon.codes(term_key):
                scores.setdefault(code, score)
        shown = islice(scores.items(), _SHOWN)
        return tuple([Candidate(code, self._name(code), round(score, 4)) for code, score in shown])

    def covered(self, mentions: list[Mention]) -> list[Mention]:
        """Mark general mentions that a more specific one of the cell includes."""
        sure = [mention for mention in mentions if mention.status == "accepted"] if len(mentions) > 1 else ()
        if len(sure) <= 1:
            return mentions
        told, ancestors = [mention.code for mention in mentions if mention.code], self._category.ancestors
        if all(ancestors(mention.code).isdisjoint(told) for mention in sure if mention.code):
            return mentions
        return [self._cover(mention, sure) for mention in mentions]

    def _cover(self, mention: Mention, others: Sequence[Mention]) -> Mention:
        for other in others:
            if (
                mention.code
                and other.code
                and mention.code in self._category.ancestors(other.code)
                and all(other.qualifiers.get(axis) == mention.qualifiers.get(axis) for axis in _OF_ALL)
            ):
                return mention._replace(covered_by=other.code)
        return mention


@cache
def calibration() -> dict[str, float]:
    """How often a mention found by each method is right, from `data/vocabulary/calibration.csv`."""
    text = (resources.files("zhengming") / "data" / "vocabulary" / "calibration.csv").read_text(encoding="utf-8")
    return {row["method"]: round(float(row["confidence"]), 4) for row in csv.DictReader(text.splitlines())}
