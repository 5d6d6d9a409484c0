"""A view of a cell: its folded letters and digits in one string, what stands between them, and a way back."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from zhengming.dictionary.folding import fold_with_offsets
from zhengming.dictionary.wordings import Wordings
from zhengming.normalizers.terms.vocabulary import NONE, Vocabulary

MAX_CELL: Final = 4_096  # characters of a cell that are read; the longest honest diagnosis cell seen had under 1,000

_NEWLINES: Final = str.maketrans({"\n": "。", "\r": "。", "\v": "。", "\f": "。"})
_MARKS: Final = re.compile(r"([\W_]+)")
_OPENING: Final = frozenset("([{<《〈【「『〔〖")
_NUMERAL: Final = frozenset("ivx")  # letters of a roman numeral
_CLOSING: Final = frozenset(")]}>》〉】」』〕〗")


class View:
    """A cell's letters and digits, folded (`text`), and what stands between them.

    `gaps[i]` is the strength of the punctuation before character i; `gaps[-1]` of what follows the last one. `depth[i]`
    is the number of brackets around character i. A `bare` view has no punctuation, a `nested` one text in brackets;
    `marks` is all punctuation, spaces left out, parted where something stands between.
    """

    __slots__ = ("_aligned", "_offsets", "_places", "bare", "depth", "folded", "gaps", "marks", "nested", "raw", "text")

    def __init__(self, raw: str, folded: str, offsets: Sequence[int], marks: str) -> None:
        """A view of nothing of `raw` yet; `view_of` makes whole ones."""
        self.raw = raw
        self.folded = folded
        self.marks = marks
        self._offsets = offsets
        self._aligned = isinstance(offsets, range)  # every folded character has the place of its raw one
        self._places: list[int] = []
        self.text = ""
        self.gaps: list[int] = []
        self.depth: list[int] = []
        self.nested = self.bare = False

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the squeezed stretch stands in the raw text, with the bracket it opens and does not close."""
        last = self._places[end - 1]
        if self.nested and self.depth[end - 1] > self.depth[start]:
            following = self._places[end] if end < len(self._places) else len(self.folded)
            last = next((index for index in range(last + 1, following) if self.folded[index] in _CLOSING), last)
        if self._aligned:
            return self._places[start], last + 1
        first, after = self._offsets[self._places[start]], self._offsets[last] + 1
        if self.folded[last].isdigit():  # the II of ASD-II is one character when folded
            while after < self._offsets[last + 1] and self.raw[after].casefold() in _NUMERAL:
                after += 1
        return first, after

    def _copy(self) -> View:
        other = View(self.raw, self.folded, self._offsets, self.marks)
        other._places, other.text, other.gaps, other.depth = self._places, self.text, self.gaps, self.depth
        other.nested, other.bare = self.nested, self.bare
        return other

    def without(self, index: int, size: int = 1) -> View:
        """The same cell without `size` squeezed characters from `index` on; spans still tell places of the raw text."""
        other = self._copy()
        after = index + size
        other.text = self.text[:index] + self.text[after:]
        other.gaps = self.gaps[:index] + self.gaps[after:]
        other.depth = self.depth[:index] + self.depth[after:]
        other._places = self._places[:index] + self._places[after:]
        return other

    def part(self, index: int, strength: int) -> None:
        """Let squeezed character `index` be parted from the one before it as by a mark of this strength."""
        self.gaps[index] = max(self.gaps[index], strength)
        self.bare = False

    def replaced(self, start: int, end: int, text: str) -> View:
        """The same cell with other characters for squeezed `[start, end)`; spans still tell places of the raw text."""
        other = self._copy()
        size, places = len(text), self._places[start:end]
        other.text = self.text[:start] + text + self.text[end:]
        other.gaps = self.gaps[: start + 1] + [NONE] * (size - 1) + self.gaps[end:]
        other.depth = self.depth[:start] + [self.depth[start]] * size + self.depth[end:]
        spread = [places[min(at, end - start - 1)] for at in range(size - 1)] + places[-1:]
        other._places = self._places[:start] + spread + self._places[end:]
        return other

    def is_line_break(self, index: int) -> bool:
        """Whether nothing but a line break stands before squeezed character `index`."""
        first, last = self._offsets[self._places[index - 1]] + 1, self._offsets[self._places[index]]
        between = self.raw[first:last]
        return between.isspace() and not between.isprintable()

    def between(self, index: int) -> str:
        """The folded punctuation before squeezed character `index` (or after the last one), spaces left out."""
        return self.between_with_spaces(index).replace(" ", "")

    def between_with_spaces(self, index: int) -> str:
        """As `between`, each run of white space as one space."""
        first = self._places[index - 1] + 1 if index else 0
        last = self._places[index] if index < len(self._places) else len(self.folded)
        return self.folded[first:last]

    def positions(self, first: int, last: int) -> tuple[int, int]:
        """The squeezed stretch that covers folded[first:last]."""
        return bisect_left(self._places, first), bisect_left(self._places, last)


def view_of(raw: str, vocabulary: Vocabulary, wordings: Wordings) -> View:
    """Fold and squeeze `raw`, of which at most MAX_CELL characters are read, and word it as terms are looked up."""
    read = raw if len(raw) <= MAX_CELL else raw[:MAX_CELL]
    folded, offsets = fold_with_offsets(read if read.isprintable() else read.translate(_NEWLINES))
    folded = wordings.standard(folded)
    if folded.isalnum() or not folded:
        return _bare(raw, folded, offsets)
    pieces: list[str] = _MARKS.split(folded)
    view = View(raw, folded, offsets, "\0".join(pieces[1::2]).replace(" ", ""))
    view.text = text = "".join(pieces[::2])
    view.gaps = gaps = [NONE] * (len(text) + 1)
    view.depth = depth = [0] * len(text)
    place = len(pieces[0])  # in the folded text
    view._places = places = list(range(place))
    level = 0
    for at in range(1, len(pieces), 2):
        marks, piece = pieces[at], pieces[at + 1]
        index = len(places)
        strength, brackets = vocabulary.runs[marks]
        gaps[index] = strength
        first = place + len(marks)
        place = first + len(piece)
        places += range(first, place)
        for bracket in brackets:
            level = level + 1 if bracket in _OPENING else max(level - 1, 0)
        if level and piece:
            view.nested = True
            depth[index : index + len(piece)] = [level] * len(piece)
    return view


def _bare(raw: str, folded: str, offsets: Sequence[int]) -> View:
    """The view of a cell that is nothing but letters and digits."""
    view, size = View(raw, folded, offsets, ""), len(folded)
    view.text, view.bare = folded, True
    view.gaps, view.depth, view._places = [NONE] * (size + 1), [0] * size, list(range(size))
    return view
