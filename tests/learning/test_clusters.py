import csv
from pathlib import Path

import pytest

pytest.importorskip("pypinyin")

from zhengming.learning.clusters import by_category, cluster, write


def groups(*values: str) -> list[set[str]]:
    return [{value for value, _count in one.values} for one in cluster(values)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("先天性心脏并", "先天性心脏病"),  # sounds alike
        ("室间隔缺埙", "室间隔缺损"),  # looks alike
        ("小儿心脏手术后随访", "心脏手术后随访"),  # most of it is the same
        ("川崎病", "川奇病"),
    ],
)
def test_spellings_of_one_value_come_together(one: str, other: str) -> None:
    found = groups(one, other, "完全不同的东西")
    assert {one, other} in found
    assert len(found) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("室间隔缺损修补", "房间隔缺损修补"),
        ("左肺动脉异常", "右肺动脉异常"),
        ("无心脏杂音", "心脏杂音"),
        ("第3型异常", "第4型异常"),
    ],
)
def test_what_may_be_another_thing_stays_apart(one: str, other: str) -> None:
    assert len(groups(one, other)) == 2


def test_the_most_frequent_value_stands_for_its_cluster() -> None:
    (one,) = cluster({"川奇病": 2, "川崎病": 7})
    assert one.values == (("川崎病", 7), ("川奇病", 2))
    assert (one.count, one.why) == (9, "sound")


def test_nothing_and_symbols_make_no_cluster() -> None:
    assert cluster(["", "  ", "？"]) == []


def test_clusters_are_written_as_a_table_no_cell_of_which_runs(tmp_path: Path) -> None:
    write(tmp_path / "c.csv", by_category({("disease", "川崎病"): 2, ("disease", "=川崎病"): 1, ("sex", "男孩"): 1}))
    rows = list(csv.reader((tmp_path / "c.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert rows == [
        ["category", "cluster", "why", "value", "count"],
        ["disease", "1", "sound", "川崎病", "2"],
        ["disease", "1", "sound", "'=川崎病", "1"],
        ["sex", "2", "alone", "男孩", "1"],
    ]
