"""The matcher: from the raw text of a cell to mentions, each accepted, for review, or unmatched, with a reason.

The way of a cell: folded and cut into tokens (`cell`), names not in one piece put together (`recovery`), cues and
sub-types attached (`qualifiers`), core and sub-type composed, ambiguous abbreviations resolved by their neighbours,
guarded (`guard`), and what is left compared with the nearest terms (`candidates`), which is never more than a proposal.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache, cached_property
from importlib import resources

from zhengming.dictionary.folding import key
from zhengming.dictionary.model import Action, Dictionary
from zhengming.errors import UsageError
from zhengming.normalizers.terms.candidates import CandidateIndex
from zhengming.normalizers.terms.cell import Token, View, tokenize
from zhengming.normalizers.terms.guard import Guard
from zhengming.normalizers.terms.lexicon import Entry, Lexicon
from zhengming.normalizers.terms.mention import Candidate, Mention
from zhengming.normalizers.terms.qualifiers import qualify
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.recovery import recover
from zhengming.normalizers.terms.vocabulary import NONE, vocabulary

_DOUBTED = 0.75  # confidence of a known term that something speaks against: below every accept level
_METHODS = {"preferred": "exact", "abbreviation": "abbreviation", "local": "local-term"}
_LEAST_LEFT = 2  # characters an unread stretch needs to be reported by itself


class Matcher:
    """Matches texts to the concepts of one category.

    >>> from zhengming.dictionary.model import Dictionary
    >>> matcher = Matcher(Dictionary.open(), "sex")
    >>> [(mention.code, mention.status) for mention in matcher.match("女童")]
    [('2', 'accepted')]
    """

    def __init__(
        self,
        dictionary: Dictionary,
        category: str,
        *,
        sender: str = "",
        accept: float | None = None,
        review: float | None = None,
    ) -> None:
        """Build the lexicon of `category`; `sender` adds that sender's local terms.

        `accept` and `review` (0..1) replace the levels of the category's policy.

        Raises:
            UnknownCode: the dictionary has no such category.
            UsageError: a level is not between 0 and 1.
        """
        self.category = dictionary.category(category)
        self.dictionary = dictionary
        policy = self.category.policy
        self.accept = policy.accept if accept is None else accept
        self.review = policy.review if review is None else review
        if not 0 <= self.review <= self.accept <= 1:
            raise UsageError(
                f"levels accept={self.accept:g}, review={self.review:g} cannot be used",
                remedy="0 ≤ review ≤ accept ≤ 1",
            )
        self._vocabulary = vocabulary()
        self._lexicon = Lexicon(self.category, self._vocabulary, sender)
        self._seen: dict[str, tuple[Mention, ...]] = {}

    def match(self, text: str) -> list[Mention]:
        """The mentions of one cell, in the order of the text; an empty cell has none."""
        found = self._seen.get(text)
        if found is None:
            found = self._seen[text] = tuple(self._match(text))
        return list(found)

    def match_many(self, texts: Iterable[str]) -> list[list[Mention]]:
        """The mentions of many cells; equal cells are read once."""
        return [self.match(text) for text in texts]

    def explain(self, text: str) -> list[tuple[Mention, list[tuple[str, str]]]]:
        """Each mention with the steps that led to it: (step code, detail)."""
        steps: list[list[tuple[str, str]]] = []
        return list(zip(self._match(text, steps), steps, strict=True))

    def denies_all(self, text: str) -> bool:
        """Whether the cell says that there is nothing (无, 未见): only denying words, nothing that is denied."""
        tokens = tokenize(View(text, self._vocabulary), self._lexicon)
        return bool(tokens) and all(
            token.entry is not None and any(cue.value == "refuted" for cue in token.entry.cues) for token in tokens
        )

    def action(self, mention: Mention) -> Action:
        """What the category's policy does with an accepted mention: the strictest word on any of its qualifiers."""
        return self._action(mention.qualifiers)

    def name(self, code: str) -> str:
        """The preferred name of a concept of the category."""
        return self._name(code)

    @cached_property
    def _guard(self) -> Guard:
        return Guard(self._lexicon.terms, self._vocabulary)

    @cached_property
    def _candidates(self) -> CandidateIndex:
        return CandidateIndex(self._lexicon.terms)

    def _match(self, text: str, trace: list[list[tuple[str, str]]] | None = None) -> list[Mention]:
        view = View(text, self._vocabulary)
        if not view.text:
            return self._match_symbols(text, view, trace)
        if self.category.policy.cell == "value":
            found, left = self._read_value(view), []
        else:
            found, left = self._read_mentions(view)
        mentions = [(one.start, self._mention(one, view), one.steps) for one in found]
        mentions += [(start, mention, steps) for start, mention, steps in left]
        mentions.sort(key=lambda one: one[0])
        covered = self._covered([mention for _start, mention, _steps in mentions])
        if trace is not None:
            trace.extend(steps for _start, _mention, steps in mentions)
        return covered

    def _match_symbols(self, text: str, view: View, trace: list[list[tuple[str, str]]] | None) -> list[Mention]:
        """A cell without letters or digits: nothing, or a symbol that is a term (♂)."""
        entry = self._lexicon.terms.get(key(text))
        if not text.strip() or entry is None:
            return []
        if trace is not None:
            trace.append([])
        return [self._said(entry, text, len(text) - len(text.lstrip()), len(text.rstrip()))]

    def _said(self, entry: Entry, text: str, start: int, end: int) -> Mention:
        concept = self.category.concepts[entry.codes[0]]
        term = entry.senses[0][1]
        sure = len(entry.codes) == 1 and term.relation != "ambiguous"
        return Mention(
            text[start:end],
            start,
            end,
            self.category.name,
            concept.code,
            concept.name,
            "accepted" if sure else "review",
            _confidence()["exact"] if sure else _DOUBTED,
            "exact",
            "known" if sure else "ambiguous",
            term.text,
        )

    # -- reading -----------------------------------------------------------------------------------------------------

    def _read_value(self, view: View) -> list[Found]:
        """The whole cell as one value."""
        text = view.text
        entry = self._lexicon.terms.get(text)
        if entry:
            return [self._checked(Found(0, 0, len(text), entry.codes, entry, _method(entry, text)))]
        for other in self._lexicon.alike.get(self._lexicon.alike_key(text), ()):
            if len(other) == len(text) > 2 and not self._guard.contrasts(text, other):
                entry = self._lexicon.entries[other]
                return [self._checked(Found(0, 0, len(text), entry.codes, entry, "wrong-character"))]
        return [self._proposed(text, 0, len(text))]

    def _read_mentions(self, view: View) -> tuple[list[Found], list[tuple[int, Mention, list[tuple[str, str]]]]]:
        lexicon = self._lexicon
        tokens = tokenize(view, lexicon)
        if any(token.kind == "unknown" for token in tokens):
            tokens = tokenize(view, lexicon, mistyped=True)
        reading = Reading(view, tokens, self._vocabulary)
        for index, token in enumerate(tokens):
            if token.kind == "term" and token.entry:
                reading.add(self._hosted(index, token, reading))
        if any(token.kind == "unknown" for token in tokens):
            recover(reading, lexicon)
        reading.found.sort(key=lambda one: one.start)
        qualify(reading, lexicon)
        for found in reading.found:
            self._compose(found)
        for found in reading.found:
            self._checked(found, reading)
        taken = {index for index in self._guard_stretches(reading)}
        left: list[Found] = []
        for index, token in enumerate(tokens):
            if token.kind == "unknown" and index not in taken and token.end - token.start >= _LEAST_LEFT:
                left.append(self._proposed(reading.text(token), token.start, token.end))
        return reading.found, [(one.start, self._mention(one, view), one.steps) for one in left]

    def _hosted(self, index: int, token: Token, reading: Reading) -> Found:
        entry = token.entry
        if entry is None:
            raise AssertionError(token)
        text = reading.text(token)
        method = "wrong-character" if token.typed else _method(entry, text)
        found = Found(index, token.start, token.end, entry.codes, entry, method)
        if token.typed and self._guard.contrasts(text, entry.key):
            found.problem = "confusable"
        found.steps.append((method, f"{text} → {entry.senses[0][1].text}"))
        return found

    def _proposed(self, text: str, start: int, end: int) -> Found:
        """What no term explains: the nearest terms, or nothing."""
        nearest = self._candidates.nearest(text, self.review)
        if not nearest:
            found = Found(-1, start, end, (), _NOTHING, "none", "nothing-similar")
            found.steps.append(("none", text))
            return found
        entry = self._lexicon.terms[nearest[0][1]]
        found = Found(-1, start, end, entry.codes, entry, "similar", "only-similar", rivals=tuple(nearest))
        if self._only_fillers(text, entry.key) and len(entry.codes) == 1 and not _is_ambiguous(entry):
            found.method, found.problem = "filler", ""
        found.steps.extend(("similar", f"{term_key} {score:.2f}") for score, term_key in nearest)
        found.qualifiers.update({"certainty": "affirmed", "subject": "patient"})
        return found

    def _only_fillers(self, text: str, meant: str) -> bool:
        """Whether the texts differ only by characters that change no name (法洛氏四联症)."""
        fillers, contrasts = self._vocabulary.fillers, self._guard.additions
        plain = [[one for one in side if one not in fillers or one in contrasts] for side in (text, meant)]
        return plain[0] == plain[1] and len(plain[0]) > 2

    # -- deciding ----------------------------------------------------------------------------------------------------

    def _compose(self, found: Found) -> None:
        """Core and sub-type make the more specific concept; a specific concept says its sub-type."""
        defined = self._lexicon.defined
        while len(found.codes) == 1:
            stated = {(axis, value) for axis, value in found.qualifiers.items() if isinstance(value, str)}
            more = [code for needed, code in defined.get(found.codes[0], ()) if needed <= stated]
            if not more or more[0] == found.codes[0]:
                break
            found.steps.append(("composed", f"{self._name(found.codes[0])} → {self._name(more[0])}"))
            found.codes = (more[0],)
            found.method = "composed"
        if len(found.codes) == 1:
            for axis, value in self._implied.get(found.codes[0], ()):
                found.qualifiers.setdefault(axis, value)

    @cached_property
    def _implied(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """The qualifiers a concept's definitions agree on."""
        found: dict[str, set[tuple[str, str]]] = {}
        for definition in self.category.definitions:
            stated = set(definition.qualifiers)
            found[definition.code] = found[definition.code] & stated if definition.code in found else stated
        return {code: tuple(sorted(qualifiers)) for code, qualifiers in found.items()}

    def _checked(self, found: Found, reading: Reading | None = None) -> Found:
        """Look for what speaks against accepting the concept; the first problem found stays."""
        if not found.problem and (len(found.codes) > 1 or (_is_ambiguous(found.entry) and found.method != "composed")):
            found.problem = "ambiguous"
            if reading:
                self._resolve(found, reading)
        if not found.problem and all(term.relation == "broad" for _code, term in found.entry.senses):
            found.problem = "too-broad"
        if not found.problem and self.category.concepts[found.codes[0]].status == "retired":
            found.problem = "retired"
        if not found.problem and found.qualifiers.get("etiology") not in (None, *self._usual_etiology(found)):
            found.problem = "other-etiology"
        if reading and not found.problem:
            found.problem = self._unread(found, reading)
        if reading and not found.problem:
            if self._action(found.qualifiers) == "review":
                found.problem = "policy"
        return found

    def _usual_etiology(self, found: Found) -> tuple[str, ...]:
        """Origins that change nothing: those in the concept's definition, and congenital where that is the category's."""
        said = [value for axis, value in self._implied.get(found.codes[0], ()) if axis == "etiology"]
        return (*said, *self.category.policy.usual_etiology)

    def _resolve(self, found: Found, reading: Reading) -> None:
        """An ambiguous text means what its sure neighbours are about, if that leaves one concept."""
        token = found.token
        if not found.entry.abbreviation or any(self._neighbour_unread(reading, token)):
            return
        roots: set[str] = set()
        for other in reading.found:
            if other is not found and not other.problem and len(other.codes) == 1 and not _is_ambiguous(other.entry):
                roots |= self._roots(other.codes[0])
        related = [code for code in found.codes if self._roots(code) & roots]
        if len(related) == 1:
            found.codes = (related[0],)
            found.method, found.problem = "abbreviation-in-context", ""
            found.steps.append(("abbreviation-in-context", self._name(related[0])))

    def _roots(self, code: str) -> set[str]:
        above = self.category.ancestors(code) | {code}
        return {one for one in above if not self.category.concepts[one].parents}

    def _neighbour_unread(self, reading: Reading, index: int) -> tuple[bool, bool]:
        """Whether the tokens glued before and after are unknown, or a measurement other than a length follows."""
        tokens = reading.tokens
        before = index > 0 and reading.glued(index) and tokens[index - 1].kind == "unknown"
        after = tokens[index + 1] if index + 1 < len(tokens) and reading.glued(index + 1) else None
        return before, after is not None and after.kind in ("unknown", "number")

    def _unread(self, found: Found, reading: Reading) -> str:
        """The problem that an unread stretch glued to the name makes, if it may belong to the name."""
        tokens, index = reading.tokens, found.token
        if index < 0:
            return ""
        if index and tokens[index - 1].kind == "unknown" and reading.view.gaps[found.start] == NONE:
            if self._guard.changes_before(reading.text(tokens[index - 1])):
                return "unread-before"
        for after in range(index + 1, len(tokens)):
            if tokens[after].start < found.end:
                continue
            if tokens[after].kind == "unknown" and reading.view.gaps[found.end] <= 2:
                stretch = reading.text(tokens[after])
                glued = reading.view.gaps[found.end] == NONE
                if (glued and self._guard.changes_after(stretch)) or (
                    not glued and reading.view.depth[tokens[after].start] > reading.view.depth[found.start]
                    and self._guard.changes_before(stretch)
                ):
                    return "unread-after"
            break
        return ""

    def _guard_stretches(self, reading: Reading) -> Iterable[int]:
        """Tokens of unread stretches that are already the reason of a neighbour's review."""
        for found in reading.found:
            if found.problem == "unread-before":
                yield found.token - 1
            elif found.problem == "unread-after":
                yield found.token + 1

    def _action(self, qualifiers: Mapping[str, str | float]) -> Action:
        policy = self.category.policy.qualifiers
        actions = [policy.get(f"{axis}={value}", "keep") for axis, value in qualifiers.items()]
        return "review" if "review" in actions else "note" if "note" in actions else "keep"

    # -- mentions ----------------------------------------------------------------------------------------------------

    def _mention(self, found: Found, view: View) -> Mention:
        start, end = view.span(found.start, found.end)
        text = view.raw[start:end]
        if not found.codes:
            return Mention(
                text, start, end, self.category.name, None, None, "unmatched", 0.0, "none", "nothing-similar",
                qualifiers={"certainty": "affirmed", "subject": "patient"},
            )
        confidence = _confidence().get(found.method, 0.0)
        if found.problem:
            confidence = found.rivals[0][0] * _DOUBTED if found.rivals else _DOUBTED
        accepted = not found.problem and confidence >= self.accept
        code = found.codes[0]
        return Mention(
            text,
            start,
            end,
            self.category.name,
            code,
            self._name(code),
            "accepted" if accepted else "review",
            round(confidence, 4),
            found.method,
            found.problem or ("known" if accepted else "below-level"),
            found.entry.senses[0][1].text,
            () if accepted else self._candidate_list(found),
            None,
            dict(sorted(found.qualifiers.items())),
        )

    def _candidate_list(self, found: Found) -> tuple[Candidate, ...]:
        scores: dict[str, float] = {}
        for code in found.codes:
            scores.setdefault(code, _DOUBTED if not found.rivals else found.rivals[0][0])
        for score, term_key in found.rivals:
            for code in self._lexicon.terms[term_key].codes:
                scores.setdefault(code, score)
        return tuple(Candidate(code, self._name(code), round(score, 4)) for code, score in scores.items())

    def _covered(self, mentions: list[Mention]) -> list[Mention]:
        """Mark general mentions that a more specific one of the cell includes."""
        codes = [mention for mention in mentions if mention.code and mention.status == "accepted"]
        if len(codes) < 2:
            return mentions
        return [self._cover(mention, codes) for mention in mentions]

    def _cover(self, mention: Mention, others: list[Mention]) -> Mention:
        if mention.code is None:
            return mention
        for other in others:
            if (
                other.code
                and mention.code in self.category.ancestors(other.code)
                and all(other.qualifiers.get(axis) == mention.qualifiers.get(axis) for axis in ("certainty", "subject"))
            ):
                return replace(mention, covered_by=other.code)
        return mention

    def _name(self, code: str) -> str:
        return self.category.concepts[code].name


_NOTHING = Entry("")


def _method(entry: Entry, text: str) -> str:
    return _METHODS.get(entry.senses[0][1].kind, "known-term")


def _is_ambiguous(entry: Entry) -> bool:
    return any(term.relation == "ambiguous" for _code, term in entry.senses)


@cache
def _confidence() -> dict[str, float]:
    """How often a mention found by each method is right, from `data/vocabulary/calibration.csv`."""
    text = (resources.files("zhengming") / "data" / "vocabulary" / "calibration.csv").read_text(encoding="utf-8")
    return {row["method"]: float(row["confidence"]) for row in csv.DictReader(text.splitlines())}
