"""The clean workbook as its reader finds it: spoken headers, colours, ids that stay text, nothing that runs."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlsxwriter

from tests.office import needs_office, saved_again
from zhengming.pipeline import Run
from zhengming.reports.clean_workbook import divided
from zhengming.schemas.spec import load
from zhengming.schemas.template import write as write_form
from zhengming.tables.sheets_out import FILLS, SheetOut
from zhengming.tables.write import write_xlsx

BATCH = Run()  # its matchers are built once
RUN = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "＋1", "－1", "＠A1", "=cmd|' /c calc'!A1", "\u3000=1+1"]
RANGE = re.compile(r"(?:'[^'\[]+'|\w+)!\$[A-Z]*\$?\d+(?::\$?[A-Z]*\$?\d+)?")
ID = "11010120150305999X"
LONG = "6222020200001234567"
NAMES_ROW, FIRST = 3, 5  # of the data: what programs call the columns; the first row of values


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sender's file whose cells, headers and sheet names try to run, with numbers that must not lose a digit."""
    path = tmp_path_factory.mktemp("in") / "送来.xlsx"
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    page = book.add_worksheet("=1+1")
    page.write_row(0, 0, ["患儿姓名", "性别", "诊断", "身份证号", "出生日期", "总费用", "银行卡"])
    page.write_string(0, 7, "=HYPERLINK(A1)")
    for row, text in enumerate(RUN, start=1):
        page.write_row(row, 0, ["金小树", "外星" if row == 1 else "男", "PA" if row == 2 else "室缺"])
        page.write_string(row, 3, ID if row < 3 else "123")
        page.write_string(row, 4, "2015-03-05" if row != 3 else "2015-02-30")
        page.write_number(row, 5, 1234.5)
        page.write_string(row, 6, LONG)
        page.write_string(row, 7, text)
    book.close()
    return path


