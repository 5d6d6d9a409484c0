"""The matcher: from the raw text of a cell to mentions, each accepted, for review, or unmatched, with a reason.

The way of a cell: folded and cut into tokens (`cell`), names not in one piece put together (`recovery`), cues and
sub-types attached (`qualifiers`), composed, resolved and guarded (`judging`), and what is left compared with the
nearest terms (`candidates`), which is never more than a proposal.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache, cached_property
from importlib import resources
from pathlib import Path

from zhengming.dictionary.decisions import Decision, Decisions
from zhengming.dictionary.folding import key
from zhengming.dictionary.model import Action, Dictionary
from zhengming.errors import UsageError
from zhengming.normalizers.codes import CodeBook
from zhengming.normalizers.terms import decided, parallel
from zhengming.normalizers.terms.candidates import CandidateIndex
from zhengming.normalizers.terms.cell import Token, View, tokenize
from zhengming.normalizers.terms.decided import Decided
from zhengming.normalizers.terms.guard import Guard
from zhengming.normalizers.terms.judging import Judge
from zhengming.normalizers.terms.lexicon import Entry, Lexicon
from zhengming.normalizers.terms.mention import Candidate, Mention
from zhengming.normalizers.terms.organisations import OrganisationReader
from zhengming.normalizers.terms.places import PlaceReader
from zhengming.normalizers.terms.qualifiers import qualify
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.recovery import recover
from zhengming.normalizers.terms.vocabulary import vocabulary

_DOUBTED = 0.75  # confidence of a known term that something speaks against: below every accept level
_METHODS = {"preferred": "exact", "abbreviation": "abbreviation", "local": "local-term", decided.METHOD: decided.METHOD}
_SHOWN = 8  # candidates a reviewer is shown
_LEAST_SLIPPED = 5  # characters a term needs before a doubled or exchanged one is put right
_LEAST_COMPARED = 3  # characters an unread stretch needs before similar terms say anything; twice as many letters
_LEAST_LEFT = 2  # characters an unread stretch needs to be reported by itself
_PLAIN = {"certainty": "affirmed", "subject": "patient"}
_NOTHING = Entry("")

Steps = list[tuple[str, str]]


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
        decisions: Decisions | str | Path | Iterable[Decision] | None = None,
    ) -> None:
        """Build the lexicon of `category`; `sender` adds that sender's local terms.

        `accept` and `review` (0..1) replace the levels of the category's policy. `decisions` of reviewers (what holds
        of a log, or the path of one) are applied to equal values.

        Raises:
            UnknownCode: the dictionary has no such category.
            UsageError: a level is not between 0 and 1.
            UnreadableFile: the log of decisions cannot be read.
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
        self._guard = Guard(self._lexicon)
        self._judge = Judge(self.category, self._lexicon, self._guard)
        self._confidence = _calibration()
        self._decided = Decided(
            Decisions.of(decisions), self.category, dictionary.id, sender, self._confidence[decided.METHOD]
        )
        self._seen: dict[str, tuple[Mention, ...]] = {}

    def match(self, text: str) -> list[Mention]:
        """The mentions of one cell, in the order of the text; an empty cell has none."""
        found = self._seen.get(text)
        if found is None:
            found = self._seen[text] = tuple(mention for mention, _steps in self.explain(text))
        return list(found)

    def match_many(self, texts: Iterable[str], *, jobs: int | None = None) -> list[list[Mention]]:
        """The mentions of many cells; equal cells are read once, many distinct ones on `jobs` cores (default: all)."""
        listed = list(texts)
        unseen = [text for text in dict.fromkeys(listed) if text not in self._seen]
        processes = parallel.workers(len(unseen), jobs)
        if processes > 1:
            self.prepare()
            for text, mentions in zip(unseen, parallel.read_many(unseen, self.match, processes), strict=True):
                self._seen[text] = tuple(mentions)
        return [self.match(text) for text in listed]

    def explain(self, text: str) -> list[tuple[Mention, Steps]]:
        """Each mention of a cell with the steps that led to it: (step code, detail)."""
        read = self._decided.apply(text, self._read(text))
        mentions = self._covered([mention for mention, _steps in read])
        return [(mention, steps) for mention, (_mention, steps) in zip(mentions, read, strict=True)]

    def denies_all(self, text: str) -> bool:
        """Whether the cell says that there is nothing (无, 未见): only denying words, nothing that is denied."""
        tokens = tokenize(View(text, self._vocabulary), self._lexicon)
        return bool(tokens) and all(
            token.entry is not None and any(cue.value == "refuted" for cue in token.entry.cues) for token in tokens
        )

    def action(self, mention: Mention) -> Action:
        """What the category's policy does with an accepted mention: the strictest word on any of its qualifiers."""
        return "keep" if mention.reason == decided.CELL else self._judge.action(mention.qualifiers)

    def name(self, code: str) -> str:
        """The preferred name of a concept of the category."""
        return self.category.concepts[code].name

    def prepare(self) -> None:
        """Work out now what is otherwise worked out when first needed, so that workers inherit it."""
        self._guard.prepare()
        self._lexicon.prepare()
        self._judge.prepare()
        _all = self._candidates

    @cached_property
    def codes(self) -> CodeBook:
        """The codes of the category, for cells that hold codes."""
        return CodeBook(self.dictionary, self.category.name)

    @cached_property
    def _candidates(self) -> CandidateIndex:
        return CandidateIndex(self._lexicon.terms)

    def _read(self, text: str) -> list[tuple[Mention, Steps]]:
        view = View(text, self._vocabulary)
        if not view.text:
            return self._read_symbols(text)
        read = self._read_mentions(view) if self.category.policy.cell == "mentions" else self._read_value(view)
        read.sort(key=lambda found: (found.start, found.end))
        return [(self._mention(found, view), found.steps) for found in read]

    def _read_symbols(self, text: str) -> list[tuple[Mention, Steps]]:
        """A cell without letters or digits: nothing, or a symbol that is a term (♂)."""
        entry = self._lexicon.terms.get(key(text))
        if not text.strip() or entry is None or len(entry.codes) != 1 or entry.ambiguous:
            return []
        start, end = len(text) - len(text.lstrip()), len(text.rstrip())
        found = Found(0, 0, 0, entry.codes, entry, "exact", qualifiers=dict(_PLAIN))
        mention = self._mentioned(found, text, start, end)
        return [(mention, [("exact", entry.senses[0][1].text)])]

    def _read_value(self, view: View) -> list[Found]:
        """The whole cell as one value."""
        text = view.text
        entry, method = self._lexicon.terms.get(text), ""
        if entry is None and (compound := self._compound(view)):
            return [self._judged_value(compound)]
        if entry is None and len(text) > 2:
            for other in self._lexicon.alike.get(self._lexicon.alike_key(text), ()):
                if not self._guard.contrasts(text, other):
                    entry, method = self._lexicon.entries[other], "wrong-character"
                    break
        if entry is None:
            return [self._proposed(text, 0, len(text))]
        found = Found(0, 0, len(text), entry.codes, entry, method or _method(entry))
        found.steps.append((found.method, entry.senses[0][1].text))
        return [self._judged_value(found)]

    def _compound(self, view: View) -> Found | None:
        """What a value says that is made of several parts, where the category has such values."""
        if self._places is not None:
            return self._places.read(view.text)
        return self._organisations.read(view.raw, len(view.text)) if self._organisations is not None else None

    @cached_property
    def _places(self) -> PlaceReader | None:
        return PlaceReader(self.category, self._lexicon) if self.category.policy.cell == "place" else None

    @cached_property
    def _organisations(self) -> OrganisationReader | None:
        if self.category.policy.cell != "organisation":
            return None
        beside = [self.dictionary.category(name) for name in self.category.policy.beside]
        return OrganisationReader(self.category, self._lexicon, beside)

    def _judged_value(self, found: Found) -> Found:
        found.qualifiers.update(_PLAIN)
        return self._followed(self._judge.judge_value(found))

    def _followed(self, found: Found) -> Found:
        """A retired concept read as its one successor, where the category says that successors take its place."""
        if found.problem == "retired" and self.category.policy.retired == "follow":
            heirs = self.category.concepts[found.codes[0]].replaced_by
            if len(heirs) == 1 and self.category.concepts[heirs[0]].status == "active":
                found.steps.append(("successor", f"{found.codes[0]} → {heirs[0]}"))
                found.codes, found.problem, found.method = heirs, "", "successor"
        return found

    def _read_mentions(self, view: View) -> list[Found]:
        """Every concept of the cell, and every stretch that names none."""
        lexicon = self._lexicon
        tokens = tokenize(view, lexicon)
        self._decided.host(tokens, view)
        unread = any(token.kind == "unknown" for token in tokens)
        reading = Reading(view, tokens)
        for index, token in enumerate(tokens):
            if token.kind == "term" and token.entry:
                reading.add(self._hosted(index, token, token.entry, reading))
        if unread or any(token.kind == "modifier" for token in tokens):
            recover(reading, lexicon)
        qualify(reading, lexicon)
        self._judge.judge(reading)
        if not unread:
            return reading.found
        blamed = set(self._judge.blamed(reading))
        for found in reading.found:
            if found.problem in ("unread-before", "unread-after"):
                self._reread(found, reading)
        left = [
            self._proposed(reading.text(token), token.start, token.end)
            for index, token in enumerate(tokens)
            if token.kind == "unknown" and index not in blamed and token.end - token.start >= _LEAST_LEFT
        ]
        return reading.found + left

    def _reread(self, found: Found, reading: Reading) -> None:
        """Try the name together with the unread stretch next to it as one mistyped name."""
        other = reading.tokens[found.token + (1 if found.problem == "unread-after" else -1)]
        start, end = min(found.start, other.start), max(found.end, other.end)
        again = self._proposed(reading.view.text[start:end], start, end)
        if not again.problem:
            found.start, found.end, found.codes, found.entry = start, end, again.codes, again.entry
            found.method, found.problem = again.method, ""
            found.steps = again.steps + [step for step in found.steps if step[0] == "qualifier"]

    def _hosted(self, index: int, token: Token, entry: Entry, reading: Reading) -> Found:
        method = "wrong-character" if token.typed else _method(entry)
        found = Found(index, token.start, token.end, entry.codes, entry, method)
        found.steps.append((method, entry.senses[0][1].text))
        if token.typed and self._guard.contrasts(reading.text(token), entry.key):
            found.problem = "confusable"
        return found

    def _proposed(self, text: str, start: int, end: int) -> Found:
        """What no term explains: the nearest terms, or nothing."""
        least = _LEAST_COMPARED * 2 if text.isascii() else _LEAST_COMPARED
        nearest = self._candidates.nearest(text, self.review) if len(text) >= least else []
        if not nearest:
            found = Found(-1, start, end, (), _NOTHING, "none", "nothing-similar", dict(_PLAIN))
            found.steps.append(("none", text))
            return found
        entry = self._lexicon.terms[nearest[0][1]]
        found = Found(-1, start, end, entry.codes, entry, "similar", "only-similar", dict(_PLAIN))
        found.rivals = tuple(nearest)
        slips = [(slip, term_key) for _score, term_key in nearest if (slip := self._slip(text, term_key))]
        slipped = self._lexicon.terms[slips[0][1]] if slips else None
        if slipped and len(slipped.codes) == 1 and not slipped.ambiguous and not slipped.broad:
            found.method, found.problem = slips[0][0], ""
            found.codes, found.entry = slipped.codes, slipped
        found.steps.extend(("similar", f"{term_key} {score:.2f}") for score, term_key in nearest)
        return found

    def _slip(self, text: str, meant: str) -> str:
        """The method by which the texts are the same but for a slip that makes no other name, or an empty string.

        A slip is characters that change no name (法洛氏四联症), one typed twice, or two neighbours exchanged.
        """
        fillers, contrasts = self._vocabulary.fillers, self._guard.additions
        plain = [[one for one in side if one not in fillers or one in contrasts] for side in (text, meant)]
        if plain[0] == plain[1] and len(plain[0]) > 2:
            return "filler"
        if len(meant) < _LEAST_SLIPPED or text.isascii():
            return ""
        first = next((index for index, pair in enumerate(zip(text, meant, strict=False)) if pair[0] != pair[1]), -1)
        if len(text) == len(meant) + 1:
            first = len(meant) if first < 0 else first
            twice = text[first] == text[first - 1] and text[:first] + text[first + 1 :] == meant
            return "wrong-character" if twice and text[first] not in contrasts else ""
        swapped = text[:first] + text[first + 1 : first + 2] + text[first] + text[first + 2 :]
        return "wrong-character" if len(text) == len(meant) and swapped == meant else ""

    def _mention(self, found: Found, view: View) -> Mention:
        return self._mentioned(found, view.raw, *view.span(found.start, found.end))

    def _mentioned(self, found: Found, raw: str, start: int, end: int) -> Mention:
        confidence = self._confidence.get(found.method, 0.0)
        if found.problem:
            confidence = _DOUBTED * (found.rivals[0][0] if found.rivals else 1.0) if found.codes else 0.0
        accepted = not found.problem and confidence >= self.accept
        code = found.codes[0] if found.codes else None
        return Mention(
            raw[start:end],
            start,
            end,
            self.category.name,
            code,
            self.name(code) if code else None,
            "accepted" if accepted else "review" if code else "unmatched",
            round(confidence, 4),
            found.method,
            found.problem or ("known" if accepted else "below-level"),
            found.entry.senses[0][1].text if code else None,
            () if accepted else self._candidate_list(found),
            None,
            dict(sorted(found.qualifiers.items())) if len(found.qualifiers) > 2 else dict(found.qualifiers),
        )

    def _candidate_list(self, found: Found) -> tuple[Candidate, ...]:
        scores = dict.fromkeys(found.codes, found.rivals[0][0] if found.rivals else _DOUBTED)
        for score, term_key in found.rivals:
            for code in self._lexicon.terms[term_key].codes:
                scores.setdefault(code, score)
        listed = [Candidate(code, self.name(code), round(score, 4)) for code, score in scores.items()]
        return tuple(listed[:_SHOWN])

    def _covered(self, mentions: list[Mention]) -> list[Mention]:
        """Mark general mentions that a more specific one of the cell includes."""
        sure = [mention for mention in mentions if mention.status == "accepted"]
        return [self._cover(mention, sure) for mention in mentions] if len(sure) > 1 else mentions

    def _cover(self, mention: Mention, others: list[Mention]) -> Mention:
        for other in others:
            if (
                mention.code
                and other.code
                and mention.code in self.category.ancestors(other.code)
                and all(other.qualifiers.get(axis) == mention.qualifiers.get(axis) for axis in _PLAIN)
            ):
                return mention._replace(covered_by=other.code)
        return mention


def _method(entry: Entry) -> str:
    return _METHODS.get(entry.senses[0][1].kind, "known-term")


@cache
def _calibration() -> dict[str, float]:
    """How often a mention found by each method is right, from `data/vocabulary/calibration.csv`."""
    text = (resources.files("zhengming") / "data" / "vocabulary" / "calibration.csv").read_text(encoding="utf-8")
    return {row["method"]: float(row["confidence"]) for row in csv.DictReader(text.splitlines())}
