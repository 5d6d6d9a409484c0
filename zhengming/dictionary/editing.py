"""One category of a source folder while it is being changed: read, changed in memory, checked where touched, written.

A change costs one reading and writing of the files it touches, and no linting of the whole: the linter's own checks
look at a small category made of what the change touches and what that hangs together with. What they find there and
did not find before refuses the change. `changes.csv` gets a line for every change; it is put in its place without
reading the others. Lines once parsed, written or folded are remembered, for a process that makes many changes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from zhengming.dictionary import folding, source
from zhengming.dictionary.lint import concepts, form, terms
from zhengming.dictionary.lint.category import LintedCategory
from zhengming.dictionary.manifest import CategoryManifest
from zhengming.dictionary.source import Table
from zhengming.errors import DictionaryError, UnknownCode, UsageError
from zhengming.findings import Finding, rule
from zhengming.transactions import Changes

NAME, NAME_EN, PARENTS, STATUS, REPLACED_BY, SOURCE, NOTE = 1, 2, 3, 4, 5, -2, -1  # columns of concepts.csv
TERM, KIND, LANG, SENDER, RELATION = 1, 2, 3, 4, 5  # columns of terms.csv
Row = tuple[str, ...]
_CHECKS = (
    form.check_cells,
    form.check_words,
    form.check_dates,
    concepts.check_codes,
    concepts.check_parents,
    concepts.check_orphans,
    concepts.check_retired,
    concepts.check_names,
    concepts.check_sources,
    concepts.check_mappings,
    concepts.check_definitions,
    terms.check_references,
    terms.check_same_terms,
)
_FILES = ("concepts.csv", "terms.csv", "definitions.csv")


@dataclass(frozen=True, slots=True)
class Why:
    """Who changes something, when (ISO 8601, a day) and for what reason."""

    by: str
    on: str
    reason: str

    def __post_init__(self) -> None:
        """Nothing is changed anonymously or without a reason."""
        if not self.by.strip() or not self.reason.strip():
            raise UsageError("a change has an author and a reason", remedy="name both")
        if not form.is_day(self.on):
            raise UsageError("the date of a change is a day", remedy="write it as 2026-11-25")


@lru_cache(maxsize=1 << 18)
def key(text: str) -> str:
    """The folded key of a name, kept for the next change."""
    return folding.key(text)


class EditedCategory:
    """The rows of one category, to be changed in place; `save` checks and writes them.

    `concepts` are the rows of `concepts.csv` by code, `terms` and `definitions` those of their files. Whoever changes a
    row says so with `touch`.
    """

    def __init__(self, changes: Changes, name: str) -> None:
        """Read the category `name` of the folder that is being changed.

        Raises:
            UnknownCode: there is no such category.
            DictionaryError: a file of it is malformed.
        """
        self.changes = changes
        self.name = name
        manifest = changes.read(f"categories/{name}/category.toml")
        if manifest is None:
            raise UnknownCode(f"no category {name!r}", where=str(changes.root), remedy="name one of the dictionary")
        self.where = changes.root / "categories" / name
        where = str(self.where / "category.toml")
        self.about = CategoryManifest.from_data(source.parse_toml(source.decoded(manifest, where), where), where=where)
        self.columns = {
            "concepts.csv": source.concept_columns(self.about),
            "terms.csv": source.TERM_COLUMNS,
            "definitions.csv": source.DEFINITION_COLUMNS,
        }
        self.before = {file: self._rows(file) for file in _FILES}
        self.concepts = {row[0]: list(row) for row in self.before["concepts.csv"]}
        self.terms = [list(row) for row in self.before["terms.csv"]]
        self.definitions = [list(row) for row in self.before["definitions.csv"]]
        if len(self.concepts) != len(self.before["concepts.csv"]):
            raise DictionaryError("has a code twice", where=str(self.where / "concepts.csv"), remedy="zm dict lint")
        self.touched: set[str] = set()
        self.keys: set[str] = set()

    def _rows(self, file: str) -> list[Row]:
        data = self.changes.read(f"categories/{self.name}/{file}")
        if data is None:
            return []
        path = self.where / file
        text = source.decoded(data, str(path))
        lines = text.split("\n")
        if lines[0] == ",".join(self.columns[file]) and not any('"' in line for line in lines) and not lines[-1]:
            rows = [_parsed(line) for line in lines[1:-1]]
            if all(len(row) == len(self.columns[file]) for row in rows):
                return rows
        strange = sorted({*next(csv.reader([lines[0]]), [])} - {*self.columns[file]})
        if strange:
            raise DictionaryError(f"has the unknown column {strange[0]}", where=str(path), remedy="zm dict lint")
        return [tuple(row) for row in source.parse_table(text, self.columns[file], path)]

    def active(self, code: str) -> list[str]:
        """The row of a concept in use.

        Raises:
            UnknownCode: there is no such concept.
            DictionaryError: it is retired.
        """
        row = self.concepts.get(code)
        if row is None:
            raise UnknownCode(f"no code {code!r} in category {self.name!r}", where=str(self.changes.root))
        if row[STATUS] == "retired":
            raise DictionaryError(f"{code} is retired", where=f"{self.name}", remedy="change a concept in use")
        return row

    def touch(self, *codes: str, names: Iterable[str] = ()) -> None:
        """Have these concepts, and whatever else has these names, checked."""
        self.touched.update(codes)
        self.keys.update(key(name) for name in names if name)

    def terms_of(self, code: str) -> list[list[str]]:
        """The rows of `terms.csv` of one concept."""
        return [row for row in self.terms if row[0] == code]

    def save(
        self, why: Why, operation: str, code: str, others: Sequence[str] = (), said: tuple[str, str] = ("", "")
    ) -> None:
        """Check what was touched, and have the files written with a line about the change in `changes.csv`.

        `others` are the other concepts concerned, `said` what was and what is now, where that is a text.

        Raises:
            DictionaryError: the change would leave something that the linter finds fault with.
        """
        line = [why.on, code, operation, ";".join(others), *said, why.by, why.reason]
        after = {
            "concepts.csv": [tuple(row) for row in self.concepts.values()],
            "terms.csv": [tuple(row) for row in self.terms],
            "definitions.csv": [tuple(row) for row in self.definitions],
        }
        self._check(after, line)
        folder = f"categories/{self.name}"
        for file, rows in after.items():
            if rows != self.before[file]:
                text = "".join([_written(self.columns[file]), *map(_written, sorted(rows))])
                self.changes.write(f"{folder}/{file}", text.encode())
        log = f"{folder}/changes.csv"
        self.changes.write(log, with_line(self.changes.read(log), line))

    def _check(self, after: Mapping[str, list[Row]], line: list[str]) -> None:
        found = _Excerpt(self, after).findings([line])
        known = [(one.code, one.params) for one in _Excerpt(self, self.before).findings([])] if found else []
        for one in found:
            if (one.code, one.params) not in known:
                raise DictionaryError(
                    f"{one.code}: {one.message('en')}", where=self.name, remedy=rule(one.code).text("advice", "en")
                )


class _Excerpt:
    """What of a category hangs together with what is touched, as a category of its own for the linter's checks."""

    def __init__(self, edited: EditedCategory, tables: Mapping[str, list[Row]]) -> None:
        self.edited = edited
        rows = tables["concepts.csv"]
        self.rows = {row[0]: row for row in rows}
        self.named = [row for row in tables["terms.csv"] if key(row[TERM]) in edited.keys]
        self.definitions = [row for row in tables["definitions.csv"] if not edited.touched.isdisjoint(row[:2])]
        codes = {*edited.touched, *edited.about.roots}
        codes.update(row[0] for row in self.named)
        codes.update(code for row in self.definitions for code in row[:2])
        codes.update(row[0] for row in rows if key(row[NAME]) in edited.keys or key(row[NAME_EN]) in edited.keys)
        codes.update(
            row[0]
            for row in rows
            if (row[PARENTS] or row[REPLACED_BY])
            and not edited.touched.isdisjoint((*source.split(row[PARENTS]), *source.split(row[REPLACED_BY])))
        )
        self.codes: set[str] = set()
        waiting = list(codes)
        while waiting:
            code = waiting.pop()
            row = self.rows.get(code)
            if row is not None and code not in self.codes:
                self.codes.add(code)
                waiting += [*source.split(row[PARENTS]), *source.split(row[REPLACED_BY])]

    def findings(self, changes: list[list[str]]) -> list[Finding]:
        columns = self.edited.columns
        parts: dict[str, tuple[tuple[str, ...], Sequence[Sequence[str]]]] = {
            "concepts.csv": (columns["concepts.csv"], [row for code, row in self.rows.items() if code in self.codes]),
            "terms.csv": (columns["terms.csv"], self.named),
            "definitions.csv": (columns["definitions.csv"], self.definitions),
            "changes.csv": (source.CHANGE_COLUMNS, changes),
        }
        tables = {
            file: Table(self.edited.where / file, head, [list(row) for row in rows])
            for file, (head, rows) in parts.items()
        }
        category = LintedCategory(self.edited.changes.root, self.edited.name, self.edited.about, tables)
        return [one for check in _CHECKS for one in check(category)]


