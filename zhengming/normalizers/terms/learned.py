"""What was learned from decisions, applied to what the matcher read.

A model proposes concepts for a text, each with how often a proposal that sure was right (`Ranker`). How far it may
go depends on the category, and on what the same decisions say of the dictionary's own terms.

A category whose policy says what a denial or a suspicion does is read word by word; there the model accepts nothing,
it orders what a reviewer sees of stretches that no term explains. Elsewhere, where the terms are as right as the
category's accept level asks, they stand, and the model is accepted only where such a stretch is the whole cell. Where
they are not (a code list whose reviewers seldom give the name that is written), the model speaks of whole cells, and a
term it does not confirm is for review. Nothing is accepted that is one character away from another concept, or that
the cell denies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple, Protocol

from zhengming.dictionary.folding import key
from zhengming.dictionary.model import Category
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.mention import Candidate, Mention

METHOD: Final = "learned"
_OPEN: Final = frozenset({"only-similar", "nothing-similar"})
_SHOWN: Final = 8  # candidates a reviewer is shown

Reading = tuple[Mention, list[tuple[str, str]]]
Read = list[Reading]


class Proposal(NamedTuple):
    """A concept that a text may name; `said`: the model thinks so, whether or not it is sure enough to be accepted."""

    code: str
    confidence: float
    score: float
    said: bool


class Ranker(Protocol):
    """A model that proposes concepts; `trusts_known`: its decisions bear out the dictionary's own terms."""

    @property
    def trusts_known(self) -> bool:
        """Whether what the terms accept stands."""

    def propose(self, texts: Sequence[str]) -> list[list[Proposal]]:
        """For each text the concepts it may name, best first."""


