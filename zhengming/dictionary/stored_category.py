"""A category of a release: its concepts stay in the file until they are asked for."""

from __future__ import annotations

import json
from collections.abc import ItemsView, Iterable, Iterator, Mapping, Sequence, ValuesView
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

from zhengming.dictionary import source
from zhengming.dictionary.model import Category, Concept, Term
from zhengming.dictionary.release import CONCEPTS, FIRST_FURTHER, TERMS

if TYPE_CHECKING:
    from zhengming.dictionary.manifest import CategoryManifest
    from zhengming.dictionary.store import Store

_ASKED_AT_ONCE = 500  # keys or codes of one query
_FEW = 3  # terms of one key: the concepts of a key that names more are not asked for
_KEPT = 50_000  # concepts of a category kept in memory once read, some 50 MB
# Stated, because SQLite would rather go through all terms of the category in the order that is asked for.
_TERM_BY_KEY = TERMS.replace("FROM term", "FROM term INDEXED BY term_by_key") + "AND key = ? ORDER BY code, position"


_LAST = chr(0x10FFFF)  # behind every character of a key


@dataclass(frozen=True)
class StoredCategory(Category):
    """A category whose concepts stay in the file until they are asked for."""

    concepts: StoredConcepts

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """Codes of the direct children of each concept that has any."""
        return {parent: tuple(codes) for parent, codes in self.concepts.children()}

    def named(self, key: str) -> list[tuple[str, Term]]:
        """The codes of the concepts with a term of this folded key, each with that term; one query of an index."""
        return self.concepts.named(key)

    def named_many(self, keys: Iterable[str], *, concepts: bool = True) -> dict[str, list[tuple[str, Term]]]:
        """As `named` for many keys, in few queries; with `concepts`, those of keys that name few are read as well."""
        return self.concepts.named_many(keys, concepts=concepts)

    def mapped(self) -> Iterator[tuple[str, Mapping[str, tuple[str, ...]]]]:
        """Every active concept that carries codes of other systems, as its code and these; reads only their rows."""
        return self.concepts.mapped()

    @cached_property
    def code_shape(self) -> tuple[int, int]:
        """Characters of the longest code, and the most capital letters that a code begins with."""
        return self.concepts.code_shape()

    @property
    def release(self) -> tuple[Path, str]:
        """The file of the release, and the SHA-256 of its content."""
        return self.concepts.release

    @property
    def many_terms(self) -> int:
        """How many terms there are, as the file says; at least one for each concept."""
        return self.concepts.many_terms

    def coded_keys(self) -> Iterator[tuple[str, str, str]]:
        """(key, code, kind of term) in order for what each key names: active concepts only, where there are any.

        Local terms of senders do not count.
        """
        return self.concepts.coded_keys()

    @cached_property
    def retired(self) -> frozenset[str]:
        """The codes of the retired concepts."""
        return self.concepts.retired()

    def local(self, sender: str) -> list[tuple[str, Term]]:
        """The local terms of a sender, each behind the code of its concept; looks at every term if there are any."""
        return self.concepts.local(sender)


