"""The linter of a dictionary's source: what would make a code wrong, or a diff unreadable, is found before release.

Findings point at file, line and column of the source. The rules are ZM501 … in `data/rules/`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from zhengming.dictionary import source
from zhengming.dictionary.folding import key
from zhengming.dictionary.manifest import CategoryManifest
from zhengming.dictionary.model import CONCEPT_STATUSES, RELATIONS, TERM_KINDS
from zhengming.dictionary.source import Table
from zhengming.findings import Finding, Place, rule

_LANGS = ("", "zh", "en")


def check(root: Path) -> list[Finding]:
    """Every finding in the source folder `root`, in order of file and line.

    Raises:
        DictionaryError: the folder is no dictionary, or a file of it cannot be read at all.
    """
    source.load(root)
    found: list[Finding] = []
    for name in source.category_names(root):
        misnamed = [
            one for path, columns in _files(root / "categories" / name) for one in _columns(root, path, columns)
        ]
        found += misnamed or _Category(root, name).findings()
    return sorted(found, key=lambda one: (one.place, one.code))


def fix(root: Path) -> list[str]:
    """Bring every CSV file of the source into canonical form; gives the files that changed.

    Raises:
        DictionaryError: a file cannot be read.
        UnwritableFile: a file cannot be written.
    """
    from zhengming.files import write_bytes

    changed = []
    for name in source.category_names(root):
        for table in _tables(root / "categories" / name):
            text = source.dump_table(table.columns, table.rows)
            if text.encode() != table.path.read_bytes():
                write_bytes(table.path, text.encode())
                changed.append(table.path.relative_to(root).as_posix())
    return changed


def _tables(folder: Path) -> list[Table]:
    return [source.read_table(path, columns) for path, columns in _files(folder)]


def _files(folder: Path) -> list[tuple[Path, tuple[str, ...]]]:
    """The CSV files of a category with the columns each must have; only the sub-type files may be absent."""
    about = source.read_manifest(folder)
    columns = {
        "concepts.csv": (*source.CONCEPT_HEAD, *about.mappings, *about.attributes, *source.CONCEPT_TAIL),
        "terms.csv": source.TERM_COLUMNS,
        "qualifiers.csv": source.QUALIFIER_COLUMNS,
        "definitions.csv": source.DEFINITION_COLUMNS,
    }
    optional = ("qualifiers.csv", "definitions.csv")
    return [(folder / name, head) for name, head in columns.items() if name not in optional or (folder / name).exists()]


def _columns(root: Path, path: Path, columns: tuple[str, ...]) -> Iterator[Finding]:
    place = Place(path.relative_to(root).as_posix(), "", 1)
    header = source.read_text(path).partition("\n")[0].split(",")
    for kind, names in (("missing", set(columns) - set(header)), ("unknown", set(header) - set(columns))):
        for name in sorted(names):
            yield Finding("ZM511", place, rule("ZM511").severity, "", {"column": name, "kind": kind})


class _Category:
    """One category under the linter."""

    def __init__(self, root: Path, name: str) -> None:
        folder = root / "categories" / name
        self.root = root
        self.about: CategoryManifest = source.read_manifest(folder)
        self.tables = {table.path.name: table for table in _tables(folder)}
        self.concepts = self.tables["concepts.csv"]
        self.terms = self.tables["terms.csv"]
        self.lines = {row[0]: line for line, row in _numbered(self.concepts)}
        self.parents = {row[0]: source.split(row[3]) for row in self.concepts.rows}
        self.successors = {row[0]: source.split(row[5]) for row in self.concepts.rows}

    def findings(self) -> Iterator[Finding]:
        checks: tuple[Callable[[], Iterator[Finding]], ...] = (
            self._codes,
            self._parents,
            self._retired,
            self._words,
            self._sources,
            self._same_terms,
            self._references,
            self._formatting,
        )
        for one in checks:
            yield from one()

    def _say(self, rule_code: str, table: Table, line: int, at: str, **params: str | int) -> Finding:
        place = Place(table.path.relative_to(self.root).as_posix(), "", line, table.columns.index(at) + 1 if at else 0)
        return Finding(rule_code, place, rule(rule_code).severity, at, params)

    def _codes(self) -> Iterator[Finding]:
        pattern = re.compile(self.about.code_pattern or ".+")
        seen: Counter[str] = Counter()
        for line, (code, *_rest) in _numbered(self.concepts):
            seen[code] += 1
            if seen[code] > 1:
                yield self._say("ZM501", self.concepts, line, "code", code=code, count=seen[code])
            if not pattern.fullmatch(code):
                yield self._say("ZM507", self.concepts, line, "code", code=code)

    def _parents(self) -> Iterator[Finding]:
        for line, row in _numbered(self.concepts):
            for parent in self.parents[row[0]]:
                if parent not in self.lines:
                    yield self._say("ZM503", self.concepts, line, "parents", other=parent, code=row[0])
            if row[0] in _reached(row[0], self.parents):
                yield self._say("ZM508", self.concepts, line, "parents", code=row[0])

    def _retired(self) -> Iterator[Finding]:
        for line, row in _numbered(self.concepts):
            successors = self.successors[row[0]]
            if row[4] == "retired" and not successors and not row[-1]:
                yield self._say("ZM504", self.concepts, line, "note", code=row[0])
            kind = ""
            if any(code not in self.lines for code in successors):
                kind = "missing"
            elif row[0] in _reached(row[0], self.successors):
                kind = "circular"
            elif successors and row[4] != "retired":
                kind = "not-retired"
            if kind:
                yield self._say("ZM505", self.concepts, line, "replaced_by", code=row[0], kind=kind)

    def _words(self) -> Iterator[Finding]:
        for line, row in _numbered(self.concepts):
            if row[4] not in CONCEPT_STATUSES:
                yield self._say("ZM509", self.concepts, line, "status", column="status")
        for line, row in _numbered(self.terms):
            for column, allowed in (("kind", TERM_KINDS), ("lang", _LANGS), ("relation", RELATIONS)):
                if row[self.terms.columns.index(column)] not in allowed:
                    yield self._say("ZM509", self.terms, line, column, column=column)
            if (row[2] == "local") != bool(row[4]):
                yield self._say("ZM509", self.terms, line, "sender", column="sender")

    def _sources(self) -> Iterator[Finding]:
        first = len(source.CONCEPT_HEAD)
        for line, row in _numbered(self.concepts):
            carried = [name for name, codes in zip(self.about.mappings, row[first:], strict=False) if codes]
            if carried and not row[-2]:
                yield self._say("ZM510", self.concepts, line, "source", code=row[0], system=carried[0])

    def _same_terms(self) -> Iterator[Finding]:
        """A folded term under two concepts that is not declared ambiguous, or twice under one."""
        holders: dict[tuple[str, str], dict[str, bool]] = {}
        for row in self.concepts.rows:
            for name in {key(name) for name in row[1:3] if name}:
                holders.setdefault((name, ""), {})[row[0]] = False
        listed = [(line, row, (key(row[1]), row[4])) for line, row in _numbered(self.terms)]
        repeated: set[int] = set()
        for line, row, folded in listed:
            codes = holders.setdefault(folded, {})
            if row[0] in codes:
                repeated.add(line)
            codes[row[0]] = codes.get(row[0], True) and row[5] == "ambiguous"
        for line, row, folded in listed:
            if line in repeated:
                yield self._say("ZM512", self.terms, line, "term", code=row[0], count=2)
            others = [code for code in holders[folded] if code != row[0]]
            if others and not all(holders[folded].values()):
                yield self._say("ZM502", self.terms, line, "term", concept=row[0], other=others[0])

    def _references(self) -> Iterator[Finding]:
        """Terms and definitions of concepts that do not exist."""
        for line, row in _numbered(self.terms):
            if row[0] not in self.lines:
                yield self._say("ZM503", self.terms, line, "code", other=row[0], code=row[0])
        definitions = self.tables.get("definitions.csv")
        if definitions:
            for line, row in _numbered(definitions):
                for column, code in (("code", row[0]), ("core", row[1])):
                    if code not in self.lines:
                        yield self._say("ZM503", definitions, line, column, other=code, code=row[0])

    def _formatting(self) -> Iterator[Finding]:
        for table in self.tables.values():
            written = table.path.read_bytes()
            canonical = source.dump_table(table.columns, table.rows).encode()
            if written != canonical:
                yield self._say("ZM506", table, _first_difference(written, canonical), "", kind="form")


def _numbered(table: Table) -> Iterator[tuple[int, list[str]]]:
    return enumerate(table.rows, start=2)


def _reached(code: str, links: dict[str, tuple[str, ...]]) -> set[str]:
    """Everything that can be reached from `code` along `links`, itself only if it is on a cycle."""
    reached: set[str] = set()
    waiting = list(links.get(code, ()))
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting.extend(links.get(one, ()))
    return reached


def _first_difference(written: bytes, canonical: bytes) -> int:
    pairs = zip(written.split(b"\n"), canonical.split(b"\n"), strict=False)
    return next((line for line, (left, right) in enumerate(pairs, start=1) if left != right), 1)
