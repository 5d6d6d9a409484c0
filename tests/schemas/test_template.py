"""The entry form: what is filled in as it asks comes clean, and it asks for the right things."""

from __future__ import annotations

import datetime as dt
from itertools import cycle
from pathlib import Path

import openpyxl
import pytest

import zhengming as zm
from tests.office import needs_office, saved_again
from zhengming.schemas import template
from zhengming.schemas.spec import load, parse
from zhengming.schemas.spec import names as tables

SPEC = load("aid_case")
FIRST_ROW = 6


@pytest.fixture(scope="module")
def dictionary() -> zm.Dictionary:
    return zm.Dictionary.open()


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory, dictionary: zm.Dictionary) -> Path:
    path = tmp_path_factory.mktemp("form") / "填报表.xlsx"
    template.write(path, SPEC, dictionary)
    return path


GIVEN = (  # characters of invented given names
    "安柏晨春冬帆芳枫峰歌海禾荷红华佳江杰锦静俊岚莉林琳柳龙梅萌明"
    "宁培鹏萍琪晴秋蕊珊石书树松涛婷桐薇伟文雯夏晓欣雪亚燕阳叶怡"
)


def generated_id(born: dt.date, order: int = 999) -> str:
    """A generated identity number, of nobody."""
    digits = f"110101{born:%Y%m%d}{order:03}"
    return digits + "10X98765432"[sum(int(one) * 2 ** (17 - at) for at, one in enumerate(digits)) % 11]


