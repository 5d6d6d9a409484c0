"""The rows of a coded table on their way from one version to another: what each column becomes, and what is counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhengming.migration.cells import CellCarried, Cells, Count, outcome, status
from zhengming.migration.coded_files import CodedSheet
from zhengming.migration.columns import BEFORE, MIGRATION, NAMES, STATUS, CodedColumn
from zhengming.tables import cell_text

SHOWN = 5  # rows of one open code and text that are named


@dataclass(slots=True)
class Waiting:
    """One code that a human must decide, in one wording of the sender: how often, and the first rows of the file."""

    column: str
    category: str
    code: str
    text: str
    sheet: str
    count: int = 0
    rows: list[int] = field(default_factory=list)


class Gathered:
    """What a migration has counted, and what waits."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.counts: dict[str, Count] = {}
        self.waiting: dict[tuple[str, str, str, str, str], Waiting] = {}
        self.changed: dict[tuple[str, str, str], int] = {}  # column, category, code that is not the same: cells
        self.rows_in = self.rows_out = 0

    def take(self, name: str, category: str, carried: CellCarried, text: str, sheet: str, row: int) -> None:
        """Count one cell of the column `name`."""
        count = self.counts.get(name)
        if count is None:
            count = self.counts[name] = Count(name, category)
        count.take(carried)
        for one in carried.parts:
            if one.kind != "same" or one.renamed:
                key = (name, category, one.code)
                self.changed[key] = self.changed.get(key, 0) + 1
            if not one.done:
                place = (name, category, one.code, text, sheet)
                waiting = self.waiting.get(place)
                if waiting is None:
                    waiting = self.waiting[place] = Waiting(*place)
                waiting.count += 1
                if len(waiting.rows) < SHOWN:
                    waiting.rows.append(row)


def added(sheet: CodedSheet) -> list[str]:
    """The columns that a migration adds to a sheet; those that an earlier one added are there already."""
    wanted: list[str] = []
    for column in sheet.columns:
        wanted.append(f"{column.name}{BEFORE}")
        if sheet.place(f"{column.base}{STATUS}") >= 0:
            wanted.append(f"{column.base}{STATUS}{BEFORE}")
        wanted.append(f"{column.base}{MIGRATION}")
    if sheet.mentions:
        wanted.append(f"code{BEFORE}")
        if sheet.place("status") >= 0:
            wanted.append(f"status{BEFORE}")
        wanted.append(f"code{MIGRATION}")
    return [name for name in wanted if name not in sheet.names]


def carried_rows(
    sheet: CodedSheet, cells: Mapping[str, Cells], fields: Mapping[str, str], separator: str, gathered: Gathered
) -> Iterator[list[Any]]:
    """Every data row of a sheet, carried forward; `cells` are those of each category."""
    names = [*sheet.names, *added(sheet)]
    parts = [_Part(column, names, sheet) for column in sheet.columns]
    mention = _Mention(names) if sheet.mentions else None
    for number, raw in sheet.rows():
        gathered.rows_in += 1
        row = list(raw) + [None] * (len(names) - len(raw))
        if any(cell not in (None, "") for cell in raw):
            for part in parts:
                part.carry(row, number, cells[part.column.category], separator, gathered)
            if mention:
                mention.carry(row, number, sheet.name, cells, fields, gathered)
        else:
            row = list(raw)
        gathered.rows_out += 1
        yield row


class _Part:
    """One coded column with the columns beside it."""

    def __init__(self, column: CodedColumn, names: Sequence[str], sheet: CodedSheet) -> None:
        self.column = column
        self.sheet = sheet.name
        self.label = f"{sheet.name}!{column.name}" if sheet.name else column.name
        place = {name: index for index, name in reversed(list(enumerate(names)))}
        self.codes = place[column.name]
        self.text = place.get(column.text, -1)
        self.names = place.get(f"{column.base}{NAMES}", -1)
        self.status = place.get(f"{column.base}{STATUS}", -1)
        self.before = place[f"{column.name}{BEFORE}"]
        self.status_before = place.get(f"{column.base}{STATUS}{BEFORE}", -1)
        self.migration = place[f"{column.base}{MIGRATION}"]
        self.place = place
        self.systems: dict[str, int] | None = None

    def carry(self, row: list[Any], number: int, cells: Cells, separator: str, gathered: Gathered) -> None:
        cell = cell_text(row[self.codes])
        carried = cells.carry(cell)
        text = cell_text(row[self.text]) if self.text >= 0 else ""
        gathered.take(self.label, self.column.category, carried, text, self.sheet, number)
        before = cell_text(row[self.before]) or cell
        row[self.before] = before or None
        row[self.migration] = outcome(before, carried, separator) or None
        _set_status(row, self.status, self.status_before, carried)
        if not carried.parts:
            return
        row[self.codes] = carried.codes
        if carried.names is not None:
            if self.names >= 0:
                row[self.names] = carried.names
            for system, codes in carried.systems.items():
                at = self.place.get(f"{self.column.base}_{system}", -1)
                if at >= 0:
                    row[at] = codes or None


class _Mention:
    """The columns of a sheet of mentions."""

    def __init__(self, names: Sequence[str]) -> None:
        place = {name: index for index, name in reversed(list(enumerate(names)))}
        self.field, self.code = place["field"], place["code"]
        self.name, self.text, self.mapping = (place.get(one, -1) for one in ("name", "text", "mapping"))
        self.before, self.migration = place[f"code{BEFORE}"], place[f"code{MIGRATION}"]
        self.status, self.status_before = place.get("status", -1), place.get(f"status{BEFORE}", -1)

    def carry(
        self,
        row: list[Any],
        number: int,
        sheet: str,
        cells: Mapping[str, Cells],
        fields: Mapping[str, str],
        gathered: Gathered,
    ) -> None:
        field, code = cell_text(row[self.field]), cell_text(row[self.code]).strip()
        category = fields.get(field)
        if not category or not code:
            return
        carried = cells[category].carry(code)
        text = cell_text(row[self.text]) if self.text >= 0 else ""
        gathered.take(f"{sheet}!{field}", category, carried, text, sheet, number)
        before = cell_text(row[self.before]) or code
        row[self.before] = before
        row[self.migration] = outcome(before, carried, ";")
        _set_status(row, self.status, self.status_before, carried)
        row[self.code] = carried.codes
        if carried.names is not None:
            if self.name >= 0:
                row[self.name] = carried.names
            if self.mapping >= 0 and carried.systems:
                row[self.mapping] = next(iter(carried.systems.values())) or None


def _set_status(row: list[Any], at: int, before: int, carried: CellCarried) -> None:
    """Keep the status a row first had, and let it be accepted only while nothing of it waits for a human."""
    if at >= 0:
        was = cell_text(row[before]) or cell_text(row[at])
        row[before] = was or None
        row[at] = status(was, carried) or None
