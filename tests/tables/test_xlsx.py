"""Reading xlsx: what calamine hides is put right, and what would kill it does not."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from zhengming.errors import UnreadableFile
from zhengming.tables import ErrorValue, Limits, Merge, Workbook, lost_digits, read

MakeXlsx = Callable[..., Path]


def kinds(book: Workbook) -> list[tuple[str, str]]:
    return [(notice.kind, notice.place.cell) for notice in book.notices]


def cells(*items: str) -> str:
    return f'<row r="1">{"".join(items)}</row>'


def test_an_identity_number_stored_as_a_number_is_read_exactly(make_xlsx: MakeXlsx) -> None:
    book = read(make_xlsx(cells('<c r="A1"><v>990105194912310021</v></c>', '<c r="B1"><v>1</v></c>')))
    assert book.sheets[0].rows == [[990105194912310021, 1]]
    assert kinds(book) == [("recovered-digits", "A1")]


@pytest.mark.parametrize("raw", ["9.9010519491231E+17", "9.9010519491231002E17", "990105194912310000"])
def test_an_identity_number_that_lost_its_digits_stays_a_float_and_is_reported(make_xlsx: MakeXlsx, raw: str) -> None:
    book = read(make_xlsx(cells(f'<c r="B1"><v>{raw}</v></c>')))
    assert lost_digits(book.sheets[0].cell(1, 2))
    assert kinds(book) == [("lost-digits", "B1")]


def test_error_cells_keep_their_literal(make_xlsx: MakeXlsx) -> None:
    book = read(make_xlsx(cells('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', '<c r="C1" t="e"><v>#N/A</v></c>')))
    row = book.sheets[0].rows[0]
    assert row == ["#DIV/0!", None, "#N/A"]
    assert isinstance(row[0], ErrorValue)
    assert isinstance(row[2], ErrorValue)
    assert kinds(book) == [("error-cell", "A1"), ("error-cell", "C1")]


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="B1"><f>A1+1</f></c>',
        '<c r="B1"><f>A1+1</f><v/></c>',
        '<c r="B1"><f>A1+1</f><v></v></c>',
        '<c r="B1"><f t="shared" si="0"/></c>',
    ],
)
def test_a_formula_never_calculated_is_reported(make_xlsx: MakeXlsx, cell: str) -> None:
    book = read(make_xlsx(cells('<c r="A1"><v>1</v></c>', cell, '<c r="C1"><f>A1</f><v>1</v></c>')))
    assert book.sheets[0].rows == [[1, None, 1]]
    assert kinds(book) == [("formula-without-value", "B1")]


def test_a_formula_whose_result_is_empty_text_is_an_empty_cell(make_xlsx: MakeXlsx) -> None:
    book = read(make_xlsx(cells('<c r="A1"><v>1</v></c>', '<c r="B1" t="str"><f>""</f><v></v></c>')))
    assert book.sheets[0].rows == [[1]]
    assert kinds(book) == []


def test_cells_that_do_not_tell_their_address_are_counted(make_xlsx: MakeXlsx) -> None:
    first = '<row><c><v>990105194912310021</v></c><c t="e"><v>#N/A</v></c></row>'
    book = read(make_xlsx(first + "<row><c/><c><f>1</f></c><c><v>5</v></c></row>"))
    assert book.sheets[0].rows == [[990105194912310021, "#N/A"], [None, None, 5]]
    assert kinds(book) == [("recovered-digits", "A1"), ("error-cell", "B1"), ("formula-without-value", "B2")]


def test_a_namespace_prefix_hides_nothing(make_xlsx: MakeXlsx) -> None:
    sheet = (
        b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        b'<x:row r="2"><x:c r="B2"><x:v>990105194912310021</x:v></x:c><x:c r="C2" t="e"><x:v>#REF!</x:v></x:c></x:row>'
        b"</x:sheetData></x:worksheet>"
    )
    book = read(make_xlsx(raw=sheet))
    assert book.sheets[0].rows == [[], [None, 990105194912310021, "#REF!"]]


def test_leading_empty_rows_and_columns_keep_their_places(make_xlsx: MakeXlsx) -> None:
    book = read(make_xlsx('<row r="4"><c r="C4"><v>7</v></c></row>'))
    assert book.sheets[0].rows == [[], [], [], [None, None, 7]]
    assert book.sheets[0].cell(4, 3) == 7


def test_a_wrong_dimension_loses_nothing(make_xlsx: MakeXlsx) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="E1"><v>2</v></c></row><row r="9"><c r="A9"><v>3</v></c></row>'
    sheet = read(make_xlsx(rows, before='<dimension ref="A1"/>')).sheets[0]
    assert (sheet.cell(1, 5), sheet.cell(9, 1)) == (2, 3)


def test_two_cells_in_opposite_corners_are_read(make_xlsx: MakeXlsx) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    book = read(make_xlsx(rows))
    sheet = book.sheets[0]
    assert (len(sheet.rows), sheet.cell(1, 1), sheet.cell(1_048_576, 16_384)) == (1_048_576, 1, 2)
    assert kinds(book) == [("other-reader", "")]


def test_a_file_that_kills_the_first_reader_is_read_by_the_second(make_xlsx: MakeXlsx) -> None:
    # The row says 1, so that only the reader itself finds out how far apart the cells are.
    book = read(make_xlsx(cells('<c r="A1"><v>1</v></c>', '<c r="XFD1048576"><v>2</v></c>')))
    assert book.details["reader"] == "cells"
    assert book.sheets[0].cell(1_048_576, 16_384) == 2


def test_hidden_rows_columns_and_merges_are_known(make_xlsx: MakeXlsx) -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<cols><col min="2" max="3" width="9" hidden="1"/></cols><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"><c r="B2"><v>2</v></c></row></sheetData>'
        b'<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells></worksheet>'
    )
    book = read(make_xlsx(raw=sheet))
    found = book.sheets[0]
    assert (found.hidden_rows, found.hidden_columns, found.merges) == ({2}, {2, 3}, (Merge(1, 1, 1, 2),))
    assert kinds(book) == [("hidden-rows", ""), ("hidden-columns", "")]


def test_the_1904_calendar_is_known_and_its_dates_are_right(make_xlsx: MakeXlsx) -> None:
    styles = (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts><font/></fonts>'
        "<fills><fill/></fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>"
        '<cellXfs><xf/><xf numFmtId="14"/><xf numFmtId="57"/></cellXfs></styleSheet>'
    )
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="worksheets/sheet1.xml"'
        ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/>'
        '<Relationship Id="rId2" Target="styles.xml"'
        ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"/></Relationships>'
    )
    extra = {"xl/styles.xml": styles, "xl/_rels/workbook.xml.rels": links}
    rows = cells('<c r="A1" s="1"><v>44000</v></c>', '<c r="B1" s="2"><v>44000</v></c>')
    old = read(make_xlsx(rows, properties='<workbookPr date1904="1"/>', extra=extra, name="old.xlsx"))
    new = read(make_xlsx(rows, extra=extra, name="new.xlsx"))
    assert old.date1904
    assert old.sheets[0].rows == [[dt.date(2024, 6, 19)] * 2]
    assert not new.date1904
    assert new.sheets[0].rows == [[dt.date(2020, 6, 18)] * 2]


HOSTILE = {
    "packed too tightly": ({"xl/media/a.bin": bytes(20 << 20)}, "200 to 1"),
    "a DOCTYPE": ({"xl/styles.xml": '<!DOCTYPE a [<!ENTITY b "c">]><styleSheet/>'}, "DOCTYPE"),
    "a DOCTYPE in utf-16": ({"xl/styles.xml": "<!DOCTYPE a><styleSheet/>".encode("utf-16")}, "DOCTYPE"),
    "too many entries": ({f"xl/media/{number}": b"" for number in range(2001)}, "2,000"),
    "broken xml": ({"xl/worksheets/sheet1.xml": "<worksheet><row"}, "damaged"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_package_is_refused_by_name(make_xlsx: MakeXlsx, kind: str) -> None:
    extra, said = HOSTILE[kind]
    path = make_xlsx(extra=extra)
    with pytest.raises(UnreadableFile, match=said) as caught:
        read(path)
    assert caught.value.where == str(path)


def test_more_than_the_limit_of_inflated_bytes_is_refused(make_xlsx: MakeXlsx) -> None:
    path = make_xlsx(extra={"xl/media/a.bin": os.urandom(3 << 20)})
    with pytest.raises(UnreadableFile, match="unpacks to more"):
        read(path, limits=Limits(entry_bytes=2 << 20))
    with pytest.raises(UnreadableFile, match="unpacks to more"):
        read(path, limits=Limits(total_bytes=2 << 20))


def test_a_reader_that_takes_too_long_is_ended(make_xlsx: MakeXlsx) -> None:
    path = make_xlsx(cells('<c r="A1"><v>1</v></c>'))
    with pytest.raises(UnreadableFile, match="longer than"):
        read(path, limits=Limits(seconds=0, seconds_per_mb=0))


@pytest.mark.parametrize("cut", range(1, 10))
def test_a_workbook_cut_off_on_its_way_is_called_damaged(make_xlsx: MakeXlsx, cut: int) -> None:
    path = make_xlsx(cells('<c r="A1"><v>1</v></c>'))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * cut // 10])
    with pytest.raises(UnreadableFile, match="damaged"):
        read(path)


def test_reading_in_this_process_finds_the_same(make_xlsx: MakeXlsx) -> None:
    path = make_xlsx(cells('<c r="A1"><v>1</v></c>', '<c r="B1" t="e"><v>#N/A</v></c>'))
    assert read(path) == read(path, limits=Limits(isolate=False))


def test_a_sheet_whose_content_is_missing_is_told(tmp_path: Path) -> None:
    import zipfile

    import xlsxwriter

    whole, part = tmp_path / "whole.xlsx", tmp_path / "part.xlsx"
    with xlsxwriter.Workbook(whole) as book:
        for name in ("甲", "乙"):
            book.add_worksheet(name).write_row(0, 0, ["患儿姓名", "诊断"])
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(part, "w") as target:
        for name in source.namelist():
            if name != "xl/worksheets/sheet2.xml":
                target.writestr(name, source.read(name))
    told = [(notice.kind, notice.place.sheet) for notice in read(part).notices]
    assert told == [("other-reader", ""), ("missing-sheet", "乙")]
