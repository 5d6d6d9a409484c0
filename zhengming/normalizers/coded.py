"""A coded cell: what the mentions of one cell come to together, under the policy of their category.

The codes of a row are those of its accepted mentions, without what only says the same more generally, and without
what the category's policy merely notes (a denied disease is no diagnosis). Anything undecided makes the cell a review.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zhengming.normalizers.cells import settled
from zhengming.normalizers.outcome import Status
from zhengming.normalizers.terms.decided import NO_MATCH
from zhengming.normalizers.terms.matcher import Matcher
from zhengming.normalizers.terms.mention import Mention


@dataclass(frozen=True, slots=True)
class CodedCell:
    """The codes and names of one cell, its status and reason, and the mentions behind them.

    `undecided` counts the mentions a human must look at.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    status: Status
    reason: str
    mentions: tuple[Mention, ...]
    undecided: int = 0


def normalize(text: str, matcher: Matcher) -> CodedCell:
    """What one cell says in the matcher's category.

    >>> from zhengming.dictionary.model import Dictionary
    >>> normalize("女孩", Matcher(Dictionary.open(), "sex")).codes
    ('2',)
    """
    mentions = matcher.match(text)
    if not any(mention.code for mention in mentions):
        plain = settled(text)
        if plain is not None and plain.reason != "stated-none":
            return CodedCell((), (), plain.status, plain.reason, (), int(plain.status != "accepted"))
        if plain is not None or matcher.denies_all(text):
            return CodedCell((), (), "accepted", "states-none", ())
    if not mentions:
        return CodedCell((), (), "unmatched", "names-nothing", (), 1)
    kept = [
        one for one in mentions if one.status == "accepted" and not one.covered_by and matcher.action(one) == "keep"
    ]
    codes = tuple(dict.fromkeys(one.code for one in kept if one.code))
    names = tuple(matcher.name(code) for code in codes)
    status, reason, undecided = _decide(mentions, bool(codes), matcher)
    return CodedCell(codes, names, status, reason, tuple(mentions), undecided)


def normalize_many(texts: Iterable[str], matcher: Matcher) -> dict[str, CodedCell]:
    """Each distinct text with what it says."""
    distinct = list(dict.fromkeys(texts))
    matcher.match_many(distinct)
    return {text: normalize(text, matcher) for text in distinct}


def _decide(mentions: Sequence[Mention], coded: bool, matcher: Matcher) -> tuple[Status, str, int]:
    waiting = [one for one in mentions if one.reason != NO_MATCH]
    if not waiting:
        return "unmatched", NO_MATCH, 0
    mentions = waiting
    review = [one for one in mentions if one.status == "review"]
    unmatched = [one for one in mentions if one.status == "unmatched"]
    if review:
        return "review", review[0].reason, len(review) + len(unmatched)
    if unmatched:
        noted = any(one.status == "accepted" for one in mentions)
        return "review" if noted else "unmatched", unmatched[0].reason, len(unmatched)
    if coded:
        return "accepted", "known", 0
    certainty = {str(one.qualifiers.get("certainty")) for one in mentions if matcher.action(one) == "note"}
    if certainty == {"refuted"}:
        return "review", "only-refuted", len(mentions)
    return "review", "only-suspected" if "suspected" in certainty else "only-noted", len(mentions)
