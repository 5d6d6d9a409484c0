"""What is asked of a table as it was found on its sheet: codes against names, totals rows against their rows."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from zhengming.findings import Finding, finding
from zhengming.normalizers import Context, coded, values
from zhengming.normalizers.codes import CodeBook
from zhengming.normalizers.values import Column
from zhengming.schemas import totals
from zhengming.schemas.spec import Field, TableSpec
from zhengming.tables import Workbook
from zhengming.tables.locate import Located

Columns = Mapping[str, Sequence[Column]]  # by field, one for each table


def code_disagreements(
    spec: TableSpec, file: str, tables: Sequence[Located], columns: Columns, book_of: Callable[[str], CodeBook]
) -> Iterator[Finding]:
    """Cells whose codes mean something else than the names of the same row; `book_of` gives a category's codes."""
    for field in spec.fields:
        if field.names is None or field.category is None:
            continue
        book = book_of(field.category)
        for table, codes, names in zip(tables, columns[field.name], columns[field.names], strict=True):
            for row, cell, code, name in zip(table.rows, codes.raw, codes.outcomes, names.outcomes, strict=True):
                if coded.disagree(code, name, book):
                    place = table.place(file, row.number, codes.index)
                    yield finding("ZM322", place, field=field.name, value=cell, **spec.titles(field.name))


class Totals:
    """The amounts above totals rows, in the fields that the spec names: what stands in those must be their sum.

    Of the rows between two totals rows only the sum is kept, or that an amount among them could not be understood.
    """

    def __init__(self, spec: TableSpec, tables: Sequence[Located]) -> None:
        """No amounts yet of any of the `tables` of a file."""
        self._spec = spec
        self._tables = tables
        self._totals = [[one.row for one in table.explained if one.kind == "total"] for table in tables]
        self._sums: dict[tuple[str, int], dict[int, tuple[int, Decimal | None]]] = {}

    def add(self, tables: Sequence[Located], columns: Columns) -> None:
        """Count the rows of a portion of the tables."""
        for number, (table, rows) in enumerate(zip(tables, self._totals, strict=True)):
            for name in self._spec.totals if rows and table.rows else ():
                sums = self._sums.setdefault((name, number), {})
                for row, outcome in zip(table.rows, columns[name][number].outcomes, strict=True):
                    place = bisect(rows, row.number)
                    _last, before = sums.get(place, (0, Decimal(0)))
                    amount = values.amount(outcome)
                    sums[place] = row.number, None if before is None or amount is None else before + amount

    def wrong(self, book: Workbook) -> Iterator[Finding]:
        """Amounts of totals rows that are not the sum of their rows."""
        for name in self._spec.totals:
            for number, table in enumerate(self._tables):
                if self._totals[number]:
                    yield from self._wrong(self._spec.field(name), book, number, table)

    def _wrong(self, field: Field, book: Workbook, number: int, table: Located) -> Iterator[Finding]:
        source = table.column(field.name)
        sheet = next((one for one in book.sheets if one.name == table.sheet), None)
        if source is None or sheet is None:
            return
        amounts = dict(self._sums.get((field.name, number), {}).values())
        before = 0
        for row in self._totals[number]:
            cell = sheet.cell(*table.address(row, source.index))
            outcome = values.normalize_many(field.kind, [cell], Context(unit=table.unit_of(source, field.kind)))[0]
            if outcome.status == "accepted" and isinstance(outcome.value, Decimal):
                if totals.agrees(outcome.value, row, amounts, before=before) is False:
                    place = table.place(book.file, row, source.index)
                    yield finding("ZM417", place, field=field.name, value=cell, **self._spec.titles(field.name))
                before = row