@lru_cache(maxsize=1 << 18)
def _parsed(line: str) -> Row:
    """The row of a line without quotes."""
    return tuple(line.split(","))


@lru_cache(maxsize=1 << 18)
def _written(row: Row) -> str:
    """The line of a row."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(row)
    return out.getvalue()


def with_line(data: bytes | None, row: Sequence[str]) -> bytes:
    r"""The bytes of a `changes.csv` with one more row in its place among the sorted ones.

    >>> text = with_line(None, ["2026-11-25", "X2", "retire", "", "", "", "li", "twice"])
    >>> with_line(text, ["2026-11-25", "X1", "add", "", "", "甲", "li", "new"]).decode().splitlines()[1]
    '2026-11-25,X1,add,,,甲,li,new'
    """
    head = _written(source.CHANGE_COLUMNS).encode()
    lines = (data or head).removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
    low, high = 1, len(lines)
    while low < high:
        middle = (low + high) // 2
        if next(csv.reader([lines[middle].decode("utf-8", "replace")]), []) < list(row):
            low = middle + 1
        else:
            high = middle
    lines.insert(low, _written(tuple(row)).removesuffix("\n").encode())
    return b"\n".join([*lines, b""])


def check_root(root: Path) -> None:
    """Whether `root` is a source folder at all.

    Raises:
        DictionaryError: it is none.
    """
    if not (root / "dictionary.toml").is_file():
        raise DictionaryError("no dictionary here", where=str(root), remedy="name a folder with a dictionary.toml")
