"""Which rows of a coded table a difference between two versions touches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from zhengming.dictionary.changes.difference import CategoryChanges, Difference
from zhengming.dictionary.changes.words import Change
from zhengming.dictionary.folding import key
from zhengming.migration.cells import listed
from zhengming.migration.coded_files import CodedSheet, open_coded
from zhengming.migration.columns import Columns
from zhengming.tables import cell_text

_QUIET = frozenset({"added", "remark-changed", "term-added", "matching-changed"})  # they touch nothing that is coded


@dataclass(slots=True)
class Touched:
    """The rows of one column that a change touches, as `sheet!row` or row, in order."""

    column: str
    category: str
    change: Change
    rows: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Touch:
    """What a difference touches in a file: for each column and change the rows, and how many rows in all."""

    file: str
    rows: int
    touched: tuple[Touched, ...]
    rows_touched: int


def touch(path: str | Path, difference: Difference, columns: Columns) -> Touch:
    """The rows of the table at `path` whose codes, or whose sender's words, a change is about.

    A new name of a concept touches nothing; a name that moved, went or is used otherwise touches the rows that say it.

    Raises:
        UnreadableFile: the file cannot be read.
        NoTable: it has none of the coded columns.
    """
    file = open_coded(path, columns)
    changes = {one.category: _Of(one) for one in difference.categories}
    found: dict[tuple[str, str, Change], Touched] = {}
    total = rows_touched = 0
    for sheet in file.sheets:
        if sheet.columns:
            count, touched = _sheet(sheet, changes, found)
            total, rows_touched = total + count, rows_touched + touched
    return Touch(file.path.name, total, tuple(found.values()), rows_touched)


class _Of:
    """The changes of one category that can touch a row: by code, and by folded name."""

    def __init__(self, changes: CategoryChanges) -> None:
        self.codes: Mapping[str, tuple[Change, ...]] = {
            code: kept
            for code, listed in changes.by_code.items()
            if (kept := tuple(one for one in listed if one.kind not in _QUIET))
        }
        self.names: dict[str, list[Change]] = {}
        for one in changes.changes:
            if one.kind.startswith("term-") and one.kind not in _QUIET:
                self.names.setdefault(key(one.column), []).append(one)
        self._keys: dict[str, str] = {}

    def of(self, codes: list[str], text: str) -> list[Change]:
        """The changes about a row with these codes and these words of the sender."""
        found = [one for code in codes for one in self.codes.get(code, ())]
        if text and self.names:
            folded = self._keys.get(text)
            if folded is None:
                folded = self._keys[text] = key(text)
            found += self.names.get(folded, ())
        return found


def _sheet(
    sheet: CodedSheet, changes: Mapping[str, _Of], found: dict[tuple[str, str, Change], Touched]
) -> tuple[int, int]:
    """Take in one sheet; gives its rows, and how many of them are touched."""
    columns = [
        (column, sheet.place(column.name), sheet.place(column.text), changes.get(column.category))
        for column in sheet.columns
    ]
    total = touched = 0
    for number, row in sheet.rows():
        total += 1
        before = touched
        for column, at, text_at, of in columns:
            if of is None or at >= len(row):
                continue
            text = cell_text(row[text_at]) if 0 <= text_at < len(row) else ""
            for change in dict.fromkeys(of.of(listed(cell_text(row[at]), ";"), text)):
                touched = before + 1
                place = (column.name, sheet.name, change)
                if place not in found:
                    found[place] = Touched(column.name, column.category, change)
                found[place].rows.append(f"{sheet.name}!{number}" if sheet.name else str(number))
    return total, touched
