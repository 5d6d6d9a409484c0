"""Everything that can be recognised in a cell of one category, by key: terms, sub-type words, cues.

Looking up is by how a key starts, then by the lengths of the keys that start so: a few dictionary look-ups for each
position of a cell, however many terms there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from zhengming.dictionary.folding import fold, key
from zhengming.dictionary.model import Category, Modifier, Term
from zhengming.normalizers.terms.vocabulary import CLAUSE, LIST, NONE, SENTENCE, SOFT, Cue, Vocabulary


@dataclass(slots=True)
class Entry:
    """What one key can be. `senses` are (concept code, term); `crosses` the strongest punctuation inside the term.

    The rest follows from these and is worked out once: the distinct `codes`, whether a sense is declared `ambiguous`,
    whether all are `broad`, how strongly the word `joins` or parts its neighbours, and what a token of it is taken for.
    """

    key: str
    senses: tuple[tuple[str, Term], ...] = ()
    modifiers: tuple[Modifier, ...] = ()
    cues: tuple[Cue, ...] = ()
    crosses: int = SOFT
    abbreviation: bool = False
    codes: tuple[str, ...] = ()
    ambiguous: bool = False
    broad: bool = False
    joins: int = NONE
    token_kind: str = "cue"

    def settle(self) -> None:
        """Work out what follows from the senses and cues."""
        self.codes = tuple(dict.fromkeys([code for code, _term in self.senses]))
        relations = {term.relation for _code, term in self.senses}
        self.ambiguous = "ambiguous" in relations
        self.broad = relations == {"broad"}
        self.token_kind = "term" if self.senses else "modifier" if self.modifiers else "cue"
        self.joins = max((_JOINS.get((cue.axis, cue.value), NONE) for cue in self.cues), default=NONE)


# A coordinating word lists what it joins; an accompanying one starts a new statement; 但 starts a new sentence.
_JOINS = {("link", "coordinate"): LIST, ("link", "accompany"): CLAUSE, ("contrast", ""): SENTENCE}


class Lexicon:
    """The recognisable texts of one category for one sender."""

    def __init__(self, category: Category, vocabulary: Vocabulary, sender: str = "") -> None:
        """Index the active concepts' terms, the category's sub-type words and the general cues.

        A term local to a sender counts only for that sender, and there it stands before what others mean by it.
        """
        self.category = category
        self.vocabulary = vocabulary
        self.entries: dict[str, Entry] = {}
        self.lengths: dict[str, tuple[int, ...]] = {}
        self._add_terms(sender)
        for modifier in category.modifiers:
            entry = self._entry(key(modifier.term))
            entry.modifiers = (*entry.modifiers, modifier)
        for cue_key, cues in vocabulary.cues.items():
            entry = self._entry(cue_key)
            entry.cues = cues
            entry.crosses = max(entry.crosses, *(self._strongest_mark(cue.text) for cue in cues))
        for entry in self.entries.values():
            entry.settle()
        self.lengths = lengths(self.entries)

    def _add_terms(self, sender: str) -> None:
        local: dict[str, list[tuple[str, Term]]] = {}
        for concept in self.category.concepts.values():
            for term in concept.terms:
                if term.sender and term.sender != sender:
                    continue
                term_key = term.key
                if not term_key:
                    continue
                if term.sender:
                    local.setdefault(term_key, []).append((concept.code, term))
                    continue
                entry = self._entry(term_key)
                entry.senses = (*entry.senses, (concept.code, term))
                if len(term_key) != len(term.text):
                    entry.crosses = max(entry.crosses, self._strongest_mark(term.text))
                entry.abbreviation = entry.abbreviation or term.kind == "abbreviation"
        for term_key, senses in local.items():
            self._entry(term_key).senses = tuple(senses)
        for entry in self.entries.values():
            if len(entry.senses) > 1:
                entry.senses = self._current(entry.senses)

    def _current(self, senses: tuple[tuple[str, Term], ...]) -> tuple[tuple[str, Term], ...]:
        """Senses in a fixed order; those of retired concepts only when there is no other."""
        concepts = self.category.concepts
        active = [sense for sense in senses if concepts[sense[0]].status != "retired"]
        return tuple(sorted(active or senses, key=lambda sense: (sense[0], sense[1].kind, sense[1].text)))

    def _entry(self, entry_key: str) -> Entry:
        entry = self.entries.get(entry_key)
        if entry is None:
            entry = self.entries[entry_key] = Entry(entry_key)
        return entry

    def _strongest_mark(self, text: str) -> int:
        strengths = self.vocabulary.strengths
        return max((strengths.get(character, NONE) for character in fold(text)), default=NONE)

    def prepare(self) -> None:
        """Work out every view of the entries now."""
        _all = (self.terms, self.alike, self.alike_lengths, self.cores, self.defined)

    @cached_property
    def terms(self) -> Mapping[str, Entry]:
        """The entries that name a concept."""
        return {entry_key: entry for entry_key, entry in self.entries.items() if entry.senses}

    @cached_property
    def alike(self) -> Mapping[str, tuple[str, ...]]:
        """Term keys by their text with every character replaced by its confusable class."""
        found: dict[str, list[str]] = {}
        for entry_key in sorted(self.terms):
            if not entry_key.isascii():
                found.setdefault(self.alike_key(entry_key), []).append(entry_key)
        return {text: tuple(keys) for text, keys in found.items()}

    @cached_property
    def alike_lengths(self) -> Mapping[str, tuple[int, ...]]:
        """As `lengths`, for `alike`."""
        return lengths(self.alike)

    def alike_key(self, text: str) -> str:
        """The text with every character replaced by its confusable class."""
        classes = self.vocabulary.alike
        return "".join([classes.get(character, character) for character in text])

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


def lengths(keys: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """By how a key starts, the lengths of the keys that start so, longest first.

    Keys of up to three characters stand under their first one, longer ones under their first four: one look-up each
    tells for a position of a text which few lengths are worth trying.
    """
    found: dict[str, set[int]] = {}
    for entry_key in keys:
        found.setdefault(entry_key[: 4 if len(entry_key) > 3 else 1], set()).add(len(entry_key))
    return {start: tuple(sorted(sizes, reverse=True)) for start, sizes in found.items()}
