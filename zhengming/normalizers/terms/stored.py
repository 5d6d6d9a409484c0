"""The lexicon, guard and candidates of a large category: asked of a release and its search index, never all in memory.

They answer as those of a small category do (`lexicon`, `guard`, `candidates`). A text is looked up in the release by
its key; everything that depends on all terms at once was worked out when the index was built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from zhengming.dictionary.folding import key
from zhengming.dictionary.model import Category, Term
from zhengming.dictionary.wordings import Wordings
from zhengming.normalizers.terms.candidates import CandidateIndex, best_of_each
from zhengming.normalizers.terms.guard import Guard
from zhengming.normalizers.terms.lexicon import LEAST_SHARED, Entry, Lexicon, Words
from zhengming.normalizers.terms.vocabulary import Vocabulary

if TYPE_CHECKING:
    from zhengming.dictionary.index.category import CategoryIndex
    from zhengming.dictionary.index.hashes import HashSet
    from zhengming.dictionary.index.words import Starts
    from zhengming.dictionary.stored_category import StoredCategory

START = 4  # characters by which a text is looked up, as in `dictionary.index.words`
LARGE = 50_000  # terms of a release from which its index is used; fewer are held in memory within a second
_KEPT = 200_000  # answers kept, some 100 MB of entries
_ASKED = 10  # terms asked of the index for one text: several may be of one concept
_TOGETHER = 20_000  # texts whose terms are looked up together

Value = TypeVar("Value")
Result = TypeVar("Result")


def stored_lexicon(category: Category, vocabulary: Vocabulary, sender: str) -> StoredLexicon | None:
    """The lexicon of a category that is large and stands in a release; None for any other.

    Raises:
        DictionaryError: the release is damaged.
    """
    if not isinstance(category.concepts, dict):
        from zhengming.dictionary.stored_category import StoredCategory

        if isinstance(category, StoredCategory) and category.many_terms >= LARGE:
            return StoredLexicon(category, vocabulary, sender)
    return None


class StoredLexicon(Lexicon):
    """The recognisable texts of a large category for one sender."""

    def __init__(self, category: StoredCategory, vocabulary: Vocabulary, sender: str = "") -> None:
        """Open the index; only the cues, the sub-type words and the sender's own terms are held in memory."""
        from zhengming.dictionary.index.category import opened

        self.category = category
        self.vocabulary = vocabulary
        self.wordings = Wordings(category.policy.wordings)
        self._stored = category
        self.index: CategoryIndex = opened(category, vocabulary.alike, shared_endings=LEAST_SHARED)
        self._local: dict[str, list[tuple[str, Term]]] = {}
        for code, term in category.local(sender) if sender else ():
            self._local.setdefault(key(term.text), []).append((code, term))
        self.wordings.widen(self._local)
        self._local.pop("", None)
        self._words = self._word_entries()
        for word in self._words.values():
            word.settle(self._strongest_mark)
        self.entries: _Found[Entry] = _Found(self._found)
        self.words = _Walk(self.index.lengths, [*self._words, *self._local], self.entries.get)

    def read(self, keys: Iterable[str]) -> None:
        """Look up many keys together, so that asking for them one by one is cheap."""
        missing = [entry_key for entry_key in dict.fromkeys(keys) if not self.entries.keeps(entry_key)]
        self.entries.make_room(len(missing))
        written = {entry_key: self.wordings.ways(entry_key) for entry_key in missing}
        senses = self._stored.named_many(way for ways in written.values() for way in ways)
        for entry_key, ways in written.items():
            self.entries.keep(entry_key, self._entry_of(entry_key, [one for way in ways for one in senses[way]]))

    def _found(self, entry_key: str) -> Entry | None:
        ways = self.wordings.ways(entry_key)
        return self._entry_of(entry_key, [one for way in ways for one in self._stored.named(way)])

    def _entry_of(self, entry_key: str, named: list[tuple[str, Term]]) -> Entry | None:
        senses = self._local.get(entry_key) or [one for one in named if not one[1].sender]
        word = self._words.get(entry_key)
        if not senses:
            return word
        entry = Entry(entry_key, self._current(senses) if len(senses) > 1 else tuple(senses))
        if word:
            entry.modifiers, entry.cues = word.modifiers, word.cues
        entry.settle(self._strongest_mark)
        return entry

    @cached_property
    def terms(self) -> Mapping[str, Entry]:
        """The entries that name a concept."""

        def named(entry_key: str) -> Entry | None:
            entry = self.entries.get(entry_key)
            return entry if entry and entry.senses else None

        return _Found(named)

    @cached_property
    def local_terms(self) -> Mapping[str, Entry]:
        """The entries of the sender's own terms."""
        return {entry_key: self.entries[entry_key] for entry_key in sorted(self._local)}

    @property
    def endings(self) -> HashSet:
        """Ends of names that many names share."""
        return self.index.endings

    @cached_property
    def alike(self) -> Mapping[str, tuple[str, ...]]:
        """Term keys by their text with every character replaced by its confusable class."""
        own: dict[str, list[str]] = {}
        for entry_key in self._local:
            if not entry_key.isascii():
                own.setdefault(self.alike_key(entry_key), []).append(entry_key)
        return _Found(lambda text: tuple(sorted({*self.index.alike(text), *own.get(text, ())})) or None)

    @cached_property
    def alike_words(self) -> Words:
        """Finds in a text of classes every text of `alike`: its length, and the term keys that look so."""
        own = [self.alike_key(entry_key) for entry_key in self._local if not entry_key.isascii()]

        def found(text: str) -> tuple[int, tuple[str, ...]] | None:
            keys = self.alike.get(text)
            return (len(text), keys) if keys else None

        return _Walk(self.index.alike_lengths, own, found)

    def but_for_fillers(self, texts: Iterable[str], below: Iterable[str]) -> Iterator[str]:
        """The keys of terms of the concepts `below` that are one of `texts` but for fillers."""
        wanted, concepts = set(texts), self.category.concepts
        keys = (term.key for code in below for term in concepts[code].terms)
        return (one for one in keys if self.unfilled(one) in wanted)


