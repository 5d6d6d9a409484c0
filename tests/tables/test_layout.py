"""Every layout gives its records, wherever on the sheet they stand, and leaves no row unexplained."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from zhengming.dictionary.model import Dictionary
from zhengming.errors import NoTable
from zhengming.normalizers.headers import recogniser
from zhengming.normalizers.terms.matcher import Matcher
from zhengming.tables import Sheet, cell_text
from zhengming.tables.header import Recognise
from zhengming.tables.layout import tables_of
from zhengming.tables.locate import Located


def _layouts() -> ModuleType:
    import sys

    spec = importlib.util.spec_from_file_location("layouts", Path(__file__).with_name("layouts.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["layouts"] = module
    spec.loader.exec_module(module)
    return module


LAYOUTS = dict(_layouts().all_layouts())


@cache
def recognise() -> Recognise:
    return recogniser(Matcher(Dictionary.open(), "field"))


def found(sheet: Sheet) -> list[Located]:
    try:
        return tables_of(sheet, recognise())
    except NoTable:
        return []


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_gives_its_records(name: str) -> None:
    layout = LAYOUTS[name]
    records = []
    for sheet in layout.sheets:
        for table in found(sheet):
            fields = [column.field for column in table.columns]
            for row in table.rows:
                cells = zip(fields, row.cells, strict=True)
                record = {field: value for field, value in cells if field and value is not None}
                record.pop("seq_no", None)
                records.append(record)
    assert records == list(layout.records)


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_cell_of_a_layout_is_where_its_table_says(name: str) -> None:
    for sheet in LAYOUTS[name].sheets:
        for table in found(sheet):
            spread = {notice.place.column for notice in table.notices if notice.kind == "merged-value"}
            for row in table.rows:
                for column, value in zip(table.columns, row.cells, strict=True):
                    at = table.address(row.number, column.index)
                    if value is not None and column.index not in spread and column.header:
                        assert cell_text(value) in cell_text(sheet.cell(*at))


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_row_of_a_layout_is_data_or_explained(name: str) -> None:
    for sheet in LAYOUTS[name].sheets:
        tables = found(sheet)
        if not tables or any(table.swapped for table in tables):
            continue
        numbers = [row.number for table in tables for row in table.rows]
        explained = [one.row for table in tables for one in table.explained]
        assert set(numbers) | set(explained) == set(range(1, len(sheet.rows) + 1))
