"""The words of a dictionary as values: Term, Concept, Category, Dictionary.

A dictionary is what its source says at one version. Categories are read when first asked for, because most commands
need one of many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from string import ascii_uppercase
from typing import Literal

from zhengming.dictionary.folding import key
from zhengming.errors import UnknownCode

TERM_KINDS = ("synonym", "abbreviation", "short", "misspelling", "former", "local")
RELATIONS = ("exact", "ambiguous", "narrow", "broad")
CONCEPT_STATUSES = ("active", "retired")
Action = Literal["keep", "note", "review"]
CellKind = Literal["mentions", "value", "place", "organisation"]


@dataclass(frozen=True, slots=True)
class Term:
    """One name of a concept.

    `kind` is `preferred` for the concept's own names, else one of TERM_KINDS. `relation` says what the text is to the
    concept: the same (`exact`), something narrower or broader, or `ambiguous`: it also means something else.
    """

    text: str
    kind: str = "synonym"
    lang: str = ""
    sender: str = ""
    relation: str = "exact"
    source: str = ""
    added_by: str = ""
    added_on: str = ""

    def __str__(self) -> str:
        """The text of the term."""
        return self.text

    @property
    def key(self) -> str:
        """What identifies the term after folding."""
        return key(self.text)


@dataclass(frozen=True, slots=True)
class Concept:
    """One coded entry of a category.

    `mappings` holds, for every code system the category carries, the codes checked against a source (often none);
    `attributes` what else the category's `concepts.csv` says (a hospital's province). `terms` starts with the
    preferred names.
    """

    code: str
    name: str
    name_en: str = ""
    status: str = "active"
    parents: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    mappings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    terms: tuple[Term, ...] = ()
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Modifier:
    """One wording of a sub-type: `term` says that `axis` has `value` (膜周部: site is perimembranous)."""

    axis: str
    value: str
    term: str


@dataclass(frozen=True, slots=True)
class Definition:
    """The concept `code` is the concept `core` with these qualifiers: what lets core and sub-type be put together."""

    code: str
    core: str
    qualifiers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """How the values of a category are matched, as its `category.toml` says.

    `cell` is `mentions` (a cell names several concepts) or `value` (the whole cell is one), or a value made of parts:
    `place` (a path down the hierarchy, perhaps with a street) or `organisation` (a name with its campus or former
    name; terms of the categories `beside` may stand beside it). `retired` says whether a retired concept is reviewed
    or read as its one successor (`follow`). At or above `accept` a
    confidence is accepted, at or above `review` it is shown to a human. `qualifiers` says what a qualifier such as
    `certainty=refuted` does to an accepted mention: `keep` its code in the row, only `note` it, or send it to `review`.
    `usual_etiology` gives for a concept the origins that go without saying for it and all below. `contexts` are the
    concepts whose descendants keep company in a cell, each with words that speak of them without naming any.
    `treatments` gives for a word of an operation what such an operation treats, `untreated` what none treats,
    `operations` for a word of an operation the one concept that such an operation tells of where none is named,
    `together` what one that says nothing of itself treats in a list without marks, `ended` for a word that something
    has ended with (闭合) what may end so.
    `measured` gives for a quantity (`size_mm`) the concepts of which it is told, `elsewhere` for an abbreviation the
    words beside which it means none of them. `signs` are concepts that are there where their cause is sought (待查),
    `graded` those that have a degree (轻度), `parts` gives for a context abbreviations that may as well mean a part of
    the body among its concepts (PA).
    `wordings` gives for a word of its terms how else it is written. `exclusive` are qualifiers (`course=acute`) of one
    axis that no concept has two of: one that makes no kind, where another one does, is a kind that the category lacks.
    A kind that one of `inclusive` makes is all there is to say where others are said beside it (混合型：心上+心内).
    """

    cell: CellKind = "value"
    accept: float = 0.95
    review: float = 0.6
    qualifiers: Mapping[str, Action] = field(default_factory=dict)
    usual_etiology: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    retired: Literal["review", "follow"] = "review"
    beside: tuple[str, ...] = ()
    contexts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    treatments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    untreated: tuple[str, ...] = ()
    wordings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclusive: tuple[str, ...] = ()
    inclusive: tuple[str, ...] = ()
    measured: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    signs: tuple[str, ...] = ()
    graded: tuple[str, ...] = ()
    ended: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    together: tuple[str, ...] = ()
    operations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Category:
    """One class of coded things: its concepts by code, its sub-type vocabulary and its matching policy.

    `one_to_one` are those of `mappings` that are as fine as the category.
    """

    name: str
    titles: Mapping[str, str]
    concepts: Mapping[str, Concept]
    modifiers: tuple[Modifier, ...] = ()
    definitions: tuple[Definition, ...] = ()
    policy: Policy = field(default_factory=Policy)
    code_pattern: str = ""
    mappings: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    one_to_one: tuple[str, ...] = ()

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """Codes of the direct children of each concept that has any."""
        found: dict[str, list[str]] = {}
        for concept in self.concepts.values():
            for parent in concept.parents:
                found.setdefault(parent, []).append(concept.code)
        return {parent: tuple(sorted(codes)) for parent, codes in found.items()}

    def ancestors(self, code: str) -> frozenset[str]:
        """Codes of everything above the concept, itself not included."""
        found = self._ancestors.get(code)
        if found is None:
            seen: set[str] = set()
            waiting = list(self.concepts[code].parents) if code in self.concepts else []
            while waiting:
                parent = waiting.pop()
                if parent not in seen and parent in self.concepts:
                    seen.add(parent)
                    waiting.extend(self.concepts[parent].parents)
            found = self._ancestors[code] = frozenset(seen)
        return found

    def descendants(self, code: str) -> frozenset[str]:
        """Codes of everything below the concept, itself not included."""
        found = self._descendants.get(code)
        if found is None:
            seen: set[str] = set()
            waiting = list(self.children.get(code, ()))
            while waiting:
                child = waiting.pop()
                if child not in seen:
                    seen.add(child)
                    waiting.extend(self.children.get(child, ()))
            found = self._descendants[code] = frozenset(seen)
        return found

    def path(self, code: str) -> str:
        """The preferred names from the top of the hierarchy down to a concept, as one text.

        >>> Dictionary.open().category("region").path("110101")
        '北京市东城区'
        """
        written, above = "", ""
        for one in [*self._line(code)][::-1]:
            name = self.concepts[one].name
            above = above or name
            written = name if written and name.startswith(above) else written + name  # some names repeat those above
        return written

    def _line(self, code: str) -> Iterator[str]:
        """The concept and, going up by the first parent, all above it."""
        seen: set[str] = set()
        while code and code not in seen:
            seen.add(code)
            yield code
            code = next(iter(self.concepts[code].parents), "")

    def mapped(self) -> Iterator[tuple[str, Mapping[str, tuple[str, ...]]]]:
        """Every active concept that carries codes of other systems, as its code and these."""
        for concept in self.concepts.values():
            if concept.status == "active" and any(concept.mappings.values()):
                yield concept.code, concept.mappings

    @cached_property
    def code_shape(self) -> tuple[int, int]:
        """Characters of the longest code, and the most capital letters that a code begins with."""
        longest = max(map(len, self.concepts), default=0)
        return longest, max((len(code) - len(code.lstrip(ascii_uppercase)) for code in self.concepts), default=0)

    def first_mapping(self, code: str) -> str | None:
        """The concept's codes in the first code system the category carries, joined by `;`; None when it has none."""
        codes = self.concepts[code].mappings.get(self.mappings[0], ()) if self.mappings else ()
        return ";".join(codes) or None

    @cached_property
    def _ancestors(self) -> dict[str, frozenset[str]]:
        return {}

    @cached_property
    def _descendants(self) -> dict[str, frozenset[str]]:
        return {}


