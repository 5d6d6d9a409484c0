"""Sheets whose rows are on disk are located as those in memory; texts that come in parts have the same records."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengming.tables import Sheet
from zhengming.tables.contents import Received
from zhengming.tables.csv_dialect import Dialect
from zhengming.tables.csv_records import Records
from zhengming.tables.csv_text import read_rows
from zhengming.tables.encodings import tell, tell_mostly
from zhengming.tables.kept_rows import Keep, KeptRows, Window
from zhengming.tables.locate import locate
from zhengming.tables.text_lines import Lines

ROWS = [["姓名", "诊断"], ["甲", "室缺"], [], ["乙", "房缺", "备注"], ["合计", None, 2], ["丙", "法四"]]


@given(st.lists(st.integers(1, 3), min_size=1), st.integers(-9, 9), st.slices(9))
def test_rows_on_disk_are_a_list(sizes: list[int], at: int, some: slice) -> None:
    listed = [[number] for number in range(sum(sizes))]
    rows, first = KeptRows(io.BytesIO()), 0
    for size in sizes:
        rows.add(listed[first : first + size])
        first += size
    assert list(rows) == listed
    assert rows[some] == listed[some]
    if -len(listed) <= at < len(listed):
        assert rows[at] == listed[at]
    else:
        with pytest.raises(IndexError):
            rows[at]


def test_a_table_on_disk_is_located_as_one_in_memory() -> None:
    kept = KeptRows(io.BytesIO())
    kept.add(ROWS)
    sheet = Sheet("", ROWS)
    known = {"姓名": "child_name", "诊断": "diagnosis"}.get
    one, other = locate(sheet, known), locate(replace(sheet, rows=kept), known)
    assert list(other.rows) == list(one.rows)
    assert other.rows[1:9] == one.rows[1:9]
    assert replace(other, rows=()) == replace(one, rows=())


def test_a_window_has_only_what_is_in_it() -> None:
    rows = Window(ROWS, 2, 4, 2, 3)
    assert [list(row) for row in rows] == [[], [None, "室缺"], [None], [None, "房缺", "备注"]]
    assert rows[-1] == [None, "房缺", "备注"]
    with pytest.raises(IndexError):
        rows[4]


def test_rows_go_to_disk_once_they_are_too_many_for_memory() -> None:
    received = Received(Keep(io.BytesIO(), 3))
    for message in (
        ("sheet", "一", (), False, frozenset(), frozenset()),
        ("rows", [[1], [2]]),
        ("sheet", "二", (), False, frozenset(), frozenset()),
        ("rows", [[3]]),
        ("rows", [[4], [5]]),
        ("end", (), False, {}),
    ):
        received.take(message)
    sheets = received.contents().sheets
    assert all(isinstance(sheet.rows, KeptRows) for sheet in sheets)
    assert [list(sheet.rows) for sheet in sheets] == [[[1], [2]], [[3], [4], [5]]]


def parts_of(text: str, cuts: list[int]) -> list[str]:
    at = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    return [text[one:other] for one, other in itertools.pairwise(at)]


TEXT = st.text(alphabet="a,;\"'\n\r\x1a室 1", max_size=80)


@given(TEXT, st.lists(st.integers(0, 80)))
def test_a_text_in_parts_has_the_same_lines(text: str, cuts: list[int]) -> None:
    lines = Lines(parts_of(text, cuts))
    assert lines[0:999] == list(io.StringIO(text.rstrip("\x1a"), newline=""))
    assert lines.ended(len(lines[0:999]))


@given(TEXT, st.lists(st.integers(0, 80)))
def test_a_text_in_parts_has_the_same_records(text: str, cuts: list[int]) -> None:
    whole, parts = Records(), Records()
    rows = list(read_rows([text], Dialect(), whole))
    assert list(read_rows(parts_of(text, cuts), Dialect(), parts)) == rows
    assert (parts.unbalanced, parts.repaired) == (whole.unbalanced, whole.repaired)


@given(
    st.text(alphabet="室间隔缺损,a\n", max_size=60),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16", "utf-16-le"]),
    st.integers(1, 5),
    st.booleans(),
)
def test_bytes_in_parts_are_told_alike(text: str, encoding: str, size: int, damaged: bool) -> None:
    data = text.encode(encoding, errors="replace") + b"\xff" * damaged

    def chunks() -> list[bytes]:
        return [data[first : first + size] for first in range(0, len(data), size)]

    assert tell(chunks, data, len(data)) == tell(lambda: [data], data, len(data))
    assert tell_mostly(chunks) == tell_mostly(lambda: [data])
