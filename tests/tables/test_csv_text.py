"""Reading csv: encodings, separators and quotes as people leave them; the cases are in `csv_cases.tsv`."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengming.errors import UnreadableFile
from zhengming.tables import CellValue, read
from zhengming.tables.csv_dialect import Dialect, dialect, sniff
from zhengming.tables.csv_records import Records
from zhengming.tables.csv_text import read_rows
from zhengming.tables.encodings import decode

with (Path(__file__).parent / "csv_cases.tsv").open(encoding="utf-8", newline="") as _file:
    CASES = list(csv.DictReader(_file, delimiter="\t", quoting=csv.QUOTE_NONE))

TABLE = "姓名,诊断\r\n王小明,室间隔缺损、动脉导管未闭\r\n"
TRADITIONAL = "姓名,診斷\r\n王小明,室間隔缺損、動脈導管未閉\r\n"


def parsed(text: str, form: Dialect) -> tuple[list[list[CellValue]], Records]:
    found = Records()
    return [row for rows in read_rows([text], form, found) for row in rows], found


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_csv_is_read_as_a_person_would(tmp_path: Path, case: dict[str, str]) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(json.loads(f'"{case["text"]}"').encode())
    book = read(path)
    assert [list(row) for row in book.sheets[0].rows] == json.loads(case["rows"])
    assert [notice.kind for notice in book.notices] == case["notices"].split()


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("gb18030", "gb18030"),
    ],
)
def test_the_encoding_is_told_from_the_bytes(tmp_path: Path, encoding: str, named: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TABLE.encode(encoding))
    book = read(path)
    assert book.sheets[0].rows == [["姓名", "诊断"], ["王小明", "室间隔缺损、动脉导管未闭"]]
    assert book.details["encoding"] == named
    assert not book.notices


def test_big5_is_not_mangled_into_rare_characters(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TRADITIONAL.encode("big5"))
    book = read(path)
    assert book.sheets[0].rows[1] == ["王小明", "室間隔缺損、動脈導管未閉"]
    assert book.details["encoding"] == "big5"


def test_the_encoding_can_be_forced(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("甲,乙".encode("gb18030"))
    assert read(path, encoding="gb18030").sheets[0].rows == [["甲", "乙"]]
    for wrong in ("utf-8", "no-such-encoding"):
        with pytest.raises(UnreadableFile, match="encoding"):
            read(path, encoding=wrong)


def test_bytes_that_fit_two_encodings_are_reported() -> None:
    # Two characters that are common in both.
    found = decode(bytes.fromhex("b0a1b0a2"))
    assert found is not None
    assert found.rival


@given(st.lists(st.lists(st.text("甲a1,;|\t \"'", max_size=6), min_size=3, max_size=3), min_size=1, max_size=8))
@settings(deadline=None)
def test_what_a_csv_writer_wrote_is_read_back(rows: list[list[str]]) -> None:
    import io

    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows(rows)
    found, records = parsed(buffer.getvalue(), Dialect())
    assert not records.unbalanced
    padded = [[cell or "" for cell in row] + [""] * (3 - len(row)) for row in found]
    assert padded + [[""] * 3] * (len(rows) - len(padded)) == rows


@given(st.text(max_size=200), st.sampled_from(",\t;|"))
@settings(deadline=None)
def test_no_text_breaks_the_parser(text: str, delimiter: str) -> None:
    text = text.replace("\0", "")
    rows, _ = parsed(text, dialect(text, delimiter))
    assert all(cell is None or isinstance(cell, str) for row in rows for cell in row)
    assert len(sniff(text)[0]) == 1
