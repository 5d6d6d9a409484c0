"""Migration: a table that was coded with one version of a dictionary, carried forward to another.

Codes that have become exactly one other are replaced, codes that were split, retired without successor or are unknown
stay and are listed for a human, with the sender's words and what the matcher makes of them. The input is never changed;
every row and every code is accounted for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhengming.dictionary.changes.carrying import Carried, Carrier
from zhengming.dictionary.changes.difference import Version, version
from zhengming.dictionary.model import Dictionary
from zhengming.errors import UnwritableFile, UsageError
from zhengming.migration import writing
from zhengming.migration.cells import Cells, Count, listed
from zhengming.migration.coded_files import CodedFile, CodedSheet, open_coded
from zhengming.migration.columns import CodedColumn, Columns
from zhengming.migration.rows import Gathered, Waiting, carried_rows
from zhengming.results import made_folder
from zhengming.tables import cell_text

if TYPE_CHECKING:
    from zhengming.migration.opinion import Opinion

__all__ = ["CodedColumn", "Columns", "Migration", "migrate"]

SEPARATOR = ";"


@dataclass(frozen=True)
class Migration:
    """What became of a table. `counts` are those of each coded column, `waiting` what a human must decide.

    `changed` are the codes that are no longer what they were, or are called otherwise, with the number of cells that
    have them, by (column, category). `coded_with` is the hash of the dictionary that the file says it was coded with,
    empty if it does not say. `written` are the files written.
    """

    file: str
    sha256: str
    before: Version
    after: Version
    rows_in: int
    rows_out: int
    counts: tuple[Count, ...]
    changed: tuple[tuple[str, str, Carried, int], ...]
    waiting: tuple[tuple[Waiting, Carried, str], ...]
    coded_with: str
    written: tuple[Path, ...] = ()

    @property
    def open(self) -> int:
        """How many codes wait for a human."""
        return sum(one.open for one in self.counts)

    @property
    def of_another_version(self) -> bool:
        """Whether the file says that it was coded with another version than the one it is carried from."""
        return bool(self.coded_with) and self.coded_with != self.before.sha256

    def facts(self) -> dict[str, Any]:
        """The counts, for `<stem>.migration.json`: no value of any cell."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "from": _version(self.before),
            "to": _version(self.after),
            "coded_with": self.coded_with,
            "rows_in": self.rows_in,
            "rows_out": self.rows_out,
            "codes_open": self.open,
            "columns": {
                one.column: {
                    "category": one.category,
                    "rows": one.rows,
                    "cells": one.cells,
                    "codes_read": one.read,
                    **dict(one.outcomes),
                    "codes_written": one.written,
                    "codes_repeated": one.read - one.written,
                }
                for one in self.counts
            },
        }


def migrate(
    path: str | Path,
    old: Dictionary,
    new: Dictionary,
    directory: str | Path,
    *,
    columns: Columns,
    separator: str = SEPARATOR,
    opinion: Callable[[Dictionary], Opinion] | None = None,
    lang: str = "zh",
) -> Migration:
    """Carry the coded columns of the table at `path` from the version `old` to the version `new`.

    Writes into `directory` (made if need be): `<stem>.migrated.<ext>`, the whole table; `<stem>.migration.xlsx`, what
    became of each code and what waits for a human; `<stem>.migration.json`, the counts.

    Raises:
        UnreadableFile: the file cannot be read.
        NoTable: it has none of the coded columns.
        UsageError: the two are not versions of one dictionary, or a result would overwrite the input.
        UnwritableFile: a result cannot be written.
    """
    if old.id != new.id:
        raise UsageError(f"{old.id} and {new.id} are two dictionaries", remedy="name two versions of one")
    if not separator.strip():
        raise UsageError("nothing to separate codes by", remedy="name the sign between two codes")
    file = open_coded(path, columns)
    targets = _targets(file, made_folder(directory))
    gathered = Gathered()
    codes = _codes(file, columns, separator)
    carriers = {name: Carrier(old.category(name), new.category(name), found) for name, found in codes.items()}
    cells = {
        name: Cells(carrier, new.category(name), separator, _systems(file, new, name))
        for name, carrier in carriers.items()
    }
    writing.write(
        file,
        targets[0],
        lambda sheet: carried_rows(sheet, cells, columns.fields, separator, gathered),
        (version(old), version(new)),
    )
    found = Migration(
        file.path.name,
        file.sha256,
        version(old),
        version(new),
        gathered.rows_in,
        gathered.rows_out,
        tuple(gathered.counts.values()),
        tuple((*key[:2], carriers[key[1]].carry(key[2]), count) for key, count in sorted(gathered.changed.items())),
        _waiting(gathered, carriers, opinion(new) if opinion and gathered.waiting else None),
        writing.coded_with(file),
        targets,
    )
    writing.write_listing(found, targets[1], lang)
    writing.write_facts(found.facts(), targets[2])
    return found


