"""Columns by their distinct cells say of every row what the cells say one by one."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengming.normalizers import normalizer, values
from zhengming.normalizers.values import Column, absent, distinct, verdict
from zhengming.tables import CellValue, ErrorValue, cell_text
from zhengming.tables.locate import DataRow, Located

CELLS = [None, "", " ", "1", 1, True, 1.5, "1.5", "12000", "abc", ErrorValue("#N/A"), "#N/A", dt.date(2024, 3, 5)]
cells = st.lists(st.sampled_from(CELLS), max_size=30)


def column(raw: list[CellValue], kind: str = "amount") -> Column:
    which, found = distinct(raw)
    return Column("total_cost", 3, which, list(zip(found, values.normalize_many(kind, found), strict=True)))


@given(cells)
def test_every_row_keeps_its_own_cell(raw: list[CellValue]) -> None:
    made = column(raw)
    assert [(type(one), one) for one in made.raw] == [(type(one), one) for one in raw]
    assert made.texts.to_list() == [cell_text(one) or None for one in raw]
    assert made.texts.dtype == pl.String


@given(cells)
def test_every_row_has_the_outcome_of_its_cell(raw: list[CellValue]) -> None:
    normalize = normalizer("amount").normalize
    alone = [values.normalize_many("amount", [one])[0] for one in raw]
    made = column(raw)
    assert made.outcomes == alone
    told = [one for one, cell in zip(alone, raw, strict=True) if not isinstance(cell, ErrorValue) and cell is not None]
    assert told == [normalize(one) for one in raw if not isinstance(one, ErrorValue) and one is not None]
    assert made.statuses() == Counter(status for status, reason in map(verdict, alone) if reason != "empty")


@given(cells)
def test_rows_and_kinds_tell_the_same(raw: list[CellValue]) -> None:
    made = column(raw)
    rows = list(made.rows(lambda one: verdict(one)[0] != "accepted"))
    assert [row for row, *_ in rows] == [at for at, one in enumerate(made.outcomes) if verdict(one)[0] != "accepted"]
    kinds = list(made.kinds(lambda one: verdict(one)[0] != "accepted"))
    assert sum(count for _first, count, *_ in kinds) == len(rows)
    assert [first for first, *_ in kinds] == sorted(first for first, *_ in kinds)
    assert all(made.raw[first] is cell for first, _count, cell, _outcome in kinds)


def test_an_absent_column_is_empty_in_every_row() -> None:
    made = absent("total_cost", 3)
    assert (made.index, made.outcomes, made.texts.to_list(), made.statuses()) == (0, [None] * 3, [None] * 3, {})


@pytest.mark.parametrize(
    ("table", "index", "expected"),
    [
        (Located("甲", (), (DataRow(4, ()), DataRow(6, ())), ()), 28, ["AB4", "AB6"]),
        (Located("甲", (), (DataRow(4, ()), DataRow(6, ())), ()), 0, [None, None]),
        (Located("甲", (), (), ()), 3, []),
        (Located("甲", (), (DataRow(4, ()), DataRow(6, ())), (), swapped=True), 2, ["D2", "F2"]),
        (Located("甲", (), (DataRow(1, ()),), (), addresses={(1, 2): (7, 3)}), 2, ["C7"]),
    ],
)
def test_addresses_are_those_of_the_sheet(table: Located, index: int, expected: list[str | None]) -> None:
    assert values.addresses(table, index).to_list() == expected
