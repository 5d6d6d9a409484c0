"""Codes in cells: codes of the dictionary, and codes of other systems that it maps to.

A sender may write codes instead of names, or beside them. Each is held against the release in use: in use, retired
(with its successor), unknown, of another category, or mistyped. A code of another system (ICD-10 …) stands for the
concepts that carry it; where one of these is above all others, for that one.

The worse mistake is another disease by one wrong digit. So nothing is put right: a code with a letter O for a zero, in
lower case or without its zeros is proposed in its proper form, and goes to review.

>>> from zhengming.dictionary.model import Dictionary
>>> book = CodeBook(Dictionary.open(), "disease")
>>> [(one.codes, one.problem) for one in book.find("D0033、D9999、D0O33")]
[(('D0033',), ''), ((), 'unknown-code'), (('D0033',), 'mistyped-code')]
>>> [(one.system, one.codes, one.problem) for one in book.find("Q21.3")]
[('icd10', ('D0108',), '')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from zhengming.dictionary.model import Dictionary
from zhengming.patterns import Pattern

MAX_CHARACTERS = 4096  # of a cell; what follows is not looked at, as in the cell parser

_TOKEN = re.compile(r"(?<![0-9A-Za-z.])[A-Za-z0-9][A-Za-z0-9.:_-]{0,19}(?![0-9A-Za-z])")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_DIGITS_LIKE = str.maketrans("OILZSBG", "0112586")  # letters taken for digits
_LEAST_LETTERED, _LEAST_DIGITS = 3, 6  # characters before a text of that form is taken for a code and not for a word


@dataclass(frozen=True, slots=True)
class WrittenCode:
    """A code in a cell: `text` at `[start, end)`; the concepts it stands for, and what is wrong with it.

    `system` is empty for the dictionary's own codes. With a `problem`, `codes` are proposals.
    """

    text: str
    start: int
    end: int
    codes: tuple[str, ...]
    system: str = ""
    problem: str = ""


class CodeBook:
    """The codes of one category, and the codes of other systems that its concepts carry."""

    def __init__(self, dictionary: Dictionary, category: str) -> None:
        """Read the codes of `category` in `dictionary`."""
        self.dictionary = dictionary
        self.category = dictionary.category(category)
        self._pattern = Pattern(self.category.code_pattern, where=f"category {category}: code_pattern")
        self._known: dict[str, tuple[tuple[str, ...], str, str] | None] = {}

    def find(self, text: str) -> list[WrittenCode]:
        """Everything in a cell that is written like a code, in its order; a number or a word is none."""
        plain = text[:MAX_CHARACTERS].translate(_FULL_WIDTH)
        if not any(map(str.isdigit, plain)):
            return []
        found, known = [], self._known
        for token in _TOKEN.finditer(plain):
            written = token[0].rstrip(".:_-")
            read = known[written] if written in known else self._read(written)
            if read is not None:
                end = token.start() + len(written)
                found.append(WrittenCode(text[token.start() : end], token.start(), end, *read))
        return found

    def only_codes(self, text: str, found: list[WrittenCode]) -> bool:
        """Whether a cell holds nothing beside these codes but punctuation."""
        rest = text
        for one in reversed(found):
            rest = rest[: one.start] + rest[one.end :]
        return bool(found) and not any(character.isalnum() for character in rest)

    def related(self, code: str, others: tuple[str, ...]) -> bool:
        """Whether a concept is one of `others`, above one of them or below one of them."""
        above = self.category.ancestors(code)
        return any(code == one or one in above or code in self.category.ancestors(one) for one in others)

    def is_of_a_known_system(self, text: str) -> bool:
        """Whether every part of a cell has the form of a code of a system the category maps to, though none is mapped.

        >>> from zhengming.dictionary.model import Dictionary
        >>> book = CodeBook(Dictionary.open(), "disease")
        >>> book.is_of_a_known_system("Q99.8; I00.0"), book.is_of_a_known_system("Q99.8 室缺")
        (True, False)
        """
        plain = text[:MAX_CHARACTERS].translate(_FULL_WIDTH)
        parts = [part for part in re.split(r"[\s;,、，；/|+]+", plain) if part]
        return bool(parts) and all(_form(part) in self._forms for part in parts)

    @cached_property
    def _forms(self) -> frozenset[str]:
        """The forms of the codes of other systems: A99.9 for Q21.0."""
        return frozenset(_form(code) for codes in self._mapped.values() for code in codes)

    def _read(self, text: str) -> tuple[tuple[str, ...], str, str] | None:
        if text not in self._known:
            self._known[text] = next(self._readings(text), None)
        return self._known[text]

    def _readings(self, text: str) -> Iterator[tuple[tuple[str, ...], str, str]]:
        """What a token can be as (codes, system, problem), the likeliest first."""
        if not self._is_codelike(text):
            return
        concept = self.category.concepts.get(text)
        if concept is not None:
            retired = concept.status == "retired"
            yield (concept.replaced_by if retired else (text,)), "", "retired" if retired else ""
        upper = text.upper()
        for system, codes in self._mapped.items():
            if upper in codes:
                general = self._most_general(codes[upper])
                yield (general or codes[upper]), system, "" if general else "coarse-code"
        if self._pattern.fits(text):
            yield (), "", "unknown-code"
        proposed = tuple(dict.fromkeys(one for one in self._proper(text) if one in self.category.concepts))
        if proposed:
            yield proposed, "", "mistyped-code"
        if self._is_of_another_category(text):
            yield (), "", "other-category"

    def _is_codelike(self, text: str) -> bool:
        lettered = any(character.isalpha() for character in text) and any(one.isdigit() for one in text)
        return len(text) >= _LEAST_LETTERED if lettered else len(text) >= _LEAST_DIGITS or "." in text

    def _proper(self, text: str) -> Iterator[str]:
        """The forms a mistyped code may have been meant as: upper case, digits for letters, zeros filled in."""
        upper = re.sub("[ .:_-]", "", text).upper()
        length, most_letters = self.category.code_shape
        for letters in range(most_letters + 1):
            head, digits = upper[:letters], upper[letters:].translate(_DIGITS_LIKE)
            if digits.isdigit() and head.isalpha() == bool(letters):
                yield head + digits
                yield head + digits.zfill(length - letters)

    @cached_property
    def _mapped(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """By system and code in upper case, the concepts in use that carry it."""
        found: dict[str, dict[str, list[str]]] = {system: {} for system in self.category.mappings}
        for concept, mappings in self.category.mapped():
            for system, codes in mappings.items():
                for code in codes:
                    found[system].setdefault(code.upper(), []).append(concept)
        return {system: {code: tuple(sorted(all_)) for code, all_ in codes.items()} for system, codes in found.items()}

    def _most_general(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """The one of `codes` that all others are below, or none."""
        above = [one for one in codes if all(other == one or one in self.category.ancestors(other) for other in codes)]
        return tuple(above[:1])

    def _is_of_another_category(self, text: str) -> bool:
        others = (name for name in self.dictionary.categories if name != self.category.name)
        return any(text in self.dictionary.category(name).concepts for name in others)


def _form(code: str) -> str:
    """A code with 9 for each digit and A for each letter but the x of extensions."""
    return re.sub("[A-WYZ]", "A", re.sub("[0-9]", "9", code.upper()))
