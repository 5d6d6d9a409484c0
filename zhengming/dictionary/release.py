"""A release: one version of a dictionary as one read-only SQLite file that holds every fact of its source.

The same source gives the same bytes on any machine: rows are written in order, nothing depends on time, chance or
settings of the library. What SQLite leaves to itself is overwritten afterwards, as its file format allows: the three
numbers in the header (a change counter twice, and the version of the library that wrote last: bytes 24–27, 92–95,
96–99) with fixed ones, and the unused space inside pages, where old versions of SQLite leave remains of earlier
states, with zeros. `application_id` is APPLICATION ("ZMDC"), `user_version` is FORMAT.

    about     name, value             id, version, title, and sha256 of the content: the digest of the source
    file      position, name, sha256, text
                                      every file of the source in the order of the digest; text is null for concepts.csv
                                      and terms.csv, whose rows stand in the tables below
    category  id, name, concepts, terms
                                      with the number of its concepts and of the rows of its terms.csv
    concept   category, code, name, name_en, parents, status, replaced_by, cells, origin, note
                                      a row of concepts.csv; cells is the JSON array of its mappings and attributes,
                                      empty if all are; origin holds its source; primary key (category, code)
    parent    category, parent, code  the children of a concept; primary key
    term      category, code, position, text, key, origin
                                      position 0 is the preferred name, 1 the English one, from 2 on the rows of
                                      terms.csv; key is the folded text (`folding.key`); primary key (category, code,
                                      position); the index term_by_key (category, key) finds what a text names
    origin    id, kind, lang, sender, relation, source, added_by, added_on
                                      what many terms have in common

Lists of codes (`parents`, `replaced_by`) are as in the source, joined by `;`. Codes sort by code point, as SQLite does.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, NoReturn

from zhengming.dictionary import source
from zhengming.dictionary.folding import key
from zhengming.errors import DictionaryError, UnwritableFile
from zhengming.files import DISK, System, atomic_path

APPLICATION = int.from_bytes(b"ZMDC")
FORMAT = 1
PAGE = 4096  # bytes; SQLite's own default, stated because a build of SQLite may have another
SUFFIX = ".sqlite"
FIRST_FURTHER = 2  # position of the first term that is no preferred name
# The rows of concepts and of terms, as readers ask for them; what of a category is wanted is added behind.
CONCEPTS = """
SELECT code, name, name_en, parents, status, replaced_by, cells, origin.source, note
FROM concept JOIN origin ON origin.id = concept.origin WHERE category = ?
"""
TERMS = """
SELECT code, text, kind, lang, sender, relation, source, added_by, added_on
FROM term JOIN origin ON origin.id = term.origin WHERE category = ?
"""
_SQLITE = 3_008_002  # stated as the writer: the first version that reads tables without rowid
_ROWS_AT_ONCE = 5_000
_FILE_HEADER = 100  # bytes at the start of the first page
_INTERIOR = (2, 5)  # types of b-tree pages that have pages below them

_SETTINGS = f"""
PRAGMA page_size = {PAGE}; PRAGMA encoding = 'UTF-8'; PRAGMA auto_vacuum = NONE; PRAGMA secure_delete = ON;
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA threads = 0;
PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {FORMAT};
"""
_SCHEMA = """
CREATE TABLE about (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE file (position INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, text TEXT);
CREATE TABLE category (id INTEGER PRIMARY KEY, name TEXT NOT NULL, concepts INTEGER NOT NULL, terms INTEGER NOT NULL);
CREATE TABLE origin (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, lang TEXT NOT NULL, sender TEXT NOT NULL, relation TEXT NOT NULL,
  source TEXT NOT NULL, added_by TEXT NOT NULL, added_on TEXT NOT NULL
);
CREATE TABLE concept (
  category INTEGER NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, name_en TEXT NOT NULL, parents TEXT NOT NULL,
  status TEXT NOT NULL, replaced_by TEXT NOT NULL, cells TEXT NOT NULL, origin INTEGER NOT NULL, note TEXT NOT NULL,
  PRIMARY KEY (category, code)
) WITHOUT ROWID;
CREATE TABLE parent (
  category INTEGER NOT NULL, parent TEXT NOT NULL, code TEXT NOT NULL, PRIMARY KEY (category, parent, code)
) WITHOUT ROWID;
CREATE TABLE term (
  category INTEGER NOT NULL, code TEXT NOT NULL, position INTEGER NOT NULL, text TEXT NOT NULL, key TEXT NOT NULL,
  origin INTEGER NOT NULL, PRIMARY KEY (category, code, position)
) WITHOUT ROWID;
"""
_INDEX = "CREATE INDEX term_by_key ON term (category, key)"


def build(root: Path, target: Path, *, system: System = DISK) -> str:
    """Compile the source folder `root` to the release file `target`; gives the SHA-256 of its content.

    Raises:
        DictionaryError: the source is malformed, changed meanwhile, or a file of it is not in canonical form.
        UnwritableFile: the target cannot be written.
    """
    content = source.load(root).sha256
    with atomic_path(target, system=system) as path:
        try:
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                _Compilation(connection, root, content).run()
        except sqlite3.Error as error:
            _refuse(target, error)
        _normalize(path)
        if source.digest(root) != content:
            raise DictionaryError("was changed while it was read", where=str(root), remedy="try again")
    return content


class _Compilation:
    """The source on its way into the tables, one category after the other, one row after the other."""

    def __init__(self, connection: sqlite3.Connection, root: Path, content: str) -> None:
        self.connection = connection
        self.root = root
        self.content = content
        self.origins: dict[tuple[str, ...], int] = {}
        self.hashes: dict[str, str] = {}  # of the files whose rows are in tables

    def run(self) -> None:
        self.connection.executescript(_SETTINGS)
        self.connection.executescript(_SCHEMA)
        self.connection.execute("BEGIN")
        about = source.read_toml(self.root / "dictionary.toml")
        identity, version = source.identified(about, "dictionary.toml")
        facts = {"id": identity, "version": version, "title": str(about.get("title", "")), "sha256": self.content}
        self._write("about", sorted(facts.items()))
        for number, name in enumerate(source.category_names(self.root), start=1):
            self._category(number, name)
        self._write("origin", [(number, *origin) for origin, number in self.origins.items()])
        self._files()
        self.connection.execute(_INDEX)
        self.connection.execute("COMMIT")

    def _category(self, number: int, name: str) -> None:
        folder = self.root / "categories" / name
        about = source.read_manifest(folder)
        terms = _Terms(self._rows(folder / "terms.csv", source.TERM_COLUMNS), folder / "terms.csv")
        first = len(source.CONCEPT_HEAD)
        concepts: list[tuple[object, ...]] = []
        named: list[tuple[object, ...]] = []
        parents: list[tuple[str, str]] = []
        count = 0
        last = ""
        for row in self._rows(folder / "concepts.csv", source.concept_columns(about)):
            code, cells = row[0], row[first:-2]
            if count and code == last:
                raise DictionaryError(f"has the code {code} twice", where=str(folder / "concepts.csv"))
            last = code
            count += 1
            packed = json.dumps(cells, ensure_ascii=False, separators=(",", ":")) if any(cells) else ""
            preferred = source.preferred_terms(row)
            for position, term in enumerate(preferred):
                origin = self._origin((term.kind, term.lang, "", term.relation, term.source, "", ""))
                named.append((number, code, position, term.text, term.key, origin))
            concepts.append((number, *row[:first], packed, named[-len(preferred)][-1], row[-1]))
            parents += [(parent, code) for parent in source.split(row[3])]
            for position, (text, *origins) in enumerate(terms.of(code), start=FIRST_FURTHER):
                named.append((number, code, position, text, key(text), self._origin(tuple(origins))))
            if len(named) >= _ROWS_AT_ONCE:
                self._write("concept", concepts)
                self._write("term", named)
                concepts, named = [], []
        self._write("concept", concepts)
        self._write("term", named)
        terms.finish()
        self._write("parent", [(number, *pair) for pair in sorted(set(parents))])
        self._write("category", [(number, name, count, terms.count)])

    def _origin(self, origin: tuple[str, ...]) -> int:
        return self.origins.setdefault(origin, len(self.origins) + 1)

    def _rows(self, path: Path, columns: tuple[str, ...]) -> Iterator[list[str]]:
        """The rows of a file, read one by one; afterwards it is known whether it was in canonical form.

        Raises:
            DictionaryError: it was not.
        """
        written, wanted = hashlib.sha256(), hashlib.sha256()
        before: list[str] = []
        rows = csv.reader(_lines(path, written))
        header = next(rows, [])
        sound = tuple(header) == columns
        wanted.update(_line(header))
        for row in rows if sound else ():
            sound = sound and len(row) == len(columns) and row >= before
            if not sound:
                break
            wanted.update(_line(row))
            before = row
            yield row
        if not sound or written.digest() != wanted.digest():
            raise DictionaryError(
                "is not in canonical form", where=str(path), remedy="run zm dict lint --fix, then lint"
            )
        self.hashes[path.relative_to(self.root).as_posix()] = written.hexdigest()

    def _files(self) -> None:
        rows: list[tuple[int, str, str, str | None]] = []
        for position, path in enumerate(source.source_files(self.root)):
            name = path.relative_to(self.root).as_posix()
            text = None if name in self.hashes else source.read_text(path)
            sha256 = self.hashes[name] if text is None else source.text_hash(text)
            rows.append((position, name, sha256, text))
        self._write("file", rows)

    def _write(self, table: str, rows: Sequence[Sequence[object]]) -> None:
        if rows:
            marks = ",".join("?" * len(rows[0]))
            self.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


class _Terms:
    """The rows of a `terms.csv` as they are asked for, code by code in order."""

    def __init__(self, rows: Iterator[list[str]], path: Path) -> None:
        self.rows = rows
        self.path = path
        self.count = 0
        self.waiting: list[str] | None = next(rows, None)

    def of(self, code: str) -> Iterator[list[str]]:
        """The rows of one concept, without its code."""
        while self.waiting is not None and self.waiting[0] == code:
            yield self.waiting[1:]
            self.count += 1
            self.waiting = next(self.rows, None)

    def finish(self) -> None:
        """Nothing may be left: a term belongs to a concept.

        Raises:
            DictionaryError: a row is of a concept that does not exist.
        """
        if self.waiting is not None:
            raise DictionaryError("has a term of a concept that does not exist", where=str(self.path))


def _lines(path: Path, whole: hashlib._Hash) -> Iterator[str]:
    """The lines of a source file, BOM and CR left out, each also given to the hash."""
    try:
        with path.open(encoding="utf-8-sig", newline=None) as handle:
            for line in handle:
                whole.update(line.encode())
                yield line
    except OSError as error:
        raise DictionaryError("cannot be read", where=str(path), remedy=error.strerror or "") from None
    except UnicodeDecodeError:
        raise DictionaryError("is not UTF-8", where=str(path), remedy="save it as CSV UTF-8") from None


def _line(row: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(row)
    return out.getvalue().encode()


def _normalize(path: Path) -> None:
    """Overwrite what SQLite leaves to chance: its numbers in the header, and old bytes in unused space of pages."""
    with path.open("r+b") as handle:
        for offset, number in ((24, 1), (92, 1), (96, _SQLITE)):
            handle.seek(offset)
            handle.write(number.to_bytes(4))
    with closing(sqlite3.connect(path)) as connection:
        roots = [1, *(root for (root,) in connection.execute("SELECT rootpage FROM sqlite_schema"))]
    with path.open("r+b") as handle:
        while roots:
            start = (roots.pop() - 1) * PAGE
            handle.seek(start)
            roots += _tidied(handle, start, handle.read(PAGE))


def _tidied(handle: BinaryIO, start: int, page: bytes) -> list[int]:
    """Write zeros between the cell pointers and the cells of a b-tree page; gives the pages below it.

    See "B-tree Pages" of https://www.sqlite.org/fileformat2.html.
    """
    head = 0 if start else _FILE_HEADER
    inner = page[head] in _INTERIOR
    cells, content = (int.from_bytes(page[at : at + 2]) for at in (head + 3, head + 5))
    pointers = head + (12 if inner else 8)
    used = pointers + 2 * cells
    if any(page[used:content]):
        handle.seek(start + used)
        handle.write(bytes(content - used))
    if not inner:
        return []
    places = [int.from_bytes(page[at : at + 2]) for at in range(pointers, used, 2)]
    return [int.from_bytes(page[at : at + 4]) for at in (*places, head + 8)]


def _refuse(target: Path, error: sqlite3.Error) -> NoReturn:
    """Tell why SQLite could not write."""
    full = error.sqlite_errorcode == sqlite3.SQLITE_FULL
    what = "the disk is full" if full else "could not be written"
    remedy = "free some space; nothing was changed" if full else "check the disk and the path; nothing was changed"
    raise UnwritableFile(what, where=str(target), remedy=remedy) from None
