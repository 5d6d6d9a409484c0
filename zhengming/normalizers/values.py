"""Columns of values: each distinct cell normalized once, the results put back in place, then a typed table."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from zhengming.dictionary.model import Category
from zhengming.findings import Place
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


@dataclass(frozen=True)
class Column:
    """The cells of one field in one table: 1-based `index` on the sheet (0: the table lacks it), raw and normalized.

    What is found in it is kept once: the cell of row i is `cells[which[i]]`, a raw value and its outcome, which is an
    `Outcome`, a `CodedCell`, or None where the table lacks the column.
    """

    field: str
    index: int
    which: Sequence[int]
    cells: Sequence[tuple[CellValue, object]]

    @cached_property
    def raw(self) -> Sequence[CellValue]:
        """The raw value of every row."""
        values = [raw for raw, _outcome in self.cells]
        return [values[at] for at in self.which]

    @cached_property
    def texts(self) -> pl.Series:
        """The cells as texts, null where they are empty."""
        import polars as pl

        return self.spread([cell_text(raw) or None for raw, _outcome in self.cells], pl.String)

    @cached_property
    def outcomes(self) -> Sequence[object]:
        """The outcome of every row."""
        values = [outcome for _raw, outcome in self.cells]
        return [values[at] for at in self.which]

    def rows(self, wanted: Callable[[object], bool]) -> Iterator[tuple[int, CellValue, object]]:
        """The rows with a `wanted` outcome: their positions, raw values and outcomes, from the top down."""
        found = {at for at, (_raw, outcome) in enumerate(self.cells) if wanted(outcome)}
        if found:
            for row, at in enumerate(self.which):
                if at in found:
                    yield row, *self.cells[at]

    def kinds(self, wanted: Callable[[object], bool]) -> Iterator[tuple[int, int, CellValue, object]]:
        """Each distinct cell with a `wanted` outcome: its first row, how often it stands, raw value and outcome.

        In the order of first rows, which are positions from 0.
        """
        found = {at for at, (_raw, outcome) in enumerate(self.cells) if wanted(outcome)}
        first: dict[int, int] = {}
        counted: Counter[int] = Counter()
        for row, at in enumerate(self.which) if found else ():
            if at in found:
                first.setdefault(at, row)
                counted[at] += 1
        for at, count in counted.items():  # in the order in which they are met
            yield first[at], count, *self.cells[at]

    def statuses(self) -> Counter[str]:
        """How many cells that hold something have which status."""
        import numpy as np

        counted: Counter[str] = Counter()
        counts = np.bincount(np.asarray(self.which, dtype=np.int64), minlength=len(self.cells)).tolist()
        for (_raw, outcome), count in zip(self.cells, counts, strict=True):
            status, reason = verdict(outcome)
            if reason != "empty" and count:
                counted[status] += count
        return counted

    def spread(self, values: Sequence[object], dtype: Any) -> pl.Series:
        """A value for every row, from one for each of `cells`."""
        import polars as pl

        return self.gather(pl.Series(values, dtype=dtype))

    def gather(self, values: pl.Series) -> pl.Series:
        """The same, of values that are in a series already."""
        import numpy as np
        import polars as pl

        return values.gather(pl.Series(np.asarray(self.which, dtype=np.uint32)))


def absent(field: str, rows: int) -> Column:
    """The column of a field that a table of so many rows lacks."""
    return Column(field, 0, array("I", bytes(4 * rows)), [(None, None)])


def distinct(cells: Sequence[CellValue]) -> tuple[array[int], list[CellValue]]:
    """Of each cell its number, and the distinct cells in the order of their first places.

    >>> distinct(["a", 1, "a", True])
    (array('I', [0, 1, 0, 2]), ['a', 1, True])
    """
    numbers: defaultdict[Any, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    kinds = set(map(type, cells)) - {type(None)}
    if len(kinds) < 2:
        return array("I", map(numbers.__getitem__, cells)), list(numbers)
    which = array("I", map(numbers.__getitem__, zip(map(type, cells), cells, strict=True)))  # for 1 is True
    return which, [cell for _kind, cell in numbers]


def normalize_many(kind: str, cells: Collection[CellValue], context: Context = PLAIN) -> list[Outcome]:
    """The outcome of every cell of a column of `kind`, of which `context` is known.

    Raises:
        UsageError: no such kind.
    """
    module = normalizer(kind)
    return [
        EMPTY if cell is None else _ERROR_CELL if isinstance(cell, ErrorValue) else module.normalize(cell, context)
        for cell in cells
    ]


def verdict(outcome: object) -> tuple[str, str]:
    """(status, reason) of what a cell came to; a cell that is not there is empty."""
    if isinstance(outcome, (Outcome, CodedCell)):
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
    made = places(tables)
    for name, parts in columns.items():
        typed = [_typed(name, part, schema, free.get(name)) for part in parts]
        made |= {title: joined([one[title] for one in typed], schema[title]) for title in (typed[0] if typed else ())}
    for name, parts in columns.items():
        if f"{name}_codes" not in schema and any(part.index for part in parts):
            made[f"{name}_raw"] = joined([part.texts for part in parts], pl.String)
    for name, cells in _others(tables, frozenset(columns)).items():
        title = name
        while title in made:
            title += "_"
        made[title] = cells
    return pl.DataFrame(made)


def places(tables: Sequence[Located]) -> dict[str, pl.Series]:
    """The sheet and the row of every row of the tables, as the data and its lineage begin with them."""
    import polars as pl

    sheets = [pl.repeat(table.sheet, len(table.rows), dtype=pl.String, eager=True) for table in tables]
    rows = [row.number for table in tables for row in table.rows]
    return {"source_sheet": joined(sheets, pl.String), "source_row": pl.Series(rows, dtype=pl.Int64)}


def addresses(table: Located, index: int) -> pl.Series:
    """The address of each row's cell in the column of a table with this 1-based index; nothing where that is 0."""
    import polars as pl

    if index and table.upright:
        numbers = pl.Series([row.number for row in table.rows], dtype=pl.Int64).cast(pl.String)
        return pl.Series([Place(column=index).cell], dtype=pl.String).new_from_index(0, len(numbers)) + numbers
    told = [table.place("", row.number, index).cell if index else None for row in table.rows]
    return pl.Series(told, dtype=pl.String)


