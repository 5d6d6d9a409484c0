"""How the source is written: columns, cells, words of fixed lists, dates, canonical form."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

from zhengming.dictionary import source
from zhengming.dictionary.lint.category import LintedCategory, numbered
from zhengming.dictionary.model import CONCEPT_STATUSES, RELATIONS, TERM_KINDS
from zhengming.dictionary.source import Table
from zhengming.findings import Finding, Place, rule

LONGEST = 500  # characters of a name, term, source or note; the longest of the bundled dictionary has 149
_LANGS = ("", "zh", "en")
_REQUIRED = {
    "concepts.csv": ("code", "name"),
    "terms.csv": ("code", "term"),
    "qualifiers.csv": ("axis", "value", "term"),
    "definitions.csv": ("code", "core", "qualifiers"),
    "changes.csv": ("changed_on", "code", "operation", "changed_by", "reason"),
}
_TEXTS = frozenset(
    {"name", "name_en", "term", "sender", "added_by", "source", "note", "before", "after", "changed_by", "reason"}
)
# Controls (also a line break), soft hyphen, zero width and bidi marks, line separators, private use, and the mark that
# decoding leaves for what it could not read.
_UNUSABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ue000-\uf8ff\ufeff\ufff9-\ufffd]"
)


def check_columns(root: Path, path: Path, columns: tuple[str, ...]) -> Iterator[Finding]:
    """Columns that a file lacks, and columns nobody knows."""
    place = Place(path.relative_to(root).as_posix(), "", 1)
    header = source.read_text(path).partition("\n")[0].split(",")
    for kind, names in (("missing", set(columns) - set(header)), ("unknown", set(header) - set(columns))):
        for name in sorted(names):
            yield Finding("ZM511", place, rule("ZM511").severity, "", {"column": name, "kind": kind})


def check_cells(category: LintedCategory) -> Iterator[Finding]:
    """Cells that are empty and must not be, too long, or hold what nobody can see."""
    for name, table in category.tables.items():
        required = [table.columns.index(column) for column in _REQUIRED[name]]
        for line, row in numbered(table):
            if _is_plain(row) and all(row[index] for index in required):
                continue
            for index, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
                kind = _trouble(cell, column, required=index in required)
                if kind:
                    yield category.say("ZM516", table, line, column, column=column, kind=kind)


def _is_plain(row: list[str]) -> bool:
    return (
        len(max(row, key=len)) <= LONGEST
        and not _UNUSABLE.search("".join(row))
        and all(cell == cell.strip() for cell in row)
    )


def _trouble(cell: str, column: str, *, required: bool) -> str:
    if required and not cell.strip():
        return "empty"
    if _UNUSABLE.search(cell):
        return "invisible"
    if cell != cell.strip():
        return "spaces"
    return "too-long" if len(cell) > LONGEST and column in _TEXTS else ""


def check_words(category: LintedCategory) -> Iterator[Finding]:
    """Words that are none of those a column allows."""
    concepts, terms = category.concepts, category.terms
    for line, row in numbered(concepts):
        if row[4] not in CONCEPT_STATUSES:
            yield category.say("ZM509", concepts, line, "status", column="status")
    allowed = (("kind", 2, TERM_KINDS), ("lang", 3, _LANGS), ("relation", 5, RELATIONS))
    for line, row in numbered(terms):
        for column, index, words in allowed:
            if row[index] not in words:
                yield category.say("ZM509", terms, line, column, column=column)
        if (row[2] == "local") != bool(row[4]):
            yield category.say("ZM509", terms, line, "sender", column="sender")


def check_dates(category: LintedCategory) -> Iterator[Finding]:
    """Days that are not in the calendar, or not written as 2026-11-23."""
    known: dict[str, bool] = {"": True}
    for name, column in (("terms.csv", "added_on"), ("changes.csv", "changed_on")):
        table = category.tables.get(name)
        at = table.columns.index(column) if table else 0
        for line, row in numbered(table) if table else ():
            day = row[at]
            if day not in known:
                known[day] = is_day(day)
            if table and not known[day]:
                yield category.say("ZM517", table, line, column, column=column)


def is_day(text: str) -> bool:
    """Whether the text is a day of the calendar, written as 2026-11-23."""
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def check_formatting(category: LintedCategory) -> Iterator[Finding]:
    """Files that are not written the one canonical way."""
    for table in category.tables.values():
        written = table.path.read_bytes()
        wanted = source.dump_table(table.columns, table.rows).encode()
        if written != wanted:
            yield category.say("ZM506", table, _first_difference(written, wanted), "", kind="form")


def canonical(table: Table) -> bytes:
    """The bytes of a table in canonical form, spaces around its cells left out."""
    return source.dump_table(table.columns, [[cell.strip() for cell in row] for row in table.rows]).encode()


def _first_difference(written: bytes, wanted: bytes) -> int:
    pairs = zip(written.split(b"\n"), wanted.split(b"\n"), strict=False)
    return next((line for line, (left, right) in enumerate(pairs, start=1) if left != right), 1)
