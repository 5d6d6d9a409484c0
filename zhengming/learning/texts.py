"""Texts for learning: folded cells and their segments, names and what else they are called, n-grams as sparse rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from zhengming.dictionary.folding import MARKS, fold
from zhengming.normalizers.terms.vocabulary import LIST, vocabulary

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LONGEST = 256  # characters of a cell that are read; the longest of 6,000 real diagnosis cells has 167
_BRACKETED = re.compile(r"[\[(][^\[\]()]*[\])]")
_ALIAS = re.compile(r"\[([^\[\]]*)\]")


def plain(text: str) -> str:
    """The folded text with every run of punctuation as one space: n-grams do not reach over a space.

    >>> plain("①室间隔缺损（膜周部）, PDA")
    '1 室间隔缺损 膜周部 pda'
    """
    return MARKS.sub(" ", fold(text[:LONGEST])).strip()


def segments(text: str) -> list[str]:
    """The stretches of a cell that may each name something: parted by punctuation, and again by words that join.

    >>> segments("高血压、糖尿病伴肾病")
    ['高血压', '糖尿病伴肾病', '糖尿病', '肾病']
    """
    parting, joining = _parting()
    found: dict[str, None] = {}
    for piece in parting.split(fold(text[:LONGEST])):
        whole = MARKS.sub("", piece)
        if len(whole) > 1:
            found[whole] = None
        for part in joining.split(piece):
            found.update({one: None for one in (MARKS.sub("", part),) if len(one) > 1})
    return list(found)


@cache
def _parting() -> tuple[re.Pattern[str], re.Pattern[str]]:
    known = vocabulary()
    marks = "".join(re.escape(mark) for mark, strength in known.strengths.items() if strength >= LIST)
    words = {text for text, cues in known.cues.items() if any(cue.axis == "link" for cue in cues)}
    listed = "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
    return re.compile(f"[{marks}]|\\s|\\d+[.、]"), re.compile(listed or r"\s")


def aliases(name: str) -> list[str]:
    """What else a name says: without its brackets, and what stands in square ones (肝阿米巴病[阿米巴肝脓肿]).

    >>> aliases("肝阿米巴病[阿米巴肝脓肿]")
    ['肝阿米巴病', '阿米巴肝脓肿']
    """
    folded = fold(name)
    bare = MARKS.sub("", _BRACKETED.sub("", folded))
    inside = [MARKS.sub("", one) for one in _ALIAS.findall(folded)]
    whole = MARKS.sub("", folded)
    return [one for one in dict.fromkeys([bare, *inside]) if len(one) > 1 and one != whole]


def grams(text: str, sizes: Sequence[int]) -> Iterator[str]:
    """Every n-gram of the text, of each size, that does not reach over a space."""
    for piece in text.split(" "):
        for size in sizes:
            for index in range(len(piece) - size + 1):
                yield piece[index : index + size]


class Grams:
    """N-grams that count, each a column; a text is a row of unit length, weighted by how rare its n-grams are."""

    def __init__(self, sizes: Sequence[int], columns: Sequence[str], weights: Any) -> None:
        """Keep the n-grams in the order of their columns, and their weights."""
        self.sizes = tuple(sizes)
        self.columns = list(columns)
        self.weights = np.asarray(weights, dtype=np.float32)
        self._index = {gram: column for column, gram in enumerate(self.columns)}

    @classmethod
    def of(
        cls, texts: Sequence[str], sizes: Sequence[int], *, least: int = 1, most: int | None = None, share: float = 1.0
    ) -> Grams:
        """The n-grams found in at least `least` texts and at most a `share` of them, the `most` frequent of them."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(set(grams(text, sizes)))
        limit = max(share * len(texts), least)
        kept = sorted(
            ((gram, count) for gram, count in counts.items() if least <= count <= limit),
            key=lambda one: (-one[1], one[0]),
        )[:most]
        return cls(sizes, [gram for gram, _count in kept], rarity([count for _gram, count in kept], len(texts)))

    def rows(self, texts: Iterable[str], *, unit: bool = True) -> csr_matrix:
        """One sparse row a text: its n-grams' weights, each once; of unit length, or plain ones."""
        from scipy.sparse import csr_matrix

        index = self._index
        columns: list[int] = []
        ends = [0]
        for text in texts:
            columns.extend(sorted({index[gram] for gram in grams(text, self.sizes) if gram in index}))
            ends.append(len(columns))
        where = np.asarray(columns, dtype=np.int32)
        pointers = np.asarray(ends, dtype=np.int64)
        values: Any = self.weights[where] if unit else np.ones(len(where), dtype=np.float32)
        if unit and len(values):
            squares = np.add.reduceat(np.append(values**2, 0), np.minimum(pointers[:-1], len(values)))
            lengths = np.where(np.diff(pointers) > 0, np.sqrt(squares), 1)
            values = values / np.repeat(lengths, np.diff(pointers)).astype(np.float32)
        return csr_matrix((values, where, pointers), shape=(len(ends) - 1, len(self.columns)))


def rarity(counts: Any, texts: int) -> Any:
    """The weight of n-grams that so many of the texts have: the rarer, the more."""
    return np.log((1 + texts) / (1 + np.asarray(counts, dtype=np.float64))) + 1


def known_columns(texts: Sequence[str]) -> list[str]:
    """The distinct characters of the texts, in order, without the space."""
    return sorted(set("".join(texts)) - {" "})
