"""Decisions of reviewers, applied to what the matcher read.

A decision holds for equal values: one about the text of a whole cell for the whole cell, one about the text of a
mention for that mention. Of a mention it says what the text names; what stands around it (a denial, unread text beside
it) counts as ever. Of a whole cell it says which codes the row has; only against a plain denial it is not applied.

Rejected codes are never proposed again. A decision that cannot be applied, because reviewers disagree or its code is
no longer in use, says so: the value is for review.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from zhengming.dictionary.decisions import folded
from zhengming.dictionary.folding import key
from zhengming.dictionary.model import Category, Term
from zhengming.dictionary.rulings import Decisions, Ruling
from zhengming.dictionary.succession import successors
from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.mention import Candidate, Mention
from zhengming.normalizers.terms.view import View

METHOD: Final = "decision"
CELL: Final = "cell-decided"  # reason of a mention when the decision was about the whole cell
NO_MATCH: Final = "decided-no-match"  # reason of an unmatched mention that no one need look at again
_PLAIN: Final[Mapping[str, str | float]] = {"certainty": "affirmed", "subject": "patient"}
# Reasons that lie in what stands around a name: a decision on the name does not answer them.
SURROUNDINGS: Final = frozenset({"unread-before", "unread-after", "policy", "other-etiology", "other-kind"})

Read = list[tuple[Mention, list[tuple[str, str]]]]


class Decided:
    """The rulings of one category for one sender's files, as they apply to cells."""

    def __init__(
        self, decisions: Decisions, category: Category, dictionary_id: str, sender: str, confidence: float
    ) -> None:
        """Keep what holds for `sender` in `category`; `confidence` is that of a decided mention."""
        self._category = category
        self._confidence = confidence
        held = decisions.of_dictionary(dictionary_id)
        self._rulings: dict[str, Ruling] = {}
        for one in held:
            if one.category == category.name and one.sender in ("", sender):
                text_key = folded(one.text)
                ruling = held.of_key(category.name, text_key, sender)
                if ruling:
                    self._rulings[text_key] = ruling
        self._entries = dict(self._hosts())

    def __bool__(self) -> bool:
        """Whether anything was decided."""
        return bool(self._rulings)

    def host(self, tokens: Sequence[Token], view: View) -> None:
        """Let unread stretches that a reviewer has named be read as names, so that a denial before one is heard."""
        if not self._entries:
            return
        for token in tokens:
            if token.kind == "unknown":
                start, end = view.span(token.start, token.end)
                entry = self._entries.get(folded(view.raw[start:end]))
                if entry:
                    token.kind, token.entry = "term", entry

    def apply(self, text: str, read: Read) -> Read:
        """What holds of the cell `text`, read as `read`, after the decisions."""
        if not self._rulings:
            return read
        whole = self._rulings.get(folded(text))
        if whole:
            return [(mention, [*steps, _step(whole)]) for mention, steps in self._of_cell(text, whole, read)]
        return [one for mention, steps in read for one in self._of_mention(mention, steps)]

    def _hosts(self) -> Iterator[tuple[str, Entry]]:
        for text_key, ruling in self._rulings.items():
            codes = [code for code in ruling.codes if self._usable(code)]
            if codes and not ruling.disputed:
                entry = Entry(key(ruling.text), ((codes[0], Term(ruling.text, METHOD)),))
                entry.settle({}, {})
                yield text_key, entry

    def _of_cell(self, text: str, ruling: Ruling, read: Read) -> Read:
        mentions = [mention for mention, _steps in read]
        whole = self._spanning(text)
        if ruling.disputed:
            return [(self._undecided(whole, "decision-disputed", [*_said(ruling), *_codes(mentions)]), [])]
        rejected = ruling.rejected
        if ruling.verdict == "match":
            problem = self._problem(ruling, mentions)
            if problem == "superseded":
                return read
            if problem:
                if len(mentions) == 1:
                    whole = whole._replace(qualifiers=mentions[0].qualifiers)
                codes = [*self._current(ruling.codes), *_codes(mentions)]
                return [(self._undecided(whole, problem, codes, rejected), [])]
            steps = {mention.code: (mention, steps) for mention, steps in reversed(read)}
            found = [steps.get(code, (whole, [])) for code in ruling.codes]
            decided = [
                (self._accepted(mention, code, CELL), steps)
                for code, (mention, steps) in zip(ruling.codes, found, strict=True)
            ]
            return sorted(decided, key=lambda one: one[0].start)
        if ruling.verdict:
            return [(_nothing(whole, f"decided-{ruling.verdict}"), [])]
        return [(self._without(mention, rejected), steps) for mention, steps in read]

    def _of_mention(self, mention: Mention, steps: list[tuple[str, str]]) -> Read:
        ruling = self._rulings.get(folded(mention.text))
        if ruling is None:
            return [(mention, steps)]
        steps = [*steps, _step(ruling)]
        if ruling.disputed:
            return [(self._undecided(mention, "decision-disputed", [*_said(ruling), *_codes([mention])]), steps)]
        mention = self._without(mention, ruling.rejected)
        if ruling.verdict == "match":
            return [(one, steps) for one in self._matched(mention, ruling)]
        return [(_nothing(mention, f"decided-{ruling.verdict}") if ruling.verdict else mention, steps)]

    def _matched(self, mention: Mention, ruling: Ruling) -> list[Mention]:
        """The mention as the concepts that a reviewer says its text names."""
        problem = self._problem(ruling, [])
        current = self._current(ruling.codes)
        if mention.status == "accepted" and mention.code is not None:
            more_specific = self._category.ancestors(mention.code) & set(ruling.codes)
            if (problem and mention.code in current) or (mention.method == "composed" and more_specific):
                return [mention]
            if mention.method == "abbreviation-in-context" and mention.code not in ruling.codes:
                problem = problem or "decision-in-context"
        if mention.status == "review" and mention.reason in SURROUNDINGS:
            problem = problem or mention.reason
        if problem:
            return [self._undecided(mention, problem, [*current, *_codes([mention])], ruling.rejected)]
        return [self._accepted(mention, code, "decided") for code in ruling.codes]

    def _problem(self, ruling: Ruling, mentions: Sequence[Mention]) -> str:
        """Why a match is not applied to a cell with these mentions; `superseded`: they hold what it has become."""
        unusable = [code for code in ruling.codes if not self._usable(code)]
        if unusable:
            accepted = {one.code for one in mentions if one.status == "accepted"}
            if accepted and len(accepted) == len(mentions) and set(self._current(ruling.codes)) == accepted:
                return "superseded"
            known = all(code in self._category.concepts for code in unusable)
            return "decision-retired" if known else "decision-unknown-code"
        for one in mentions:
            denied = one.qualifiers.get("certainty") == "refuted" or one.qualifiers.get("subject") != "patient"
            if denied and one.code and any(self._related(one.code, code) for code in ruling.codes):
                return "decision-denied"
        return ""

    def _related(self, one: str, other: str) -> bool:
        """Whether the concepts are the same, or one is more general than the other."""
        return one == other or one in self._category.ancestors(other) or other in self._category.ancestors(one)

    def _usable(self, code: str) -> bool:
        concept = self._category.concepts.get(code)
        return concept is not None and concept.status != "retired"

    def _current(self, codes: Iterable[str]) -> list[str]:
        """The codes, each retired one replaced by what stands for it now."""
        return [now for code in codes for now in successors(self._category.concepts, code)]

    def _spanning(self, text: str) -> Mention:
        start, end = len(text) - len(text.lstrip()), len(text.rstrip())
        return Mention(
            text[start:end],
            start,
            end,
            self._category.name,
            None,
            None,
            "unmatched",
            0.0,
            METHOD,
            "",
            None,
            (),
            None,
            dict(_PLAIN),
        )

    def _accepted(self, mention: Mention, code: str, reason: str) -> Mention:
        return mention._replace(
            code=code,
            name=self._category.concepts[code].name,
            status="accepted",
            confidence=self._confidence,
            method=METHOD,
            reason=reason,
            term=mention.text,
            candidates=(),
        )

    def _undecided(
        self, mention: Mention, reason: str, codes: Iterable[str], rejected: frozenset[str] = frozenset()
    ) -> Mention:
        """The mention for review, with these candidates; without any of them it is unmatched."""
        scores = {one.code: one.score for one in mention.candidates}
        concepts = self._category.concepts
        listed = [
            Candidate(code, concepts[code].name, scores.get(code, mention.confidence))
            for code in dict.fromkeys(codes)
            if code in concepts and code not in rejected
        ]
        if not listed:
            return _nothing(mention, reason)
        return mention._replace(
            code=listed[0].code,
            name=listed[0].name,
            status="review",
            reason=reason,
            method=METHOD,
            candidates=tuple(listed),
        )

    def _without(self, mention: Mention, rejected: frozenset[str]) -> Mention:
        """The mention without the candidates that were turned down."""
        left = tuple(one for one in mention.candidates if one.code not in rejected)
        if mention.code not in rejected:
            return mention if len(left) == len(mention.candidates) else mention._replace(candidates=left)
        if not left:
            return _nothing(mention, "rejected")
        first = left[0]
        return mention._replace(
            code=first.code,
            name=first.name,
            status="review",
            confidence=min(mention.confidence, first.score),
            term=None,
            candidates=left,
        )


def _nothing(mention: Mention, reason: str) -> Mention:
    return mention._replace(
        code=None,
        name=None,
        status="unmatched",
        confidence=0.0,
        method=METHOD,
        reason=reason,
        term=None,
        candidates=(),
    )


def _codes(mentions: Iterable[Mention]) -> list[str]:
    """The codes the matcher thought of, the accepted ones first."""
    found = [one.code for one in mentions if one.code]
    return [*found, *(candidate.code for one in mentions for candidate in one.candidates)]


def _said(ruling: Ruling) -> list[str]:
    return [code for one in ruling.said for code in one.codes]


def _step(ruling: Ruling) -> tuple[str, str]:
    said = "disputed" if ruling.disputed else ruling.verdict or "reject"
    return "decision", f"{said} {' '.join(ruling.codes)}".strip() + f" ({ruling.time})"
