"""Reading a release: the same dictionary as its source, but read from the file concept by concept.

Opening looks at the header and at a handful of rows, however large the file is. The tables are described in `release`.
Damage that shows only in the data is found by `zm dict verify`; what cannot be read at all is an error when it is met.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from zhengming.dictionary import history, source
from zhengming.dictionary.manifest import CategoryManifest
from zhengming.dictionary.model import Dictionary
from zhengming.dictionary.release import APPLICATION, CONCEPTS, FIRST_FURTHER, FORMAT, TERMS
from zhengming.dictionary.stored_category import StoredCategory, StoredConcepts
from zhengming.errors import DictionaryError
from zhengming.files import opened, sha256

_MAGIC = b"SQLite format 3\0"
_HEADER = 100  # bytes
CHECKED_BYTES = 32 << 20  # up to this size a release is compared with its log when it is opened: 0.1 s at most


def load(path: Path) -> Dictionary:
    """Open the release file at `path`.

    Raises:
        DictionaryError: it is no release, of a newer format, or damaged.
        UnreadableFile: it cannot be read.
    """
    store = Store(path)
    return store.dictionary(_checked_head(path, store.about))


def _checked_head(path: Path, about: Mapping[str, str]) -> str:
    """The head of the chain as of this release, from the log beside it; empty if none names it.

    Raises:
        DictionaryError: the release is another than the log says, or the log is damaged.
    """
    entries = history.read(path.parent / history.NAME)
    entry = history.find(entries, about["id"], about["version"])
    if entry is None:
        return ""
    sound = entry.sha256 == about["sha256"] and entry.file_bytes == path.stat().st_size
    if sound and entry.file_bytes <= CHECKED_BYTES:
        sound = sha256(path) == entry.file_sha256
    if not sound:
        raise DictionaryError(
            f"is not the release that {history.NAME} names", where=str(path), remedy="zm dict verify tells where"
        )
    return entry.head


class Store:
    """An open release file: its facts as Python values."""

    def __init__(self, path: Path) -> None:
        """Open `path` and check its header.

        Raises:
            DictionaryError: it is no release, of a newer format, or damaged.
            UnreadableFile: it cannot be read.
        """
        self.path = path
        _check_header(path)
        self._connections: dict[int, sqlite3.Connection] = {}  # by process: none may be carried across a fork
        self.about: Mapping[str, str] = dict(self.rows("SELECT name, value FROM about"))
        if missing := {"id", "version", "title", "sha256"} - self.about.keys():
            raise self.damaged(f"{min(missing)} is missing")
        self.categories: Mapping[str, int] = dict(self.rows("SELECT name, id FROM category ORDER BY id"))

    def dictionary(self, head: str = "") -> Dictionary:
        """The dictionary in the file; `head` is the head of the chain that it belongs to."""
        return Dictionary(
            id=self.about["id"],
            version=self.about["version"],
            title=self.about["title"],
            categories=tuple(self.categories),
            read=self.category,
            digest=lambda: self.about["sha256"],
            head=head,
        )

    def rows(self, query: str, parameters: Sequence[object] = ()) -> Iterator[Any]:
        """The rows that a query gives, read as they are asked for.

        Raises:
            DictionaryError: the file is damaged there.
        """
        with self.reading():
            yield from self._connection().execute(query, parameters)

    def category(self, name: str) -> StoredCategory:
        """The category of this name; its concepts are read when asked for."""
        number = self.categories[name]
        about = self.manifest(name)
        files = {"qualifiers.csv": source.QUALIFIER_COLUMNS, "definitions.csv": source.DEFINITION_COLUMNS}
        parts = {
            file: source.parse_table(text, columns, self.path) if text else []
            for file, columns in files.items()
            for text in [self.text(f"categories/{name}/{file}", optional=True)]
        }
        concepts = StoredConcepts(self, number, about)
        return source.made_category(
            name,
            about,
            concepts,
            modifiers=parts["qualifiers.csv"],
            definitions=parts["definitions.csv"],
            kind=StoredCategory,
        )

    def manifest(self, name: str) -> CategoryManifest:
        """What a category says of itself.

        Raises:
            DictionaryError: the file is damaged.
        """
        text = self.text(f"categories/{name}/category.toml")
        return CategoryManifest.from_data(source.parse_toml(text, str(self.path)), where=str(self.path))

    def counts(self) -> tuple[int, int]:
        """How many concepts, and how many terms besides the preferred names, all categories have."""
        return next(self.rows("SELECT coalesce(sum(concepts), 0), coalesce(sum(terms), 0) FROM category"))  # type: ignore[no-any-return]

    def text(self, name: str, *, optional: bool = False) -> str:
        """The text of a small file of the source; empty if it is `optional` and not there.

        Raises:
            DictionaryError: the file is damaged.
        """
        for (text,) in self.rows("SELECT text FROM file WHERE name = ?", (name,)):
            return str(text)
        if optional:
            return ""
        raise self.damaged(f"{name} is missing")

    def files(self) -> Iterator[tuple[str, str]]:
        """The files of the source that the release was made from: names and texts, in the order of the digest.

        Raises:
            DictionaryError: the file is damaged.
        """
        return ((name, text) for name, text, _sha256 in self.hashed_files())

    def hashed_files(self) -> Iterator[tuple[str, str, str]]:
        """As `files`, each with the SHA-256 that the release carries of it.

        Raises:
            DictionaryError: the file is damaged.
        """
        for name, carried, text in self.rows("SELECT name, sha256, text FROM file ORDER BY position"):
            with self.reading():
                yield name, self._written(name) if text is None else text, carried

    def _written(self, name: str) -> str:
        """The text of a file whose rows are in tables."""
        _folder, category, file = name.split("/")
        if category not in self.categories:
            raise self.damaged(f"{category} is missing")
        about = self.manifest(category)
        here = (self.categories[category],)
        if file == "concepts.csv":
            empty = [""] * (len(about.mappings) + len(about.attributes))
            rows = (
                [*row[:6], *(json.loads(row[6]) if row[6] else empty), *row[7:]]
                for row in self.rows(CONCEPTS + "ORDER BY code", here)
            )
            return source.dump_sorted(source.concept_columns(about), rows)
        query = f"{TERMS} AND position >= {FIRST_FURTHER} ORDER BY code, position"
        return source.dump_sorted(source.TERM_COLUMNS, self.rows(query, here))

    def damaged(self, what: str) -> DictionaryError:
        """The error that says that the file cannot be trusted."""
        return DictionaryError(
            f"is damaged ({what})", where=str(self.path), remedy="take it again from where it came; zm dict verify"
        )

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Take what goes wrong in the block for a damage of the file.

        Raises:
            DictionaryError: something did.
        """
        try:
            yield
        except (sqlite3.Error, ValueError, TypeError, AttributeError) as error:
            raise self.damaged(type(error).__name__) from None

    def _connection(self) -> sqlite3.Connection:
        process = os.getpid()
        if process not in self._connections:
            # Nobody changes a release, so no locks are needed, and a read-only disk or folder is no hindrance.
            uri = f"{self.path.resolve().as_uri()}?mode=ro&immutable=1"
            connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            connection.execute("PRAGMA trusted_schema = OFF")  # the file may come from anywhere
            self._connections[process] = connection
        return self._connections[process]


def _check_header(path: Path) -> None:
    """Whether the file is a release that this version reads, as its first bytes tell.

    Raises:
        DictionaryError: it is not.
        UnreadableFile: it cannot be read.
    """
    with opened(path) as handle:
        header = handle.read(_HEADER)
        size = handle.seek(0, os.SEEK_END)
    again = "take it again from where it came"
    if len(header) < _HEADER or not header.startswith(_MAGIC):
        raise DictionaryError("is no release of a dictionary", where=str(path), remedy="name a release or a folder")
    page, pages, version, application = (
        int.from_bytes(header[start:end]) for start, end in ((16, 18), (28, 32), (60, 64), (68, 72))
    )
    if application != APPLICATION:
        raise DictionaryError("is a database, but no release of a dictionary", where=str(path), remedy="name a release")
    if version > FORMAT:
        raise DictionaryError(
            f"has format {version}; this version reads up to {FORMAT}", where=str(path), remedy="update zhengming"
        )
    if version < 1:
        raise DictionaryError(f"is damaged (format {version})", where=str(path), remedy=again)
    if page * pages != size:
        raise DictionaryError(f"is damaged ({size} bytes instead of {page * pages})", where=str(path), remedy=again)
