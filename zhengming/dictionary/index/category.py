"""The index of one category of a release: built once, kept beside the release, mapped when opened.

`<release>.<category>.zmindex` holds everything that a matcher otherwise works out from all terms of a category: which
terms are like a text, which lengths are worth trying where, which terms are the same but for confusable characters,
which differences tell two concepts apart. Exact and folded texts are looked up in the release itself.

The index belongs to one content of the release, one format and one table of confusable characters. If any of them is
another, or the file is missing or broken, it is built again, which is told as a warning of the logger `zhengming`.
Where the folder cannot be written, the index is kept in memory, and that is told too.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

from zhengming.dictionary.index import arrays
from zhengming.dictionary.index.contrasts import POINT_BITS, Coded, contrasts
from zhengming.dictionary.index.hashes import HashSet, Stretches, bounds, hash_of, position, positions
from zhengming.dictionary.index.nearest import NearestIndex
from zhengming.dictionary.index.senses import Senses
from zhengming.dictionary.index.words import Starts, endings, starts
from zhengming.dictionary.wordings import Wordings
from zhengming.errors import FileError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from zhengming.dictionary.stored_category import StoredCategory

FORMAT = 5
SUFFIX = ".zmindex"
_POINTS = 0x110000  # code points there are
_AT_ONCE = 200_000  # terms

_log = logging.getLogger("zhengming")


class CategoryIndex:
    """What can be asked of all terms of a category at once; texts are folded keys."""

    def __init__(self, mapped: Mapping[str, NDArray[Any]], alike: Mapping[str, str]) -> None:
        """The arrays of an index, and the confusable class of characters for which it was built."""
        self._arrays = dict(mapped)
        self._alike = alike
        self.lengths = Starts(self._arrays, "term")
        self.alike_lengths = Starts(self._arrays, "alike")
        self.endings = HashSet(self._arrays["ending"])
        self.additions = HashSet(self._arrays["added"])
        self.senses = Senses(self._arrays)

    @cached_property
    def nearest(self) -> NearestIndex:
        """The terms most like a text."""
        return NearestIndex(self._arrays)

    @cached_property
    def affixes(self) -> tuple[frozenset[str], frozenset[str]]:
        """Characters that end what makes another concept of a term before it, and that start it after it."""
        before, after = (frozenset(map(chr, self._arrays[name].tolist())) for name in ("before", "after"))
        return before, after

    @cached_property
    def substitutions(self) -> frozenset[tuple[str, str]]:
        """Pairs of confusable characters that tell two concepts apart, in both orders."""
        low = (1 << POINT_BITS) - 1
        return frozenset((chr(pair >> POINT_BITS), chr(pair & low)) for pair in self._arrays["exchanged"].tolist())

    def standing(self, texts: Sequence[str], *, alike: bool = False) -> list[list[tuple[int, int]]]:
        """(first, last) of every term that stands in each text, both characters included.

        With `alike`, of every term with its characters replaced by their class; the texts are such as well.
        """
        stretches = Stretches.of(texts)
        which, first, size = (self.alike_lengths if alike else self.lengths).places(stretches)
        hashes = self._arrays["alike_hash" if alike else "term_hash"]
        there = positions(hashes, stretches.part(which, first, first + size)) >= 0
        found: list[list[tuple[int, int]]] = [[] for _text in texts]
        last = first + size - 1
        for owner, start, end in zip(which[there].tolist(), first[there].tolist(), last[there].tolist(), strict=True):
            found[owner].append((start, end))
        return found

    def alike_many(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        """As `alike` for many texts."""
        first, last = bounds(self._arrays["alike_hash"], Stretches.of(texts).whole())
        found: list[tuple[str, ...]] = [()] * len(texts)
        for which in (first < last).nonzero()[0].tolist():
            found[which] = self._alike_at(texts[which], range(int(first[which]), int(last[which])))
        return found

    def alike(self, text: str) -> tuple[str, ...]:
        """The terms that are `text` once every character is replaced by its confusable class, in order."""
        hashes = self._arrays["alike_hash"]
        wanted = hash_of(text)
        first = last = position(hashes, wanted)
        while 0 <= last < len(hashes) and int(hashes[last]) == wanted:
            last += 1
        return self._alike_at(text, range(first, last))

    def _alike_at(self, text: str, places: range) -> tuple[str, ...]:
        terms, keys, classes = self._arrays["alike_term"], self.nearest.keys, self._alike
        named = [keys[int(terms[place])] for place in places]
        return tuple(sorted([one for one in named if "".join([classes.get(each, each) for each in one]) == text]))


def opened(category: StoredCategory, alike: Mapping[str, str], *, shared_endings: int) -> CategoryIndex:
    """The index of a category, built first if it is not there.

    `alike` gives for a character the confusable class it belongs to; an ending counts if `shared_endings` names share
    it.

    Raises:
        DictionaryError: the release is damaged.
    """
    release, content = category.release
    path = release.with_name(f"{release.name}.{category.name}{SUFFIX}")
    classes = hashlib.sha256("".join(f"{one}{alike[one]}" for one in sorted(alike)).encode()).hexdigest()
    facts = {"format": FORMAT, "sha256": content, "category": category.name, "classes": classes, "n": shared_endings}
    try:
        found, mapped = arrays.read(path)
    except FileError as error:
        reason = "there is none yet" if not path.exists() else error.what
    else:
        if found == facts:
            return CategoryIndex(mapped, alike)
        reason = "it is of another version"
    _log.warning("building the search index of %s (%s): %s; this is done once", category.name, path.name, reason)
    built = build(category, alike, shared_endings=shared_endings)
    try:
        arrays.write(path, facts, built)
    except FileError as error:
        _log.warning("the search index stays in memory and is built again next time: %s", error)
        return CategoryIndex(built, alike)
    return CategoryIndex(arrays.read(path)[1], alike)


def build(category: StoredCategory, alike: Mapping[str, str], *, shared_endings: int) -> dict[str, NDArray[Any]]:
    """The arrays of the index of a category.

    Raises:
        DictionaryError: the release is damaged.
    """
    import numpy as np

    classes = np.arange(_POINTS, dtype=np.int64)
    for character, of in alike.items():
        classes[ord(character)] = ord(of)
    terms, misspelled = _coded(Wordings(category.policy.wordings).widened(category.coded_keys()))
    confusable = np.fromiter((not one.isascii() for one in terms.keys), dtype=bool, count=len(terms.keys))
    listed = confusable.nonzero()[0]
    hashes = np.empty(len(listed), dtype=np.uint64)
    for first in range(0, len(listed), _AT_ONCE):
        some = [terms.keys[place] for place in listed[first : first + _AT_ONCE].tolist()]
        hashes[first : first + len(some)] = Stretches.of(some, classes).whole()
    order = np.argsort(hashes, kind="stable")
    return {
        **starts(terms.keys, "term"),
        **starts([terms.keys[place] for place in listed.tolist()], "alike", classes),
        "alike_hash": hashes[order],
        "alike_term": listed[order].astype(np.int32),
        **endings(terms.keys, shared_endings),
        **contrasts(terms, classes),
        **NearestIndex.build(terms.keys),
        **Senses.build(terms, misspelled, (one[:2] for one in category.concepts.briefly())),
    }


def _first(sense: tuple[str, str]) -> tuple[str, bool, str]:
    """The order in which the lexicon takes what a key names: (code, kind of term)."""
    code, kind = sense
    return code, kind != "preferred", kind


def _coded(rows: Iterator[tuple[str, str, str]]) -> tuple[Coded, NDArray[np.bool_]]:
    """The distinct keys in order, each with the hashes of its codes, from (key, code, kind) in order.

    Also whether what each key names first is a misspelling.
    """
    import numpy as np

    keys: list[str] = []
    counts: list[int] = []
    parts: list[NDArray[np.uint64]] = []
    codes: list[str] = []
    misspelled: list[bool] = []
    for term_key, group in groupby(rows, key=lambda row: row[0]):
        senses = [row[1:] for row in group]
        named = dict.fromkeys(code for code, _kind in senses)
        misspelled.append(min(senses, key=_first)[1] == "misspelling")
        keys.append(term_key)
        counts.append(len(named))
        codes.extend(named)
        if len(codes) >= _AT_ONCE:
            parts.append(Stretches.of(codes).whole())
            codes = []
    parts.append(Stretches.of(codes).whole())
    begins = np.zeros(len(keys) + 1, dtype=np.int64)
    np.cumsum(np.array(counts, dtype=np.int64), out=begins[1:])
    return Coded(keys, np.concatenate(parts), begins), np.array(misspelled, dtype=bool)
