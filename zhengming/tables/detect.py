"""Telling what a file is from its first bytes: names lie, and hospital systems save anything as `.xls`."""

from __future__ import annotations

import os
import re
from typing import BinaryIO

from zhengming.errors import EmptyFile, EncryptedFile, UnreadableFile, WrongKind
from zhengming.tables.model import Format

HEAD = 4096  # bytes that tell one kind from another
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB] compound file: xls, doc, and every encrypted Office file
_OLE_ENTRY = 128  # [MS-CFB] 2.6: directory entries are this long and so aligned
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ZIP_END = 1 << 18  # bytes at the end of a zip in which its table of contents is looked for
_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_AS_XLSX = "open it in Excel or WPS and save it as .xlsx"
_SEND_TABLE = "ask the sender for the table as .xlsx or .csv"

# The first record of an Excel stream without a container ([MS-XLS] 2.4.21 BOF; Excel 2, 3, 4, 5, 97).
_BARE_XLS = re.compile(rb"\x09[\x00\x02\x04\x08][\x04-\x10]\x00", re.DOTALL)
# What is neither workbook nor text, by its first bytes: what to call it, and what to do.
_OTHERS = (
    (b"\x89PNG", "a picture (PNG)", _SEND_TABLE),
    (b"\xff\xd8\xff", "a picture (JPEG)", _SEND_TABLE),
    (b"GIF8", "a picture (GIF)", _SEND_TABLE),
    (b"BM", "a picture (BMP)", _SEND_TABLE),
    (b"II*\x00", "a picture (TIFF)", _SEND_TABLE),
    (b"MM\x00*", "a picture (TIFF)", _SEND_TABLE),
    (b"\xd7\xcd\xc6\x9a", "a picture (WMF)", _SEND_TABLE),
    (b"%PDF", "a PDF document", _SEND_TABLE),
    (b"%!PS", "a PostScript document", _SEND_TABLE),
    (b"{\\rtf", "a rich text document", _SEND_TABLE),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it first"),
    (b"\x1f\x8b", "a gzip archive", "unpack it first"),
    (b"BZh", "a bzip2 archive", "unpack it first"),
    (b"\xfd7zXZ", "an xz archive", "unpack it first"),
    (b"SQLite format 3", "an SQLite database", _SEND_TABLE),
    (b"PAR1", "a parquet file", _SEND_TABLE),
    (b"\x00\x01\x00\x00Standard", "an Access database", _SEND_TABLE),
    (b"\x7fELF", "a program", _SEND_TABLE),
    (b"MZ", "a program", _SEND_TABLE),
    (b"\x00\x00\x02\x00", "a Lotus 1-2-3 file", _AS_XLSX),
    (b"\x00\x00\x1a\x00", "a Lotus 1-2-3 file", _AS_XLSX),
    (b"ID;P", "a SYLK file", _AS_XLSX),
    (b"TABLE\r\n0,1", "a DIF file", _AS_XLSX),
    (b"TABLE\n0,1", "a DIF file", _AS_XLSX),
)
_TEXT_TOO = (b"BM", b"MZ", b"BZh", b"GIF8", b"PAR1")  # a text may begin so; it has no NUL
_TAG = re.compile(rb"<(?:!--|!doctype|\?xml|[a-z])")
_PAGE = re.compile(
    rb"<(?:\w+:)?(?:!doctype|html|head|body|table|thead|tbody|tr|td|meta|style|div|center|font|p|script)\b"
)
_XML_TABLE = re.compile(rb"<(?:\w+:)?workbook[\s>/]|urn:schemas-microsoft-com:office:spreadsheet|<office:document[\s>]")
_ARCHIVED_PAGE = re.compile(rb"\A[\x20-\x7e\r\n\t]{0,400}?mime-version:", re.IGNORECASE)


def detect(handle: BinaryIO, where: str) -> Format:
    """The format of the file behind `handle`, from its content; `where` names it in errors.

    Whether a zip is a workbook is for its reader to say: it looks inside, in its child process.

    Raises:
        EmptyFile: nothing in it.
        WrongKind: of a kind we do not read.
        EncryptedFile: an Office file protected by a password.
    """
    head = handle.read(HEAD)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        if not head or not handle.read(1):
            raise EmptyFile("the file is empty", where=where, remedy="ask the sender to send it again")
        raise UnreadableFile("the file begins with nothing but zeros", where=where, remedy=_SEND_TABLE)
    if head.startswith(_ZIP):
        return _detect_zip(head, handle)
    if head.startswith(OLE):
        return _detect_ole(head + handle.read(), where)
    if _BARE_XLS.match(head) and b"\0" in head:
        return "xls"
    for magic, name, remedy in _OTHERS:
        if head.startswith(magic) and (magic not in _TEXT_TOO or b"\0" in head):
            raise WrongKind(f"this is {name}, not a table", where=where, remedy=remedy)
    return _detect_text(head)


def _detect_text(head: bytes) -> Format:
    # Behind the marks of any encoding, markup is ASCII once its NULs are gone.
    plain = head.lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"").lstrip().lower()
    if _TAG.match(plain):
        if _XML_TABLE.search(plain):
            return "xml"
        if plain.startswith(b"<?xml") or _PAGE.search(plain):
            return "html"
    return "html" if _ARCHIVED_PAGE.match(head) and b"content-type:" in plain else "csv"


def _detect_zip(head: bytes, handle: BinaryIO) -> Format:
    size = handle.seek(0, os.SEEK_END)
    handle.seek(max(0, size - _ZIP_END))
    end = handle.read().lower()
    if _ODS_TYPE in head[:200] or (b"content.xml" in end and b"[content_types].xml" not in end):
        return "ods"
    return "xlsb" if b"xl/workbook.bin" in end or b"xl\\workbook.bin" in end else "xlsx"


def _detect_ole(data: bytes, where: str) -> Format:
    """xls, or why not: a compound file says what it is by the names of its streams."""
    if _has_stream(data, "EncryptedPackage") or _has_stream(data, "EncryptionInfo"):
        raise EncryptedFile(
            "the file is protected by a password", where=where, remedy="open it in Excel, remove the password, save it"
        )
    if _has_stream(data, "Workbook") or _has_stream(data, "Book"):
        return "xls"
    kinds = (
        ("WordDocument", "a Word document"),
        ("PowerPoint Document", "a PowerPoint presentation"),
        ("__properties_version1.0", "a message of Outlook"),
        ("NativeContent_MAIN", "a Quattro Pro workbook"),
        ("WksSSWorkBook", "a workbook of Microsoft Works"),
    )
    name = next((name for stream, name in kinds if _has_stream(data, stream)), "no workbook")
    raise WrongKind(f"this is {name}", where=where, remedy=_SEND_TABLE)


def _has_stream(data: bytes, name: str) -> bool:
    wanted = re.compile(re.escape((name + "\0").encode("utf-16-le")), re.IGNORECASE)
    return any(found.start() % _OLE_ENTRY == 0 for found in wanted.finditer(data))
