"""The samples are what their generator makes, and each shows what a real sender does."""

from __future__ import annotations

import datetime as dt
import runpy
from importlib import resources
from pathlib import Path

import pytest

from zhengming.tables import Sheet, read
from zhengming.tables.locate import Located, locate

TOOL = Path(__file__).parents[2] / "tools" / "make_samples.py"
SAMPLES = resources.files("zhengming") / "data" / "samples"
NAMES = ["sender_a.xlsx", "sender_b.xlsx", "sender_c.csv", "sender_d.xlsx"]


def sheet_of(name: str) -> Sheet:
    with resources.as_file(SAMPLES / name) as path:
        return read(path).sheets[0]


def located(name: str) -> Located:
    """The table, each header its own field."""
    heads = {
        "患儿姓名",
        "姓名",
        "孩子姓名",
        "诊断",
        "临床诊断",
        "出院诊断",
        "就诊医院",
        "住院总费用",
        "总费用",
        "性别",
        "编号",
    }
    return locate(sheet_of(name), lambda text: text if text in heads else None)


def test_the_generator_makes_these_bytes() -> None:
    made = {name: make() for name, make in runpy.run_path(str(TOOL))["SAMPLES"].items()}
    assert sorted(made) == NAMES
    for name, data in made.items():
        assert (SAMPLES / name).read_bytes() == data, f"{name}: run tools/make_samples.py"


@pytest.mark.parametrize(("name", "rows"), list(zip(NAMES, (20, 16, 19, 17), strict=True)))
def test_every_row_of_a_sample_is_accounted_for(name: str, rows: int) -> None:
    table = located(name)
    assert len(table.rows) == rows
    assert len(table.rows) + len(table.explained) == len(sheet_of(name).rows)


def test_nobody_in_the_samples_exists() -> None:
    for name in NAMES:
        texts = [cell for row in sheet_of(name).rows for cell in row if isinstance(cell, str)]
        identities = [text for text in texts if len(text) == 18 and text[:17].isdigit()]
        phones = [text for text in texts if len(text) == 11 and text.isdigit()]
        assert len(identities) >= 2
        assert len(phones) >= 16
        assert all(text.startswith("99") for text in identities)
        assert all(text.startswith("154") for text in phones)


def test_the_first_sender_has_titles_merged_hospitals_and_notes() -> None:
    table = located("sender_a.xlsx")
    kinds = [one.kind for one in table.explained]
    assert kinds == ["title", "title", "header", "blank", "note", "note", "note", "blank", "note"]
    assert [notice.kind for notice in table.notices].count("merged-value") == 3
    hospital = table.columns.index(table.column("就诊医院"))
    assert all(row.cells[hospital] for row in table.rows)
    assert table.unit == "元"


def test_the_second_sender_has_two_header_rows_money_in_wan_and_dates_three_ways() -> None:
    table = located("sender_b.xlsx")
    cost = table.column("住院总费用")
    assert cost is not None
    assert cost.unit == "万元"
    births = [row.cells[3] for row in table.rows]
    assert any(isinstance(one, dt.date) for one in births)
    assert any(isinstance(one, str) and "." in one for one in births)
    assert any(isinstance(one, str) and "年" in one for one in births)


def test_the_third_sender_writes_gb18030() -> None:
    with resources.as_file(SAMPLES / "sender_c.csv") as path:
        assert read(path).details["encoding"] == "gb18030"


def test_the_fourth_sender_has_blank_rows_a_second_header_and_a_total() -> None:
    kinds = [one.kind for one in located("sender_d.xlsx").explained]
    assert kinds == ["header", "blank", "blank", "repeated-header", "blank", "total"]