def joined(parts: Sequence[pl.Series], dtype: Any) -> pl.Series:
    """One column of those of several tables."""
    import polars as pl

    return pl.concat(parts, rechunk=True) if parts else pl.Series([], dtype=dtype)


def _typed(name: str, part: Column, schema: Mapping[str, Any], category: Category | None) -> dict[str, pl.Series]:
    """The columns of a field of the spec, for the rows of one table."""
    if f"{name}_codes" not in schema:
        return {name: part.spread([_plain(outcome) for _raw, outcome in part.cells], schema[name])}
    cells = [outcome if isinstance(outcome, CodedCell) else None for _raw, outcome in part.cells]
    told: dict[str, list[object]] = {
        f"{name}_codes": [JOINER.join(cell.codes) or None if cell else None for cell in cells],
        f"{name}_names": [JOINER.join(cell.names) or None if cell else None for cell in cells],
        f"{name}_status": [cell.status if cell and cell.reason != "empty" else None for cell in cells],
    }
    if category and category.mappings:
        known = [[category.first_mapping(code) or "" for code in cell.codes] if cell else [] for cell in cells]
        told[f"{name}_{category.mappings[0]}"] = [JOINER.join(codes) if any(codes) else None for codes in known]
    return {name: part.texts, **{title: part.spread(values, schema[title]) for title, values in told.items()}}


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


def _others(tables: Sequence[Located], fields: frozenset[str]) -> dict[str, pl.Series]:
    """The sender's columns that are no field of the spec, or repeat one, under their own headers."""
    import polars as pl

    height = sum(len(table.rows) for table in tables)
    found: dict[str, pl.Series] = {}
    start = 0
    for table in tables:
        end = start + len(table.rows)
        for position, column in enumerate(table.columns):
            if column.field in fields and table.column(column.field or "") is column:
                continue
            name = column.header.strip() or f"column {column.index}"
            which, cells = distinct([row.cells[position] for row in table.rows])
            texts = Column(name, column.index, which, [(cell, None) for cell in cells]).texts
            if name in found:  # under one header in several tables, or twice in one: what is filled last counts
                old = found[name]
                texts = texts.zip_with(texts.is_not_null(), old.slice(start, len(table.rows)))
                found[name] = pl.concat([old.head(start), texts, old.slice(end)], rechunk=True)
            else:
                before, after = (pl.Series([None] * count, dtype=pl.String) for count in (start, height - end))
                found[name] = pl.concat([before, texts, after], rechunk=True)
        start = end
    return found
