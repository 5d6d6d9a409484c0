"""What a file is, is told from its content; whatever it is, it ends in a workbook or in one clear line."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhengming.errors import EncryptedFile, FileError, UnreadableFile
from zhengming.tables import READERS, Limits, Workbook, read


def refused(path: Path, limits: Limits | None = None) -> FileError:
    with pytest.raises(FileError) as caught:
        read(path, limits=limits or Limits())
    error = caught.value
    assert error.where == str(path)
    assert error.what
    assert error.remedy
    assert "\n" not in str(error)
    return error


WRONG = {
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(64), "PNG"),
    "a photograph": (b"\xff\xd8\xff\xe0" + bytes(64), "JPEG"),
    "a pdf": (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
    "a rar": (b"Rar!\x1a\x07\x00" + bytes(20), "RAR"),
    "rich text": (b"{\\rtf1 hello}", "rich text"),
    "a web page without a table": (b"\xef\xbb\xbf  <html><p>1</p></html>", "without a table"),
    "xml without a worksheet": (b"<?xml version='1.0'?><Workbook></Workbook>", "XML document"),
    "another xml": (b"<?xml version='1.0'?><invoice><total>1</total></invoice>", "without a table"),
    "noise": (bytes((index * 197 + index // 7) % 256 for index in range(3000)), "nor text"),
    "nothing": (b"", "empty"),
    "only blanks": (b" \r\n\t\0", "empty"),
    "a cut zip": (b"PK\x03\x04" + bytes(100), "damaged"),
}


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_what_is_no_table_is_called_by_its_name(tmp_path: Path, kind: str, suffix: str) -> None:
    data, said = WRONG[kind]
    path = tmp_path / f"病例{suffix}"
    path.write_bytes(data)
    error = refused(path)
    assert isinstance(error, UnreadableFile)
    assert said in error.what


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("word/document.xml", "Word"),
        ("ppt/presentation.xml", "PowerPoint"),
        ("content.xml", "OpenDocument"),
        ("photo.png", "zip archive"),
    ],
)
def test_a_zip_that_is_no_workbook_is_called_by_its_name(tmp_path: Path, part: str, said: str) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part, b"x")
    assert said in refused(path).what


def test_a_word_document_in_a_compound_file_is_called_so(tmp_path: Path, make_compound: Callable[..., bytes]) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(make_compound("WordDocument", b""))
    assert "Word" in refused(path).what


@pytest.mark.parametrize("stream", ["EncryptedPackage", "EncryptionInfo"])
def test_an_encrypted_workbook_is_called_encrypted(
    tmp_path: Path, make_compound: Callable[..., bytes], stream: str
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(make_compound(stream, b"secret"))
    error = refused(path)
    assert isinstance(error, EncryptedFile)
    assert "password" in error.what


def test_a_file_that_is_missing_or_a_folder_is_refused(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "a.xlsx").what
    assert "folder" in refused(tmp_path).what


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read anything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b")
    path.chmod(0)
    assert "permission" in refused(path).what


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" * 1000)
    assert "larger" in refused(path, Limits(file_bytes=1000)).what
    assert "more than" in refused(path, Limits(text_bytes=1000)).what


def test_a_workbook_is_known_by_its_content_whatever_its_name(
    tmp_path: Path, make_xlsx: Callable[..., Path], xls_bytes: bytes
) -> None:
    text, old = tmp_path / "a.xlsx", tmp_path / "b.csv"
    text.write_bytes("姓名,诊断\n甲,室缺".encode())
    old.write_bytes(xls_bytes)
    new = make_xlsx('<row r="1"><c r="A1"><v>1</v></c></row>', name="c.xls")
    assert [read(path).format for path in (text, old, new)] == ["csv", "xls", "xlsx"]


def test_an_xls_is_read_at_its_addresses(tmp_path: Path, xls_bytes: bytes) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(xls_bytes)
    book = read(path)
    assert [sheet.name for sheet in book.sheets] == ["病例"]
    assert book.sheets[0].rows == [["病例"], [None, 42]]


def test_a_workbook_says_what_file_it_was(tmp_path: Path) -> None:
    path = tmp_path / "病例.csv"
    path.write_bytes(b"a,b")
    book = read(path)
    assert book.file == "病例.csv"
    assert book.sha256 == hashlib.sha256(b"a,b").hexdigest()


@pytest.mark.parametrize("name", READERS)
def test_every_reader_has_engines_and_reads(name: str) -> None:
    module = import_module(READERS[name])
    assert module.ENGINES
    assert isinstance(module.ISOLATED, bool)
    assert callable(module.read_contents)


@given(
    st.binary(max_size=600),
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b'"']),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_end_in_a_workbook_or_in_one_of_our_errors(tmp_path: Path, data: bytes, start: bytes) -> None:
    path = tmp_path / "any"
    path.write_bytes(start + data)
    try:
        ended: object = read(path)
    except FileError as error:
        ended = error
    assert isinstance(ended, Workbook) or str(path) == getattr(ended, "where", "")