@pytest.fixture(scope="module")
def clean(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    BATCH.clean(source).write(folder, data_format="csv")
    return folder / "送来.clean.xlsx"


def columns(path: Path) -> dict[str, str]:
    sheet = openpyxl.load_workbook(path)["数据"]
    return {cell.value: cell.column_letter for cell in sheet[NAMES_ROW] if cell.value}


def test_headers_are_spoken_and_unique_and_programs_names_stand_above(clean: Path) -> None:
    sheet = openpyxl.load_workbook(clean)["数据"]
    titles = [cell.value for cell in sheet[NAMES_ROW + 1]]
    assert len(set(titles)) == len(titles)
    at = columns(clean)
    spoken = {"diagnosis_codes": "诊断编码", "diagnosis_status": "诊断状态", "age": "年龄（天）"}
    spoken["birth_date_raw"] = "出生日期（原文）"
    assert {name: sheet[f"{at[name]}{NAMES_ROW + 1}"].value for name in spoken} == spoken
    assert sheet.freeze_panes == f"E{FIRST}"
    assert sheet.auto_filter.ref.startswith(f"A{NAMES_ROW + 1}:")


def test_colours_say_what_needs_a_look(clean: Path) -> None:
    sheet, at = openpyxl.load_workbook(clean)["数据"], columns(clean)

    def colour(name: str, row: int) -> str:
        return str(sheet[f"{at[name]}{FIRST + row}"].fill.start_color.rgb)[2:]

    assert colour("sex_status", 0) == FILLS["unmatched"][1:]
    assert colour("diagnosis_status", 1) == FILLS["review"][1:]
    assert colour("birth_date", 2) == colour("birth_date_raw", 2) == FILLS["unmatched"][1:]
    assert colour("diagnosis_status", 0) == "000000"
    assert sheet["A1"].fill.start_color.rgb[2:] == FILLS["review"][1:]
    assert sheet[f"{at['diagnosis_status']}{FIRST}"].value == "采用"


def test_numbers_that_are_names_stay_text_even_when_edited(clean: Path) -> None:
    sheet, at = openpyxl.load_workbook(clean)["数据"], columns(clean)
    for name, value in (("id_number_raw", ID), ("银行卡", LONG)):
        cell = sheet[f"{at[name]}{FIRST}"]
        assert (cell.value, cell.data_type, cell.number_format) == (value, "s", "@")
        assert sheet.column_dimensions[at[name]].width >= len(value)
    assert sheet[f"{at['total_cost']}{FIRST}"].number_format == "#,##0.00"
    assert sheet[f"{at['birth_date']}{FIRST}"].number_format == "yyyy-mm-dd"


def test_findings_lead_to_their_cells(clean: Path) -> None:
    book = openpyxl.load_workbook(clean)
    links = [cell.hyperlink for row in book["问题"].iter_rows() for cell in row if cell.hyperlink]
    assert links
    assert all(link.location.startswith("'数据'!") and not link.target for link in links)


def test_no_output_holds_anything_that_runs(source: Path, clean: Path, tmp_path: Path) -> None:
    annotated = BATCH.clean(source).annotate(tmp_path)
    write_form(tmp_path / "form.xlsx", load("aid_case"), BATCH.dictionary)
    for path in (clean, annotated, tmp_path / "form.xlsx"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                part = archive.read(name)
                assert not re.search(rb"<f[ >]|TargetMode=\"External\"|externalLink|vbaProject", part), (
                    path.name,
                    name,
                )
                for reference in re.findall(rb"<definedName [^>]*>([^<]*)<", part):
                    assert RANGE.fullmatch(reference.decode()), (path.name, reference)
    sheet, at = openpyxl.load_workbook(clean)["数据"], columns(clean)
    for row, text in enumerate(RUN):
        cell = sheet[f"{at['=HYPERLINK(A1)']}{FIRST + row}"]
        assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_a_csv_runs_nothing_either(clean: Path) -> None:
    with clean.with_suffix(".csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file))
    at = header.index("'=HYPERLINK(A1)")
    assert [row[at] for row in rows] == ["'" + text for text in RUN]
    assert {row[header.index("银行卡")] for row in rows} == {LONG}
    assert {row[0] for row in rows} == {"'=1+1"}


@pytest.mark.slow
@needs_office
def test_libreoffice_reads_the_same_texts_and_calculates_nothing(clean: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(saved_again(clean, tmp_path))
    at = columns(clean)
    for sheet in book.worksheets:
        assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    sheet = book["数据"]
    assert [sheet[f"{at['=HYPERLINK(A1)']}{FIRST + row}"].value for row in range(len(RUN))] == RUN
    assert sheet[f"{at['银行卡']}{FIRST}"].value == LONG


@pytest.mark.parametrize("framed", [True, False])
@pytest.mark.parametrize(("rows", "names"), [(0, ["明细"]), (4, ["明细"]), (5, ["明细", "明细 (2)"]), (9, 3)])
def test_a_sheet_too_long_for_a_workbook_is_several(
    tmp_path: Path, framed: bool, rows: int, names: list[str] | int
) -> None:
    data = pl.DataFrame({"n": list(range(rows))}, schema={"n": pl.Int64})
    sheet = SheetOut(
        "明细",
        ["号"],
        () if framed else data.rows(),
        cell_marks={(row, 0): "review" for row in range(0, rows, 3)},
        links={(4, 0): "'明细'!A1"} if rows > 4 else {},
        names=["n"],
        frame=data if framed else None,
    )
    parts = divided(sheet, most=6)  # of which two are the header
    assert [one.name for one in parts] == names if isinstance(names, list) else len(parts) == names
    write_xlsx(tmp_path / "a.xlsx", parts)
    pages = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets
    assert [page.title for page in pages] == [one.name for one in parts]
    cells = [cell for page in pages for (cell,) in page.iter_rows(min_row=3)]
    assert [cell.value for cell in cells] == [at if at != 4 else "A1" for at in range(rows)]  # a link shows its target
    marked = [at for at, cell in enumerate(cells) if cell.fill.fill_type]
    assert marked == list(range(0, rows, 3))
