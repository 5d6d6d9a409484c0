"""Files made by hand: xlsx packages with any XML inside, and the smallest xls there is."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def worksheet(rows: str, *, before: str = "", after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def parts(sheet: str | bytes, *, properties: str = "") -> dict[str, str | bytes]:
    """All parts of a workbook whose first sheet has this XML."""
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SHEET_TYPE}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">{properties}'
        '<sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }


MakeXlsx = Callable[..., Path]


@pytest.fixture
def make_xlsx(tmp_path: Path) -> MakeXlsx:
    """Write a workbook whose sheet has these rows of XML; `extra` adds or replaces parts."""

    def make(
        rows: str = "",
        *,
        raw: bytes | None = None,
        properties: str = "",
        before: str = "",
        extra: Mapping[str, str | bytes] | None = None,
        name: str = "made.xlsx",
    ) -> Path:
        path = tmp_path / name
        sheet: str | bytes = worksheet(rows, before=before) if raw is None else raw
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part, data in {**parts(sheet, properties=properties), **(extra or {})}.items():
                archive.writestr(part, data)
        return path

    return make


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le") if name else b""
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def compound_file(stream: str, data: bytes) -> bytes:
    """The smallest [MS-CFB] file with one stream: header, allocation table, directory, data."""
    data = data.ljust(4096, b"\0")
    data += bytes(-len(data) % 512)
    sectors = len(data) // 512
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * (4 * 108)
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
    directory = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry(stream, 2, 0xFFFFFFFF, 2, len(data))
    return header + table + directory.ljust(512, b"\0") + data


def tiny_xls(name: str, number: float) -> bytes:
    """An Excel 97 workbook: one sheet, a text in A1 and a number in B2."""
    title = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    opening = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    where = len(opening) + 4 + 6 + len(title) + 4
    book = opening + _record(0x85, struct.pack("<IH", where, 0) + title) + _record(0x0A, b"")
    text = struct.pack("<HB", len(name), 1) + name.encode("utf-16-le")
    sheet = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    sheet += _record(0x204, struct.pack("<HHH", 0, 0, 0) + text)
    sheet += _record(0x203, struct.pack("<HHHd", 1, 1, 0, number))
    return compound_file("Workbook", book + sheet + _record(0x0A, b""))


@pytest.fixture
def xls_bytes() -> bytes:
    return tiny_xls("病例", 42.0)


@pytest.fixture
def make_compound() -> Callable[[str, bytes], bytes]:
    return compound_file
