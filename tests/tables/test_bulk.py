"""Rows of a large sheet, made column by column, are what they would be cell by cell."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.cell import Cell

from tests.office import needs_office, saved_again
from zhengming.tables import Limits, read
from zhengming.tables.bulk import LEAST_ROWS, SLICE
from zhengming.tables.sheets_out import Mark, Part, Parts, SheetOut
from zhengming.tables.unusual_cells import ordinary
from zhengming.tables.write import write_xlsx

TEXTS = [
    "室缺",
    "<&>\"'",
    " a ",
    "a\nb\nc",
    "=1+1",
    "＝1+1",
    "\u3000+1",
    "-5",
    "110101201503059990",
    "",
    None,
    "𠮷",
    "x" * 90,
]
MARKS: list[Mark | None] = [None, "review", None, "unmatched", None, None, None]


def frame(rows: int = LEAST_ROWS + 7) -> pl.DataFrame:
    def every(values: list[object], step: int) -> list[object]:
        return [values[row * step % len(values)] for row in range(rows)]

    return pl.DataFrame(
        {
            "text": every([*TEXTS], 1),
            "id": every([*TEXTS[:8], "0012345678901234"], 5),
            "day": every([dt.date(2024, 3, 5), None, dt.date(1900, 3, 1), dt.date(9999, 12, 31)], 1),
            "money": pl.Series(every([Decimal("1234.50"), None, Decimal("-0.01")], 1), dtype=pl.Decimal(18, 2)),
            "number": every([0, -7, None, 10**14], 1),
            "share": every([0.25, None, 1e-7, -3.5e13], 1),
        }
    )


def sheet(data: pl.DataFrame, by_column: bool) -> SheetOut:
    marks = {
        (row, column): mark for row in range(data.height) for column in range(6) if (mark := MARKS[(row + column) % 7])
    }
    return SheetOut(
        "数据",
        data.columns,
        () if by_column else data.rows(),
        cell_marks=marks,
        legend=[("黄色", "review")],
        names=data.columns,
        frozen=1,
        text_columns=frozenset({1}),
        number_formats={4: "0"},
        frame=data if by_column else None,
    )


def look(cell: Cell) -> tuple[object, ...]:
    fill = cell.fill.start_color.rgb if cell.fill.fill_type else None
    if cell.value is None:  # what format an empty cell has does not matter
        return None, fill
    wrap = bool(cell.alignment.wrap_text)
    return cell.value, cell.data_type, cell.number_format, fill, wrap, bool(cell.quotePrefix), cell.font.name


def test_both_ways_give_the_same_sheet(tmp_path: Path) -> None:
    data = frame()
    for name, by_column in (("cells", False), ("columns", True)):
        write_xlsx(tmp_path / f"{name}.xlsx", [sheet(data, by_column), SheetOut("末", ["a"], [["室缺"]])])
    one, other = (openpyxl.load_workbook(tmp_path / f"{name}.xlsx")["数据"] for name in ("cells", "columns"))
    assert one.dimensions == other.dimensions
    assert (one.freeze_panes, one.auto_filter.ref) == (other.freeze_panes, other.auto_filter.ref)
    for cells, same in zip(one.iter_rows(), other.iter_rows(), strict=True):
        assert [look(cell) for cell in cells] == [look(cell) for cell in same]
    heights = [{row: page.row_dimensions[row].height for row in range(1, 60)} for page in (one, other)]
    assert heights[0] == heights[1]
    widths = [{at: page.column_dimensions[at].width for at in "ABCDEF"} for page in (one, other)]
    assert widths[0] == widths[1]


def test_what_was_written_reads_back_and_is_the_same_bytes(tmp_path: Path) -> None:
    data = frame()
    sheets = [SheetOut("先", ["a"], [["室缺"], ["=1"]]), sheet(data, by_column=True), sheet(data, by_column=True)]
    for name in ("a.xlsx", "b.xlsx"):
        write_xlsx(tmp_path / name, sheets)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    book = read(tmp_path / "a.xlsx", limits=Limits(isolate=False))
    assert book.sheets[0].rows[1:] == [["室缺"], ["=1"]]
    for page in book.sheets[1:]:
        texts = [page.cell(row, 1) for row in range(4, 4 + data.height)]
        assert texts == [text or None for text in data["text"]]
        assert [page.cell(row, 3) for row in range(4, 4 + data.height)] == data["day"].to_list()


def test_slices_join_without_a_seam(tmp_path: Path) -> None:
    rows = SLICE * 2 + 3
    data = pl.DataFrame({"n": range(rows), "text": [f"第{row % 7}" if row % 5 else None for row in range(rows)]})
    marks: dict[tuple[int, int], Mark] = {(SLICE - 1, 1): "review", (SLICE, 1): "unmatched", (rows - 1, 0): "note"}
    write_xlsx(tmp_path / "a.xlsx", [SheetOut("表", ["n", "text"], (), frame=data, cell_marks=marks)])
    page = read(tmp_path / "a.xlsx", limits=Limits(isolate=False)).sheets[0]
    assert [page.cell(row, 1) for row in range(2, rows + 2)] == data["n"].to_list()
    assert [page.cell(row, 2) for row in range(2, rows + 2)] == data["text"].to_list()
    xml = zipfile.ZipFile(tmp_path / "a.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert [int(row) for row in re.findall(r'<row r="(\d+)"', xml)] == list(range(1, rows + 2))
    assert re.findall(r'<c r="(\w+)" s="\d+"/>', xml) == [f"B{SLICE + 2}"]  # marked and empty


@pytest.mark.parametrize(
    ("values", "well"),
    [
        (["室缺", None], True),
        (["a\x07"], False),
        (["a\r\nb"], False),
        (["_x0041_"], False),
        (["字" * 20_000], False),
        ([dt.date(1900, 2, 28)], False),
        ([float("nan")], False),
        ([10**15], False),
        ([dt.datetime.fromisoformat("2024-03-05")], False),
        ([], True),
    ],
    ids=repr,
)
def test_what_is_out_of_the_ordinary_is_left_to_the_slow_way(values: list[object], well: bool) -> None:
    assert ordinary(pl.DataFrame({"a": pl.Series(values, dtype=None if values else pl.String)})) is well


def test_an_extraordinary_large_frame_is_written_all_the_same(tmp_path: Path) -> None:
    data = pl.DataFrame({"a": ["室\x07缺", *["x"] * LEAST_ROWS]})
    notices = write_xlsx(tmp_path / "a.xlsx", [SheetOut("表", ["a"], (), frame=data)])
    assert [(one.kind, one.place.cell) for one in notices] == [("illegal-characters", "A2")]


@pytest.mark.slow
@needs_office
def test_libreoffice_opens_it(tmp_path: Path) -> None:
    data = frame()
    write_xlsx(tmp_path / "a.xlsx", [sheet(data, by_column=True)])
    page = openpyxl.load_workbook(saved_again(tmp_path / "a.xlsx", tmp_path / "again"))["数据"]
    assert [page.cell(row, 1).value for row in range(4, 40)] == [text or None for text in data["text"]][:36]


def test_what_a_workbook_would_change_is_written_as_xlsxwriter_does(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "day": [dt.date(1900, 1, 1), dt.date(1900, 2, 28), dt.date(1900, 3, 1), dt.date(1899, 5, 6), None],
            "whole": [10**15, -(10**16), 5, None, 7],
            "real": [float("nan"), 1e16, 0.5, None, float("-inf")],
            "text": ["a\x0bb", "_x0041_", "\ufffe", "<&>\r\n ", "长" * 40_000],
        }
    )
    marks: dict[tuple[int, int], Mark] = {(0, 0): "review", (3, 0): "note", (3, 1): "unmatched", (4, 0): "review"}
    sheet = SheetOut("表", frame.columns, (), frame=frame, cell_marks=marks)
    parts = Parts(frame.height, frame, lambda: iter([Part(frame, marks)]))
    cells = []
    for name, one in (("a", sheet), ("b", replace(sheet, frame=None, cell_marks={}, parts=parts))):
        write_xlsx(tmp_path / f"{name}.xlsx", [one])
        page = openpyxl.load_workbook(tmp_path / f"{name}.xlsx")["表"]
        cells.append(
            [[(cell.value, cell.fill.fgColor.rgb, cell.value and cell.number_format) for cell in row] for row in page]
        )
    assert cells[1] == cells[0]