def filled(form: Path, target: Path, lists: dict[str, list[str]], rows: int) -> Path:
    """The form with `rows` rows, every list gone through."""
    book = openpyxl.load_workbook(form)
    sheet = book.worksheets[0]
    listed = [field for field in SPEC.fields if field.category in lists and field.holds == "names"]
    names = {field.name: cycle(lists[field.category or ""]) for field in listed}
    plain = {
        "age": "4岁",
        "admission_date": dt.date(2024, 3, 6),
        "discharge_date": dt.date(2024, 3, 16),
        "procedure_date": dt.date(2024, 3, 8),
        "total_cost": 52000,
        "insurance_paid": 30000,
        "grant_amount": 10000,
        "phone": "13800138000",
        "guardian_name": "金大树",
    }
    for row in range(rows):
        born = dt.date(2020, 3, 5) - dt.timedelta(days=row // 400)
        plain |= {"child_name": "金" + GIVEN[row // len(GIVEN)] + GIVEN[row % len(GIVEN)], "birth_date": born}
        plain["id_number"] = generated_id(born, 2 * (row % 400) + 1)
        values = {**plain, **{name: next(offered) for name, offered in names.items()}, "case_no": f"A-{row:05}"}
        values["sex"] = "男性"  # the order numbers are odd
        for column, field in enumerate(SPEC.fields, start=1):
            sheet.cell(FIRST_ROW + row, column).value = values.get(field.name)
    book.save(target)
    return target


def test_every_name_that_a_list_offers_passes_validation(form: Path, tmp_path: Path, dictionary: zm.Dictionary) -> None:
    lists = template.offered(SPEC, dictionary, "zh")
    path = filled(form, tmp_path / "filled.xlsx", lists, max(map(len, lists.values())))
    result = zm.clean(path, dictionary=dictionary)
    assert [(one.code, one.place.cell) for one in result.findings] == []
    assert result.undecided == ()
    assert result.manifest["rows_out"] == max(map(len, lists.values()))
    assert result.manifest["rows_in"] == result.manifest["rows_out"] + result.manifest["rows_explained"]
    assert set(result.data["diagnosis_names"]) == set(lists["disease"])


def test_nearly_every_active_concept_is_offered(dictionary: zm.Dictionary) -> None:
    lists = template.offered(SPEC, dictionary, "zh")
    for category in ("disease", "procedure", "hospital", "sex", "relationship"):
        active = [one for one in dictionary.category(category).concepts.values() if one.status == "active"]
        assert len(lists[category]) >= 0.95 * len(active), category


def test_an_empty_form_passes_validation(form: Path) -> None:
    report = zm.validate(form)
    assert report.findings == ()


def test_the_form_says_what_it_wants(form: Path) -> None:
    book = openpyxl.load_workbook(form)
    assert book.sheetnames == ["医疗救助申请", "填写说明", "zm_lists"]
    assert book["zm_lists"].sheet_state == "hidden"
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[FIRST_ROW - 1]] == [field.zh for field in SPEC.fields]
    assert sheet.freeze_panes == f"C{FIRST_ROW}"
    kinds = {str(one.sqref): one for one in sheet.data_validations.dataValidation}
    lists = {one.formula1 for one in kinds.values() if one.type == "list"}
    assert lists == {
        "zm_list_sex",
        "zm_list_relationship",
        "zm_list_hospital",
        "zm_list_disease",
        "zm_list_procedure",
        "zm_list_region",
    }
    assert lists == set(book.defined_names)
    assert all(one.promptTitle and one.prompt for one in kinds.values())
    assert sheet.column_dimensions["F"].width >= 20  # room for 18 digits


def test_the_same_form_is_the_same_bytes(form: Path, tmp_path: Path, dictionary: zm.Dictionary) -> None:
    template.write(tmp_path / "again.xlsx", SPEC, dictionary)
    assert (tmp_path / "again.xlsx").read_bytes() == form.read_bytes()


@pytest.mark.slow
@needs_office
def test_a_form_saved_by_libreoffice_passes_validation(form: Path, tmp_path: Path, dictionary: zm.Dictionary) -> None:
    lists = template.offered(SPEC, dictionary, "zh")
    path = saved_again(filled(form, tmp_path / "filled.xlsx", lists, 20), tmp_path / "again")
    result = zm.clean(path, dictionary=dictionary)
    assert [(one.code, one.place.cell) for one in result.findings] == []
    assert result.data.height == 20
    book = openpyxl.load_workbook(path)
    assert book["zm_lists"].sheet_state == "hidden"
    assert {one.formula1 for one in book.worksheets[0].data_validations.dataValidation if one.type == "list"} == {
        f"zm_list_{category}" for category in lists
    }


@pytest.mark.slow
@needs_office
def test_the_check_of_an_identity_number_is_right(form: Path, tmp_path: Path) -> None:
    """The form's own formula, run by LibreOffice over numbers right and wrong."""
    sheet = openpyxl.load_workbook(form).worksheets[0]
    formula = next(
        one.formula1 for one in sheet.data_validations.dataValidation if str(one.sqref).startswith(f"F{FIRST_ROW}:")
    )
    numbers = [generated_id(dt.date(2015, 1, 1) + dt.timedelta(days=day)) for day in range(40)]
    assert any(one.endswith("X") for one in numbers)
    wrong = [one[:-1] + ("1" if one[-1] != "1" else "2") for one in numbers]
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row, number in enumerate([*numbers, *wrong, "12345", "A1010120150101999X"], start=1):
        page.cell(row, 6).value = number
        page.cell(row, 1).value = "=" + formula.replace(f"F{FIRST_ROW}", f"F{row}")
    book.save(tmp_path / "check.xlsx")
    told = saved_again(tmp_path / "check.xlsx", tmp_path, "csv").read_text().splitlines()
    verdicts = [line.split(",")[0] for line in told]
    assert verdicts[:80] == ["TRUE"] * 40 + ["FALSE"] * 40
    assert verdicts[80:] == ["FALSE", "FALSE"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("table", tables())
def test_an_empty_form_of_every_table_passes_validation(
    table: str, lang: str, tmp_path: Path, dictionary: zm.Dictionary
) -> None:
    template.write(tmp_path / "form.xlsx", load(table), dictionary, lang=lang)
    assert zm.validate(tmp_path / "form.xlsx", table=table, dictionary=dictionary).findings == ()


def test_a_list_is_limited_to_what_the_spec_allows(dictionary: zm.Dictionary) -> None:
    disease = dictionary.category("disease")
    top = next(code for code in disease.children if disease.concepts[code].parents)
    spec = parse(
        f"""
        name = "small"
        version = 1
        zh = "小表"
        en = "small"
        [[fields]]
        name = "diagnosis"
        zh = "诊断"
        en = "diagnosis"
        kind = "coded"
        category = "disease"
        under = ["{top}"]
        privacy = "sensitive"
        """
    )
    (offered,) = template.offered(spec, dictionary, "zh").values()
    names = {one.name: one.code for one in disease.concepts.values()}
    assert offered
    assert all(top == names[one] or top in disease.ancestors(names[one]) for one in offered)
