"""The words that mark totals, notes and units, and the values that only look like them."""

from __future__ import annotations

import csv
from importlib import resources

import pytest

from zhengming.tables.words import plain, words


@pytest.mark.parametrize(
    "text", ["合计", "合　计：", "总计12人", "小 计", "共计（元）", "TOTAL", "Grand Total", "合计金额：3万"]
)
def test_a_total_is_known(text: str) -> None:
    assert words().is_total(plain(text))


@pytest.mark.parametrize("text", ["合计子", "Total correction of TOF", "总动脉干", "共同动脉干", "平均年", "Summer"])
def test_what_only_begins_like_a_total_is_none(text: str) -> None:
    assert not words().is_total(plain(text))


@pytest.mark.parametrize(
    "text", ["备注：x", "注:1", "填表说明", "制 表 人：", "审核人", "单位（盖章）", "Prepared by: x"]
)
def test_a_note_is_known(text: str) -> None:
    assert words().is_note(plain(text))


@pytest.mark.parametrize("text", ["备注", "注射", "单位", "甲", "VSD"])
def test_what_only_resembles_a_note_is_none(text: str) -> None:
    assert not words().is_note(plain(text))


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("总费用(万元)", "万元"),
        ("总费用（ 元 ）", "元"),
        ("总费用【单位：万元】", "万元"),
        ("费用/千元", "千元"),
        ("费用:元", "元"),
        ("身高cm", ""),
        ("体重(KG)", "kg"),
        ("年龄（岁）", "岁"),
        ("出生日期(必填)", ""),
        ("诊断", ""),
        ("", ""),
    ],
)
def test_the_unit_of_a_header_is_known(header: str, unit: str) -> None:
    assert words().unit(header) == unit


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("单位：万元", "万元"),
        ("填报单位：某院", ""),
        ("填报单位：某院（金额单位:元）", "元"),
        ("单位万元", ""),
        ("名单", ""),
    ],
)
def test_the_unit_that_a_title_states_is_known(title: str, unit: str) -> None:
    assert words().stated_unit(title) == unit


def test_the_list_of_words_is_sorted_plain_and_sourced() -> None:
    text = (resources.files("zhengming") / "data" / "vocabulary" / "table_words.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert rows == sorted(rows, key=lambda row: (row["kind"], row["text"]))
    assert all(row["source"] and row["lang"] in {"zh", "en"} for row in rows)
    keys = [(row["kind"], plain(row["text"])) for row in rows]
    assert len(set(keys)) >= len(keys) - 1  # ￥ and ¥ are one character once plain
