"""Places: a cell that names a division by its path, levels left out, perhaps with a street behind it.

Read from left to right down the hierarchy of the category: each name must lie below the one before it. Nothing is
guessed: a name that several divisions bear is ambiguous unless its path tells which; a known division that does not
lie below the one before contradicts it; what looks like a division and is unknown sends the cell to review. A street
or village behind the path says nothing of the division. What words mean is in `data/vocabulary/address_words.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from zhengming.dictionary.model import Category
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.reading import Found
from zhengming.normalizers.terms.wordlist import wordlist

_DEEPEST: Final = 8  # names in a path; four levels, each perhaps said twice
_LONGEST_NAME: Final = 15  # characters from a path to the word of its unknown level; the longest division has 15
_DIGIT: Final = re.compile("[0-9a-z]")


class PlaceReader:
    """Reads the paths of one category."""

    def __init__(self, category: Category, lexicon: Lexicon) -> None:
        """Read by the terms of `lexicon` and the hierarchy of `category`."""
        self._category = category
        self._lexicon = lexicon
        self._words = wordlist("address_words")

    def read(self, text: str) -> Found | None:
        """What a squeezed text names, or None if it does not begin with a division."""
        start = len(text) - len(self._without(text, "country", "label"))
        codes, position, last = self._path(text, start)
        if last is None:
            return None
        rest = self._without(text[position:], "label")
        alone = position - start == len(last.key)
        found = Found(0, 0, len(text), codes, self._as_read(last, codes, alone=alone), "path")
        found.steps.append(("path", text[start:position]))
        if rest:
            found.steps.append(("address", rest))
        found.problem = self._problem(codes, last, rest, alone=alone)
        if found.problem == "levels-disagree":
            found.codes = tuple(dict.fromkeys([*codes, *self._longest(rest)[1]]))
        return found

    def generalize(self, found: Found) -> None:
        """Of several divisions of one name, take the one that all others lie in: 恩施 is in 恩施州 in any case."""
        ancestors = self._category.ancestors
        active = [code for code in found.codes if self._category.concepts[code].status == "active"]
        holding = [code for code in active if all(other == code or code in ancestors(other) for other in found.codes)]
        if holding and found.problem in ("", "ambiguous"):
            found.codes, found.problem, found.method = (holding[0],), "", "path"
            found.entry = replace(found.entry, ambiguous=False)
            found.steps.append(("general", self._category.concepts[holding[0]].name))

    def _path(
        self, text: str, position: int, codes: tuple[str, ...] = (), last: Entry | None = None, depth: int = 0
    ) -> tuple[tuple[str, ...], int, Entry | None]:
        """The divisions at the end of the path, where it ends, and its last name: of all ways to read, the longest."""
        best = (codes, position, last)
        if depth == _DEEPEST or position == len(text):
            return best
        for end, below, entry in self._steps(text, position, codes):
            way = self._path(text, end, below, entry, depth + 1)
            if way[1] > best[1]:
                best = way
            if best[1] == len(text):
                break
        return best

    def _steps(self, text: str, position: int, above: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...], Entry]]:
        """Names at `position` that lie below `above`, the longest first."""
        for entry in self._names(text, position):
            codes = entry.codes if not above else tuple(code for code in entry.codes if self._below(code, above))
            end = position + len(entry.key)
            if codes and not (above and self._part_of_a_street(entry, text[end:])):
                yield end, codes, entry

    def _as_read(self, entry: Entry, codes: tuple[str, ...], *, alone: bool) -> Entry:
        """The last name as its path leaves it: only the senses below the path, no longer ambiguous."""
        senses = tuple(sense for sense in entry.senses if sense[0] in codes)
        return replace(entry, senses=senses or entry.senses, ambiguous=entry.ambiguous and alone)

    def _names(self, text: str, position: int) -> Iterator[Entry]:
        """The names of divisions that begin at `position`, the longest first."""
        found: list[Entry] = [
            entry
            for last, entry in self._lexicon.words.iter(text[position : position + _LONGEST_NAME])
            if entry.senses and last + 1 == len(entry.key)
        ]
        return reversed(found)

    def _below(self, code: str, above: tuple[str, ...]) -> bool:
        ancestors = self._category.ancestors(code)
        return any(one == code or one in ancestors for one in above)

    def _part_of_a_street(self, entry: Entry, rest: str) -> bool:
        """Whether a short name is rather the beginning of a street or a town: 长安 in 长安街."""
        return not self._is_full(entry.key) and rest.startswith(self._words["detail"])

    def _is_full(self, name: str) -> bool:
        return name.endswith(self._words["level"])

    def _problem(self, codes: tuple[str, ...], last: Entry, rest: str, *, alone: bool) -> str:
        """Why the path must not be accepted, or an empty string."""
        if len(codes) > 1 or (alone and last.ambiguous):
            return "ambiguous"
        if not rest or rest in self._words["zone"]:
            return ""
        if not self._is_full(last.key) and not self._is_detail(rest):
            return "unread-after"
        size, _codes = self._longest(rest)
        if size and self._is_full(rest[:size]) and not rest[size:].startswith(self._words["detail"]):
            return "levels-disagree"
        if self._has_unknown_level(rest):
            return "unknown-division"
        return "" if self._is_detail(rest) else "unread-after"

    def _longest(self, text: str) -> tuple[int, tuple[str, ...]]:
        """Length and codes of the longest division that `text` begins with."""
        entry = next(self._names(text, 0), None) if text else None
        return (len(entry.key), entry.codes) if entry else (0, ())

    def _has_unknown_level(self, rest: str) -> bool:
        """Whether a stretch before any street or village ends like a division and is no zone."""
        end = min((rest.find(word) for word in self._words["detail"] if word in rest), default=len(rest))
        digit = _DIGIT.search(rest)
        head = rest[: min(end, digit.start() if digit else end, _LONGEST_NAME)]
        places = [index for index, one in enumerate(head) if one in self._words["level"] and index]
        if end < len(rest) and any(
            rest.startswith(word, end) and rest[end : end + len(word)].endswith(self._words["level"])
            for word in self._words["detail"]
        ):
            places = [index for index in places if index + 1 < end]
        return any(not head[: index + 1].endswith(self._words["zone"]) for index in places)

    def _is_detail(self, rest: str) -> bool:
        """Whether the rest reads like a street, a village or a house."""
        return any(word in rest for word in (*self._words["detail"], *self._words["zone"])) or bool(_DIGIT.search(rest))

    def _without(self, text: str, *kinds: str) -> str:
        """`text` without words of these kinds at its start."""
        words = tuple(word for kind in kinds for word in self._words[kind])
        while found := next((word for word in words if text.startswith(word)), ""):
            text = text[len(found) :]
        return text