def _targets(file: CodedFile, folder: Path) -> tuple[Path, Path, Path]:
    stem = file.path.name.removesuffix(".gz").rsplit(".", 1)[0].removesuffix(".migrated")
    targets = (
        folder / f"{stem}.migrated.{file.kind}",
        folder / f"{stem}.migration.xlsx",
        folder / f"{stem}.migration.json",
    )
    for target in targets:
        if target.exists() and target.samefile(file.path):
            raise UnwritableFile("is the input", where=str(target), remedy="choose another folder")
    return targets


def _codes(file: CodedFile, columns: Columns, separator: str) -> dict[str, dict[str, None]]:
    """The distinct codes of each category."""
    found: dict[str, dict[str, None]] = {}
    for sheet in file.sheets:
        if sheet.coded:
            for column in sheet.columns:
                found.setdefault(column.category, {})
            for category, cell in _cells(sheet, columns.fields):
                known = found.setdefault(category, {})
                if cell not in known:
                    known.update(dict.fromkeys(listed(cell, separator)))
    return found


def _cells(sheet: CodedSheet, fields: Mapping[str, str]) -> Sequence[tuple[str, str]] | Any:
    """Category and text of every cell of codes."""
    places = [(column.category, sheet.place(column.name)) for column in sheet.columns]
    field, code = (sheet.place("field"), sheet.place("code")) if sheet.mentions else (-1, -1)
    for _number, row in sheet.rows():
        for category, at in places:
            if at < len(row) and row[at] not in (None, ""):
                yield category, cell_text(row[at])
        if 0 <= field < len(row) and code < len(row) and row[code] not in (None, ""):
            category = fields.get(cell_text(row[field]), "")
            if category:
                yield category, cell_text(row[code])


def _systems(file: CodedFile, new: Dictionary, category: str) -> list[str]:
    """The systems whose codes stand beside the codes of a category: those of columns, and the first for mentions."""
    found: dict[str, None] = {}
    mappings = new.category(category).mappings
    for sheet in file.sheets:
        if sheet.mentions and mappings:
            found[mappings[0]] = None
        for column in sheet.columns:
            if column.category == category:
                found.update((one, None) for one in mappings if sheet.place(f"{column.base}_{one}") >= 0)
    return sorted(found, key=mappings.index)


def _waiting(
    gathered: Gathered, carriers: Mapping[str, Carrier], opinion: Opinion | None
) -> tuple[tuple[Waiting, Carried, str], ...]:
    listed_last = sorted(gathered.waiting.values(), key=lambda one: (one.column, -one.count, one.code, one.text))
    found = []
    for one in listed_last:
        carried = carriers[one.category].carry(one.code)
        found.append((one, carried, opinion.on(one.category, one.text, carried.codes) if opinion else ""))
    return tuple(found)


def _version(one: Version) -> dict[str, str]:
    return {"id": one.id, "version": one.version, "sha256": one.sha256}
