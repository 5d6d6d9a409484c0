"""Telling what a file is from its first bytes: names lie, and hospital systems save anything as `.xls`."""

from __future__ import annotations

from typing import BinaryIO

from zhengming.errors import EncryptedFile, UnreadableFile
from zhengming.tables.model import Format

HEAD = 4096  # bytes that tell one kind from another
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB] compound file: xls, doc, and every encrypted Office file
_OLE_ENTRY = 128  # [MS-CFB] 2.6: directory entries are this long and so aligned
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_AS_XLSX = "open it in Excel or WPS and save it as .xlsx"
_SEND_TABLE = "ask the sender for the table as .xlsx or .csv"

# What is neither workbook nor text, by its first bytes: what to call it, and what to do.
_OTHERS = (
    (b"\x89PNG", "a picture (PNG)", _SEND_TABLE),
    (b"\xff\xd8\xff", "a picture (JPEG)", _SEND_TABLE),
    (b"GIF8", "a picture (GIF)", _SEND_TABLE),
    (b"BM", "a picture (BMP)", _SEND_TABLE),
    (b"II*\x00", "a picture (TIFF)", _SEND_TABLE),
    (b"MM\x00*", "a picture (TIFF)", _SEND_TABLE),
    (b"%PDF", "a PDF document", _SEND_TABLE),
    (b"{\\rtf", "a rich text document", _SEND_TABLE),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it first"),
    (b"\x1f\x8b", "a gzip archive", "unpack it first"),
    (b"SQLite format 3", "an SQLite database", _SEND_TABLE),
    (b"PAR1", "a parquet file", _SEND_TABLE),
    (b"\x09\x08\x10\x00", "an Excel file without its container", _AS_XLSX),
    (b"\x09\x04\x06\x00", "an Excel file from before 1995", _AS_XLSX),
    (b"\x09\x02\x06\x00", "an Excel file from before 1995", _AS_XLSX),
    (b"\x09\x00\x04\x00", "an Excel file from before 1995", _AS_XLSX),
)
_MARKUP = (
    (b"<html", "a web page, whatever its name says"),
    (b"<!doctype html", "a web page, whatever its name says"),
    (b"<table", "a web page, whatever its name says"),
    (b"<meta", "a web page, whatever its name says"),
    (b"<?xml", "an XML document, whatever its name says"),
    (b"<workbook", "an XML document, whatever its name says"),
    (b"mime-version:", "a saved web page, whatever its name says"),
)


def detect(handle: BinaryIO, where: str) -> Format:
    """The format of the file behind `handle`, from its content; `where` names it in errors.

    Whether a zip is a workbook is for the xlsx reader to say: it looks inside, in its child process.

    Raises:
        UnreadableFile: empty, or of a kind we do not read.
        EncryptedFile: an Office file protected by a password.
    """
    head = handle.read(HEAD)
    if not head.strip(b"\0 \t\r\n"):
        raise UnreadableFile("the file is empty", where=where, remedy="ask the sender to send it again")
    if head.startswith(_ZIP):
        return "xlsx"
    if head.startswith(OLE):
        return _detect_ole(head + handle.read(), where)
    for magic, name, remedy in _OTHERS:
        if head.startswith(magic) and (magic != b"BM" or b"\0" in head):  # text may begin with BM
            raise UnreadableFile(f"this is {name}, not a table", where=where, remedy=remedy)
    # Behind the marks of any encoding, markup is ASCII once its NULs are gone.
    plain = head.lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"").lstrip().lower()
    for start, name in _MARKUP:
        if plain.startswith(start):
            raise UnreadableFile(f"this is {name}", where=where, remedy=_AS_XLSX)
    return "csv"


def _detect_ole(data: bytes, where: str) -> Format:
    """xls, or why not: a compound file says what it is by the names of its streams."""
    if _has_stream(data, "EncryptedPackage") or _has_stream(data, "EncryptionInfo"):
        raise EncryptedFile(
            "the file is protected by a password", where=where, remedy="open it in Excel, remove the password, save it"
        )
    if _has_stream(data, "Workbook") or _has_stream(data, "Book"):
        return "xls"
    name = "a Word document" if _has_stream(data, "WordDocument") else "no workbook"
    raise UnreadableFile(f"this is {name}", where=where, remedy=_SEND_TABLE)


def _has_stream(data: bytes, name: str) -> bool:
    wanted = (name + "\0").encode("utf-16-le")
    at = data.find(wanted)
    while at >= 0:
        if at % _OLE_ENTRY == 0:
            return True
        at = data.find(wanted, at + 1)
    return False
