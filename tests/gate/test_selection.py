"""Which findings count and close the gate, and which are known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengming.errors import UnreadableFile, UsageError
from zhengming.findings import SEVERITIES, Finding, Place, Severity, finding, rules
from zhengming.gate import baseline
from zhengming.gate.selection import LEVELS, Selection

BEGINNINGS = st.sampled_from(sorted({code[:length] for code in rules() for length in (2, 3, 4, 5)}))


@pytest.mark.parametrize(
    ("select", "ignore", "code", "counts"),
    [
        ((), (), "ZM401", True),
        ((), ("ZM4",), "ZM401", False),
        (("ZM4",), (), "ZM401", True),
        (("ZM4",), (), "ZM105", False),
        (("ZM4,ZM105",), (), "ZM105", True),
        (("zm4", " ZM1 "), (), "ZM105", True),
        (("ZM4",), ("ZM401",), "ZM401", False),
        (("ZM401",), ("ZM4",), "ZM401", True),
        (("ZM401",), ("ZM4",), "ZM402", False),
        (("ZM4",), ("ZM4",), "ZM401", False),
        (("id-birth-date-disagree",), (), "ZM401", True),
        (("id-birth-date-disagree",), (), "ZM402", False),
        ((), ("id-birth-date-disagree",), "ZM401", False),
        (("ZM",), (), "ZM105", True),
        ((",",), (), "ZM105", True),
    ],
)
def test_a_rule_counts_as_it_is_named_most_exactly(
    select: tuple[str, ...], ignore: tuple[str, ...], code: str, counts: bool
) -> None:
    assert Selection.of(select=select, ignore=ignore).counts(code) is counts


@given(st.lists(BEGINNINGS, max_size=4), st.lists(BEGINNINGS, max_size=4))
def test_ignoring_more_never_lets_more_through(select: list[str], ignore: list[str]) -> None:
    some, more = Selection.of(select=select, ignore=ignore[:1]), Selection.of(select=select, ignore=ignore)
    assert {code for code in rules() if more.counts(code)} <= {code for code in rules() if some.counts(code)}


@pytest.mark.parametrize("word", ["ZM9999", "XX", "id-birth-date-disagre", "*"])
def test_an_unknown_rule_is_an_error_and_not_nothing(word: str) -> None:
    with pytest.raises(UsageError, match="zm rules"):
        Selection.of(ignore=[word])


def test_a_misspelt_rule_is_told_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean id-birth-date-disagree"):
        Selection.of(select=["id-birth-date-disagre"])


@pytest.mark.parametrize("worst", SEVERITIES)
@pytest.mark.parametrize("level", LEVELS)
def test_the_gate_closes_from_its_level_on(worst: Severity, level: str) -> None:
    found = [finding("ZM203", Place("a.csv"), severity=worst)]
    closes = Selection.of(fail_on=level).closes(found)
    assert closes is (LEVELS.index(worst) <= LEVELS.index(level) and level != "never")
    assert not Selection.of(fail_on=level).closes([])


def test_an_unknown_level_is_told_the_known_ones() -> None:
    with pytest.raises(UsageError, match="error, warning, info, never"):
        Selection.of(fail_on="fatal")


FOUND = [
    finding("ZM203", Place("收件/a.xlsx", "病例", row, 4), field="birth_date", value="张三19990101")
    for row in (2, 10, 9)
]
FOUND += [finding("ZM001", Place("b.xlsx")), finding("ZM105", Place("c.csv", "", 9), kind="total")]


def test_what_was_written_as_known_is_known(tmp_path: Path) -> None:
    baseline.write(tmp_path / "known.json", FOUND)
    new = finding("ZM203", Place("收件/a.xlsx", "病例", 11, 4), field="birth_date")
    parted = baseline.split([*FOUND[1:], new], baseline.read(tmp_path / "known.json"))
    assert parted == baseline.Split((new,), known=4, gone=1)


def test_a_baseline_is_sorted_one_line_a_rule_and_holds_no_value(tmp_path: Path) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    baseline.write(one, FOUND)
    baseline.write(other, [*FOUND[::-1], *FOUND])
    text = one.read_text(encoding="utf-8")
    assert text == other.read_text(encoding="utf-8")
    assert '"ZM203 birth_date": ["D2", "D9", "D10"]' in text
    assert "张三" not in text
    assert "1999" not in text


@given(st.lists(st.builds(Place, st.text(), st.text(), st.integers(0, 9), st.integers(0, 9)), max_size=6))
def test_any_place_survives_the_file(tmp_path_factory: pytest.TempPathFactory, places: list[Place]) -> None:
    found: list[Finding] = [finding("ZM203", place, field="x") for place in places]
    path = tmp_path_factory.mktemp("baseline") / "known.json"
    writable = [one for one in found if _encodable(one.place.file + one.place.sheet)]
    baseline.write(path, writable)
    assert baseline.split(writable, baseline.read(path)) == baseline.Split((), len(writable), 0)


def _encodable(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "{", '{"format": 2, "findings": {}}', '{"format": 1, "findings": {"a": {"b": {"c": "D7"}}}}'],
)
def test_what_is_no_baseline_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "known.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"known\.json"):
        baseline.read(path)


def test_a_missing_baseline_is_an_error_and_not_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile):
        baseline.read(tmp_path / "known.json")


def test_a_baseline_is_json(tmp_path: Path) -> None:
    baseline.write(tmp_path / "known.json", [])
    assert json.loads((tmp_path / "known.json").read_text(encoding="utf-8")) == {"findings": {}, "format": 1}
