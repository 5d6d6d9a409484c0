"""From decisions to terms: what reviewers agree a text names becomes a name of the concept in the dictionary's source.

A decision speaks of one value, a term of every cell in which it stands. So a decision becomes a term only when nobody
disputes it, when its text is a name and nothing more (no punctuation, no known name, denial or qualifier in it), when
no other concept has the name, and when its concept is in use. Everything else is left, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from zhengming.dictionary import source
from zhengming.dictionary.editing import Why
from zhengming.dictionary.folding import MARKS, fold, key
from zhengming.dictionary.lifecycle import Lifecycle
from zhengming.dictionary.model import Category, Dictionary, Term
from zhengming.dictionary.rulings import Decisions, Ruling
from zhengming.errors import DictionaryError
from zhengming.normalizers.terms.matcher import Matcher

LONGEST = 60  # characters of a name; the longest of the bundled diseases has 44
# Why a decision is not made a term; each has its words, `promotion_<reason>`.
REASONS = (
    "disputed",
    "few-reviewers",
    "several-codes",
    "unknown-category",
    "unknown-code",
    "retired",
    "known",
    "another-concept",
    "two-decisions",
    "not-a-name",
    "reads-more",
    "refused",
)
_JOINING = frozenset(" -.·()")  # marks that may stand in a name


@dataclass(frozen=True, slots=True)
class Promotion:
    """A decision and what is done with it: it becomes `term` of the concept, or `reason` says why not."""

    ruling: Ruling
    code: str = ""
    name: str = ""
    term: Term | None = None
    reason: str = ""
    detail: str = ""


def preview(decisions: Decisions, root: Path, *, least: int = 1, categories: Iterable[str] = ()) -> list[Promotion]:
    """What would become of the matches among `decisions` in the source folder `root`; nothing is written.

    At least `least` reviewers must agree; with `categories`, only decisions about these.

    Raises:
        DictionaryError: there is no source folder at `root`.
    """
    dictionary = source.load(root)
    wanted = set(categories)
    held = decisions.of_dictionary(dictionary.id)
    rulings = [
        one for one in held if (one.verdict == "match" or one.disputed) and (not wanted or one.category in wanted)
    ]
    parts = {
        name: _Part(dictionary, name) for name in dictionary.categories if any(r.category == name for r in rulings)
    }
    found = [_judged(one, parts.get(one.category), least) for one in rulings]
    return _without_clashes(found)


def apply(promotions: Iterable[Promotion], root: Path) -> list[Promotion]:
    """Give the concepts their new terms, each noted in the category's change log; gives them with what was refused.

    Author and day are those of the decision.

    Raises:
        UnwritableFile: a file cannot be written.
    """
    done = []
    for one in promotions:
        if one.term is not None:
            why = Why(one.term.added_by, one.term.added_on, one.term.source)
            try:
                Lifecycle(root, one.ruling.category).name(one.code, one.term, why)
            except DictionaryError as error:
                done.append(replace(one, term=None, reason="refused", detail=error.what))
                continue
        done.append(one)
    return done


class _Part:
    """One category of the dictionary: who has which name, and how a text is read without any decision."""

    def __init__(self, dictionary: Dictionary, name: str) -> None:
        self.category: Category = dictionary.category(name)
        self._dictionary = dictionary

    @cached_property
    def holders(self) -> Mapping[str, Mapping[str, set[str]]]:
        """For each folded name and sender the concepts that have it."""
        found: dict[str, dict[str, set[str]]] = {}
        for concept in self.category.concepts.values():
            for term in concept.terms:
                found.setdefault(key(term.text), {}).setdefault(term.sender, set()).add(concept.code)
        return found

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self._dictionary, self.category.name)

    def is_only_a_name(self, text: str) -> bool:
        """Whether nothing is known of any part of the text: no name of a concept, no denial, no qualifier."""
        mentions = self._matcher.match(text)
        unread = all(one.method in ("none", "similar") for one in mentions)
        return unread and key("".join(one.text for one in mentions)) == key(text)


def _judged(ruling: Ruling, part: _Part | None, least: int) -> Promotion:
    reason, detail = next(_objections(ruling, part, least), ("", ""))
    code = ruling.codes[0] if len(ruling.codes) == 1 else ""
    concept = part.category.concepts.get(code) if part and code else None
    name = concept.name if concept else ""
    if reason:
        return Promotion(ruling, code, name, None, reason, detail)
    text = " ".join(ruling.text.split())
    han = any("\u4e00" <= character <= "\u9fff" for character in text)
    said = f"decision of {', '.join(ruling.reviewers)}"
    term = Term(
        text,
        "local" if ruling.sender else "synonym",
        "zh" if han else "",
        ruling.sender,
        "exact",
        f"{said}, {ruling.dictionary}" if ruling.dictionary else said,
        ", ".join(ruling.reviewers),
        ruling.time[:10],
    )
    return Promotion(ruling, code, name, term)


def _objections(ruling: Ruling, part: _Part | None, least: int) -> Iterator[tuple[str, str]]:
    """Why the ruling cannot become a term, with what it collides with."""
    if ruling.disputed:
        yield "disputed", "; ".join(f"{one.reviewer}: {' '.join(one.codes) or one.verdict}" for one in ruling.said)
        return
    if len(ruling.reviewers) < least:
        yield "few-reviewers", str(len(ruling.reviewers))
    if len(ruling.codes) != 1:
        yield "several-codes", " ".join(ruling.codes)
        return
    if part is None:
        yield "unknown-category", ruling.category
        return
    yield from _objections_of(part, ruling, ruling.codes[0])


def _objections_of(part: _Part, ruling: Ruling, code: str) -> Iterator[tuple[str, str]]:
    """What the category has against the text as a name of the concept."""
    concept = part.category.concepts.get(code)
    if concept is None:
        yield "unknown-code", code
        return
    if concept.status == "retired":
        yield "retired", " ".join(concept.replaced_by)
    holders = part.holders.get(key(ruling.text), {})
    having = holders.get("", set()) | holders.get(ruling.sender, set())
    if having == {code}:
        yield "known", ""
    elif having:
        yield "another-concept", " ".join(sorted(having - {code}))
    if not _is_name(ruling.text):
        yield "not-a-name", ""
    elif not part.is_only_a_name(ruling.text):
        yield "reads-more", ""


def _is_name(text: str) -> bool:
    folded = fold(text).strip()
    marks = {mark for run in MARKS.findall(folded) for mark in run}
    return 0 < len(folded) <= LONGEST and marks <= _JOINING


def _without_clashes(found: list[Promotion]) -> list[Promotion]:
    """Of texts that are one name but were decided differently, none becomes a term."""
    codes: dict[tuple[str, str], set[str]] = {}
    for one in found:
        if one.term is not None:
            codes.setdefault((one.ruling.category, key(one.ruling.text)), set()).add(one.code)
    kept: list[Promotion] = []
    seen: set[tuple[str, str, str]] = set()
    for one in found:
        name = (one.ruling.category, key(one.ruling.text))
        if one.term is not None and len(codes[name]) > 1:
            detail = " ".join(sorted(codes[name]))
            kept.append(replace(one, term=None, reason="two-decisions", detail=detail))
        elif one.term is not None and (*name, one.ruling.sender) in seen:
            kept.append(replace(one, term=None, reason="known"))
        else:
            kept.append(one)
            if one.term is not None:
                seen.add((*name, one.ruling.sender))
    return kept