class Dictionary:
    """All categories at one version.

    Open one with `Dictionary.open()` (the bundled one), `Dictionary.open(path)` (a source folder or a release) or
    `Dictionary.from_table(...)` (any code list).

    >>> dictionary = Dictionary.open()
    >>> dictionary.concept("sex", "1").name
    '男性'
    """

    def __init__(
        self,
        *,
        id: str,
        version: str,
        categories: tuple[str, ...],
        read: Callable[[str], Category],
        digest: Callable[[], str],
        title: str = "",
        head: str = "",
    ) -> None:
        """Made by its readers; `read` gives one category, `digest` the hash of the content.

        `head` is the head of the chain of releases it belongs to: the SHA-256 of the last line of its log; empty
        where there is none.
        """
        self.id = id
        self.version = version
        self.title = title
        self.head = head
        self.categories = categories
        self._read = read
        self._digest = digest
        self._loaded: dict[str, Category] = {}

    @staticmethod
    def open(path: str | Path | None = None) -> Dictionary:
        """Open the bundled dictionary, the source folder or release file at `path`, or a release of the local store.

        The latter is named `id@version`.

        Raises:
            DictionaryError: no dictionary there, or one that cannot be read.
        """
        if path is not None and Path(path).is_file():
            from zhengming.dictionary import store

            return store.load(Path(path))
        if path is not None and not Path(path).exists():
            from zhengming.dictionary import local, store

            if release := local.pinned(str(path)):
                return store.load(local.find(*release))
        from zhengming.dictionary import source

        return source.load(path)

    @staticmethod
    def from_table(
        path: str | Path,
        *,
        category: str,
        code: str,
        name: str,
        name_en: str = "",
        parents: str = "",
        synonyms: str = "",
    ) -> Dictionary:
        """Make a dictionary of one category from a CSV code list, naming its columns; `synonyms` are split at `;`.

        Raises:
            DictionaryError: the file cannot be read or lacks a column.
        """
        from zhengming.dictionary import code_list

        columns = code_list.Columns(code, name, name_en, parents, synonyms)
        return code_list.load(Path(path), category, columns)

    @cached_property
    def sha256(self) -> str:
        """Hex SHA-256 of the content: the same for the same facts, however the files were saved."""
        return self._digest()

    def category(self, name: str) -> Category:
        """The category of this name, read when first asked for.

        Raises:
            UnknownCode: the dictionary has no such category.
        """
        if name not in self._loaded:
            if name not in self.categories:
                raise UnknownCode(
                    f"no category {name!r} in dictionary {self.id}",
                    remedy=f"it has {', '.join(self.categories)}",
                )
            self._loaded[name] = self._read(name)
        return self._loaded[name]

    def concept(self, category: str, code: str) -> Concept:
        """The concept with this code.

        Raises:
            UnknownCode: no such category or code.
        """
        try:
            return self.category(category).concepts[code]
        except KeyError:
            raise UnknownCode(f"no code {code!r} in category {category!r}", where=f"{self.id} {self.version}") from None

    def __iter__(self) -> Iterator[Category]:
        """Every category, in order of name."""
        return (self.category(name) for name in self.categories)

    def __repr__(self) -> str:
        """Id and version."""
        return f"Dictionary({self.id!r}, version={self.version!r})"
