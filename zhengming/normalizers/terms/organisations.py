"""Organisations: one name, with a campus, a former name or a department beside it.

A name that the dictionary has is accepted with what says the same organisation once more: a campus of it, its former
name, a second name in brackets or behind a slash, a department. Two names of different organisations contradict each
other. Nothing is cut off that is not one of these: 某医院某分院 is perhaps another hospital.

Which words mark a campus or a former name is data (`data/vocabulary/organisation_words.csv`); which categories may
stand beside a name (departments, levels) is said by the category (`beside` in `category.toml`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from zhengming.dictionary.folding import fold, key
from zhengming.dictionary.model import Category
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.reading import Found
from zhengming.normalizers.terms.wordlist import wordlist

_BRACKETS: Final = re.compile(
    r"[(\[{<《〈【「『〔〖]([^()\[\]{}<>《》〈〉【】「」『』〔〕〖〗]{0,80})[)\]}>》〉】」』〕〗]"
)
_LONGEST_CAMPUS: Final = 8  # characters with the word for campus: 江北新区院区 has 6
_LONGEST_CELL: Final = 120  # characters; a longer cell is no name


class OrganisationReader:
    """Reads the names of one category."""

    def __init__(self, category: Category, lexicon: Lexicon, beside: Sequence[Category]) -> None:
        """Read by the terms of `lexicon`; terms of the categories `beside` may stand beside a name."""
        self._category = category
        self._lexicon = lexicon
        self._words = wordlist("organisation_words")
        self._beside = frozenset(
            key(term.text) for one in beside for concept in one.concepts.values() for term in concept.terms
        )

    def read(self, raw: str, size: int) -> Found | None:
        """What a raw text of `size` squeezed characters names, or None if no known name stands in it."""
        text = fold(raw)
        if len(text) > _LONGEST_CELL:
            return None
        inside = [part for part in _BRACKETS.findall(text) if key(part)]
        parts = self._alternatives(_BRACKETS.sub(" ", text)) + inside
        entries = [self._base(part) or self._former(part) for part in parts]
        first = entries[0]
        if first is None:
            return None
        found = Found(0, 0, size, first.codes, first, "organisation")
        found.steps.append(("organisation", first.written))
        codes = tuple(dict.fromkeys(code for entry in entries if entry for code in entry.codes))
        if len(codes) > 1:
            found.codes, found.problem = codes, "names-disagree"
        elif any(entry is None and not self._goes_beside(part) for part, entry in zip(parts, entries, strict=True)):
            found.problem = "unread-after"
        return found

    def _alternatives(self, text: str) -> list[str]:
        """The names that a slash keeps apart."""
        marks = "".join(re.escape(mark) for mark in self._words["alternative"])
        return [part for part in re.split(f"[{marks}]", text) if key(part)] or [text]

    def _base(self, text: str) -> Entry | None:
        """The known name that a text is, perhaps with a campus or a department behind it."""
        squeezed = key(text)
        if entry := self._known(squeezed):
            return entry
        for end in range(len(squeezed) - 1, 1, -1):
            entry = self._known(squeezed[:end])
            if entry is None:
                continue
            tail = squeezed[end:]
            full = squeezed[:end].endswith(self._words["ending"])
            return entry if self._is_campus(tail) or (full and tail in self._beside) else None
        return None

    def _known(self, squeezed: str) -> Entry | None:
        """The entry of one organisation, with nothing that speaks against it."""
        entry = self._lexicon.terms.get(squeezed)
        if entry is None or len(entry.codes) != 1 or entry.ambiguous or entry.broad:
            return None
        return entry if self._category.concepts[entry.codes[0]].status == "active" else None

    def _former(self, text: str) -> Entry | None:
        """The known name behind a word such as 原."""
        squeezed = key(text)
        for word in self._words["former"]:
            if squeezed.startswith(word) and (entry := self._base(squeezed[len(word) :])):
                return entry
        return None

    def _goes_beside(self, text: str) -> bool:
        """Whether a part of the cell without a known name says nothing against the name beside it."""
        squeezed = key(text)
        former = squeezed.startswith(self._words["former"]) and len(squeezed) > 1
        return former or self._is_campus(squeezed) or squeezed in self._beside

    def _is_campus(self, text: str) -> bool:
        """Whether a text is the name of a campus, and no name of another organisation."""
        return (
            len(text) <= _LONGEST_CAMPUS
            and text.endswith(self._words["campus"])
            and not any(word in text for word in self._words["ending"])
        )
