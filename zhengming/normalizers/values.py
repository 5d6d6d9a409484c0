"""Columns of values: each distinct cell normalized once, the results put back in place, then a typed table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from zhengming.dictionary.model import Category
from zhengming.normalizers import PLAIN, Context, normalizer
from zhengming.normalizers.ages import Age
from zhengming.normalizers.coded import CodedCell
from zhengming.normalizers.measurements import Measurement
from zhengming.normalizers.outcome import EMPTY, Outcome
from zhengming.tables import CellValue, ErrorValue, cell_text
from zhengming.tables.locate import Located

if TYPE_CHECKING:
    import polars as pl

JOINER = ";"
_ERROR_CELL = Outcome(None, "unmatched", "error-cell", 0.0)  # the reader has already said so; no second finding


@dataclass(frozen=True, slots=True)
class Column:
    """The cells of one field in one table: 1-based `index` on the sheet (0: the table lacks it), raw and normalized.

    An outcome is an `Outcome`, a `CodedCell`, or None where the table lacks the column.
    """

    field: str
    index: int
    raw: Sequence[CellValue]
    outcomes: Sequence[object]

    def statuses(self) -> Iterator[str]:
        """The status of every cell that holds something."""
        for outcome in self.outcomes:
            status, reason = verdict(outcome)
            if reason != "empty":
                yield status


def normalize_many(kind: str, cells: Sequence[CellValue], context: Context = PLAIN) -> list[Outcome]:
    """The outcome of every cell of a column of `kind`, of which `context` is known; equal cells are normalized once.

    Raises:
        UsageError: no such kind.
    """
    module = normalizer(kind)
    known: dict[tuple[type, CellValue], Outcome] = {}
    outcomes = []
    for cell in cells:
        distinct = (type(cell), cell)
        outcome = known.get(distinct)
        if outcome is None:
            if isinstance(cell, ErrorValue):
                outcome = _ERROR_CELL
            else:
                outcome = EMPTY if cell is None else module.normalize(cell, context)
            known[distinct] = outcome
        outcomes.append(outcome)
    return outcomes


def verdict(outcome: object) -> tuple[str, str]:
    """(status, reason) of what a cell came to; a cell that is not there is empty."""
    if isinstance(outcome, Outcome | CodedCell):
        return outcome.status, outcome.reason
    return "accepted", "empty"


def is_plain(outcome: object) -> bool:
    """Whether nothing is to be said of a cell: accepted or not there, and not one that states that there is nothing."""
    status, reason = verdict(outcome)
    return status == "accepted" and reason != "states-none"


def amount(outcome: object) -> Decimal | None:
    """The amount an outcome counts for in a sum: nothing for an empty cell, None if it could not be understood."""
    if not isinstance(outcome, Outcome):
        return Decimal(0)
    if isinstance(outcome.value, Decimal) and outcome.status == "accepted":
        return outcome.value
    return Decimal(0) if outcome.reason in ("empty", "stated-none") else None


def frame(
    tables: Sequence[Located],
    columns: Mapping[str, Sequence[Column]],
    schema: Mapping[str, Any],
    free: Mapping[str, Category],
) -> pl.DataFrame:
    """The typed table of a file: each row's place, the spec's columns typed by `schema`, raw texts, other columns.

    A field that is `free` (its cells may name several concepts) also has its codes in the first code system that the
    category carries: `diagnosis_icd10`.
    """
    import polars as pl

    schema = {**schema, **{f"{name}_{one.mappings[0]}": pl.String() for name, one in free.items() if one.mappings}}
    series = [
        pl.Series("source_sheet", [table.sheet for table in tables for _row in table.rows], dtype=pl.String),
        pl.Series("source_row", [row.number for table in tables for row in table.rows], dtype=pl.Int64),
    ]
    for name, parts in columns.items():
        series += [
            pl.Series(column, cells, dtype=schema[column])
            for column, cells in _typed(name, parts, schema, free.get(name)).items()
        ]
    for name, parts in columns.items():
        if f"{name}_codes" not in schema and any(part.index for part in parts):
            raw = [cell_text(cell) or None for part in parts for cell in part.raw]
            series.append(pl.Series(f"{name}_raw", raw, dtype=pl.String))
    taken = {one.name for one in series}
    for name, cells in _others(tables, frozenset(columns)).items():
        title = name
        while title in taken:
            title += "_"
        taken.add(title)
        series.append(pl.Series(title, cells, dtype=pl.String))
    return pl.DataFrame(series)


def _typed(
    name: str, parts: Sequence[Column], schema: Mapping[str, Any], category: Category | None
) -> dict[str, list[object]]:
    outcomes = [outcome for part in parts for outcome in part.outcomes]
    if f"{name}_codes" not in schema:
        return {name: [_plain(outcome) for outcome in outcomes]}
    cells = [outcome if isinstance(outcome, CodedCell) else None for outcome in outcomes]
    typed: dict[str, list[object]] = {
        name: [cell_text(cell) or None for part in parts for cell in part.raw],
        f"{name}_codes": [JOINER.join(cell.codes) or None if cell else None for cell in cells],
        f"{name}_names": [JOINER.join(cell.names) or None if cell else None for cell in cells],
        f"{name}_status": [cell.status if cell and cell.reason != "empty" else None for cell in cells],
    }
    if category and category.mappings:
        known = [[category.first_mapping(code) or "" for code in cell.codes] if cell else [] for cell in cells]
        typed[f"{name}_{category.mappings[0]}"] = [JOINER.join(codes) if any(codes) else None for codes in known]
    return typed


def _plain(outcome: object) -> object:
    """The value of an accepted outcome, as a column holds it: an age in days, anything not accepted as nothing."""
    if not isinstance(outcome, Outcome) or outcome.status != "accepted":
        return None
    value = outcome.value
    return value.days if isinstance(value, Age) else value.number if isinstance(value, Measurement) else value


def other_columns(tables: Sequence[Located], fields: frozenset[str]) -> dict[str, list[int]]:
    """The sender's columns that are no field of the spec, or repeat one: by header, their 1-based index in each table.

    The index is 0 where a table lacks the column.
    """
    found: dict[str, list[int]] = {}
    for number, table in enumerate(tables):
        for column in table.columns:
            if column.field in fields and table.column(column.field or "") is column:
                continue
            name = column.header.strip() or f"column {column.index}"
            found.setdefault(name, [0] * len(tables))[number] = column.index
    return found


def _others(tables: Sequence[Located], fields: frozenset[str]) -> dict[str, list[str | None]]:
    """The sender's columns that are no field of the spec, or repeat one, under their own headers."""
    height = sum(len(table.rows) for table in tables)
    found: dict[str, list[str | None]] = {}
    start = 0
    for table in tables:
        for position, column in enumerate(table.columns):
            if column.field in fields and table.column(column.field or "") is column:
                continue
            cells = found.setdefault(column.header.strip() or f"column {column.index}", [None] * height)
            for offset, row in enumerate(table.rows):
                cells[start + offset] = cell_text(row.cells[position]) or cells[start + offset]
        start += len(table.rows)
    return found
