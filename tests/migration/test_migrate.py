"""A coded table carried forward: nothing is lost, the counts add up, and two steps are as good as one."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.histories import CATEGORY, category, codes, concept, dictionary, versions
from zhengming import migration, tables
from zhengming.dictionary.changes.difference import compare
from zhengming.dictionary.model import Dictionary
from zhengming.errors import NoTable, UnwritableFile, UsageError
from zhengming.migration import columns, touching
from zhengming.migration.opinion import Opinion
from zhengming.reports import changes as report
from zhengming.tables.write import SheetOut, write_xlsx

THING = columns.parsed([f"thing_codes={CATEGORY}:thing"])
OLD = dictionary(category(*(concept(code) for code in "ABCDEF")))
NEW = dictionary(
    category(
        concept("A", ends="G"),
        concept("B", ends="C"),
        concept("C", "新丙"),
        concept("D", ends="C E"),
        concept("E"),
        concept("F", retired=True),
        concept("G"),
    ),
    version="2.0.0",
)
HEAD = ["id", "thing", "thing_codes", "thing_names", "thing_status"]
ROWS = [
    ["1", "甲", "A", "名A", "accepted"],
    ["2", "乙丙", "B;C", "名B;名C", "accepted"],
    ["3", "丁", "D", "名D", "accepted"],
    ["4", "己丁", "F;D", "名F;名D", "review"],
    ["5", "不知", "X", "谁", "accepted"],
    ["6", "", "", "", ""],
    ["7", "戊", "E", "名E", "采用"],
    ["8", "己", "F", "名F", "采用"],
]


def write_csv(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    with open(path, "w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)
    return path


def read_csv(path: Path) -> list[list[str]]:
    with open(path, encoding="utf-8-sig", newline="") as handle:
        return list(csv.reader(handle))


def migrated(
    path: Path, old: Dictionary, new: Dictionary, folder: Path, **more: Any
) -> tuple[migration.Migration, list[list[str]]]:
    found = migration.migrate(path, old, new, folder, columns=THING, **more)
    return found, read_csv(found.written[0])


def test_codes_are_carried_and_what_needs_a_human_stays(tmp_path: Path) -> None:
    found, rows = migrated(write_csv(tmp_path / "t.csv", [HEAD, *ROWS]), OLD, NEW, tmp_path / "out")
    assert rows[0] == [*HEAD, "thing_codes_before", "thing_status_before", "thing_migration"]
    assert [row[2:5] + row[7:] for row in rows[1:]] == [
        ["G", "名G", "accepted", "changed"],
        ["C", "新丙", "accepted", "changed"],
        ["D", "名D", "review", "open"],
        ["F;D", "名F;名D", "review", "open"],
        ["X", "谁", "review", "open"],
        ["", "", "", ""],
        ["E", "名E", "采用", "same"],
        ["F", "名F", "待审核", "open"],
    ]
    assert [row[5] for row in rows[1:]] == [row[2] for row in ROWS]
    assert [row[6] for row in rows[1:]] == [row[4] for row in ROWS]
    (count,) = found.counts
    assert dict(count.outcomes) == {"same": 2, "replaced": 1, "merged": 1, "split": 2, "retired": 2, "unknown": 1}
    assert (count.read, count.written, count.rows, count.cells, found.open) == (9, 8, 8, 7, 5)


def test_the_counts_in_the_json_add_up_and_hold_no_value(tmp_path: Path) -> None:
    found, _rows = migrated(write_csv(tmp_path / "t.csv", [HEAD, *ROWS]), OLD, NEW, tmp_path / "out")
    text = found.written[2].read_text(encoding="utf-8")
    facts = json.loads(text)
    part = facts["columns"]["thing_codes"]
    kinds = ("same", "replaced", "merged", "split", "retired", "gone", "unknown")
    assert part["codes_read"] == sum(part.get(kind, 0) for kind in kinds)
    assert part["codes_written"] == part["codes_read"] - part["codes_repeated"]
    assert facts["rows_in"] == facts["rows_out"] == len(ROWS)
    assert "乙丙" not in text


def test_the_input_and_what_stands_beside_the_codes_are_left_alone(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "t.csv", [["标题,一"], [], [*HEAD, "x"], *([*row, '=1+1 "“\n'] for row in ROWS)])
    before = source.read_bytes()
    found, rows = migrated(source, OLD, NEW, tmp_path / "out")
    assert source.read_bytes() == before
    assert rows[0] == ["标题,一"]
    assert [row[0] for row in rows[3:]] == [row[0] for row in ROWS]
    assert {row[5] for row in rows[3:]} == {'=1+1 "“\n'}
    assert found.rows_in == len(ROWS)


def english(dictionary: Dictionary) -> Opinion:
    return Opinion(dictionary, lang="en")


def test_what_waits_is_listed_with_the_senders_words_and_the_matchers_opinion(tmp_path: Path) -> None:
    rows = [["id", "thing", "thing_codes"], *([str(number), "名E", "D"] for number in range(8)), ["9", "名C旧", "D"]]
    found, _rows = migrated(write_csv(tmp_path / "t.csv", rows), OLD, NEW, tmp_path / "out", opinion=english, lang="en")
    first, second = found.waiting
    assert (first[0].text, first[0].count, first[0].rows, first[2]) == ("名E", 8, [2, 3, 4, 5, 6], "E 名E (accepted)")
    assert second[0].text == "名C旧"
    book = tables.read(found.written[1])
    assert [sheet.name for sheet in book.sheets] == ["to decide", "codes", "来源"]
    listed = book.sheets[0].rows
    assert listed[1] == ["thing_codes", "D", "名D", "split: choose a successor", "C 新丙\nE 名E", "名E",
                         "E 名E (accepted)", 8, "2, 3, 4, 5, 6…"]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    versions(3),
    st.lists(st.tuples(st.lists(st.integers(0, 5), max_size=3), st.sampled_from(["accepted", "review", "", "采用"]))),
)
def test_two_steps_give_the_same_table_as_one(
    tmp_path_factory: pytest.TempPathFactory, history: list[Dictionary], cells: list[tuple[list[int], str]]
) -> None:
    folder = tmp_path_factory.mktemp("migrate")
    known = list(codes(history))
    rows = [
        [str(number), "x", *(";".join(f"{mark}{known[one]}" for one in places) for mark in ("", "名")), status]
        for number, (places, status) in enumerate(cells)
    ]
    table = write_csv(folder / "t.csv", [HEAD, *rows])
    first, second, third = history
    half, _rows = migrated(table, first, second, folder / "half")
    two_steps, stepped = migrated(half.written[0], second, third, folder / "two")
    one_step, direct = migrated(table, first, third, folder / "one")
    assert stepped == direct
    for found in (half, two_steps, one_step):
        assert found.rows_in == found.rows_out == len(rows)
        for count in found.counts:
            assert count.read == sum(number for _kind, number in count.outcomes)
            assert count.written <= count.read


def test_parquet_is_carried_and_other_columns_keep_their_types(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": [1, 2, 3], "thing": ["甲", None, "丁"], "thing_codes": ["A", None, "D"]})
    frame.write_parquet(tmp_path / "t.parquet")
    found = migration.migrate(tmp_path / "t.parquet", OLD, NEW, tmp_path / "out", columns=THING)
    after = pl.read_parquet(found.written[0])
    assert after.schema["id"] == pl.Int64
    assert after["thing_codes"].to_list() == ["G", None, "D"]
    assert after["thing_migration"].to_list() == ["changed", None, "open"]
    assert after["thing"].to_list() == ["甲", None, "丁"]


def test_codes_that_are_numbers_in_parquet_and_workbooks_are_read_as_text(tmp_path: Path) -> None:
    old, new = dictionary(category(concept("1"))), dictionary(category(concept("1", ends="2"), concept("2")))
    pl.DataFrame({"thing_codes": [1, 1]}).write_parquet(tmp_path / "t.parquet")
    found = migration.migrate(tmp_path / "t.parquet", old, new, tmp_path / "out", columns=THING)
    assert pl.read_parquet(found.written[0])["thing_codes"].to_list() == ["2", "2"]
    write_xlsx(tmp_path / "t.xlsx", [SheetOut("s", ["thing_codes"], [[1], [None], [1]])])
    found = migration.migrate(tmp_path / "t.xlsx", old, new, tmp_path / "out", columns=THING)
    assert [row[:1] for row in tables.read(found.written[0]).sheets[0].rows] == [["thing_codes"], ["2"], [], ["2"]]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "t.xlsx", [SheetOut("s", HEAD, ROWS), SheetOut("其他", ["a", "b"], [[1, 2.5], ["x", None]])])
    once, again = (
        migration.migrate(tmp_path / "t.xlsx", OLD, NEW, tmp_path / name, columns=THING) for name in ("one", "two")
    )
    assert [one.read_bytes() for one in once.written] == [one.read_bytes() for one in again.written]
    other = tables.read(tmp_path / "one" / "t.migrated.xlsx").sheets[1]
    assert [list(row) for row in other.rows] == [["a", "b"], [1, 2.5], ["x"]]


def test_a_clean_workbook_is_carried_with_its_mentions_and_says_its_new_version(tmp_path: Path) -> None:
    from zhengming.schemas import spec

    fields = columns.of_spec(spec.load("aid_case"))
    head = ["source_sheet", "source_row", "diagnosis", "diagnosis_codes", "diagnosis_names", "diagnosis_status"]
    words = ["来源表", "来源行", "诊断", "诊断：编码", "诊断：名称", "诊断：状态"]
    concepts = [concept("A"), concept("B", mappings={"icd": ("Q1",)})]
    old = dictionary(category(*concepts, name="disease", mappings=("icd",)))
    ended = [concept("A", ends="B"), concepts[1], concept("D", retired=True)]
    new = dictionary(category(*ended, name="disease", mappings=("icd",)), version="2.0.0")
    facts = [["dictionary version", "1.0.0"], ["SHA-256 of the dictionary's content", old.sha256]]
    mention = ["field", "text", "code", "name", "mapping", "status"]
    write_xlsx(
        tmp_path / "t.clean.xlsx",
        [
            SheetOut("数据", words, [["s", 4, "甲", "A", "名A", "采用"]], names=head, legend=[("黄", "review")]),
            SheetOut(
                "诊断明细", mention, [["诊断", "甲", "A", "名A", None, "采用"], ["诊断", "丁", "X", "x", None, "采用"]]
            ),
            SheetOut("来源", ["fact", "content"], facts),
        ],
    )
    found = migration.migrate(tmp_path / "t.clean.xlsx", old, new, tmp_path / "out", columns=fields)
    assert found.coded_with == old.sha256
    assert not found.of_another_version
    data, mentions, source = tables.read(found.written[0]).sheets
    assert data.rows[0] == ["黄"]
    assert data.rows[2][:3] == words[:3]
    assert data.rows[3][3:6] == ["B", "名B", "采用"]
    assert [row[2:6] for row in mentions.rows[1:]] == [["B", "名B", "Q1", "采用"], ["X", "x", None, "待审核"]]
    assert ["dictionary version", "2.0.0"] in [list(row) for row in source.rows]


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "t.csv", [HEAD, *ROWS])
    other = Dictionary(id="o", version="1", categories=(), read=lambda _name: category(), digest=lambda: "")
    with pytest.raises(UsageError, match="two dictionaries"):
        migration.migrate(table, OLD, other, tmp_path / "out", columns=THING)
    with pytest.raises(NoTable):
        migration.migrate(table, OLD, NEW, tmp_path / "out", columns=columns.parsed(["x=thing"]))
    with pytest.raises(UsageError, match="has no column x"):
        migration.migrate(table, OLD, NEW, tmp_path / "out", columns=columns.parsed(["thing_codes=thing", "x=thing"]))
    with pytest.raises(UsageError, match="separate"):
        migration.migrate(table, OLD, NEW, tmp_path / "out", columns=THING, separator=" ")
    clean = write_csv(tmp_path / "t.migrated.csv", [HEAD, *ROWS])
    with pytest.raises(UnwritableFile, match="is the input"):
        migration.migrate(clean, OLD, NEW, tmp_path, columns=THING)


@pytest.mark.parametrize("option", ["thing", "=thing", "thing=", "thing=:x"])
def test_a_column_must_be_named_with_its_category(option: str) -> None:
    with pytest.raises(UsageError, match="--column"):
        columns.parsed([option])


def test_another_separator_is_kept(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "t.csv", [["thing_codes"], ["A、B、C"]])
    _found, rows = migrated(table, OLD, NEW, tmp_path / "out", separator="、")
    assert rows[1][0] == "G、C"


def test_a_difference_tells_which_rows_it_touches(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "t.csv", [HEAD, *ROWS])
    found = touching.touch(table, compare(OLD, NEW), THING)
    assert {(one.change.kind, one.change.code): one.rows for one in found.touched} == {
        ("replaced", "A"): ["2"],
        ("merged", "B"): ["3"],
        ("renamed", "C"): ["3"],
        ("split", "D"): ["4", "5"],
        ("retired", "F"): ["5", "9"],
    }
    assert (found.rows, found.rows_touched) == (8, 5)
    text = report.render(compare(OLD, NEW), lang="en", touch=found)
    assert "t.csv: of 8 rows, 5 are touched" in text
    assert "乙丙" not in text
    assert "2 rows: 4, 5" in text
    assert "of 8 rows" in report.render(compare(OLD, NEW), form="html", lang="en", touch=found)
    assert json.loads(report.render(compare(OLD, NEW), form="json", touch=found))["data"]["rows_touched"] == 5


def test_a_name_that_moved_touches_the_rows_that_say_it(tmp_path: Path) -> None:
    from zhengming.dictionary.model import Term

    old = dictionary(category(concept("A", terms=(Term("甲"),)), concept("B")))
    new = dictionary(category(concept("A"), concept("B", terms=(Term("甲"),))))
    table = write_csv(tmp_path / "t.csv", [["thing", "thing_codes"], ["甲", "A"], ["名A", "A"]])
    found = touching.touch(table, compare(old, new), THING)
    assert [(one.change.kind, one.rows) for one in found.touched] == [("term-moved", ["2"])]
