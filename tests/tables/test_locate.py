"""The table is found on sheets as people lay them out; the layouts are in `layout_cases.tsv`."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengming.errors import NoTable
from zhengming.tables import Merge, Sheet
from zhengming.tables.locate import locate

with (Path(__file__).parent / "layout_cases.tsv").open(encoding="utf-8", newline="") as _file:
    CASES = list(csv.DictReader(_file, delimiter="\t", quoting=csv.QUOTE_NONE))

FIELDS = {
    "序号": "seq_no",
    "编号": "case_no",
    "姓名": "child_name",
    "患儿姓名": "child_name",
    "性别": "sex",
    "监护人姓名": "guardian_name",
    "监护人": "guardian_name",
    "就诊医院": "hospital",
    "诊断": "diagnosis",
    "手术": "procedure",
    "总费用": "total_cost",
    "总费用(万元)": "total_cost",
    "医保报销": "insurance_paid",
    "备注": "remark",
    "入/出院日期": "stay",
}


def table(case: dict[str, str]) -> Sheet:
    merges = tuple(Merge(*one) for one in json.loads(case["merges"] or "[]"))
    return Sheet("表", json.loads(case["rows"]), merges)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_layout_is_understood(case: dict[str, str]) -> None:
    found = locate(table(case), FIELDS.get, file="a.xlsx")
    fields = " ".join(
        f"{column.index}:{column.field or '-'}{column.unit and '/' + column.unit}" for column in found.columns
    )
    assert fields == case["columns"]
    assert [row.number for row in found.rows] == json.loads(case["data"])
    assert " ".join(f"{one.row}:{one.kind}" for one in found.explained) == case["explained"]
    assert " ".join(f"{notice.kind}@{notice.place.cell}" for notice in found.notices) == case["notices"]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_each_row_is_data_or_explained_once(case: dict[str, str]) -> None:
    sheet = table(case)
    found = locate(sheet, FIELDS.get)
    numbers = [row.number for row in found.rows] + [one.row for one in found.explained]
    assert sorted(numbers) == list(range(1, len(sheet.rows) + 1))


cells = st.sampled_from([None, "", " ", "姓名", "诊断", "性别", "合计", "备注:x", "制表人", 1, 2.5, "甲", "室缺", "2"])


@given(st.lists(st.lists(cells, max_size=5), max_size=12), st.sets(st.tuples(*[st.integers(1, 5)] * 2), max_size=2))
@settings(deadline=None)
def test_whatever_the_sheet_no_row_is_lost(rows: list[list[object]], corners: set[tuple[int, int]]) -> None:
    merges = tuple(Merge(row, column, row + 1, column + 1) for row, column in corners)
    sheet = Sheet("", rows, merges)
    try:
        found = locate(sheet, FIELDS.get)
    except NoTable:
        return
    numbers = [row.number for row in found.rows] + [one.row for one in found.explained]
    assert sorted(numbers) == list(range(1, len(rows) + 1))
    taken = [column.field for column in found.columns if column.field]
    assert len(taken) == len(set(taken))
    assert all(len(row.cells) == len(found.columns) for row in found.rows)


def test_a_merged_value_reaches_each_row_it_spans() -> None:
    rows = [["就诊医院", "姓名"], ["儿童医院", "甲"], [None, "乙"], [None, "丙"]]
    found = locate(Sheet("", rows, (Merge(2, 1, 3, 1),)), FIELDS.get)
    assert [row.cells[0] for row in found.rows] == ["儿童医院", "儿童医院", None]
    assert [(one.kind, one.place.cell, dict(one.params)) for one in found.notices] == [
        ("merged-value", "A2", {"cells": 2})
    ]


def test_a_value_merged_over_columns_stays_with_the_first_field() -> None:
    found = locate(Sheet("", [["诊断", "手术"], ["室缺", None]], (Merge(2, 1, 2, 2),)), FIELDS.get)
    assert found.rows[0].cells == ("室缺", None)


def test_of_two_columns_for_one_field_the_first_has_it_and_the_second_is_told() -> None:
    found = locate(Sheet("", [["姓名", "诊断", "患儿姓名"], ["甲", "室缺", "乙"]]), FIELDS.get, file="a.xlsx")
    assert [column.field for column in found.columns] == ["child_name", "diagnosis", None]
    assert found.rows[0].cells == ("甲", "室缺", "乙")
    notice = found.notices[0]
    assert (notice.kind, str(notice.place), dict(notice.params)) == (
        "duplicate-field",
        "a.xlsx!C1",
        {"field": "child_name", "first": 1},
    )


def test_a_unit_said_above_the_table_is_kept_for_it() -> None:
    found = locate(Sheet("", [["填报单位：某办  单位：万元"], ["姓名", "总费用"], ["甲", 3]]), FIELDS.get)
    assert found.unit == "万元"
    assert found.columns[1].unit == ""


def test_the_column_of_a_field_can_be_asked_for() -> None:
    found = locate(Sheet("", [["姓名", "诊断"], ["甲", "室缺"]]), FIELDS.get)
    column = found.column("diagnosis")
    assert column is not None
    assert column.index == 2
    assert found.column("sex") is None


@pytest.mark.parametrize("rows", [[], [[]], [["甲", "室缺"]], [["姓名", "x"], ["甲", "y"]], [["a"], [1, 2]]])
def test_a_sheet_without_a_header_has_no_table(rows: list[list[object]]) -> None:
    with pytest.raises(NoTable) as caught:
        locate(Sheet("表", rows), FIELDS.get, file="a.xlsx", expected=["姓名", "诊断"])
    assert caught.value.where == "a.xlsx[表]"
    assert "姓名、诊断" in caught.value.remedy
    assert "室缺" not in str(caught.value)
