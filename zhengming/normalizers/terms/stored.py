"""The lexicon and guard of a large category: asked of a release and its search index, never all in memory.

They answer as those of a small category do (`lexicon`, `guard`). A text is looked up in the release by
its key; everything that depends on all terms at once was worked out when the index was built.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, TypeVar

from zhengming.dictionary.folding import key
from zhengming.dictionary.model import Category, Dictionary, Term
from zhengming.dictionary.wordings import Wordings
from zhengming.normalizers.terms.entry import Entry, crossing_marks
from zhengming.normalizers.terms.guard import Guard
from zhengming.normalizers.terms.lexicon import LEAST_SHARED, Lexicon
from zhengming.normalizers.terms.vocabulary import Vocabulary, vocabulary

if TYPE_CHECKING:
    from zhengming.dictionary.index.category import CategoryIndex
    from zhengming.dictionary.index.hashes import HashSet
    from zhengming.dictionary.stored_category import StoredCategory

START: Final = 4  # characters by which a text is looked up, as in `dictionary.index.words`
LARGE: Final = 50_000  # terms of a release from which its index is used; fewer are held in memory within a second
_KEPT: Final = 100_000  # answers kept, some 50 MB of entries

Value = TypeVar("Value")


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


def build_indexes(dictionary: Dictionary) -> tuple[str, ...]:
    """Build the indexes of all large categories that have none yet; gives the names of these categories.

    Raises:
        DictionaryError: the release is damaged.
    """
    found = ((one.name, stored_lexicon(one, vocabulary(), "")) for one in dictionary)
    return tuple(name for name, lexicon in found if lexicon and lexicon.index)


class StoredLexicon(Lexicon):
    """The recognisable texts of a large category for one sender."""

    def __init__(self, category: StoredCategory, vocabulary: Vocabulary, sender: str = "") -> None:
        """Only the cues, the sub-type words and the sender's own terms are held in memory."""
        self.category = category
        self.vocabulary = vocabulary
        self.wordings = Wordings(category.policy.wordings)
        self._stored = category
        self._local: dict[str, list[tuple[str, Term]]] = {}
        for code, term in category.local(sender) if sender else ():
            self._local.setdefault(key(term.text), []).append((code, term))
        self.wordings.widen(self._local)
        self._local.pop("", None)
        self._words = self._word_entries()
        self._crossing = crossing_marks(vocabulary)
        for word in self._words.values():
            word.settle(self._crossing, {})
        self.entries: _Found[Entry] = _Found(self._found)
        self._walk = self.words = _Walk(self._lengths, [*self._words, *self._local], self.entries.get)
        self._alike_keys: dict[str, str] = {}
        self._shown_codes: dict[str, tuple[str, ...]] = {}
        self._shown_names: dict[str, str] = {}

    @cached_property
    def index(self) -> CategoryIndex:
        """The index, opened when first asked: a cell that is a known name needs none."""
        from zhengming.dictionary.index.category import opened

        return opened(self._stored, self.vocabulary.alike, shared_endings=LEAST_SHARED)

    def prepare(self) -> None:
        """Open the index now."""
        _all = (self.index.nearest, self.terms, self.alike_words, self.cores, self.defined)

    def _lengths(self, start: str) -> tuple[int, ...]:
        return self.index.lengths.get(start)

    def read(self, keys: Iterable[str], *, concepts: bool = True) -> None:
        """Look up many keys together, so that asking for them one by one is cheap; with or without their concepts."""
        missing = [entry_key for entry_key in dict.fromkeys(keys) if not self.entries.keeps(entry_key)]
        self.entries.make_room(len(missing))
        known = self.index.senses.known(missing).tolist()
        written = {
            entry_key: self.wordings.ways(entry_key) if here else ()
            for entry_key, here in zip(missing, known, strict=True)
        }
        senses = self._stored.named_many((way for ways in written.values() for way in ways), concepts=concepts)
        for entry_key, ways in written.items():
            self.entries.keep(entry_key, self._entry_of(entry_key, [one for way in ways for one in senses[way]]))

    def foresee(self, texts: Sequence[str]) -> None:
        """Look up together what reading cells of these folded texts will ask of the terms."""
        keys = list(dict.fromkeys(texts))
        self._alike_keys.update(zip(keys, self._all_alike(keys), strict=True))
        alike = list(dict.fromkeys(map(self.alike_key, keys)))
        self._alike.make_room(len(alike))
        mistaken = self.index.alike_many(alike) if not self._local else []
        for text, found in zip(alike, mistaken, strict=False):
            self._alike.keep(text, found or None)
        standing: set[str] = set()
        if self.category.policy.cell == "mentions":
            standing = self._walk.foresee(keys, self.index.standing(keys))
            self.alike_words.foresee(alike, self.index.standing(alike, alike=True))
        self.read([*keys, *sorted(standing), *chain.from_iterable(mistaken)])

    def alike_key(self, text: str) -> str:
        """The text with every character replaced by its confusable class."""
        return self._alike_keys.get(text) or super().alike_key(text)

    def _all_alike(self, texts: Sequence[str]) -> list[str]:
        parts = super().alike_key("\n".join(texts)).split("\n")
        return parts if len(parts) == len(texts) else [super(StoredLexicon, self).alike_key(text) for text in texts]

    def keep(self, codes: Mapping[str, tuple[str, ...]], names: Mapping[str, str]) -> None:
        """Keep the codes of some terms and the names of some concepts, which will be asked for, instead of others."""
        self._shown_codes.update(codes)
        self._shown_names.update(names)

    def forget(self) -> None:
        """Forget what was kept or worked out beforehand."""
        self._alike_keys.clear()
        self._shown_codes.clear()
        self._shown_names.clear()

    def codes(self, term_key: str) -> Sequence[str]:
        """Codes of the concepts that a term may name: the first ones, where they are very many."""
        return self._shown_codes.get(term_key) or super().codes(term_key)

    def name(self, code: str) -> str:
        """The preferred name of a concept."""
        return self._shown_names.get(code) or super().name(code)

    def _is_retired(self, code: str) -> bool:
        return code in self._stored.retired

    def _term_keys(self, code: str) -> Iterable[str]:
        return [term.key for term in self.category.concepts[code].terms]

    def _found(self, entry_key: str) -> Entry | None:
        known = "index" not in self.__dict__ or self.index.senses.knows(entry_key)
        ways = self.wordings.ways(entry_key) if known else ()
        return self._entry_of(entry_key, [one for way in ways for one in self._stored.named(way)])

    @property
    def has_local_terms(self) -> bool:
        """Whether the sender has terms of its own, which the index does not know."""
        return bool(self._local)

    def _entry_of(self, entry_key: str, named: list[tuple[str, Term]]) -> Entry | None:
        senses = self._local.get(entry_key) or [one for one in named if not one[1].sender]
        word = self._words.get(entry_key)
        if not senses:
            return word
        entry = Entry(entry_key, self._current(senses) if len(senses) > 1 else tuple(senses))
        if word:
            entry.modifiers, entry.cues = word.modifiers, word.cues
        entry.settle(self._crossing, {})
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

    def is_near_abbreviation(self, word: str) -> bool:
        """Not known of a large category."""
        return False

    @property
    def endings(self) -> HashSet:
        """Ends of names that many names share."""
        return self.index.endings

    @property
    def alike(self) -> Mapping[str, tuple[str, ...]]:
        """Term keys by their text with every character replaced by its confusable class."""
        return self._alike

    @cached_property
    def _alike(self) -> _Found[tuple[str, ...]]:
        own: dict[str, list[str]] = {}
        for entry_key in self._local:
            if not entry_key.isascii():
                own.setdefault(self.alike_key(entry_key), []).append(entry_key)
        return _Found(lambda text: tuple(sorted({*self.index.alike(text), *own.get(text, ())})) or None)

    @cached_property
    def alike_words(self) -> _Walk:
        """Finds in a text of classes every text of `alike`: its length, and the term keys that look so."""
        own = [self.alike_key(entry_key) for entry_key in self._local if not entry_key.isascii()]

        def found(text: str) -> tuple[int, tuple[str, ...]] | None:
            keys = self.alike.get(text)
            return (len(text), keys) if keys else None

        return _Walk(self.index.alike_lengths.get, own, found)

    def begins_name(self, text: str) -> bool:
        """As in a small category."""
        own = any(one.startswith(text) and one != text for one in self._local)
        return own or self._stored.concepts.begins(text)

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
        self._stored = lexicon

    @property
    def substitutions(self) -> frozenset[tuple[str, str]]:
        """Pairs of confusable characters that tell two concepts apart, in both orders."""
        return self._stored.index.substitutions

    @property
    def additions(self) -> HashSet:
        """One or two characters that make another concept of a term when added anywhere in it."""
        return self._stored.index.additions

    @property
    def affixes(self) -> tuple[frozenset[str], frozenset[str]]:
        """Characters that end what makes another concept of a term before it, and that start it after it."""
        return self._stored.index.affixes


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

    def __init__(
        self, lengths: Callable[[str], tuple[int, ...]], own: Iterable[str], find: Callable[[str], object]
    ) -> None:
        self._starts: Mapping[str, tuple[int, ...]] = _Found(lambda start: lengths(start) or None)
        self._own: dict[str, set[int]] = {}
        for text in own:
            self._own.setdefault(text[:START] if len(text) >= START else text[:1], set()).add(len(text))
        self._find = find
        self._foreseen: dict[str, list[tuple[int, int]]] = {}

    def foresee(self, texts: Sequence[str], standing: Sequence[list[tuple[int, int]]]) -> set[str]:
        """Take over where in texts something stands, for texts that will be gone through; gives what stands there."""
        self._foreseen = dict(zip(texts, standing, strict=True))
        return {text[first : last + 1] for text, places in self._foreseen.items() for first, last in places}

    def _places(self, text: str) -> Iterable[tuple[int, int]]:
        """(first, last) of what may stand in the text."""
        own = self._own
        foreseen = self._foreseen.get(text)
        if foreseen is None:
            for first in range(len(text)):
                beginnings = {text[first], text[first : first + START]}
                for size in {size for one in beginnings for size in (*self._sizes(one), *own.get(one, ()))}:
                    yield first, first + size - 1
            return
        yield from foreseen
        there = set(foreseen)
        for first in range(len(text)):
            for beginning in (text[first], text[first : first + START]):
                if beginning in own:
                    yield from (
                        (first, first + size - 1) for size in own[beginning] if (first, first + size - 1) not in there
                    )

    def _sizes(self, start: str) -> tuple[int, ...]:
        return self._starts.get(start, ())

    def iter(self, text: str, first: int = 0, after: int = sys.maxsize, /) -> Iterator[tuple[int, Any]]:
        """(index of the last character, what stands there) of `text[first:after]`, by that index, the longest first."""
        found: list[tuple[int, int, object]] = []
        for start, last in self._places(text):
            if start < first or last >= min(after, len(text)):
                continue
            if (here := self._find(text[start : last + 1])) is not None:
                found.append((last, start, here))
        found.sort(key=lambda one: one[:2])
        return ((last, here) for last, _start, here in found)