class StoredGuard(Guard):
    """Contrasts between the terms of a large category, as its index knows them."""

    def __init__(self, lexicon: StoredLexicon) -> None:
        """Take the contrasts from the lexicon's index; a sender's own terms add none."""
        super().__init__(lexicon)
        self._index = lexicon.index

    @property
    def substitutions(self) -> frozenset[tuple[str, str]]:
        """Pairs of confusable characters that tell two concepts apart, in both orders."""
        return self._index.substitutions

    @property
    def additions(self) -> HashSet:
        """One or two characters that make another concept of a term when added anywhere in it."""
        return self._index.additions

    @property
    def affixes(self) -> tuple[frozenset[str], frozenset[str]]:
        """Characters that end what makes another concept of a term before it, and that start it after it."""
        return self._index.affixes


class StoredCandidates(CandidateIndex):
    """The terms most like a text, from the index. Many texts are best asked together: see `foresee`."""

    def __init__(self, lexicon: StoredLexicon) -> None:
        """Ask the lexicon's index; a sender's own terms are compared one by one."""
        super().__init__(lexicon.local_terms)
        self._lexicon = lexicon
        self._index = lexicon.index.nearest
        self._answers: dict[tuple[str, float], list[tuple[float, str]]] = {}
        self._wanted: dict[tuple[str, float], None] | None = None

    def nearest(self, text: str, cutoff: float) -> list[tuple[float, str]]:
        """(score, term key) of the best term of each concept at or above `cutoff`, best first; scores are 0..1."""
        found = self._answers.get((text, cutoff))
        if found is not None:
            return found
        if self._wanted is not None:
            self._wanted[text, cutoff] = None
            return []
        self._answer([text], cutoff)
        return self._answers[text, cutoff]

    def foresee(self, texts: Iterable[str], read: Callable[[str], Result]) -> Iterator[tuple[str, Result]]:
        """Find out what reading the texts will ask, and look all of it up together.

        Gives the texts whose reading asked nothing, with what was read; the others must be read again.
        """
        listed = list(texts)
        for first in range(0, len(listed), _TOGETHER):
            some = listed[first : first + _TOGETHER]
            self._lexicon.read(key(text) for text in some)
            wanted: dict[tuple[str, float], None] = {}
            for text in some:
                self._wanted = {}
                try:
                    result = read(text)
                finally:
                    asked, self._wanted = self._wanted, None
                if asked:
                    wanted.update(asked)
                else:
                    yield text, result
            for cutoff in dict.fromkeys(cutoff for _text, cutoff in wanted):
                self._answer([text for text, level in wanted if level == cutoff], cutoff)

    def _answer(self, texts: Sequence[str], cutoff: float) -> None:
        if len(self._answers) + len(texts) > _KEPT:
            self._answers.clear()
        found = self._index.nearest_many(texts, top=_ASKED, cutoff=cutoff)
        named = self._index.keys.many(found.ids)
        self._lexicon.read(named)
        scores, starts = found.scores.tolist(), found.starts.tolist()
        for text, start, end in zip(texts, starts[:-1], starts[1:], strict=True):
            scored = list(zip(scores[start:end], named[start:end], strict=True))
            scored += super().nearest(text, cutoff) if self._terms else []
            self._answers[text, cutoff] = best_of_each(scored, self._lexicon.terms)