class StoredConcepts(Mapping[str, Concept]):
    """The concepts of one category by code, in order of code.

    One concept is two queries, and is kept for a while; going through all of them reads the tables once, in order.
    """

    def __init__(self, store: Store, number: int, about: CategoryManifest) -> None:
        """The concepts of the category whose id in the file is `number`."""
        self._store = store
        self._number = number
        self._about = about
        self._empty = [""] * (len(about.mappings) + len(about.attributes))
        self._kept: dict[str, Concept] = {}

    def __getitem__(self, code: str) -> Concept:
        """The concept with this code; KeyError if there is none."""
        found = self._kept.get(code)
        if found is None:
            if not isinstance(code, str):
                raise KeyError(code)
            here = (self._number, code)
            row = next(iter(self._store.rows(CONCEPTS + "AND code = ?", here)), None)
            if row is None:
                raise KeyError(code)
            terms = list(
                self._store.rows(f"{TERMS} AND code = ? AND position >= {FIRST_FURTHER} ORDER BY position", here)
            )
            found = self.made(row, terms)
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[code] = found
        return found

    def __iter__(self) -> Iterator[str]:
        """Every code, in order."""
        for (code,) in self._store.rows("SELECT code FROM concept WHERE category = ? ORDER BY code", (self._number,)):
            yield code

    def __len__(self) -> int:
        """How many concepts there are."""
        for (count,) in self._store.rows("SELECT concepts FROM category WHERE id = ?", (self._number,)):
            return int(count)
        raise self._store.damaged("a category is missing")

    def __contains__(self, code: object) -> bool:
        """Whether there is a concept with this code."""
        query = "SELECT 1 FROM concept WHERE category = ? AND code = ?"
        return code in self._kept or any(True for _ in self._store.rows(query, (self._number, str(code))))

    def items(self) -> ItemsView[str, Concept]:
        """Codes with concepts, read in one go."""
        return _Items(self)

    def values(self) -> ValuesView[Concept]:
        """The concepts, read in one go."""
        return _Values(self)

    def all(self) -> Iterator[Concept]:
        """Every concept in order of code, none kept."""
        return (self.made(row, terms) for row, terms in self.raw())

    def briefly(self) -> Iterator[tuple[str, str, tuple[str, ...] | None]]:
        """Code, name and, if it is retired, successors of every concept in order of code; none is made."""
        query = "SELECT code, name, status, replaced_by FROM concept WHERE category = ? ORDER BY code"
        for code, name, status, replaced_by in self._store.rows(query, (self._number,)):
            yield code, name, source.split(replaced_by) if status == "retired" else None

    def raw(self) -> Iterator[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
        """The row of every concept with those of its terms, in order of code: equal rows make equal concepts."""
        here = (self._number,)
        terms = groupby(
            self._store.rows(f"{TERMS} AND position >= {FIRST_FURTHER} ORDER BY code, position", here),
            key=lambda row: row[0],
        )
        code, group = next(terms, ("", iter(())))
        for row in self._store.rows(CONCEPTS + "ORDER BY code", here):
            own: list[Any] = []
            if row[0] == code:
                own = list(group)
                code, group = next(terms, ("", iter(())))
            yield row, own

    def named(self, key: str) -> list[tuple[str, Term]]:
        """The codes of the concepts with a term of this folded key, each with that term."""
        found = self._store.rows(_TERM_BY_KEY, (self._number, key))
        return [(row[0], Term(*row[1:])) for row in found]

    def begins(self, text: str) -> bool:
        """Whether a term's folded key begins with the text and goes on."""
        query = "SELECT 1 FROM term INDEXED BY term_by_key WHERE category = ? AND key > ? AND key < ? LIMIT 1"
        return any(True for _row in self._store.rows(query, (self._number, text, text + _LAST)))

    def mapped(self) -> Iterator[tuple[str, Mapping[str, tuple[str, ...]]]]:
        """Code and mappings of every active concept that has any."""
        if not self._about.mappings:
            return
        query = "SELECT code, cells FROM concept WHERE category = ? AND status = 'active' AND cells != '' ORDER BY code"
        for code, packed in self._store.rows(query, (self._number,)):
            with self._store.reading():
                cells = json.loads(packed)
            listed = zip(self._about.mappings, cells, strict=False)  # what attributes say comes behind
            if any(cells[: len(self._about.mappings)]):
                yield code, {system: source.split(codes) for system, codes in listed}

    def code_shape(self) -> tuple[int, int]:
        """Characters of the longest code, and the most capital letters that a code begins with."""
        query = "SELECT MAX(LENGTH(code)), MAX(LENGTH(code) - LENGTH(LTRIM(code, ?))) FROM concept WHERE category = ?"
        longest, letters = next(self._store.rows(query, (ascii_uppercase, self._number)))
        return longest or 0, letters or 0

    @property
    def columns(self) -> tuple[str, ...]:
        """What the cells of a row beyond the fixed ones are: code systems and attributes."""
        return (*self._about.mappings, "", *self._about.attributes)

    @property
    def release(self) -> tuple[Path, str]:
        """The file of the release, and the SHA-256 of its content."""
        return self._store.path, self._store.about["sha256"]

    @property
    def many_terms(self) -> int:
        """How many terms there are, as the file says."""
        query = "SELECT concepts + terms FROM category WHERE id = ?"
        return next((int(count) for (count,) in self._store.rows(query, (self._number,))), 0)

    def coded_keys(self) -> Iterator[tuple[str, str, str]]:
        """(key, code, kind) in order, see `StoredCategory.coded_keys`."""
        kinds: dict[int, str] = dict(self._store.rows("SELECT id, kind FROM origin"))
        here = (self._number,)
        elsewhere = set(
            self._store.rows(
                "SELECT term.key, code, position FROM term WHERE category = ? AND origin IN "
                "(SELECT id FROM origin WHERE sender != '')",
                here,
            )
            if self._senders()
            else ()
        )
        retired = self.retired()
        rows = self._store.rows(
            "SELECT key, code, position, origin FROM term INDEXED BY term_by_key WHERE category = ? AND key != '' "
            "ORDER BY key, code",
            here,
        )
        for term_key, group in groupby(rows, key=lambda row: row[0]):
            named = [(row[1], kinds[row[3]]) for row in group if row[:3] not in elsewhere]
            active = [one for one in named if one[0] not in retired] if len(named) > 1 else named
            yield from ((term_key, *one) for one in active or named)

    def retired(self) -> frozenset[str]:
        """The codes of the retired concepts."""
        query = "SELECT code FROM concept WHERE category = ? AND status = 'retired'"
        return frozenset(code for (code,) in self._store.rows(query, (self._number,)))

    def local(self, sender: str) -> list[tuple[str, Term]]:
        """The local terms of a sender, each behind the code of its concept."""
        if sender not in self._senders():
            return []
        rows = self._store.rows(TERMS + "AND origin.sender = ? ORDER BY code, position", (self._number, sender))
        return [(row[0], Term(*row[1:])) for row in rows]

    def _senders(self) -> set[str]:
        return {sender for (sender,) in self._store.rows("SELECT DISTINCT sender FROM origin WHERE sender != ''")}

    def named_many(self, keys: Iterable[str], *, concepts: bool = True) -> dict[str, list[tuple[str, Term]]]:
        """The codes and terms of many folded keys; the `concepts` of those that name few are kept: asking is cheap."""
        found: dict[str, list[tuple[str, Term]]] = {key: [] for key in keys}
        for some in _slices(sorted(found)):  # in order, so that no page is read twice
            query = _TERM_BY_KEY.replace("SELECT code", "SELECT key, code").replace("key = ?", _among("key", some))
            for row in self._store.rows(query, (self._number, *some)):
                found[row[0]].append((row[1], Term(*row[2:])))
        if concepts:
            few = (senses for senses in found.values() if len(senses) <= _FEW)
            self._keep(dict.fromkeys(code for senses in few for code, _term in senses))
        return found

    def _keep(self, codes: Iterable[str]) -> None:
        """Read concepts that are not kept yet, in few queries."""
        missing = [code for code in codes if code not in self._kept]
        if len(self._kept) + len(missing) > _KEPT:
            self._kept.clear()
        for some in _slices(sorted(missing)):
            here = (self._number, *some)
            terms: dict[str, list[Any]] = {}
            query = f"{TERMS} AND {_among('code', some)} AND position >= {FIRST_FURTHER} ORDER BY code, position"
            for row in self._store.rows(query, here):
                terms.setdefault(row[0], []).append(row)
            for row in self._store.rows(f"{CONCEPTS} AND {_among('code', some)}", here):
                self._kept[row[0]] = self.made(row, terms.get(row[0], ()))

    def children(self) -> Iterator[tuple[str, list[str]]]:
        """Each code that is a parent, with the codes of its children."""
        rows = self._store.rows(
            "SELECT parent, code FROM parent WHERE category = ? ORDER BY parent, code", (self._number,)
        )
        for parent, group in groupby(rows, key=lambda row: row[0]):
            yield parent, [code for _parent, code in group]

    def made(self, row: Sequence[Any], terms: Sequence[Sequence[str]]) -> Concept:
        """The concept that these rows make."""
        with self._store.reading():
            cells = json.loads(row[6]) if row[6] else self._empty
            if len(cells) != len(self._empty):
                raise self._store.damaged("a concept has too many or too few cells")
            return source.made_concept([*row[:6], *cells, *row[7:]], [Term(*one[1:]) for one in terms], self._about)


def _slices(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[first : first + _ASKED_AT_ONCE] for first in range(0, len(values), _ASKED_AT_ONCE))


def _among(column: str, values: Sequence[str]) -> str:
    return f"{column} IN ({','.join('?' * len(values))})"


class _Values(ValuesView[Concept]):
    def __init__(self, concepts: StoredConcepts) -> None:
        super().__init__(concepts)
        self._concepts = concepts

    def __iter__(self) -> Iterator[Concept]:
        return self._concepts.all()


class _Items(ItemsView[str, Concept]):
    def __init__(self, concepts: StoredConcepts) -> None:
        super().__init__(concepts)
        self._concepts = concepts

    def __iter__(self) -> Iterator[tuple[str, Concept]]:
        return ((concept.code, concept) for concept in self._concepts.all())
