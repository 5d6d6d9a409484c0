"""A large xlsx is read row by row and comes to what it comes to when it is read at once."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from zhengming.errors import TooLarge, UnreadableFile
from zhengming.tables import Limits, Workbook, read
from zhengming.tables.grid import Grid
from zhengming.tables.kept_rows import Keep, KeptRows

SAMPLES = Path(__file__).parents[2] / "zhengming" / "data" / "samples"
ROWS = [
    ["编号", "姓名", "诊断 & <备注>", "出生日期"],
    [1, "甲", "室缺\r\n房缺", dt.date(2020, 1, 2)],
    [2.5, "  前后有空格 ", "a_x000D_b", dt.datetime(2020, 1, 2, 3, 4, 5)],  # noqa: DTZ001 — as cells have it
    [True, "", None, dt.time(8, 30)],
    [None, None, None, None],
    [123456789012345, "引号\"'", "😀", dt.date(1900, 3, 1)],
    [-0.001, "1e5", "0012", dt.date(2024, 2, 29)],
]


def at_once_and_by_rows(path: Path) -> tuple[Workbook, Workbook]:
    whole = read(path)
    by_rows = read(path, limits=Limits(whole_bytes=0))
    assert by_rows.details["reader"] == "rows"
    return whole, by_rows


def same(path: Path) -> Workbook:
    whole, by_rows = at_once_and_by_rows(path)
    listed = [replace(sheet, rows=[list(row) for row in sheet.rows]) for sheet in whole.sheets]
    assert [replace(sheet, rows=[list(row) for row in sheet.rows]) for sheet in by_rows.sheets] == listed
    kinds = [[[type(cell) for cell in row] for row in sheet.rows] for sheet in listed]
    assert [[[type(cell) for cell in row] for row in sheet.rows] for sheet in by_rows.sheets] == kinds
    assert by_rows.notices == whole.notices
    assert by_rows.date1904 == whole.date1904
    return by_rows


@pytest.mark.parametrize("name", ["sender_a.xlsx", "sender_b.xlsx", "sender_d.xlsx"])
def test_samples(name: str) -> None:
    same(SAMPLES / name)


@pytest.mark.parametrize("constant_memory", [True, False], ids=["inline strings", "shared strings"])
@pytest.mark.parametrize("date1904", [True, False])
def test_a_workbook_of_xlsxwriter(tmp_path: Path, constant_memory: bool, date1904: bool) -> None:
    path = tmp_path / "a.xlsx"
    options = {"constant_memory": constant_memory, "default_date_format": "yyyy-mm-dd", "date_1904": date1904}
    with xlsxwriter.Workbook(path, options) as book:
        page = book.add_worksheet("病例")
        for number, row in enumerate(ROWS[:-2] if date1904 else ROWS):
            page.write_row(number, 0, row)
        page.write_string(20, 30, "远", book.add_format({"quote_prefix": True}))
        page.write_formula(21, 0, "=1+1", None, 2)
        page.set_column(3, 4, 10, None, {"hidden": True})
        page.set_row(22, 10, None, {"hidden": True})
        page.write(22, 0, "藏")
        page.merge_range(23, 0, 24, 2, "合并")
        book.add_worksheet("空")
        book.add_worksheet("隐").hide()
    same(path)


def test_a_workbook_of_openpyxl(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in ROWS:
        page.append([cell.replace("\r", "") if isinstance(cell, str) else cell for cell in row])
    page["A12"] = "=A2+1"
    page["B12"] = "#N/A"
    page["C12"] = CellRichText("室", TextBlock(InlineFont(b=True), "缺"))
    page["A13"] = 1.1010519491231e17
    page.auto_filter.ref = "A1:D3"
    page.row_dimensions[2].hidden = True
    book.save(path)
    same(path)


def changed(path: Path, target: Path, part: str, old: bytes, new: bytes) -> Path:
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as made:
        for name in source.namelist():
            data = source.read(name)
            assert name != part or old in data
            made.writestr(name, data.replace(old, new) if name == part else data)
    return target


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "plain.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("病例")
        for row in range(6):
            page.write_row(row, 0, [f"甲{row}", row, 110105194912310000.0 + row])
    return path


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<c r="B3">', b"<c>"),
        (b'<c r="B3"><v>2</v></c>', b'<c r="B3"><v>110105194912310021</v></c>'),
        (b'<c r="A3" t="s"><v>2</v></c>', b'<c r="A3" t="e"><v>#REF!</v></c>'),
        (b'<c r="B3"><v>2</v></c>', b'<c r="B3"><f>1/0</f></c>'),
        (b'<c r="A3" t="s"><v>2</v></c>', b'<c r="A3" t="inlineStr"><is><t>a&#x5BA4;&amp;</t></is></c>'),
        (b'<c r="A3" t="s"><v>2</v></c>', b'<c r="A3" t="str"><v>&lt;b&gt;</v></c>'),
        (b'<c r="A3" t="s"><v>2</v></c>', b'<c r="A3" t="b"><v>1</v></c>'),
        (b'<row r="6"', b'<row r="900"'),
    ],
)
def test_what_programs_write_otherwise(tmp_path: Path, plain: Path, old: bytes, new: bytes) -> None:
    path = changed(plain, tmp_path / "a.xlsx", SHEET, old, new)
    if b"900" in new:
        path = changed(path, tmp_path / "b.xlsx", SHEET, b'="C6"', b'="C900"')
    same(path)


def test_a_sheet_out_of_order_is_read_at_once(tmp_path: Path, plain: Path) -> None:
    path = changed(plain, tmp_path / "a.xlsx", SHEET, b'r="A6"', b'r="A1"')
    # In one stretch the order does not matter; the last row of another one would.
    assert read(path, limits=Limits(whole_bytes=0)).sheets[0].cell(1, 1) == "甲5"


@pytest.mark.parametrize(
    ("old", "new"), [(b"<sheetData>", b"<!-- <row> --><sheetData>"), (b"</sheetData>", b""), (b"<v>5</v>", b"<v>5<v>")]
)
def test_what_is_no_plain_xml_is_left_to_the_patient_reader(
    tmp_path: Path, plain: Path, old: bytes, new: bytes
) -> None:
    path = changed(plain, tmp_path / "a.xlsx", SHEET, old, new)
    book = read(path, limits=Limits(whole_bytes=0))
    assert book.details["reader"] == "cells"
    assert book.sheets[0].cell(1, 1) == "甲0"


def test_a_sheet_cut_off_is_an_error(tmp_path: Path, plain: Path) -> None:
    path = changed(plain, tmp_path / "a.xlsx", SHEET, b"</worksheet>", b"")
    with pytest.raises(UnreadableFile):
        read(path, limits=Limits(whole_bytes=0))


def test_rows_of_a_large_workbook_stand_on_disk(plain: Path) -> None:
    book = read(plain, limits=Limits(whole_bytes=0), keep=Keep(io.BytesIO(), 3))
    assert isinstance(book.sheets[0].rows, KeptRows)
    assert [list(row) for row in book.sheets[0].rows] == [list(row) for row in read(plain).sheets[0].rows]


def test_larger_files_are_read_where_rows_can_stand_on_disk(plain: Path) -> None:
    small = Limits(file_bytes=1_000)
    with pytest.raises(TooLarge):
        read(plain, limits=small)
    assert read(plain, limits=small, keep=Keep(io.BytesIO(), 3)).sheets[0].cell(1, 1) == "甲0"


def test_a_row_behind_one_that_was_given_is_noticed() -> None:
    grid = Grid()
    grid.put(3, 2, "甲")
    assert grid.given(0) == [(), (), [None, "甲"]]
    grid.put(5, 1, "乙")
    grid.put(6, 1, "丙")
    assert grid.given(3, upto=5) == [(), ["乙"]]
    grid.put(2, 1, "丁")
    with pytest.raises(ValueError, match="5"):
        grid.given(5)