class _Found(Mapping[str, Value]):
    """A mapping that finds each value when it is asked for, and keeps it for a while; it cannot be gone through."""

    def __init__(self, find: Callable[[str], Value | None]) -> None:
        self._find = find
        self._kept: dict[str, Value | None] = {}

    def _value(self, wanted: str) -> Value | None:
        try:
            return self._kept[wanted]
        except KeyError:
            self.make_room(1)
            found = self._kept[wanted] = self._find(wanted)
            return found

    def keeps(self, wanted: str) -> bool:
        """Whether asking for this costs nothing."""
        return wanted in self._kept

    def make_room(self, count: int) -> None:
        """Forget what is kept if `count` more would be too many."""
        if len(self._kept) + count > _KEPT:
            self._kept.clear()

    def keep(self, wanted: str, value: Value | None) -> None:
        """Keep a value that was found otherwise."""
        self._kept[wanted] = value

    def get(self, wanted: str, default: object = None) -> Value | None:  # type: ignore[override]
        found = self._value(wanted)
        return default if found is None else found  # type: ignore[return-value]

    def __getitem__(self, wanted: str) -> Value:
        found = self._value(wanted)
        if found is None:
            raise KeyError(wanted)
        return found

    def __contains__(self, wanted: object) -> bool:
        return isinstance(wanted, str) and self._value(wanted) is not None

    def __iter__(self) -> Iterator[str]:
        raise TypeError("too many to go through")

    def __len__(self) -> int:
        raise TypeError("too many to count")


class _Walk:
    """A walk over a text: at each place, the few lengths are looked up of which a known text starts so."""

    def __init__(self, starts: Starts, own: Iterable[str], find: Callable[[str], object]) -> None:
        self._starts: Mapping[str, tuple[int, ...]] = _Found(lambda start: starts.get(start) or None)
        self._own: dict[str, set[int]] = {}
        for text in own:
            self._own.setdefault(text[:START] if len(text) >= START else text[:1], set()).add(len(text))
        self._find = find

    def _sizes(self, start: str) -> tuple[int, ...]:
        return self._starts.get(start, ())

    def iter(self, text: str) -> Iterator[tuple[int, Any]]:
        """(index of the last character, what stands there), by that index, the longest first."""
        found: list[tuple[int, int, object]] = []
        for first in range(len(text)):
            beginnings = {text[first], text[first : first + START]}
            for size in {size for one in beginnings for size in (*self._sizes(one), *self._own.get(one, ()))}:
                last = first + size - 1
                if last < len(text) and (here := self._find(text[first : last + 1])) is not None:
                    found.append((last, first, here))
        found.sort(key=lambda one: one[:2])
        return ((last, here) for last, _first, here in found)
