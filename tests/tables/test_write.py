"""What is written reads back equal, is the same bytes each time, and is never a formula."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from zhengming.errors import UnwritableFile
from zhengming.tables import ErrorValue, Limits, read
from zhengming.tables.write import (
    FILLS,
    MAX_CELL_TEXT,
    CellOut,
    SheetOut,
    sheet_names,
    write_csv,
    write_parquet,
    write_xlsx,
)

HERE = Limits(isolate=False)  # our own files, by the hundred
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
RUN_BY_EXCEL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("http://x","y")', "{=1}"]

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=20)
days = st.dates(dt.date(1900, 3, 1), dt.date(9999, 12, 31))
clock = st.times().map(lambda one: one.replace(microsecond=0))
moments = st.builds(dt.datetime.combine, days, clock)
cells: st.SearchStrategy[CellOut] = st.one_of(
    st.none(),
    st.booleans(),
    texts,
    st.integers(-(10**17), 10**17),
    st.floats(-1e14, 1e14, allow_subnormal=False),
    st.decimals(-(10**9), 10**9, places=2),
    st.dates(dt.date(1800, 1, 1), dt.date(9999, 12, 31)),
    moments,
    clock,
)


def as_read(value: CellOut) -> object:
    """What a cell that was written so reads back as."""
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else value
    if isinstance(value, dt.date):
        return value.isoformat() if value.year < 1900 else value
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**15:
        return str(value)
    return None if value == "" else value


def written(path: Path, *rows: list[CellOut], **options: object) -> Path:
    write_xlsx(path, [SheetOut("数据", ["甲", "乙"], rows, **options)])
    return path


@given(st.lists(st.lists(cells, min_size=2, max_size=2), max_size=6))
@example([[dt.date(1900, 1, 1), dt.date(1900, 2, 28)]])
@example([["_x0041_ _x000D_", " a\nb\t"]])
@QUIET
def test_a_written_workbook_reads_back_equal(tmp_path: Path, rows: list[list[CellOut]]) -> None:
    sheet = read(written(tmp_path / "a.xlsx", *rows), limits=HERE).sheets[0]
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            found, meant = sheet.cell(number, column), as_read(value)
            assert found == (pytest.approx(meant, rel=1e-14) if isinstance(meant, float) else meant)


def test_the_same_sheets_give_the_same_bytes(tmp_path: Path) -> None:
    row: list[CellOut] = ["室缺", Decimal("1.50")]
    assert written(tmp_path / "a.xlsx", row).read_bytes() == written(tmp_path / "b.xlsx", row).read_bytes()


@pytest.mark.parametrize("text", RUN_BY_EXCEL)
def test_no_text_becomes_a_formula_in_a_workbook(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(path, [SheetOut(text, [text], [[text], [ErrorValue(text)]], legend=[(text, "review")])])
    with zipfile.ZipFile(path) as archive:
        assert b"<f" not in archive.read("xl/worksheets/sheet1.xml").replace(b"<fonts", b"").replace(b"<fills", b"")
        assert "xl/worksheets/_rels/sheet1.xml.rels" not in archive.namelist()  # nor a link


@pytest.mark.parametrize("text", RUN_BY_EXCEL[:-1])
def test_text_that_excel_would_run_gets_an_apostrophe_in_a_csv(tmp_path: Path, text: str) -> None:
    write_csv(tmp_path / "a.csv", [text], [[text], [ErrorValue(text)]])
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert file.read().count("'" + text.split('"')[0]) == 3


def test_negative_numbers_keep_their_sign_in_a_csv(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", ["a"], [[-1], [-1.5], [Decimal(-2)]])
    assert (tmp_path / "a.csv").read_bytes() == b"\xef\xbb\xbfa\r\n-1\r\n-1.5\r\n-2.00\r\n"


@given(st.lists(st.lists(texts.filter(lambda one: not one.startswith("'")), min_size=2, max_size=2), max_size=6))
@QUIET
def test_a_written_csv_reads_back_equal(tmp_path: Path, rows: list[list[str]]) -> None:
    write_csv(tmp_path / "a.csv", ["头", "尾"], rows)
    sheet = read(tmp_path / "a.csv").sheets[0]
    assert sheet.rows[0] == ["头", "尾"]
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            assert str(sheet.cell(number, column) or "").removeprefix("'") == value


def test_values_are_shown_as_people_expect(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", [dt.date(2024, 3, 5), Decimal("1234.5")], ["990101201503050012", 7])
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert (sheet["A2"].number_format, sheet["B2"].number_format) == ("yyyy-mm-dd", "#,##0.00")
    assert (sheet["A3"].data_type, sheet["B3"].data_type) == ("s", "n")
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"


def test_marks_colour_rows_and_cells_and_a_cell_wins(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.xlsx",
        ["a", None],
        ["b", "c"],
        row_marks={0: "review"},
        cell_marks={(0, 1): "unmatched", (1, 0): "accepted"},
    )
    sheet = openpyxl.load_workbook(path).worksheets[0]
    colours = {cell: sheet[cell].fill.start_color.rgb[2:] for cell in ("A2", "B2", "A3", "B3")}
    assert colours == {"A2": FILLS["review"][1:], "B2": FILLS["unmatched"][1:], "A3": "000000", "B3": "000000"}


def test_a_legend_stands_above_the_frozen_header(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", ["a", "b"], legend=[("黄色：待审核", "review"), ("橙色：未匹配", "unmatched")])
    assert read(path).sheets[0].rows == [["黄色：待审核"], ["橙色：未匹配"], ["甲", "乙"], ["a", "b"]]
    assert openpyxl.load_workbook(path).worksheets[0].freeze_panes == "A4"


def test_columns_are_as_wide_as_what_they_hold(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", ["室间隔缺损（膜周部）", "字" * 200])
    widths = openpyxl.load_workbook(path).worksheets[0].column_dimensions
    assert 20 <= widths["A"].width <= 24
    assert 60 <= widths["B"].width <= 64


def test_text_that_does_not_fit_a_cell_is_cut_and_told(tmp_path: Path) -> None:
    long = "缺" * 40_000
    astral = "𠮷" * 20_000  # two units each
    notices = write_xlsx(tmp_path / "a.xlsx", [SheetOut("表", ["a"], [[long], [astral], ["b"]])])
    assert [(one.kind, one.place.cell, dict(one.params)) for one in notices] == [
        ("text-cut", "A2", {"length": 40_000, "kept": MAX_CELL_TEXT}),
        ("text-cut", "A3", {"length": 40_000, "kept": MAX_CELL_TEXT - 1}),
    ]
    sheet = read(tmp_path / "a.xlsx").sheets[0]
    assert (sheet.cell(2, 1), sheet.cell(3, 1)) == (long[:MAX_CELL_TEXT], astral[: MAX_CELL_TEXT // 2])


def test_characters_that_xml_cannot_hold_are_replaced_and_told(tmp_path: Path) -> None:
    notices = write_xlsx(tmp_path / "a.xlsx", [SheetOut("表\x07", ["a"], [["室\x00缺\ud800\uffff"], ["a\nb"]])])
    assert [(one.kind, one.place.cell) for one in notices] == [("illegal-characters", "A2")]
    assert read(tmp_path / "a.xlsx").sheets[0].rows == [["a"], ["室\ufffd缺\ufffd\ufffd"], ["a\nb"]]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), dt.date(1, 1, 1)])
def test_what_a_workbook_cannot_hold_is_written_as_text(tmp_path: Path, value: CellOut) -> None:
    assert isinstance(read(written(tmp_path / "a.xlsx", [value, None])).sheets[0].cell(2, 1), str)


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnwritableFile, match="1,048,576"):
        write_xlsx(tmp_path / "a.xlsx", [SheetOut("表", ["a"], [["x"]] * 1_048_576)])
    assert not (tmp_path / "a.xlsx").exists()


@given(st.lists(st.text(max_size=40), max_size=6))
@QUIET
def test_any_names_become_names_a_workbook_accepts(tmp_path: Path, wanted: list[str]) -> None:
    names = sheet_names(wanted)
    assert len({name.casefold() for name in names}) == len(wanted)
    write_xlsx(tmp_path / "a.xlsx", [SheetOut(name, ["a"], []) for name in [*wanted, "末"]])
    assert len(openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames) == len(wanted) + 1


def test_a_frame_is_written_as_parquet(tmp_path: Path) -> None:
    frame = pl.DataFrame({"诊断": ["室缺", None], "日期": [dt.date(2024, 1, 1), None]})
    write_parquet(tmp_path / "a.parquet", frame)
    assert pl.read_parquet(io.BytesIO((tmp_path / "a.parquet").read_bytes())).equals(frame)
