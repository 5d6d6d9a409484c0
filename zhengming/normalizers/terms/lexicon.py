"""Everything that can be recognised in a cell of one category, by key: terms, sub-type words, cues.

Looking up is by an Aho–Corasick automaton: one walk over a cell finds every key in it, however many there are.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Protocol

from zhengming.dictionary.folding import fold, key, keys, squeezed
from zhengming.dictionary.model import Category, Term
from zhengming.dictionary.wordings import Wordings
from zhengming.normalizers.terms.entry import Entry, crossing_marks
from zhengming.normalizers.terms.vocabulary import UNCLEAR, Cue, Vocabulary

if TYPE_CHECKING:
    from ahocorasick import Automaton


class Words(Protocol):
    """Finds in a text everything that is known: (index of the last character, what stands there)."""

    def iter(self, text: str, first: int = ..., after: int = ..., /) -> Iterator[tuple[int, Any]]: ...  # noqa: D102 — as above


# Axes of cues that change what a name tells.
_TELLING: Final = frozenset({"certainty", "timing", "procedure", "subject"})
ENDING_SIZES: Final = (2, 3, 4)
_KEPT: Final = 20_000  # concepts whose names are kept together, some 10 MB
_CONTINUED: Final = 20  # names that go on from a text that are looked at
LEAST_SHARED: Final = 12  # names that must share an ending; 5 let through chance ones such as 脉瓣狭窄 without 肺动


class Lexicon:
    """The recognisable texts of one category for one sender."""

    def __init__(self, category: Category, vocabulary: Vocabulary, sender: str = "") -> None:
        """Index the active concepts' terms, the category's sub-type words and the general cues.

        A term local to a sender counts only for that sender, and there it stands before what others mean by it.
        """
        self.category = category
        self.vocabulary = vocabulary
        self.wordings = Wordings(category.policy.wordings)
        folded = {term.text: fold(term.text) for concept in category.concepts.values() for term in concept.terms}
        self._keys = {text: squeezed(one) for text, one in folded.items()}
        entries: dict[str, Entry] = self._word_entries()
        for term_key, senses in self._senses(sender).items():
            current = self._current(senses) if len(senses) > 1 else tuple(senses)
            if term_key in entries:
                entries[term_key].senses = current
            else:
                entries[term_key] = Entry(term_key, current)
        crossing = crossing_marks(vocabulary)
        for entry in entries.values():
            entry.settle(crossing, folded)
        self.entries: Mapping[str, Entry] = entries
        self.words: Words = automaton((entry_key, entry) for entry_key, entry in entries.items())

    def key(self, text: str) -> str:
        """The key under which the text is looked up: folded, squeezed, in the first wording of every word."""
        return self.wordings.standard(key(text))

    def keys(self, texts: Sequence[str]) -> list[str]:
        """The `key` of each of many texts."""
        return [self.wordings.standard(one) for one in keys(texts)]

    def _word_entries(self) -> dict[str, Entry]:
        """The entries of the words that are no terms: sub-type words of the category, general cues."""
        entries: dict[str, Entry] = {}
        for modifier in self.category.modifiers:
            word = self.key(modifier.term)
            entry = entries.setdefault(word, Entry(word))
            entry.modifiers = (*entry.modifiers, modifier)
        for cue_key, cues in self.vocabulary.cues.items():
            word = self.wordings.standard(cue_key)
            entry = entries.setdefault(word, Entry(word))
            entry.cues = (*entry.cues, *cues)
        return entries

    def _senses(self, sender: str) -> dict[str, list[tuple[str, Term]]]:
        """What each key names; a term local to `sender` stands before what others mean by it."""
        found: dict[str, list[tuple[str, Term]]] = {}
        local: dict[str, list[tuple[str, Term]]] = {}
        keys = self._keys
        for code, concept in self.category.concepts.items():
            for term in concept.terms:
                if not term.sender:
                    found.setdefault(keys[term.text], []).append((code, term))
                elif term.sender == sender:
                    local.setdefault(keys[term.text], []).append((code, term))
        self.wordings.widen(found)
        self.wordings.widen(local)
        found.update(local)
        found.pop("", None)
        return found

    def _current(self, senses: list[tuple[str, Term]]) -> tuple[tuple[str, Term], ...]:
        """Senses in a fixed order; those of retired concepts only when there is no other."""
        active = [sense for sense in senses if not self._is_retired(sense[0])]
        return tuple(
            sorted(active or senses, key=lambda one: (one[0], one[1].kind != "preferred", one[1].kind, one[1].text))
        )

    def _is_retired(self, code: str) -> bool:
        return self.category.concepts[code].status == "retired"

    def prepare(self) -> None:
        """Work out every view of the entries now."""
        _all = (self.terms, self.endings, self.alike, self._alike_ways, self.alike_words)
        _more = (self.cores, self.defined, self._unfilled_terms)

    @cached_property
    def terms(self) -> Mapping[str, Entry]:
        """The entries that name a concept."""
        return {entry_key: entry for entry_key, entry in self.entries.items() if entry.senses}

    @cached_property
    def joining(self) -> tuple[str, ...]:
        """The words that join what they stand between, in a fixed order."""
        return tuple(
            sorted(word for word, cues in self.vocabulary.cues.items() if any(one.axis == "link" for one in cues))
        )

    @cached_property
    def endings(self) -> Container[str]:
        """Ends of names that many names share: 狭窄, 关闭不全, 闭锁. What stands before one is what it happens to."""
        counts = Counter(
            entry_key[-size:]
            for entry_key in self.terms
            if not entry_key.isascii()
            for size in ENDING_SIZES
            if len(entry_key) > size + 1
        )
        return frozenset(ending for ending, count in counts.items() if count >= LEAST_SHARED)

    @cached_property
    def alike(self) -> Mapping[str, tuple[str, ...]]:
        """Term keys by their text with every character replaced by its confusable class."""
        found: dict[str, tuple[str, ...]] = {}
        keys = sorted([entry_key for entry_key in self.terms if not entry_key.isascii()])
        for text, entry_key in zip(self.alike_key("\0".join(keys)).split("\0"), keys, strict=False):
            found[text] = (*found[text], entry_key) if text in found else (entry_key,)
        return found

    def is_near_abbreviation(self, word: str) -> bool:
        """Whether a longer abbreviation has one letter more, less, or two neighbours exchanged."""
        known, shorter = self._abbreviations
        rests = [word[:at] + word[at + 1 :] for at in range(len(word))]
        exchanged = [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]
        return word in shorter or any(one in known for one in (*rests, *exchanged))

    @cached_property
    def cut_words(self) -> dict[str, tuple[int, ...]]:
        """Where Latin words, as they were typed, are cut into abbreviations, as far as it is known; see `latin`."""
        return {}

    @cached_property
    def mistyped(self) -> dict[str, tuple[Entry | None, int]]:
        """Which terms texts are but for wrong characters, and how many, as far as it is known; see `mistyping`."""
        return {}

    @cached_property
    def embracing(self) -> dict[tuple[tuple[str, ...], tuple[str, ...]], Entry | None]:
        """The names of concepts that are both of two, as far as they are known; see `embracing`."""
        return {}

    @cached_property
    def _abbreviations(self) -> tuple[frozenset[str], frozenset[str]]:
        """The abbreviations of four letters and more, and what is left of them without one."""
        known = {one for one, entry in self.entries.items() if entry.abbreviation and one.isascii() and len(one) > 3}
        return frozenset(known), frozenset(one[:at] + one[at + 1 :] for one in known for at in range(len(one)))

    @cached_property
    def _alike_ways(self) -> tuple[list[str], list[str]]:
        """The texts of `alike` in order, and read backwards in order."""
        return sorted(self.alike), sorted(text[::-1] for text in self.alike)

    def continued(self, text: str, *, backwards: bool = False) -> tuple[Entry, ...]:
        """Some names that look as if they began with the text (ended, if `backwards`), and go on."""
        looked = self.alike_key(text)[::-1] if backwards else self.alike_key(text)
        ordered = self._alike_ways[backwards]
        place = bisect_left(ordered, looked)
        near = [one for one in ordered[place : place + _CONTINUED] if one.startswith(looked)]
        names = [name for one in near for name in self.alike[one[::-1] if backwards else one]]
        return tuple(self.entries[name] for name in names)

    def begins_name(self, text: str) -> bool:
        """Whether a name begins with the text and goes on: 动脉导管."""
        place = bisect_right(self._in_order, text)
        return place < len(self._in_order) and self._in_order[place].startswith(text)

    @cached_property
    def _in_order(self) -> list[str]:
        return sorted(self.terms)

    @cached_property
    def alike_words(self) -> Words:
        """Finds in a text of classes every text of `alike`: its length, and the term keys that look so."""
        words: Words = automaton((text, (len(text), keys)) for text, keys in self.alike.items())
        return words

    @cached_property
    def alike_cues(self) -> Words:
        """Finds in a text of classes every word that denies, doubts, dates or names a relative.

        Gives for each the entries that look so, with what is read where the word may as well be another.
        """
        found: dict[str, list[tuple[Entry, Entry]]] = {}
        for word in self.vocabulary.cues:
            entry = self.entries.get(self.wordings.standard(word))
            if entry and not entry.senses and len(entry.key) > 1 and not entry.key.isascii() and _tells(entry.cues):
                unclear = tuple(replace(cue, axis="certainty", value=UNCLEAR) for cue in entry.cues)
                doubting = Entry(entry.key, cues=unclear)
                doubting.settle({}, {})
                found.setdefault(self.alike_key(entry.key), []).append((entry, doubting))
        words: Words = automaton(found.items())
        return words

    @cached_property
    def alike_modifiers(self) -> Mapping[str, tuple[Entry, ...]]:
        """The sub-type words by their text with every character replaced by its confusable class."""
        found: dict[str, dict[str, Entry]] = {}
        for modifier in self.category.modifiers:
            entry = self.entries[self.key(modifier.term)]
            if not entry.senses and len(entry.key) > 1 and not entry.key.isascii():
                found.setdefault(self.alike_key(entry.key), {})[entry.key] = entry
        return {text: tuple(entries.values()) for text, entries in found.items()}

    def codes(self, term_key: str) -> Sequence[str]:
        """Codes of the concepts that a term may name: the first ones, where they are very many."""
        return self.terms[term_key].codes

    def name(self, code: str) -> str:
        """The preferred name of a concept."""
        return self.category.concepts[code].name

    def alike_key(self, text: str) -> str:
        """The text with every character replaced by its confusable class."""
        return text.translate(self._classes)

    @cached_property
    def _classes(self) -> dict[int, str]:
        return _Classes({ord(one): its_class for one, its_class in self.vocabulary.alike.items()})

    def unfilled(self, text: str) -> str:
        """The text without the characters that may be added or left out of a name without making it another one."""
        return self._fillers.sub("", text)

    @cached_property
    def _fillers(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, sorted(self.vocabulary.fillers))) or "(?!)")

    @cached_property
    def _unfilled_terms(self) -> Mapping[str, tuple[str, ...]]:
        """Keys of the terms with fillers by their text without them."""
        found: dict[str, tuple[str, ...]] = {}
        filled = self._fillers.search
        for entry_key in self.terms:
            if filled(entry_key):
                text = self.unfilled(entry_key)
                found[text] = (*found.get(text, ()), entry_key)
        return found

    def but_for_fillers(self, texts: Iterable[str], below: Iterable[str]) -> Iterator[str]:
        """The keys of terms that are one of `texts` but for fillers; at least those of the concepts `below`."""
        for text in texts:
            if text in self.terms and self.unfilled(text) == text:
                yield text
            yield from self._unfilled_terms.get(text, ())

    def names(self, code: str) -> str:
        """The keys of all terms of a concept, parted by a sign that no key has."""
        found = self._names.get(code)
        if found is None:
            if len(self._names) > _KEPT:
                self._names.clear()
            found = self._names[code] = self.wordings.standard("\0".join(self._term_keys(code)))
        return found

    @cached_property
    def _names(self) -> dict[str, str]:
        return {}

    def _term_keys(self, code: str) -> Iterable[str]:
        return [self._keys[term.text] for term in self.category.concepts[code].terms]

    @cached_property
    def cores(self) -> Mapping[tuple[str, str], frozenset[str]]:
        """For a qualifier, the concepts it makes another concept of: those with a definition that uses it."""
        found: dict[tuple[str, str], set[str]] = {}
        for definition in self.category.definitions:
            for qualifier in definition.qualifiers:
                found.setdefault(qualifier, set()).add(definition.core)
        return {qualifier: frozenset(codes) for qualifier, codes in found.items()}

    @cached_property
    def defined(self) -> Mapping[str, tuple[tuple[frozenset[tuple[str, str]], str], ...]]:
        """For a core concept, the qualifier sets that make another concept of it, the largest first."""
        found: dict[str, list[tuple[frozenset[tuple[str, str]], str]]] = {}
        for definition in self.category.definitions:
            found.setdefault(definition.core, []).append((frozenset(definition.qualifiers), definition.code))
        return {core: tuple(sorted(ways, key=lambda way: (-len(way[0]), way[1]))) for core, ways in found.items()}


class _Classes(dict[int, str]):
    """The class of each code point; one in no class is by itself, which is kept: to miss it takes ten times as long."""

    def __missing__(self, point: int) -> str:
        self[point] = one = chr(point)
        return one


def _tells(cues: Iterable[Cue]) -> bool:
    return any(cue.axis in _TELLING and cue.value != "affirmed" for cue in cues)


def automaton(found: Iterable[tuple[str, Any]]) -> Automaton:
    """An automaton over (key, what it stands for): `iter(text)` gives (index of the last character, what stands there).

    Made of no key, it finds nothing.
    """
    import ahocorasick

    words = ahocorasick.Automaton()
    for text, value in found:
        words.add_word(text, value)
    if not words:
        words.add_word("\0", None)  # without a key it could not be asked; no folded text has this one
    words.make_automaton()
    return words
