"""The pipeline on a small hospital sheet: every row accounted for, every value typed or kept, nothing revealed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

import zhengming as zm
from zhengming.errors import NoTable, SpecError, UnreadableFile, UnwritableFile
from zhengming.pipeline import Run, inputs
from zhengming.remembering import Memory

HEADER = ["序号", "患儿姓名", "性别", "出生日期", "诊断", "总费用(万元)", "入院时间", "家长电话", "爱好"]
ROWS = [
    [
        1,
        "金小树",
        "男",
        "2021年7月6日",
        "先心病 室缺(膜周部)0.6cm 肺高压(重度)",
        5.2,
        "2026.2.1",
        "13800000000",
        "画画",
    ],
    [2, "金小草", "女童", dt.date(2020, 3, 5), "VSD、ASD、PDA", "3万", "20260105", "", ""],
    [3, "金小花", "外星", "三月", "室间隔缺损?", "abc", "2026-13-01", "12", "唱歌"],
]


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "登记表.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("一季度")
    page.merge_range(0, 0, 0, 8, "2026年救助名单")
    for column, title in enumerate(HEADER):
        page.write(2, column, title)
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    for row, cells in enumerate(ROWS, start=3):
        for column, cell in enumerate(cells):
            if isinstance(cell, dt.date):
                page.write_datetime(row, column, dt.datetime.combine(cell, dt.time()), date)
            else:
                page.write(row, column, cell)
    page.write(7, 0, "备注：以上信息属实")
    book.close()
    return path


def test_every_row_is_a_data_row_or_explained(sheet: Path) -> None:
    manifest = zm.clean(sheet).manifest
    assert manifest["rows_in"] == 8
    assert manifest["rows_out"] == 3
    assert manifest["rows_explained"] == 5


def test_values_are_typed_and_the_raw_ones_kept(sheet: Path) -> None:
    data = zm.clean(sheet).data
    assert data["birth_date"].to_list() == [dt.date(2021, 7, 6), dt.date(2020, 3, 5), None]
    assert data["birth_date_raw"].to_list()[2] == "三月"
    assert data["total_cost"].to_list() == [Decimal("52000.00"), Decimal("30000.00"), None]
    assert data["total_cost_raw"].to_list()[2] == "abc"
    assert data["sex_codes"].to_list() == ["1", "2", None]
    assert data["sex"].to_list()[2] == "外星"
    assert data["爱好"].to_list() == ["画画", None, "唱歌"]
    assert data["source_row"].to_list() == [4, 5, 6]


def test_diagnoses_are_coded_and_the_doubtful_ones_are_not(sheet: Path) -> None:
    data = zm.clean(sheet).data
    assert data["diagnosis_names"].to_list() == [
        "膜周部室间隔缺损;肺动脉高压",
        "室间隔缺损;房间隔缺损;动脉导管未闭",
        None,
    ]
    assert data["diagnosis_status"].to_list() == ["accepted", "accepted", "review"]


def test_each_undecided_value_is_listed_once_with_its_first_place(sheet: Path) -> None:
    undecided = {(one.field, one.text): one for one in zm.clean(sheet).undecided}
    assert undecided["diagnosis", "室间隔缺损?"].first.cell == "E6"
    assert undecided["sex", "外星"].status == "unmatched"
    assert undecided["birth_date", "三月"].count == 1


def test_findings_point_at_cells_and_show_no_value(sheet: Path) -> None:
    report = zm.validate(sheet)
    assert not report.ok
    places = {(one.code, one.place.cell) for one in report.findings}
    assert {("ZM201", "D6"), ("ZM208", "F6"), ("ZM202", "G6"), ("ZM304", "E6")} <= places
    said = "".join(f"{one!r}{one.message('zh')}{one.message('en')}{one.advice()}" for one in report.findings)
    assert not [cell for row in ROWS for cell in row if isinstance(cell, str) and len(cell) > 2 and cell in said]


def test_a_result_is_written_whole(sheet: Path, tmp_path: Path) -> None:
    result = zm.clean(sheet)
    written = result.write(tmp_path / "out", data_format="parquet")
    assert [path.name for path in written] == ["登记表.clean.xlsx", "登记表.clean.parquet", "登记表.parquet"]
    assert pl.read_parquet(written[1]).equals(result.data)


def test_two_files_of_one_name_do_not_overwrite_each_other(sheet: Path, tmp_path: Path) -> None:
    other = tmp_path / "more" / sheet.name
    other.parent.mkdir()
    other.write_bytes(sheet.read_bytes())
    run = Run()
    names = {path.name for one in (sheet, other) for path in run.clean(one).write(tmp_path / "out")}
    assert names == {"登记表.clean.xlsx", "登记表 (2).clean.xlsx", "登记表.parquet", "登记表 (2).parquet"}


def test_what_cannot_be_cleaned_is_an_error_of_its_kind(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"nothing\.xlsx"):
        zm.clean(tmp_path / "nothing.xlsx")
    (tmp_path / "letter.csv").write_text("dear all\nplease find attached\n", encoding="utf-8")
    with pytest.raises(NoTable, match=r"letter\.csv"):
        zm.clean(tmp_path / "letter.csv")
    with pytest.raises(SpecError):
        zm.clean(tmp_path / "letter.csv", table="nothing")


def test_a_folder_stands_for_its_spreadsheets_but_not_for_our_own_results(sheet: Path, tmp_path: Path) -> None:
    result = zm.clean(sheet)
    result.write(tmp_path)
    (tmp_path / "readme.txt").write_text("not a table", encoding="utf-8")
    assert inputs([tmp_path]) == [sheet]
    assert inputs([tmp_path / "*.xlsx"]) == [sheet]
    assert inputs([tmp_path / "missing.xlsx"]) == [tmp_path / "missing.xlsx"]


def test_an_input_is_never_written_over(sheet: Path, tmp_path: Path) -> None:
    unlucky = tmp_path / f"{sheet.stem}.clean.xlsx"
    unlucky.write_bytes(sheet.read_bytes())
    run = Run()
    run.inputs += [sheet, unlucky]
    with pytest.raises(UnwritableFile, match="one of the inputs"):
        run.clean(sheet).write(tmp_path)
    assert unlucky.read_bytes() == sheet.read_bytes()


def test_a_run_with_a_memory_gives_the_same_result(sheet: Path, tmp_path: Path) -> None:
    plain = zm.clean(sheet)
    for _time in range(2):
        again = Run(memory=Memory(tmp_path / "memory")).clean(sheet)
        assert again.data.equals(plain.data)
        assert again.findings == plain.findings
