"""The matcher: from the raw text of a cell to mentions, each accepted, for review, or unmatched, with a reason.

The way of a cell: folded and cut into tokens (`cell`), names not in one piece put together (`recovery`), cues and
sub-types attached (`qualifiers`), composed, resolved and guarded (`judging`), and what is left compared with the
nearest terms (`candidates`), which is never more than a proposal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zhengming import collecting
from zhengming.dictionary.decisions import Decision
from zhengming.dictionary.folding import key
from zhengming.dictionary.model import Action, Dictionary
from zhengming.dictionary.rulings import Decisions
from zhengming.errors import UsageError
from zhengming.normalizers.codes import CodeBook
from zhengming.normalizers.terms import decided, parallel
from zhengming.normalizers.terms.brief import Brief
from zhengming.normalizers.terms.cell import tokenize
from zhengming.normalizers.terms.cell_reader import CellReader
from zhengming.normalizers.terms.compounds import Compounds
from zhengming.normalizers.terms.decided import Decided
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.guard import Guard
from zhengming.normalizers.terms.judging import Judge
from zhengming.normalizers.terms.learned import Learned
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.mention import Candidate, Mention
from zhengming.normalizers.terms.once import Once
from zhengming.normalizers.terms.proposals import PLAIN, Proposer
from zhengming.normalizers.terms.reading import Found
from zhengming.normalizers.terms.slips import Slips
from zhengming.normalizers.terms.spelling import Spelling
from zhengming.normalizers.terms.stored import StoredGuard, stored_lexicon
from zhengming.normalizers.terms.values import ValueReader
from zhengming.normalizers.terms.verdicts import Verdicts
from zhengming.normalizers.terms.view import view_of
from zhengming.normalizers.terms.vocabulary import vocabulary

if TYPE_CHECKING:
    from zhengming.learning.model import Model

_TOGETHER: Final = 40_000  # texts that are read together of a large category
_TRIED: Final = 200  # texts that are read before very many are shared out
_SEEN: Final = 300_000  # texts whose mentions are kept, some 300 MB

Steps = list[tuple[str, str]]


class Matcher:
    """Matches texts to the concepts of one category.

    >>> from zhengming.dictionary.model import Dictionary
    >>> matcher = Matcher(Dictionary.open(), "sex")
    >>> [(mention.code, mention.status) for mention in matcher.match("女童")]
    [('2', 'accepted')]
    """

    @collecting.paused(kept=True)
    def __init__(
        self,
        dictionary: Dictionary,
        category: str,
        *,
        sender: str = "",
        accept: float | None = None,
        review: float | None = None,
        decisions: Decisions | str | Path | Iterable[Decision] | None = None,
        speciality: Iterable[str] = (),
        model: Model | None = None,
    ) -> None:
        """Build the lexicon of `category`; `sender` adds that sender's local terms.

        `accept` and `review` (0..1) replace the levels of the category's policy. `decisions` of reviewers (what holds
        of a log, or the path of one) are applied to equal values. `speciality` names contexts of the category (see
        `category.toml`) that the sender's cells are about: there an abbreviation means what it means among them,
        where neither its cell nor its row tells. A `model` learned from decisions proposes concepts for texts that no
        term explains.

        Raises:
            UnknownCode: the dictionary has no such category.
            UsageError: a level is not between 0 and 1, or the model is of another category or release.
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
        held, speciality = Decisions.of(decisions), frozenset(speciality)
        self._vocabulary = vocabulary()
        stored = stored_lexicon(self.category, self._vocabulary, sender)
        self._lexicon = stored or Lexicon(self.category, self._vocabulary, sender)
        self._guard = StoredGuard(stored) if stored else Guard(self._lexicon)
        self._spelling = None if stored else Spelling(self._lexicon)
        compounds = Compounds(self.category, self._lexicon)
        self._judge = Judge(self.category, self._lexicon, self._guard, compounds, speciality)
        self._slips = None if stored else Slips(self._lexicon)  # of a large category too much would have to be held
        self._brief = Brief(self._lexicon, self._slips) if self._slips else None
        self._proposer = Proposer(self._lexicon, self._guard, self.review, self._slips)
        self._values = ValueReader(dictionary, self.category, self._lexicon, self._guard, self._judge, self._proposer)
        self._verdicts = Verdicts(self.category, self._lexicon, self.accept)
        confidence = self._verdicts.confidence[decided.METHOD]
        self._decided = Decided(held, self.category, dictionary.id, sender, confidence)
        self._reader = CellReader(
            self.category,
            self._lexicon,
            self._guard,
            self._judge,
            compounds,
            self._proposer,
            self._decided,
            self._slips,
            self._brief,
            self._spelling,
        )
        bound = model.bound(dictionary, category) if model else None
        self._learned = Learned(bound, self.category, self._lexicon, self.accept)
        self._overruled = bool(self._learned or self._decided)
        self._seen: dict[str, tuple[Mention, ...]] = {}
        self._facts = (sender, sorted(speciality), held, model)
        self._codes = Once(self._find_codes)

    def match(self, text: str, beside: str = "") -> list[Mention]:
        """The mentions of one cell, in the order of the text; an empty cell has none.

        `beside` is the text of other cells of its row: what they are about settles an ambiguous abbreviation that
        nothing in its own cell settles.
        """
        found = self._seen[text] = self._read_once(text)
        if beside and any(mention.reason == "ambiguous" for mention in found):
            return [mention for mention, _steps in self.explain(text, beside)]
        return list(found)

    def _read_once(self, text: str) -> tuple[Mention, ...]:
        known = self._seen.get(text)
        return self._explained(text) if known is None else known

    def _explained(self, text: str) -> tuple[Mention, ...]:
        if self._overruled:
            return tuple([mention for mention, _steps in self.explain(text)])
        return tuple(self._verdicts.covered([mention for mention, _found in self._read(text, "")]))

    @collecting.paused(kept=True)
    def match_many(self, texts: Iterable[str], *, jobs: int | None = None) -> list[list[Mention]]:
        """The mentions of many cells; equal cells are read once, many distinct ones on `jobs` cores (default: all)."""
        listed = list(texts)
        if len(self._seen) > _SEEN:
            self._seen.clear()
        unseen = [text for text in dict.fromkeys(listed) if text not in self._seen]
        self._learned.prepare(unseen, lambda text: self._read(text, ""))
        if isinstance(self._guard, StoredGuard):  # one by one would be slow
            for first in range(0, len(unseen), _TOGETHER):
                some = unseen[first : first + _TOGETHER]
                self._seen.update(self._proposer.foresee(some, self._explained))
                self._read_together([text for text in some if text not in self._seen], jobs)
                self._proposer.forget()
        else:
            self._read_together(unseen, jobs)
        return [list(self._seen[text]) for text in listed]

    @collecting.paused(kept=True)
    def nearest_many(self, texts: Iterable[str], *, top: int = 5, least: float = 0.0) -> list[list[Candidate]]:
        """At most `top` concepts, those with the terms most like each text as a whole; nothing is read or decided.

        Best first. Scores are RapidFuzz's normalized InDel similarity of the folded texts, from 0 to 1; `least` is the
        lowest told. Of a term that names several concepts the first is given. This is what a reviewer's search needs,
        and the fastest way to ask a large category; whether a text may be coded only `match_many` tells.

        >>> from zhengming.dictionary.model import Dictionary
        >>> matcher = Matcher(Dictionary.open(), "disease")
        >>> [found[0].name for found in matcher.nearest_many(["室间膈缺损", "动脉导管末闭"])]
        ['室间隔缺损', '动脉导管未闭']
        """
        keys = self._lexicon.keys(list(texts))
        distinct = [one for one in dict.fromkeys(keys) if one]
        found = dict(zip(distinct, self._proposer.nearest_many(distinct, least, top), strict=True))
        return [list(found.get(text, ())) for text in keys]

    def _read_together(self, texts: Sequence[str], jobs: int | None) -> None:
        """Read distinct texts: many on `jobs` cores, a few here."""
        processes = parallel.workers(len(texts), jobs)
        read: Iterable[tuple[Mention, ...]] = map(self._read_once, texts)
        if processes > 1:
            if len(self._seen) < _TRIED:  # what they need is worked out once: workers inherit it
                for text in texts[:: len(texts) // _TRIED]:
                    self.match(text)
            read = parallel.read_many(texts, self._read_once, processes)
        self._seen.update(zip(texts, read, strict=True))

    @property
    def facts(self) -> list[object]:
        """All that a result depends on, apart from the text and the version of the program."""
        sender, speciality, held, model = self._facts
        options = [self.accept, self.review, sender, speciality, held.sha256, model.sha256 if model else ""]
        return [self.dictionary.sha256, self.category.name, *options]

    def known(self, texts: Iterable[str]) -> dict[str, tuple[Mention, ...]]:
        """The texts that have been read, with their mentions."""
        return {text: self._seen[text] for text in texts if text in self._seen}

    def remember(self, read: Mapping[str, tuple[Mention, ...]]) -> None:
        """Take over what was read by a matcher of the same `facts`."""
        self._seen.update(read)

    def forget(self, beyond: int) -> None:
        """Let go of what was read, if it is of more than `beyond` texts."""
        if len(self._seen) > beyond:
            self._seen.clear()

    def explain(self, text: str, beside: str = "") -> list[tuple[Mention, Steps]]:
        """Each mention of a cell with the steps that led to it: (step code, detail); `beside` as for `match`."""
        learned = self._learned.apply(text, lambda known: self._read(text, beside, known=known))
        read = self._decided.apply(text, learned)
        mentions = self._verdicts.covered([mention for mention, _steps in read])
        return [(mention, steps) for mention, (_mention, steps) in zip(mentions, read, strict=True)]

    def denies_all(self, text: str) -> bool:
        """Whether the cell says that there is nothing (无, 未见): only denying words, nothing that is denied."""
        tokens = tokenize(view_of(text, self._vocabulary, self._lexicon.wordings), self._lexicon)
        return bool(tokens) and all(token.entry is not None and "refuted" in token.entry.values for token in tokens)

    def action(self, mention: Mention) -> Action:
        """What the category's policy does with an accepted mention: the strictest word on any of its qualifiers."""
        return "keep" if mention.reason == decided.CELL else self._judge.action(mention.qualifiers)

    def name(self, code: str) -> str:
        """The preferred name of a concept of the category."""
        return self._lexicon.name(code)

    def meanings(self, text: str) -> tuple[str, ...]:
        """Every concept that a text is a known name of; several for an ambiguous one."""
        entry = self._lexicon.terms.get(self._lexicon.key(text))
        return entry.codes if entry else ()

    @collecting.paused(kept=True)
    def prepare(self) -> None:
        """Work out now what is otherwise worked out when first needed, so that workers inherit it."""
        self._guard.prepare()
        self._lexicon.prepare()
        self._judge.prepare()
        self._proposer.prepare()
        if self._slips:
            self._slips.prepare()
        if self._brief:
            self._brief.prepare()
        if self._spelling:
            self._spelling.prepare()

    @property
    def codes(self) -> CodeBook:
        """The codes of the category, for cells that hold codes."""
        return self._codes()

    def _find_codes(self) -> CodeBook:
        return CodeBook(self.dictionary, self.category.name)

    def _read(self, text: str, beside: str, *, known: bool = False) -> list[tuple[Mention, Steps]]:
        """The mentions of a cell; with `known` only what terms explain, and nothing is looked for that is alike."""
        view = view_of(text, self._vocabulary, self._lexicon.wordings)
        if not view.text:
            return self._read_symbols(text)
        whole = self._lexicon.terms.get(view.text) if view.bare else None
        if self.category.policy.cell != "mentions":
            read = [self._values.read(view)]
        elif whole and len(whole.codes) == 1 and not whole.ambiguous:
            read = [self._judge.judge_alone(self._found_whole(whole))]  # most cells: nothing else to look at
        else:
            about = self._judge.contexts(beside, self.match(beside)) if beside else frozenset()
            view, read = self._reader.read(view, about, known)
        mentions = self._verdicts.mentions(view, read)
        return [(mention, found.steps) for mention, found in zip(mentions, read, strict=True)]

    def _read_symbols(self, text: str) -> list[tuple[Mention, Steps]]:
        """A cell without letters or digits: nothing, or a symbol that is a term (♂)."""
        entry = self._lexicon.terms.get(key(text))
        if not text.strip() or entry is None or len(entry.codes) != 1 or entry.ambiguous:
            return []
        start, end = len(text) - len(text.lstrip()), len(text.rstrip())
        found = Found(0, 0, 0, entry.codes, entry, "exact", qualifiers=dict(PLAIN))
        return [(self._verdicts.mention(found, text, start, end), [("exact", entry.written)])]

    def _found_whole(self, entry: Entry) -> Found:
        """The term that a whole cell is."""
        found = Found(0, 0, len(entry.key), entry.codes, entry, entry.method, qualifiers=dict(PLAIN))
        found.steps.append((entry.method, entry.written))
        return found
