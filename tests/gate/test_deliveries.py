"""What changed since the sender's last delivery."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from zhengming.cli import app
from zhengming.dictionary.model import Dictionary
from zhengming.findings import Finding, rules
from zhengming.gate.deliveries import compare
from zhengming.pipeline import Run


@cache
def run() -> Run:
    return Run(dictionary=Dictionary.open())


def delivered(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)))
        writer.writeheader()
        writer.writerows(rows)
    return path


def changes(folder: Path, last: Sequence[dict[str, Any]], now: Sequence[dict[str, Any]]) -> list[Finding]:
    old, new = delivered(folder / "last.csv", last), delivered(folder / "now.csv", now)
    return compare(run().cleaned(new), run().cleaned(old), run().dictionary)


def case(number: int, **more: str) -> dict[str, str]:
    name = "甲乙丙丁戊己庚辛壬癸"[number % 10]
    return {
        "案例编号": f"A{number:03}",
        "患儿姓名": f"张{name}",
        "性别": "男",
        "出生日期": f"2020-01-{number + 1:02}",
        "诊断": "VSD",
        **more,
    }


CASES = [case(number) for number in range(10)]


@pytest.mark.parametrize("code", [code for code in rules() if code.startswith("ZM6")])
def test_the_example_of_a_change_breaks_exactly_its_rule(code: str, tmp_path: Path) -> None:
    example: dict[str, Any] = dict(rules()[code].example)
    assert {one.code for one in changes(tmp_path, example["previous"], example["rows"])} == {code}


def test_the_same_delivery_again_has_no_change(tmp_path: Path) -> None:
    assert changes(tmp_path, CASES, CASES) == []


def test_the_order_of_rows_and_columns_does_not_matter(tmp_path: Path) -> None:
    turned = [dict(reversed(list(one.items()))) for one in reversed(CASES)]
    assert changes(tmp_path, CASES, turned) == []


def test_a_cumulative_delivery_has_all_rows_and_more(tmp_path: Path) -> None:
    assert changes(tmp_path, CASES, [*CASES, *(case(number) for number in range(10, 19))]) == []


def test_a_missing_row_is_placed_in_the_last_file(tmp_path: Path) -> None:
    found = changes(tmp_path, CASES, CASES[:4] + CASES[5:])
    assert [(one.code, one.place.file, one.place.row) for one in found] == [("ZM603", "last.csv", 6)]


def test_a_row_that_was_there_twice_must_be_there_twice(tmp_path: Path) -> None:
    found = changes(tmp_path, [*CASES, CASES[0]], CASES)
    assert [(one.code, one.place.row) for one in found] == [("ZM603", 12)]


def test_without_numbers_children_are_known_by_name_and_birth_date(tmp_path: Path) -> None:
    plain = [{key: cell for key, cell in one.items() if key != "案例编号"} for one in CASES]
    otherwise = [{**one, "出生日期": one["出生日期"].replace("-", ".")} for one in plain]
    assert changes(tmp_path, plain, otherwise) == []
    found = changes(tmp_path, plain, otherwise[1:])
    assert [(one.code, one.place.row) for one in found] == [("ZM603", 2)]


def test_another_spelling_of_a_known_value_is_no_new_value(tmp_path: Path) -> None:
    spelt = [{**one, "性别": "男孩"} for one in CASES]
    assert changes(tmp_path, CASES, spelt) == []


def test_a_new_value_is_told_once_with_its_count(tmp_path: Path) -> None:
    found = changes(tmp_path, CASES, [*CASES[:7], *({**one, "性别": "女"} for one in CASES[7:])])
    assert [(one.code, one.field, one.place.row, one.params["count"]) for one in found] == [("ZM601", "sex", 9, 3)]


@pytest.mark.parametrize(("bad_before", "bad_now", "told"), [(0, 4, False), (0, 5, True), (5, 5, False), (4, 5, True)])
def test_more_left_undecided_is_told_from_five_cells_and_a_tenth_on(
    tmp_path: Path, bad_before: int, bad_now: int, told: bool
) -> None:
    def spoilt(count: int) -> list[dict[str, str]]:
        return [{**one, "出生日期": "某日"} if at < count else one for at, one in enumerate(CASES)]

    assert ("ZM602" in {one.code for one in changes(tmp_path, spoilt(bad_before), spoilt(bad_now))}) is told


def test_changes_are_findings_of_validate_and_quote_nothing(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    delivered(tmp_path / "old" / "a.csv", CASES)
    new = delivered(tmp_path / "a.csv", CASES[1:])
    for previous in (tmp_path / "old", tmp_path / "old" / "a.csv"):
        words = ["validate", str(new), "--previous", str(previous), "--select", "ZM6", "--lang", "en"]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 1
        assert done.stdout.startswith("a.csv!2: ZM603 ")
        assert "A000" not in done.output
    delivered(tmp_path / "b.csv", CASES)
    done = CliRunner().invoke(app, ["validate", str(new), str(tmp_path / "b.csv"), "--previous", str(new)])
    assert done.exit_code != 0
