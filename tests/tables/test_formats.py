"""The formats hospitals send besides xlsx and csv: each is read at its addresses, with what it hides."""

from __future__ import annotations

import datetime as dt
import struct
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import xlwt

from zhengming.errors import EncryptedFile, UnreadableFile, WrongKind
from zhengming.tables import ErrorValue, Merge, Workbook, read


def kinds(book: Workbook) -> list[tuple[str, str]]:
    return [(notice.kind, notice.place.cell) for notice in book.notices]


def saved(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# Web pages ---------------------------------------------------------------------------------------------------------

PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="{charset}"><title>不读</title>
<style>td {{mso-number-format:"\\@"}}</style></head><body><h3>救助名单</h3>
<table><tr><th>姓名<th>身份证号<th>诊断</tr>
<tr><td>甲&nbsp;<td x:str>990105194912310021</td><td>室缺<br>房缺</td>
<tr style="display:none"><td rowspan=2>乙</td><td x:num="990105194912310021">9.90105E+17</td>
<td colspan=2>法四</td></tr>
<tr><td><input type="text" value="007"></td><td><select><option>男<option selected>女</select></td></tr>
</table><script>var a = "<td>";</script></body></html>"""


@pytest.mark.parametrize(
    ("charset", "encoding"), [("utf-8", "utf-8"), ("gb2312", "gb18030"), ("gb2312", "utf-8"), ("utf-8", "utf-16")]
)
def test_a_web_page_saved_as_xls_is_read_as_excel_shows_it(tmp_path: Path, charset: str, encoding: str) -> None:
    book = read(saved(tmp_path, "名单.xls", PAGE.format(charset=charset).encode(encoding)))
    sheet = book.sheets[0]
    assert book.format == "html"
    assert sheet.rows == [
        ["救助名单"],
        ["姓名", "身份证号", "诊断"],
        ["甲", "990105194912310021", "室缺\n房缺"],
        ["乙", 990105194912310021, "法四"],
        [None, "007", "女"],
    ]
    assert sheet.merges == (Merge(4, 1, 5, 1), Merge(4, 3, 4, 4))
    assert sheet.hidden_rows == {4}
    assert kinds(book) == [("other-format", ""), ("recovered-digits", "B4"), ("hidden-rows", "")]


def test_tables_of_a_page_stand_one_below_the_other(tmp_path: Path) -> None:
    page = "<table><tr><td>a</td></tr></table><p>中间</p><table><tr><td><table><tr><td>b<td>c</table></td></tr></table>"
    assert read(saved(tmp_path, "a.html", page)).sheets[0].rows[0] == ["a"]
    assert [list(row) for row in read(saved(tmp_path, "a.html", page)).sheets[0].rows if row] == [
        ["a"],
        ["中间"],
        ["b", "c"],
    ]


def test_a_saved_web_archive_is_read(tmp_path: Path) -> None:
    archive = (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html; "
        b'charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        b"PHRhYmxlPjx0cj48dGQ+5aeT5ZCNPC90ZD48L3RyPjwvdGFibGU+\r\n--x--\r\n"
    )
    assert read(saved(tmp_path, "a.xls", archive)).sheets[0].rows == [["姓名"]]


@pytest.mark.parametrize("page", ["<table", "<table><tr><td", "<table><tr></td></table></table><td>x", "<td>" * 50])
def test_a_broken_page_breaks_nothing(tmp_path: Path, page: str) -> None:
    with suppress(WrongKind):
        assert read(saved(tmp_path, "a.xls", page)).format == "html"


# XML spreadsheets --------------------------------------------------------------------------------------------------

XML = """<?xml version="1.0" encoding="{encoding}"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="a"/></Styles><Worksheet ss:Name="病例"><Table><Column ss:Index="3" ss:Hidden="1"/>
<Row><Cell ss:MergeAcross="1"><Data ss:Type="String">名单</Data></Cell>
<Cell><Data ss:Type="String">x</Data></Cell></Row>
<Row ss:Index="3" ss:Hidden="1"><Cell><Data ss:Type="Number">990105194912310021</Data></Cell>
<Cell ss:Index="3"><Data ss:Type="DateTime">2024-03-05T00:00:00.000</Data><Comment><Data>注</Data></Comment></Cell>
<Cell ss:Formula="=1/0"><Data ss:Type="Error">#DIV/0!</Data></Cell><Cell ss:Formula="=A1"></Cell>
<Cell><ss:Data ss:Type="String"><B>室</B>缺{tail}</ss:Data></Cell></Row></Table></Worksheet>
<Worksheet ss:Name="旧"><Table/><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>
</Workbook>"""


@pytest.mark.parametrize("tail", ["", " R&D"])  # a bare & is no XML, and common
@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "utf-16"])
def test_an_xml_spreadsheet_is_read_at_its_addresses(tmp_path: Path, encoding: str, tail: str) -> None:
    book = read(saved(tmp_path, "a.xls", XML.format(encoding=encoding, tail=tail).encode(encoding)))
    first, second = book.sheets
    assert book.format == "xml"
    assert first.rows == [
        ["名单", None, "x"],
        (),
        [990105194912310021, None, dt.date(2024, 3, 5), "#DIV/0!", None, "室缺" + tail],
    ]
    assert isinstance(first.cell(3, 4), ErrorValue)
    assert (first.merges, first.hidden_rows, first.hidden_columns) == ((Merge(1, 1, 1, 2),), {3}, {3})
    assert (second.name, second.hidden) == ("旧", True)
    assert {kind for kind, _ in kinds(book)} == {
        "other-format",
        "recovered-digits",
        "error-cell",
        "formula-without-value",
        "hidden-rows",
        "hidden-columns",
        "hidden-sheet",
    }


def test_xml_that_declares_entities_is_refused(tmp_path: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><Workbook><Worksheet>&b;</Worksheet></Workbook>'
    with pytest.raises(UnreadableFile, match="entities"):
        read(saved(tmp_path, "a.xml", bomb))


# OpenDocument ------------------------------------------------------------------------------------------------------

ODS = """<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s" xmlns:calcext="c">
<office:automatic-styles><style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>
</office:automatic-styles><office:body><office:spreadsheet>
<table:table table:name="病例"><table:table-column table:number-columns-repeated="2"/>
<table:table-column table:visibility="collapse"/>
<table:table-row><table:table-cell office:value-type="string" table:number-columns-spanned="2">
<text:p>名<text:s/>单</text:p>
<office:annotation><text:p>批注</text:p></office:annotation></table:table-cell><table:covered-table-cell/>
<table:table-cell office:value-type="float" office:value="1.5"><text:p>1.5</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="2" table:visibility="filter">
<table:table-cell office:value-type="float" office:value="990105194912310021"/>
<table:table-cell office:value-type="date" office:date-value="2024-03-05"/>
<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error">
<text:p>#DIV/0!</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16380"/></table:table-row>
<table:table-row table:number-rows-repeated="1048573"><table:table-cell table:number-columns-repeated="16384"/>
</table:table-row></table:table><table:table table:name="旧" table:style-name="ta2"/></office:spreadsheet></office:body>
</office:document-content>"""


def ods(folder: Path, content: str, manifest: str = "<manifest/>") -> Path:
    path = folder / "a.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return path


def test_an_open_document_is_read_at_its_addresses(tmp_path: Path) -> None:
    book = read(ods(tmp_path, ODS))
    first, second = book.sheets
    line = [990105194912310021, dt.date(2024, 3, 5), "#DIV/0!"]
    assert first.rows == [["名 单", None, 1.5], line, line]
    assert (first.merges, first.hidden_rows, first.hidden_columns) == ((Merge(1, 1, 1, 2),), {2, 3}, {3})
    assert (second.name, second.hidden) == ("旧", True)
    assert {kind for kind, _ in kinds(book)} == {
        "recovered-digits",
        "error-cell",
        "filtered-rows",
        "hidden-columns",
        "hidden-sheet",
    }


def test_an_encrypted_open_document_is_called_encrypted(tmp_path: Path) -> None:
    with pytest.raises(EncryptedFile):
        read(ods(tmp_path, "noise", "<manifest:encryption-data/>"))


# Binary workbooks --------------------------------------------------------------------------------------------------


def _packed(value: int) -> bytes:
    out = b""
    while True:
        value, low = value >> 7, value & 0x7F
        out += bytes([low | (0x80 if value else 0)])
        if not value:
            return out


def record(kind: int, data: bytes = b"") -> bytes:
    return _packed(kind) + _packed(len(data)) + data


def text(words: str) -> bytes:
    return struct.pack("<I", len(words)) + words.encode("utf-16-le")


def _cell(kind: int, column: int, data: bytes, style: int = 0) -> bytes:
    return record(kind, struct.pack("<II", column, style) + data)


def _row(index: int, *, hidden: bool = False) -> bytes:
    return record(0, struct.pack("<IIHBB", index, 0, 300, 0, 0x10 if hidden else 0) + bytes(5))


def _parts() -> Iterator[tuple[str, str | bytes]]:
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    yield (
        "_rels/.rels",
        f'<Relationships><Relationship Id="a" Type="{links}/officeDocument" Target="xl/workbook.bin"/></Relationships>',
    )
    yield (
        "xl/_rels/workbook.bin.rels",
        f'<Relationships><Relationship Id="r1" Type="{links}/worksheet" Target="worksheets/sheet1.bin"/>'
        f'<Relationship Id="r2" Type="{links}/sharedStrings" Target="sharedStrings.bin"/>'
        f'<Relationship Id="r3" Type="{links}/styles" Target="styles.bin"/></Relationships>',
    )
    yield "xl/workbook.bin", record(156, struct.pack("<II", 1, 1) + text("r1") + text("病例"))
    yield "xl/sharedStrings.bin", record(19, b"\0" + text("室间隔缺损"))
    formats = record(44, struct.pack("<H", 170) + text("yyyy-mm-dd")) + record(617)
    styles = b"".join(record(47, struct.pack("<HH", 0, number) + bytes(12)) for number in (0, 170, 57))
    yield "xl/styles.bin", formats + styles + record(618)
    sheet = record(60, struct.pack("<IIIIH", 1, 1, 9, 0, 1)) + _row(0)
    sheet += _cell(7, 0, struct.pack("<I", 0)) + _cell(6, 2, text("法四")) + _row(2, hidden=True)
    sheet += _cell(5, 0, struct.pack("<d", 1.5)) + _cell(2, 1, struct.pack("<I", 45356 << 2 | 2), style=1)
    sheet += _cell(5, 2, struct.pack("<d", 45356.0), style=2) + _cell(3, 3, b"\x2a") + _cell(10, 4, b"\x01\0\0")
    sheet += _cell(9, 5, struct.pack("<d", 990105194912310000.0)) + record(176, struct.pack("<4I", 0, 0, 0, 1))
    yield "xl/worksheets/sheet1.bin", sheet


def test_a_binary_workbook_is_read_at_its_addresses(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsb"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in _parts():
            archive.writestr(name, data)
    book = read(path)
    sheet = book.sheets[0]
    day = dt.date(2024, 3, 5)
    assert (book.format, sheet.name, sheet.hidden) == ("xlsb", "病例", True)
    assert sheet.rows == [["室间隔缺损", None, "法四"], (), [1.5, day, day, "#N/A", True, 9.9010519491231e17]]
    assert (sheet.merges, sheet.hidden_rows, sheet.hidden_columns) == ((Merge(1, 1, 1, 2),), {3}, {2})
    assert {kind for kind, _ in kinds(book)} == {
        "hidden-sheet",
        "lost-digits",
        "error-cell",
        "hidden-rows",
        "hidden-columns",
    }


# Old workbooks -----------------------------------------------------------------------------------------------------


def test_an_old_workbook_tells_formats_errors_and_what_it_hides(tmp_path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("病例")
    for column, title in enumerate(("姓名", "日期", "费用")):
        sheet.write(0, column, title)
    sheet.write(1, 0, "甲")
    sheet.write(1, 1, dt.date(2024, 3, 5), xlwt.easyxf(num_format_str='yyyy"年"m"月"d"日"'))
    sheet.write(1, 2, xlwt.Formula("1+1"))
    sheet.write(2, 2, 990105194912310000.0)
    sheet.row(1).hidden = True
    sheet.write_merge(3, 4, 0, 1, "合")
    book.add_sheet("旧").visibility = 1
    path = tmp_path / "a.xls"
    book.save(str(path))
    found = read(path)
    assert found.sheets[0].rows[:3] == [
        ["姓名", "日期", "费用"],
        ["甲", dt.date(2024, 3, 5)],
        [None, None, 9.9010519491231e17],
    ]
    assert (found.sheets[0].merges, found.sheets[0].hidden_rows) == ((Merge(4, 1, 5, 2),), {2})
    assert kinds(found) == [
        ("lost-digits", "C3"),
        ("formula-without-value", "C2"),
        ("hidden-rows", ""),
        ("hidden-sheet", ""),
    ]


def test_a_workbook_of_excel_2_is_read(tmp_path: Path) -> None:
    def old(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    begin = old(0x009, struct.pack("<HH", 2, 0x10))
    label = old(0x004, struct.pack("<HHxxx", 0, 0) + b"\x04Name")
    number = old(0x003, struct.pack("<HHxxxd", 1, 1, 1.5))
    book = read(saved(tmp_path, "a.xls", begin + label + number + old(0x0A, b"")))
    assert book.sheets[0].rows == [["Name"], [None, 1.5]]
