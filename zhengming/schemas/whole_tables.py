"""What is asked of a table as it was found on its sheet: codes against names, totals rows against their rows."""

from __future__ import annotations

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


def wrong_totals(spec: TableSpec, book: Workbook, tables: Sequence[Located], columns: Columns) -> Iterator[Finding]:
    """Amounts of totals rows that are not the sum of their rows, in the fields that the spec names."""
    for name in spec.totals:
        for table, column in zip(tables, columns[name], strict=True):
            yield from _wrong_totals(spec, spec.field(name), book, table, column)


def _wrong_totals(spec: TableSpec, field: Field, book: Workbook, table: Located, column: Column) -> Iterator[Finding]:
    source = table.column(field.name)
    sheet = next((one for one in book.sheets if one.name == table.sheet), None)
    if source is None or sheet is None:
        return
    amounts = {row.number: values.amount(outcome) for row, outcome in zip(table.rows, column.outcomes, strict=True)}
    before = 0
    for row in (one.row for one in table.explained if one.kind == "total"):
        cell = sheet.cell(*table.address(row, source.index))
        outcome = values.normalize_many(field.kind, [cell], Context(unit=table.unit_of(source, field.kind)))[0]
        if outcome.status == "accepted" and isinstance(outcome.value, Decimal):
            if totals.agrees(outcome.value, row, amounts, before=before) is False:
                place = table.place(book.file, row, source.index)
                yield finding("ZM417", place, field=field.name, value=cell, **spec.titles(field.name))
            before = row
