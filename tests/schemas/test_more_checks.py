"""Checks of ages, patterns, sums, codes, the day of the run; children across files; totals; waivers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import zhengming as zm
from zhengming.errors import SpecError
from zhengming.findings import Place, finding
from zhengming.pipeline import Run
from zhengming.schemas import across, compiled, totals, waivers
from zhengming.schemas.checks import check
from zhengming.schemas.spec import TableSpec, Waiver, load, parse

AID = load("aid_case")
DAY = dt.date(2021, 7, 1)


def _frame(spec: TableSpec, *rows: Mapping[str, object]) -> pl.DataFrame:
    schema = compiled.polars_schema(spec)
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def _found(spec: TableSpec, *rows: Mapping[str, object], **known: Any) -> set[tuple[str, str, int]]:
    columns = {field.name: number for number, field in enumerate(spec.fields, 1)}
    numbers = range(2, 2 + len(rows))
    return {
        (one.code, one.field, one.place.row)
        for one in check(_frame(spec, *rows), spec, rows=numbers, columns=columns, **known)
    }


CHILD: Mapping[str, object] = {"child_name": "张小明", "diagnosis": "VSD", "admission_date": DAY}


@pytest.mark.parametrize(
    ("birth", "age", "right"),
    [
        (dt.date(2018, 6, 1), 1096, True),  # 3 岁, and a month
        (dt.date(2018, 6, 1), 1461, True),  # stated a year later, at the application
        (dt.date(2018, 6, 1), 2557, False),
        (dt.date(2018, 6, 1), 91, False),  # 3 months for 3 years
        (dt.date(2021, 4, 1), 91, True),
        (dt.date(2021, 4, 1), 1096, False),
        (dt.date(2021, 6, 25), 5, True),
        (dt.date(2020, 6, 25), 5, False),
        (dt.date(2022, 6, 25), 5, True),  # born after the admission: that is another finding
    ],
)
def test_an_age_must_fit_the_dates(birth: dt.date, age: int, right: bool) -> None:
    found = _found(AID, {**CHILD, "birth_date": birth, "age": age})
    assert (("ZM413", "age", 2) not in found) == right


def test_an_age_must_fit_the_identity_number() -> None:
    assert ("ZM413", "age", 2) in _found(AID, {**CHILD, "id_number": "110101201501010010", "age": 365})
    assert _found(AID, {**CHILD, "id_number": "110101201501010010", "age": 2372}) == set()


def test_dates_may_not_lie_after_the_day_of_the_run_if_it_is_told() -> None:
    row = {**CHILD, "discharge_date": dt.date(2021, 7, 9)}
    assert _found(AID, row) == set()
    assert _found(AID, row, today=dt.date(2021, 7, 9)) == set()
    assert _found(AID, row, today=dt.date(2021, 7, 8)) == {("ZM414", "discharge_date", 2)}
    follow_up = load("follow_up")
    visit = {
        "child_name": "张小明",
        "follow_up_date": DAY,
        "follow_up_result": "好",
        "next_follow_up_date": dt.date(2022, 1, 1),
    }
    assert _found(follow_up, visit, today=DAY) == set()


def test_a_child_is_found_again_by_number_else_by_name_and_birth() -> None:
    born = {**CHILD, "birth_date": dt.date(2015, 1, 1)}
    numbered = {**born, "id_number": "110101201501010010"}
    assert _found(AID, numbered, numbered) == {("ZM415", "id_number", 2), ("ZM415", "id_number", 3)}
    assert _found(AID, born, {**numbered}) == {("ZM415", "child_name", 2), ("ZM415", "child_name", 3)}
    assert _found(AID, born, {**born, "child_name": "张小红"}) == set()


def test_codes_must_be_in_the_release_and_in_use() -> None:
    dictionary = zm.Dictionary.open()
    row = {**CHILD, "region": "某地"}
    assert _found(AID, {**row, "region_codes": "110101"}, dictionary=dictionary) == set()
    assert _found(AID, {**row, "region_codes": "110199"}, dictionary=dictionary) == {("ZM320", "region", 2)}
    assert _found(AID, {**row, "region_codes": "110103"}, dictionary=dictionary) == {("ZM306", "region", 2)}
    assert _found(AID, {**row, "diagnosis_codes": "D0032;D9999"}, dictionary=dictionary) == {("ZM320", "diagnosis", 2)}


def _spec(field: str) -> TableSpec:
    return parse(
        'name = "case"\nversion = 1\nzh = "病例"\nen = "case"\n[[fields]]\nname = "one"\nzh = "字段"\nen = "field"\n'
        f'privacy = "none"\n{field}\n'
    )


def test_a_field_may_be_limited_to_a_part_of_its_category() -> None:
    spec = _spec('kind = "coded"\ncategory = "disease"\nunder = ["D0032"]')
    dictionary = zm.Dictionary.open()
    rows = [{"one": "a", "one_codes": code} for code in ("D0032", "D0033", "D0052", "D0033;D0052")]
    assert _found(spec, *rows, dictionary=dictionary) == {("ZM411", "one", 4), ("ZM411", "one", 5)}
    with pytest.raises(SpecError, match="under"):
        _found(_spec('kind = "coded"\ncategory = "disease"\nunder = ["D9999"]'), {}, dictionary=dictionary)


def test_a_pattern_is_for_the_whole_text_and_runs_in_linear_time() -> None:
    spec = _spec('kind = "identifier"\npattern = "(a|aa)+"')
    assert _found(spec, {"one": "aaa"}, {"one": "aab"}, {"one": "b" + "a"}) == {
        ("ZM412", "one", 3),
        ("ZM412", "one", 4),
    }
    assert _found(spec, {"one": "a" * 100_000 + "b"}) == {("ZM412", "one", 2)}
    for broken in ("(?=a)b", "(a)\\\\1", "a("):
        with pytest.raises(SpecError, match="linear time"):
            _found(_spec(f'kind = "identifier"\npattern = "{broken}"'), {"one": "a"})


def test_a_donation_is_the_sum_of_its_parts() -> None:
    donation = load("donation")
    gift = {"donor": "某公司", "donation_date": DAY, "donation_amount": Decimal(100)}
    assert _found(donation, gift) == set()
    assert _found(donation, {**gift, "restricted_amount": Decimal(100)}) == set()
    assert _found(donation, {**gift, "restricted_amount": Decimal(60), "unrestricted_amount": Decimal(40)}) == set()
    assert _found(donation, {**gift, "restricted_amount": Decimal(60)}) == {("ZM419", "donation_amount", 2)}


def _places(file: str, rows: int) -> list[Callable[[int], Place]]:
    return [partial(Place, file, "", row) for row in range(2, 2 + rows)]


@given(st.lists(st.lists(st.integers(0, 5), max_size=6), max_size=5))
def test_exactly_the_children_of_earlier_files_are_found(files: list[list[int]]) -> None:
    columns = {field.name: number for number, field in enumerate(AID.fields, 1)}
    marked = []
    for number, children in enumerate(files):
        rows = [{**CHILD, "child_name": f"张{child}", "birth_date": DAY} for child in children]
        frame = _frame(AID, *rows)
        marked.append(across.marks(frame, AID, _places(str(number), len(rows)), columns))
    found = {(one.place.file, one.place.row) for one in across.repeated(AID, marked)}
    expected = {
        (str(number), row)
        for number, children in enumerate(files)
        for row, child in enumerate(children, 2)
        if any(child in earlier for earlier in files[:number])
    }
    assert found == expected


def test_a_mark_does_not_hold_the_value() -> None:
    columns = {field.name: number for number, field in enumerate(AID.fields, 1)}
    frame = _frame(AID, {**CHILD, "id_number": "110101201501010010"})
    (mark,) = across.marks(frame, AID, _places("a", 1), columns)
    assert "1101" not in repr(mark)


def test_a_run_finds_a_child_in_two_files(tmp_path: Path) -> None:
    for name, child in (("a", "张小明"), ("b", "李小红"), ("c", "张小明")):
        text = f"患儿姓名,出生日期,诊断\n{child},2015-01-01,室间隔缺损\n"
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    run = Run()
    for name in ("a", "b", "c"):
        assert run.validate(tmp_path / f"{name}.csv").ok
    assert not run.needs_attention
    assert [(one.code, str(one.place)) for one in run.across()] == [("ZM416", "c.csv!A2")]
    assert run.needs_attention


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["100", "200", "合计,,300"], set()),
        (["100", "200", "合计,,400"], {("ZM417", "C4")}),
        (["100", "二百", "合计,,300"], set()),
        (["100", "约200", "合计,,400"], set()),
        (["100", "200", "小计,,300", "50", "小计,,50", "合计,,350"], set()),
        (["100", "200", "小计,,300", "50", "小计,,60", "合计,,350"], {("ZM417", "C6")}),
        (["100.10", "200.20", "合计,,300.30"], set()),
        (["1万", "2000", "合计,,12000"], set()),
    ],
)
def test_a_totals_row_must_be_the_sum_of_its_rows(tmp_path: Path, rows: list[str], told: set[tuple[str, str]]) -> None:
    lines = [row if "," in row else f"张小{'甲乙丙丁戊己'[number]},室间隔缺损,{row}" for number, row in enumerate(rows)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["患儿姓名,诊断,总费用", *lines]), encoding="utf-8")
    found = {(one.code, one.place.cell) for one in zm.validate(path).findings if one.code == "ZM417"}
    assert found == told


def test_a_total_in_the_unit_of_its_header_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "患儿姓名,诊断,总费用（万元）\n张小明,室间隔缺损,1.5\n李小红,室间隔缺损,2\n合计,,3.5\n", encoding="utf-8"
    )
    assert "ZM417" not in {one.code for one in zm.validate(path).findings}


def test_the_unit_that_a_title_states_counts_for_amounts_without_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [
        "救助汇总表 单位：万元,,,",
        "患儿姓名,年龄,诊断,总费用,资助金额（元）",
        "张小明,4岁,室间隔缺损,5.6,3000",
        "合计,,,5.6,3000",
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    result = zm.clean(path)
    assert result.data.select("total_cost", "grant_amount").row(0) == (Decimal(56000), Decimal(3000))
    assert {one.code for one in result.findings} <= {"ZM105"}


def test_nothing_is_said_of_a_total_when_an_amount_was_not_understood() -> None:
    assert totals.agrees(Decimal(9), 5, {3: Decimal(1), 4: None}, before=0) is None


WAIVER = Waiver(rule="ZM406", field="sex", reason="等医院补充", expires=DAY)


def test_a_waived_finding_becomes_a_remark_with_its_reason() -> None:
    found = [finding("ZM406", Place("a", "", 2, 3), field="sex"), finding("ZM406", Place("a", "", 2, 4), field="age")]
    waived = waivers.apply(found, [WAIVER], today=DAY)
    assert [(one.code, one.field, one.severity) for one in waived] == [
        ("ZM406", "sex", "info"),
        ("ZM406", "age", "error"),
    ]
    assert "等医院补充" in waived[0].message("zh")
    assert "2021-07-01" in waived[0].message("en")


@pytest.mark.parametrize("today", [DAY + dt.timedelta(days=1), None])
def test_a_waiver_that_ran_out_or_cannot_be_judged_is_told_and_changes_nothing(today: dt.date | None) -> None:
    found = [finding("ZM406", Place("a", "", 2, 3), field="sex")]
    waived = waivers.apply(found, [WAIVER], today=today, file="a")
    assert [(one.code, one.severity) for one in waived] == [("ZM406", "error"), ("ZM418", "warning")]


def test_a_waiver_of_another_sender_or_without_a_finding_says_nothing() -> None:
    found = [finding("ZM406", Place("a", "", 2, 3), field="sex")]
    other = WAIVER.model_copy(update={"sender": "hospital_b"})
    assert waivers.apply(found, [other], today=None, sender="hospital_a") == found
    assert waivers.apply([], [WAIVER], today=None) == []


def test_a_waiver_in_a_spec_works_through_the_pipeline(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("患儿姓名,诊断\n,室间隔缺损\n张小明,室间隔缺损\n", encoding="utf-8")
    page = Path(zm.__file__).parent / "data" / "tables" / "aid_case.toml"
    mine = tmp_path / "mine.toml"
    waiver = '\n[[waivers]]\nrule = "ZM406"\nfield = "child_name"\nreason = "补录中"\nexpires = 2021-07-01\n'
    mine.write_text(page.read_text(encoding="utf-8") + waiver, encoding="utf-8")
    assert Run(table=mine, today=DAY).validate(path).ok
    assert not Run(table=mine, today=dt.date(2021, 7, 2)).validate(path).ok
    assert not Run(table=mine).validate(path).ok


@pytest.mark.parametrize(
    ("table", "header", "fields"),
    [
        ("donation", "捐赠编号,捐赠日期,捐赠人,捐赠方类型,统一社会信用代码,捐赠金额,支付方式,票据号", 8),
        ("disbursement", "付款单号,患儿姓名,身份证号,收款医院,户名,开户行,银行账号,付款日期,拨付金额", 8),
        ("follow_up", "患儿姓名,手术日期,随访日期,随访结果,身高(cm),体重(kg),血氧饱和度(%),EF(%),下次随访日期", 9),
        ("aid_case", "患儿姓名,诊断,诊断编码,手术名称,手术编码,资助金额", 6),
    ],
)
def test_the_usual_headers_of_a_table_are_recognised(tmp_path: Path, table: str, header: str, fields: int) -> None:
    path = tmp_path / "a.csv"
    path.write_text(header + "\n" + ",".join("甲" for _ in header.split(",")) + "\n", encoding="utf-8")
    unmapped = [one for one in zm.validate(path, table).findings if one.code == "ZM102"]
    assert len(header.split(",")) - len(unmapped) >= fields


def test_measurements_and_percentages_reach_the_table_in_their_own_units(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    text = "患儿姓名,随访日期,随访结果,身高(cm),体重,血氧饱和度\n张小明,2021-07-01,恢复良好,98.5,12.5kg,96%\n"
    path.write_text(text, encoding="utf-8")
    result = zm.clean(path, "follow_up")
    assert result.findings == ()
    assert result.data.select("height", "weight", "oxygen_saturation").row(0) == (
        Decimal(985), Decimal("12.5"), Decimal(96),
    )  # fmt: skip
