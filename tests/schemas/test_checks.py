"""Checking a normalized table: everything found in one pass, at the right cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from importlib import import_module

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengming.findings import Finding
from zhengming.schemas import CHECKS, compiled
from zhengming.schemas.checks import check
from zhengming.schemas.spec import Check, TableSpec, load

SPEC = load("aid_case")
COLUMNS = {field.name: number for number, field in enumerate(SPEC.fields, 1)}
CLEAN: Mapping[str, object] = {
    "case_no": "A-1",
    "child_name": "张小明",
    "sex": "男",
    "sex_codes": "1",
    "birth_date": dt.date(2015, 1, 1),
    "age": 2372,
    "id_number": "110101201501010010",
    "guardian_name": "张大明",
    "admission_date": dt.date(2021, 7, 1),
    "procedure_date": dt.date(2021, 7, 4),
    "discharge_date": dt.date(2021, 7, 9),
    "diagnosis": "VSD",
    "total_cost": Decimal("50000.00"),
    "insurance_paid": Decimal("30000.00"),
    "grant_amount": Decimal("20000.00"),
}


def _frame(*rows: Mapping[str, object]) -> pl.DataFrame:
    schema = compiled.polars_schema(SPEC)
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def _check(*rows: Mapping[str, object], columns: Mapping[str, int] = COLUMNS) -> list[Finding]:
    return check(_frame(*rows), SPEC, rows=range(4, 4 + len(rows)), columns=columns, file="a.xlsx", sheet="病例")


def _cells(found: list[Finding]) -> set[tuple[str, str]]:
    return {(one.code, one.place.cell) for one in found}


def test_a_clean_row_has_no_findings() -> None:
    assert _check(CLEAN) == []


def test_a_row_of_which_only_the_required_is_filled_in_has_no_findings() -> None:
    assert _check({"child_name": "张小明", "diagnosis": "VSD"}) == []


def test_two_empty_numbers_are_no_repetition() -> None:
    nameless = {**CLEAN, "case_no": None, "id_number": None, "birth_date": None}
    assert _check(nameless, nameless) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"birth_date": dt.date(2015, 1, 2)}, {("ZM401", "F4")}),
        (
            {"id_number": "110101150101001", "birth_date": dt.date(1915, 1, 2)},
            {("ZM401", "F4"), ("ZM408", "D4"), ("ZM413", "E4")},
        ),
        ({"id_number": "110101201513010010"}, set()),
        ({"sex_codes": "2"}, {("ZM402", "F4")}),
        ({"sex_codes": "0"}, set()),
        ({"id_number": "11010120150101002X", "sex_codes": "2"}, set()),
        ({"birth_date": dt.date(2021, 7, 2), "id_number": None}, {("ZM403", "D4")}),
        ({"procedure_date": dt.date(2021, 6, 30)}, {("ZM403", "L4")}),
        ({"procedure_date": dt.date(2021, 7, 10)}, {("ZM403", "P4")}),
        ({"procedure_date": None, "discharge_date": dt.date(2021, 6, 1)}, {("ZM403", "L4")}),
        ({"admission_date": dt.date(2021, 7, 9), "procedure_date": dt.date(2021, 7, 9)}, set()),
        ({"grant_amount": Decimal("20000.01")}, {("ZM404", "Q4")}),
        ({"grant_amount": None, "insurance_paid": Decimal("50000.01")}, {("ZM404", "Q4")}),
        ({"total_cost": None}, set()),
        ({"guardian_name": "张小明"}, {("ZM405", "G4")}),
        ({"child_name": None}, {("ZM406", "B4")}),
        ({"diagnosis": None}, {("ZM406", "N4")}),
        ({"age": -1}, {("ZM408", "E4"), ("ZM413", "E4")}),
        ({"age": 9131}, {("ZM413", "E4")}),
        ({"age": 9131, "admission_date": None}, set()),
        ({"age": 9132, "admission_date": None}, {("ZM408", "E4")}),
        ({"total_cost": Decimal("10000000.01")}, {("ZM408", "Q4")}),
        ({"admission_date": dt.date(1021, 7, 1)}, {("ZM408", "L4"), ("ZM403", "D4")}),
    ],
)
def test_what_is_wrong_is_found_at_its_cell(change: Mapping[str, object], expected: set[tuple[str, str]]) -> None:
    assert _cells(_check({**CLEAN, **change})) == expected


def test_everything_wrong_with_a_table_is_found_in_one_pass() -> None:
    worst = {
        **CLEAN,
        "child_name": None,
        "guardian_name": None,
        "age": 99999,
        "birth_date": dt.date(2016, 1, 1),
        "sex_codes": "2",
        "discharge_date": dt.date(2021, 6, 1),
        "grant_amount": Decimal(90000),
    }
    found = _check(worst, CLEAN)
    repeated = {"ZM407", "ZM415"}
    broken = {"ZM401", "ZM402", "ZM403", "ZM404", "ZM406", "ZM408", "ZM413"}
    assert {one.code for one in found} == broken | repeated
    assert {one.place.row for one in found if one.code not in repeated} == {4}
    assert {one.place.row for one in found if one.code in repeated} == {4, 5}
    assert {one.params["count"] for one in found if one.code == "ZM407"} == {1}


def test_a_required_column_that_the_sheet_lacks_is_one_finding_of_the_sheet() -> None:
    columns = {name: number for name, number in COLUMNS.items() if name != "diagnosis"}
    other = {"case_no": "A-2", "id_number": None, "child_name": "李小红"}
    found = _check(CLEAN, CLEAN | other, columns=columns)
    assert [(one.code, one.field, str(one.place)) for one in found] == [("ZM104", "diagnosis", "a.xlsx[病例]")]


def test_a_column_that_the_sheet_lacks_silences_the_checks_that_need_it() -> None:
    columns = {name: number for name, number in COLUMNS.items() if name not in ("sex", "birth_date", "discharge_date")}
    assert _check({**CLEAN, "sex_codes": "2", "birth_date": dt.date(2020, 1, 1)}, columns=columns) == []


def test_a_required_value_that_was_written_but_not_understood_is_not_called_missing() -> None:
    frame = _frame({**CLEAN, "child_name": None}).with_columns(child_name_raw=pl.lit("???"))
    assert check(frame, SPEC, rows=[4], columns=COLUMNS) == []


def test_a_column_of_the_wrong_type_does_not_hide_what_is_wrong_elsewhere() -> None:
    frame = _frame({**CLEAN, "age": -1}).with_columns(pl.col("total_cost").cast(pl.String))
    found = _cells(check(frame, SPEC, rows=[4], columns=COLUMNS))
    assert {("ZM409", "Q"), ("ZM408", "E4")} <= found


def test_row_numbers_must_match_the_rows() -> None:
    with pytest.raises(ValueError, match="1 row numbers for 2 rows"):
        check(_frame(CLEAN, CLEAN), SPEC, rows=[2], columns=COLUMNS)


def test_a_table_without_rows_has_no_findings() -> None:
    assert _check() == []


def test_the_environment_cannot_switch_the_checks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    from pandera.config import ValidationDepth, config_context

    with config_context(validation_enabled=False, validation_depth=ValidationDepth.SCHEMA_ONLY):
        assert _cells(_check({**CLEAN, "grant_amount": Decimal(-1)})) == {("ZM408", "S4")}


def test_values_travel_masked() -> None:
    found = _check({**CLEAN, "id_number": "110101201501010028"})
    assert {one.code for one in found} == {"ZM402"}
    for one in found:
        assert one.value is not None
        assert one.value.reveal() == "110101201501010028"
        assert "1101" not in f"{one} {one!r} {one.message('zh')} {one.message('en')}"


@pytest.mark.parametrize("name", list(CHECKS))
def test_every_check_is_a_documented_function_that_gives_an_expression(name: str) -> None:
    module, _, function = CHECKS[name].partition(":")
    made = getattr(import_module(module), function)
    assert made.__doc__
    options = {
        "odd": "1",
        "even": "2",
        "min": 0,
        "max": 1,
        "codes": "a;b",
        "known": "a;b",
        "active": "a",
        "pattern": "a",
    }
    assert isinstance(made(("case_no", "child_name", "sex"), options), pl.Expr)


def test_a_check_may_span_several_columns_and_be_downgraded() -> None:
    both = Check(rule="ZM407", check="unique", fields=("child_name", "birth_date"), severity="info")
    spec = TableSpec.model_validate({**SPEC.model_dump(), "checks": [both.model_dump()]})
    other = {**CLEAN, "case_no": "A-2"}
    frame = _frame(CLEAN, other, {**other, "case_no": "A-3", "birth_date": None})
    found = check(frame, spec, rows=[2, 3, 4], columns=COLUMNS)
    assert [(one.place.cell, one.severity, one.params["count"]) for one in found] == [
        ("B2", "info", 1),
        ("B3", "info", 1),
    ]


def test_the_schema_serves_pandera_directly() -> None:
    from pandera.errors import SchemaErrors

    schema = compiled.to_pandera(SPEC)
    assert schema.validate(_frame(CLEAN), lazy=True).height == 1
    with pytest.raises(SchemaErrors):
        schema.validate(_frame({**CLEAN, "age": -1}), lazy=True)


@given(st.lists(st.tuples(st.dates(), st.dates()), max_size=20))
def test_exactly_the_reversed_rows_are_found(stays: list[tuple[dt.date, dt.date]]) -> None:
    row = {"child_name": "张小明", "diagnosis": "VSD"}
    rows = [{**row, "admission_date": first, "discharge_date": last} for first, last in stays]
    found = {one.place.row for one in _check(*rows) if one.code == "ZM403"}
    assert found == {number for number, (first, last) in enumerate(stays, 4) if first > last}


@given(st.lists(st.sampled_from(["a", "b", "c", None]), max_size=12))
def test_exactly_the_repeated_values_are_found(values: list[str | None]) -> None:
    found = [one for one in _check(*({**CLEAN, "case_no": value} for value in values)) if one.code == "ZM407"]
    expected = {number: values.count(value) - 1 for number, value in enumerate(values, 4) if value is not None}
    assert {one.place.row: one.params["count"] for one in found} == {row: n for row, n in expected.items() if n}