class Learned:
    """A model's proposals as they apply to cells."""

    def __init__(self, ranker: Ranker | None, category: Category, lexicon: Lexicon, accept: float) -> None:
        """Accept proposals from the level `accept` on; without a ranker nothing changes."""
        self._ranker = ranker
        self._category = category.name
        self._concepts = category.concepts
        self._lexicon = lexicon
        self._accept = accept
        self._orders = bool(category.policy.qualifiers)  # and accepts nothing
        self._known: dict[str, list[Proposal]] = {}

    def __bool__(self) -> bool:
        """Whether there is a model."""
        return self._ranker is not None

    def prepare(self, texts: Iterable[str], read: Callable[[str], Read]) -> None:
        """Ask for many cells at once what would be asked one by one: a model is fast on many texts only."""
        if self._ranker:
            asked = [one for text in texts for one in self._asked(text, read)]
            fresh = [one for one in dict.fromkeys(asked) if one not in self._known]
            self._known.update(zip(fresh, self._ranker.propose(fresh), strict=True))

    def apply(self, text: str, read: Callable[[bool], Read]) -> Read:
        """What holds of the cell `text` after the proposals; `read` reads it, on demand only what terms explain."""
        if not self._ranker:
            return read(False)
        if self._terms_stand(self._ranker):
            return [self._reordered(one, text) if _open(one[0]) else one for one in read(False)]
        proposals = self._proposals(text)
        return self._of_cell(text, read(True), proposals) if proposals else read(False)

    def _asked(self, text: str, read: Callable[[str], Read]) -> list[str]:
        if self._ranker and self._terms_stand(self._ranker):
            return [mention.text for mention, _steps in read(text) if _open(mention)]
        return [text]

    def _terms_stand(self, ranker: Ranker) -> bool:
        return self._orders or ranker.trusts_known

    def _proposals(self, text: str) -> list[Proposal]:
        if text not in self._known and self._ranker:
            self._known[text] = self._ranker.propose([text])[0]
        return self._known[text]

    def _reordered(self, one: Reading, text: str) -> Reading:
        """A stretch that no term explains, with what the model thinks of it."""
        mention, steps = one
        proposals = _spoken(self._proposals(mention.text))
        if not proposals:
            return mention, steps
        whole = key(mention.text) == key(text) and len(proposals) == 1 and not self._orders
        made = self._proposed(mention, proposals[0], proposals)
        if made.status == "accepted" and not whole:
            made = made._replace(status="review", reason="only-similar", candidates=self._listed(proposals))
        listed = dict.fromkeys((*made.candidates, *mention.candidates))
        unique = {one.code: one for one in reversed(listed)}
        kept = tuple(one for one in listed if unique[one.code] is one)[:_SHOWN]
        return made._replace(candidates=() if made.status == "accepted" else kept), [*steps, _step(proposals[0])]

    def _of_cell(self, text: str, read: Read, proposals: list[Proposal]) -> Read:
        """The whole cell as the model sees it; denied concepts and other people's stay as they were read."""
        kept = [one for one in read if not _affirmed(one[0])]
        denied = {mention.code for mention, _steps in kept}
        named = {mention.code: (mention, steps) for mention, steps in read if _affirmed(mention)}
        whole = _spanning(text, self._category)
        found: Read = []
        for one in _spoken([one for one in proposals if one.code not in denied]):
            mention, steps = named.get(one.code, (whole, []))
            made = self._proposed(mention, one, proposals)
            found.append((made, [*steps, _step(one)]))
        said = {mention.code for mention, _steps in found}
        for code, (mention, steps) in named.items():
            if mention.status == "accepted" and code not in said:
                found.append((mention._replace(status="review", reason="unlike-decisions"), steps))
        return sorted([*kept, *found], key=lambda one: (one[0].start, one[0].end))

    def _proposed(self, mention: Mention, proposal: Proposal, proposals: Sequence[Proposal]) -> Mention:
        name = self._concepts[proposal.code].name
        confusable = self._confusable(key(mention.text), key(name))
        accepted = proposal.confidence >= self._accept and not confusable
        reason = "learned" if accepted else "confusable" if confusable else "below-level"
        return mention._replace(
            code=proposal.code,
            name=name,
            status="accepted" if accepted else "review",
            confidence=proposal.confidence,
            method=METHOD,
            reason=reason,
            term=name,
            candidates=() if accepted else self._listed([proposal, *proposals]),
        )

    def _listed(self, proposals: Iterable[Proposal]) -> tuple[Candidate, ...]:
        unique = dict.fromkeys((one.code, one.score) for one in proposals)
        return tuple(Candidate(code, self._concepts[code].name, score) for code, score in unique)[:_SHOWN]

    def _confusable(self, text: str, name: str) -> bool:
        """Whether another concept's name has, for a character that the text lacks, one that the text has instead."""
        terms = self._lexicon.terms
        own = set(terms[name].codes) if name in terms else set()
        instead = set(text) - set(name)
        for place, character in enumerate(name):
            if character in text:
                continue
            for other in instead:
                rival = terms.get(name[:place] + other + name[place + 1 :])
                if rival is not None and not own & set(rival.codes):
                    return True
        return False


def _open(mention: Mention) -> bool:
    return mention.status != "accepted" and mention.reason in _OPEN and _affirmed(mention)


def _spoken(proposals: list[Proposal]) -> list[Proposal]:
    """What the model says; a human sees its best guess even where it says nothing."""
    return [one for one in proposals if one.said] or proposals[:1]


def _affirmed(mention: Mention) -> bool:
    return mention.qualifiers.get("certainty") == "affirmed" and mention.qualifiers.get("subject") == "patient"


def _spanning(text: str, category: str) -> Mention:
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    plain = {"certainty": "affirmed", "subject": "patient"}
    return Mention(
        text[start:end], start, end, category, None, None, "unmatched", 0.0, METHOD, "", None, (), None, plain
    )


def _step(proposal: Proposal) -> tuple[str, str]:
    return "learned", f"{proposal.code} {proposal.confidence:.2f}"
