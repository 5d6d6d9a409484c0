"""The faults of hospital exports, five of each kind, with what must come of them: the table, or the code of a rule."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import openpyxl
import xlsxwriter
import xlwt

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_LINKS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
Cells = list[list[object]]
NAMES = ("赵一一", "钱二二", "孙三三")
DAY = dt.date(2024, 3, 5)
TABLE: Cells = [["姓名", "编号", "诊断"], *([name, f"00{index}", "室间隔缺损"] for index, name in enumerate(NAMES))]


@dataclass(frozen=True)
class Fault:
    """A file's name and bytes; the rows of its first sheet or the code it must end in; notices that must be told."""

    name: str
    data: bytes
    rows: Cells | None = None
    code: str = ""
    told: frozenset[str] = field(default_factory=frozenset)


def book(
    rows: str,
    *,
    parts: Mapping[str, str | bytes | None] | None = None,
    main: str = MAIN,
    links: str = LINKS,
    before: str = "",
    after: str = "",
    styles: str = "",
    properties: str = "",
    drop: str = "",
    raw: bytes | None = None,
) -> bytes:
    """An xlsx by hand."""
    sheet: str | bytes = raw or f'<worksheet xmlns="{main}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    every: dict[str, str | bytes | None] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{links}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{links}">{properties}<sheets>'
        '<sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{links}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{links}/styles" Target="styles.xml"/>'
        f'<Relationship Id="r3" Type="{links}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
        "xl/styles.xml": styles or None,
        **(parts or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in every.items():
            if data is not None and name != drop:
                archive.writestr(name, data)
    return out.getvalue()


def cell(at: str, value: object, extra: str = "") -> str:
    """One cell of a worksheet."""
    if isinstance(value, str):
        return f'<c r="{at}" t="inlineStr"{extra}><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{at}"{extra}><v>{value}</v></c>'


def xml_rows(cells: Cells) -> str:
    """The rows of a worksheet."""
    return "".join(
        f'<row r="{r}">{"".join(cell(f"{chr(64 + c)}{r}", value) for c, value in enumerate(row, 1) if value is not None)}</row>'
        for r, row in enumerate(cells, 1)
    )


def style_sheet(*formats: int, codes: str = "") -> str:
    """A style for each number format, from 1 on."""
    styles = "".join(f'<xf numFmtId="{number}" applyNumberFormat="1"/>' for number in formats)
    return f'<styleSheet xmlns="{MAIN}">{codes}<cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>'


def html(cells: Cells, *, close: bool = True, tag: str = "td") -> str:
    """A web page with a table."""
    end = f"</{tag}>" if close else ""
    body = "".join(
        "<tr>" + "".join(f"<{tag}>{value}{end}" for value in row) + ("</tr>" if close else "") for row in cells
    )
    return f"<html><body><table border=1>{body}</table></body></html>"


def web_page_named_xls() -> Iterator[Fault]:
    page = html(TABLE)
    meta = '<meta http-equiv="Content-Type" content="text/html; charset={}">'
    told = frozenset({"other-format"})
    yield Fault("a.xls", page.encode(), TABLE, told=told)
    yield Fault("a.xls", page.replace("<body>", meta.format("gb2312") + "<body>").encode("gb18030"), TABLE, told=told)
    yield Fault("a.xls", page.replace("<body>", meta.format("utf-8") + "<body>").encode("gb18030"), TABLE, told=told)
    yield Fault("a.xls", page.encode("utf-16"), TABLE, told=told)
    yield Fault("a.xlsx", html(TABLE, close=False).encode(), TABLE, told=told)


def xml_named_xls() -> Iterator[Fault]:
    def document(rows: str, head: str = '<?xml version="1.0"?>') -> str:
        space = "urn:schemas-microsoft-com:office:spreadsheet"
        return f'{head}<Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="a"><Table>{rows}</Table></Worksheet></Workbook>'

    def row(values: list[object]) -> str:
        return "<Row>" + "".join(f'<Cell><Data ss:Type="String">{value}</Data></Cell>' for value in values) + "</Row>"

    rows = "".join(map(row, TABLE))
    yield Fault("a.xls", document(rows).encode(), TABLE)
    yield Fault("a.xls", document(rows, '<?xml version="1.0" encoding="gb2312"?>').encode("gb18030"), TABLE)
    yield Fault("a.xls", document(rows, "").encode("utf-8-sig"), TABLE)
    yield Fault(
        "a.xls",
        document(rows.replace("室间隔缺损", "R&D")).encode(),
        [TABLE[0], *([*one[:2], "R&D"] for one in TABLE[1:])],
    )
    yield Fault(
        "a.xlsx", document(rows.replace("<Data ", "<ss:Data ").replace("</Data", "</ss:Data")).encode("utf-16"), TABLE
    )


def text_named_workbook() -> Iterator[Fault]:
    told = frozenset({"other-format"})
    for name, delimiter, encoding in (
        ("a.xlsx", ",", "utf-8"), ("a.xls", "\t", "gb18030"), ("a.xls", "\t", "utf-16"), ("a.xlsx", ";", "utf-8-sig"), ("a.xls", "|", "gb18030"),
    ):  # fmt: skip
        text = "\r\n".join(delimiter.join(map(str, row)) for row in TABLE)
        yield Fault(name, text.encode(encoding), TABLE, told=told)


def workbook_with_another_name() -> Iterator[Fault]:
    data = book(xml_rows(TABLE))
    for name in ("a.xls", "a.csv", "a.txt", "a.ods", "a.html"):
        yield Fault(name, data, TABLE, told=frozenset({"other-format"}))


def identity_number_as_number() -> Iterator[Fault]:
    exact, lost = frozenset({"recovered-digits"}), frozenset({"lost-digits"})
    for text, value, told in (
        ("990105194912310021", 990105194912310021, exact), ("9.9010519491231E+17", 9.9010519491231e17, lost),
        ("990105194912310000", 9.9010519491231e17, lost), ("9.9010519491231002E17", 9.9010519491231002e17, lost),
        ("990105194912310021.0", 9.9010519491231e17, lost),
    ):  # fmt: skip
        yield Fault("a.xlsx", book(f'<row r="1"><c r="A1"><v>{text}</v></c></row>'), [[value]], told=told)


def formula_never_calculated() -> Iterator[Fault]:
    told = frozenset({"formula-without-value"})
    for inner in ("<f>1+1</f>", "<f>1+1</f><v/>", "<f>1+1</f><v></v>"):
        yield Fault(
            "a.xlsx",
            book(f'<row r="1">{cell("A1", 1)}<c r="B1">{inner}</c>{cell("C1", 3)}</row>'),
            [[1, None, 3]],
            told=told,
        )
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    made.add_worksheet().write_row(0, 0, [1, "=A1+1", 3])
    made.close()
    yield Fault("a.xlsx", out.getvalue(), [[1, None, 3]], told=told)
    old = xlwt.Workbook()
    sheet = old.add_sheet("a")
    sheet.write(0, 0, 1)
    sheet.write(0, 1, xlwt.Formula("A1+1"))
    sheet.write(0, 2, 3)
    stream = io.BytesIO()
    old.save(stream)
    yield Fault("a.xls", stream.getvalue(), [[1, None, 3]], told=told)


def error_cell() -> Iterator[Fault]:
    for literal in ("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?"):
        rows = f'<row r="1">{cell("A1", 1)}<c r="B1" t="e"><f>x</f><v>{literal}</v></c></row>'
        yield Fault("a.xlsx", book(rows), [[1, literal]], told=frozenset({"error-cell"}))


def chinese_date_format() -> Iterator[Fault]:
    for number in (27, 31, 36, 57, 58):
        rows = f'<row r="1">{cell("A1", 45356, extra=" s=" + chr(34) + "1" + chr(34))}</row>'
        yield Fault("a.xlsx", book(rows, styles=style_sheet(number)), [[DAY]])


def date_in_its_own_format() -> Iterator[Fault]:
    for code in (
        "yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@",
        "[$-804]yyyy\\年m\\月",
        "[DBNum1][$-804]yyyy年m月d日",
        "yyyy/m/d;@",
        "mmm-yy",
    ):
        styles = style_sheet(176, codes=f'<numFmts count="1"><numFmt numFmtId="176" formatCode="{code}"/></numFmts>')
        rows = f'<row r="1">{cell("A1", 45356, extra=" s=" + chr(34) + "1" + chr(34))}</row>'
        yield Fault("a.xlsx", book(rows, styles=styles), [[DAY]])


def dates_from_1904() -> Iterator[Fault]:
    for number, value in ((14, "1"), (57, "true"), (31, "1"), (22, "1"), (15, "1")):
        rows = f'<row r="1">{cell("A1", 45356 - 1462, extra=" s=" + chr(34) + "1" + chr(34))}</row>'
        data = book(rows, styles=style_sheet(number), properties=f'<workbookPr date1904="{value}"/>')
        yield Fault("a.xlsx", data, [[DAY]], told=frozenset({"dates-1904"}))


def wrong_dimension() -> Iterator[Fault]:
    for reference in ("A1", "A1:A1", "A1:B2", "C9:D9", "A1:XFD1048576"):
        yield Fault("a.xlsx", book(xml_rows(TABLE), before=f'<dimension ref="{reference}"/>'), TABLE)


def places_not_told() -> Iterator[Fault]:
    import re

    full = xml_rows(TABLE)
    yield Fault("a.xlsx", book(re.sub(r' r="[A-Z]\d+"', "", full)), TABLE)
    yield Fault("a.xlsx", book(re.sub(r' r="\d+"', "", full)), TABLE)
    yield Fault("a.xlsx", book(re.sub(r' r="[^"]*"', "", full)), TABLE)
    yield Fault("a.xlsx", book(full.replace('r="A', 'r="a').replace('r="B', 'r="b')), TABLE)
    yield Fault("a.xlsx", book(full.replace(' r="A1"', "")), TABLE)


def parts_in_odd_places() -> Iterator[Fault]:
    rows = xml_rows(TABLE)

    def links(target: str) -> str:
        return f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{LINKS}/worksheet" Target="{target}"/></Relationships>'

    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    name = "xl/worksheets/sheet1.xml"
    yield Fault("a.xlsx", book(rows, parts={"xl/_rels/workbook.xml.rels": links("/xl/worksheets/sheet1.xml")}), TABLE)
    yield Fault("a.xlsx", book(rows, parts={"xl/_rels/workbook.xml.rels": links("xl/worksheets/sheet1.xml")}), TABLE)
    yield Fault("a.xlsx", book("", parts={"XL/Worksheets/SHEET1.XML": sheet}, drop=name), TABLE)
    yield Fault("a.xlsx", book("", parts={"xl\\worksheets\\sheet1.xml": sheet}, drop=name), TABLE)
    yield Fault("a.xlsx", book(rows, drop="[Content_Types].xml"), TABLE)


def strict_workbook() -> Iterator[Fault]:
    for before in ("", '<dimension ref="A1"/>', "<sheetPr/>", "<sheetViews/>", "<sheetFormatPr/>"):
        yield Fault("a.xlsx", book(xml_rows(TABLE), main=STRICT, links=STRICT_LINKS, before=before), TABLE)


def shared_strings(*items: str) -> str:
    return f'<sst xmlns="{MAIN}">{"".join(f"<si>{item}</si>" for item in items)}</sst>'


def text_in_odd_ways() -> Iterator[Fault]:
    def with_strings(item: str) -> bytes:
        return book(
            '<row r="1"><c r="A1" t="s"><v>0</v></c></row>', parts={"xl/sharedStrings.xml": shared_strings(item)}
        )

    yield Fault("a.xlsx", with_strings("<r><t>室间隔</t></r><r><rPr><b/></rPr><t>缺损</t></r>"), [["室间隔缺损"]])
    yield Fault("a.xlsx", with_strings("<t>室間隔</t><rPh sb='0' eb='3'><t>しつかんかく</t></rPh>"), [["室間隔"]])
    yield Fault("a.xlsx", with_strings('<t xml:space="preserve"> 室缺 </t>'), [[" 室缺 "]])
    yield Fault("a.xlsx", book('<row r="1"><c r="A1" t="str"><f>"a"</f><v>室缺</v></c></row>'), [["室缺"]])
    rich = '<c r="A1" t="inlineStr"><is><r><t>室</t></r><r><t>缺</t></r></is></c>'
    yield Fault("a.xlsx", book(f'<row r="1">{rich}</row>'), [["室缺"]])


def encoding_of_parts() -> Iterator[Fault]:
    text = f'<?xml version="1.0" encoding="{{}}"?><worksheet xmlns="{MAIN}"><sheetData>{xml_rows(TABLE)}</sheetData></worksheet>'
    yield Fault("a.xlsx", book("", raw=text.format("UTF-8").encode("utf-8-sig")), TABLE)
    yield Fault("a.xlsx", book("", raw=text.format("UTF-16").encode("utf-16")), TABLE)
    yield Fault("a.xlsx", book("", raw=text.format("utf-8").replace("<", "<", 1).encode()), TABLE)
    yield Fault("a.xlsx", book("", raw=text.format("UTF-8").replace("?>", "?>\n<!-- a -->\n", 1).encode()), TABLE)
    prefixed = (
        text.format("UTF-8")
        .replace("<", "<x:")
        .replace("<x:/", "</x:")
        .replace("<x:?", "<?")
        .replace("xmlns=", "xmlns:x=")
    )
    yield Fault("a.xlsx", book("", raw=prefixed.encode()), TABLE)


def missing_parts() -> Iterator[Fault]:
    rows = xml_rows(TABLE)
    yield Fault("a.xlsx", book(rows, drop="xl/styles.xml"), TABLE)
    yield Fault("a.xlsx", book(rows.replace('<c r="A1"', '<c s="99" r="A1"'), styles=style_sheet(14)), TABLE)
    yield Fault("a.xlsx", book(rows, styles="<styleSheet"), TABLE)
    yield Fault(
        "a.xlsx",
        book(
            '<row r="1"><c r="A1" t="s"><v>7</v></c></row>', parts={"xl/sharedStrings.xml": shared_strings("<t>a</t>")}
        ),
        [["#REF!"]],
        told=frozenset({"error-cell"}),
    )
    yield Fault(
        "a.xlsx", book('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'), [["#REF!"]], told=frozenset({"error-cell"})
    )


def hidden_things() -> Iterator[Fault]:
    def made(change: Callable[[openpyxl.Workbook], None]) -> bytes:
        book_ = openpyxl.Workbook()
        for row in TABLE:
            book_.active.append(row)
        change(book_)
        out = io.BytesIO()
        book_.save(out)
        return out.getvalue()

    def row(one: openpyxl.Workbook) -> None:
        one.active.row_dimensions[3].hidden = True

    def column(one: openpyxl.Workbook) -> None:
        one.active.column_dimensions["B"].hidden = True

    def filtered(one: openpyxl.Workbook) -> None:
        one.active.auto_filter.ref = "A1:C4"
        one.active.row_dimensions[3].hidden = True

    def sheet(one: openpyxl.Workbook) -> None:
        one.create_sheet("旧").sheet_state = "hidden"

    def very(one: openpyxl.Workbook) -> None:
        one.create_sheet("旧").sheet_state = "veryHidden"

    for change, kind in (
        (row, "hidden-rows"),
        (column, "hidden-columns"),
        (filtered, "filtered-rows"),
        (sheet, "hidden-sheet"),
        (very, "hidden-sheet"),
    ):
        yield Fault("a.xlsx", made(change), TABLE, told=frozenset({kind}))


def empty_formatted_cells() -> Iterator[Fault]:
    rows = xml_rows(TABLE)
    yield Fault("a.xlsx", book(rows + '<row r="1048576"><c r="XFD1048576" s="0"/></row>'), TABLE)
    yield Fault(
        "a.xlsx", book(rows + "".join(f'<row r="{r}"><c r="A{r}" s="0"/></row>' for r in range(5, 30_000))), TABLE
    )
    yield Fault("a.xlsx", book(rows + "".join(f'<row r="{r}" ht="15"/>' for r in range(5, 30_000))), TABLE)
    wide = "".join(f'<c r="{letters}9" s="0"/>' for letters in ("A", "Z", "AA", "XFD"))
    yield Fault("a.xlsx", book(f'{rows}<row r="9">{wide}</row>'), TABLE)
    yield Fault(
        "a.xlsx", book(rows + '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t></t></is></c></row>'), TABLE
    )


def cells_in_opposite_corners() -> Iterator[Fault]:
    first = cell("A1", "姓名")
    for at, row in (
        ("XFD1048576", 1048576),
        ("XFD1", 1),
        ("A1048576", 1048576),
        ("XFC1048575", 1048575),
        ("ZZ900000", 900000),
    ):
        rest = cell(at, "末")
        rows = f'<row r="1">{first}{rest}</row>' if row == 1 else f'<row r="1">{first}</row><row r="{row}">{rest}</row>'
        yield Fault("a.xlsx", book(rows))


def protected_by_a_password() -> Iterator[Fault]:
    def compound(*streams: str) -> bytes:
        names = b"".join((name.encode("utf-16-le")).ljust(64, b"\0") + bytes(64) for name in ("Root Entry", *streams))
        return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + names + bytes(1024)

    yield Fault("a.xlsx", compound("EncryptionInfo", "EncryptedPackage"), code="ZM002")
    yield Fault("a.xlsx", compound("EncryptedPackage"), code="ZM002")
    plain_book = book(xml_rows(TABLE))
    flagged = bytearray(plain_book)
    at = 0
    while (at := flagged.find(b"PK\x01\x02", at)) >= 0:
        flagged[at + 8] |= 1
        at += 4
    yield Fault("a.xlsx", bytes(flagged), code="ZM002")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<m:manifest xmlns:m='m'><m:encryption-data/></m:manifest>")
        archive.writestr("content.xml", b"\x8f\x00noise")
    yield Fault("a.ods", out.getvalue(), code="ZM002")
    yield Fault("a.xls", _locked_xls(), code="ZM002")


def _locked_xls() -> bytes:
    old = xlwt.Workbook()
    old.add_sheet("a").write(0, 0, "x")
    stream = io.BytesIO()
    old.save(stream)
    data = bytearray(stream.getvalue())
    at = data.find(struct.pack("<HH", 0x809, 16))
    behind = at + 20  # the record behind the first BOF becomes FILEPASS
    struct.pack_into("<H", data, behind, 0x2F)
    return bytes(data)


def cut_off_on_the_way() -> Iterator[Fault]:
    data = book(xml_rows(TABLE) * 1)
    for share in (10, 35, 60, 85, 99):
        yield Fault("a.xlsx", data[: len(data) * share // 100], code="ZM001")


def no_table_at_all() -> Iterator[Fault]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    yield Fault("a.xlsx", out.getvalue(), code="ZM004")
    yield Fault("a.xlsx", b"%PDF-1.7\n%\xe2\xe3", code="ZM004")
    yield Fault("a.xls", b"\x89PNG\r\n\x1a\n" + bytes(64), code="ZM004")
    yield Fault("a.xls", b"\xff\xd8\xff\xe0" + bytes(64), code="ZM004")
    yield Fault("a.csv", b"Rar!\x1a\x07\x00" + bytes(20), code="ZM004")


def nothing_in_it() -> Iterator[Fault]:
    for data in (b"", b" ", b"\r\n\r\n", b"\xef\xbb\xbf", b"\0" * 100):
        yield Fault("a.csv", data, code="ZM003")


def too_much_in_it() -> Iterator[Fault]:
    yield Fault("a.xlsx", book("", parts={"xl/media/a.bin": bytes(20 << 20)}), code="ZM005")
    yield Fault("a.xlsx", book("", parts={f"xl/media/{n}": b"" for n in range(2001)}), code="ZM005")
    yield Fault(
        "a.xlsx", book("", parts={"xl/sharedStrings.xml": b"<sst>" + b" " * (30 << 20) + b"</sst>"}), code="ZM005"
    )
    yield Fault(
        "a.xlsx",
        book("", raw=b"<worksheet><sheetData>" + b"<row/>" * (5 << 20) + b"</sheetData></worksheet>"),
        code="ZM005",
    )
    yield Fault(
        "a.xlsx", book("", parts={"xl/styles.xml": '<!DOCTYPE a [<!ENTITY b "c">]><styleSheet/>'}), code="ZM001"
    )


def text_in_any_encoding() -> Iterator[Fault]:
    text = "\r\n".join(",".join(map(str, row)) for row in TABLE)
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030", "utf-16-be"):
        yield Fault("a.csv", text.encode(encoding), TABLE)


def text_with_damage() -> Iterator[Fault]:
    text = "\r\n".join(",".join(map(str, row)) for row in TABLE)
    yield Fault("a.csv", ("sep=;\r\n" + text.replace(",", ";")).encode(), TABLE)
    yield Fault("a.csv", text.replace("赵一一", '"赵一一').encode(), TABLE, told=frozenset({"unbalanced-quotes"}))
    yield Fault("a.csv", text.replace("钱二二,001,", "钱二二;001;").encode(), TABLE, told=frozenset({"rows-repaired"}))
    wrong = text.encode().replace("孙三三".encode(), "孙三".encode() + b"\xff")
    yield Fault("a.csv", wrong, [*TABLE[:3], ["孙三\ufffd", *TABLE[3][1:]]], told=frozenset({"encoding-uncertain"}))
    yield Fault("a.csv", (text + "\r\n\x1a").encode(), TABLE)


def apostrophes_and_kinds() -> Iterator[Fault]:
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="49" quotePrefix="1"/></cellXfs></styleSheet>'
    for text in ("0012", "990105194912310021", "=1+1", "-", "2024-03-05"):
        rows = f'<row r="1">{cell("A1", text, extra=chr(32) + "s=" + chr(34) + "1" + chr(34))}</row>'
        yield Fault("a.xlsx", book(rows, styles=styles), [[text]], told=frozenset({"quoted-prefix"}))


def characters_xml_has_not() -> Iterator[Fault]:
    for raw, value in (
        ("a_x000D_b", "a\rb"),
        ("a&#10;b", "a\nb"),
        ("a&amp;b", "a&b"),
        ("a\x0bb", "a\x0bb"),
        ("_x005F_x0041_", "_x0041_"),
    ):
        data = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>{raw}</t></is></c></row></sheetData></worksheet>'
        yield Fault("a.xlsx", book("", raw=data.encode()), [[value]])


def old_workbooks() -> Iterator[Fault]:
    for kind in "abcde":
        old = xlwt.Workbook(encoding="utf-8")
        sheet = old.add_sheet(kind)
        for r, row in enumerate(TABLE):
            for c, value in enumerate(row):
                sheet.write(r, c, value)
        old.dates_1904 = kind == "b"
        stream = io.BytesIO()
        old.save(stream)
        yield Fault(f"{kind}.xls", stream.getvalue(), TABLE, told=frozenset({"dates-1904"} if kind == "b" else ()))


FAULTS: tuple[Callable[[], Iterator[Fault]], ...] = (
    web_page_named_xls, xml_named_xls, text_named_workbook, workbook_with_another_name, identity_number_as_number,
    formula_never_calculated, error_cell, chinese_date_format, date_in_its_own_format, dates_from_1904, wrong_dimension,
    places_not_told, parts_in_odd_places, strict_workbook, text_in_odd_ways, encoding_of_parts, missing_parts, hidden_things,
    empty_formatted_cells, cells_in_opposite_corners, protected_by_a_password, cut_off_on_the_way, no_table_at_all,
    nothing_in_it, too_much_in_it, text_in_any_encoding, text_with_damage, apostrophes_and_kinds, characters_xml_has_not,
    old_workbooks,
)  # fmt: skip
