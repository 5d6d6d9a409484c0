"""Columns coded at once, and results remembered: the same as cell by cell."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from zhengming.columns import code_columns, code_csv
from zhengming.dictionary.model import Dictionary
from zhengming.dictionary.rulings import Decisions
from zhengming.errors import UnreadableFile, UsageError
from zhengming.normalizers import coded
from zhengming.normalizers.terms.matcher import Matcher
from zhengming.remembering import Memory

CELLS = [
    "室缺 0.6cm，PDA术后",
    "女孩 法四",
    "",
    None,
    "无室间隔缺损",
    "室缺 0.6cm，PDA术后",
    "完全不是病",
    "室间膈缺损",
]
SEXES = ["男", "女童", None, "?", "男", "女", "♂", ""]


@pytest.fixture(scope="module")
def matchers() -> dict[str, Matcher]:
    dictionary = Dictionary.open()
    return {"诊断": Matcher(dictionary, "disease"), "sex": Matcher(dictionary, "sex")}


@pytest.fixture
def frame() -> pl.DataFrame:
    return pl.DataFrame({"id": range(len(CELLS)), "诊断": CELLS, "sex": SEXES})


def test_each_cell_comes_to_what_it_comes_to_alone(frame: pl.DataFrame, matchers: dict[str, Matcher]) -> None:
    made = code_columns(frame, matchers)
    assert made.columns[:3] == frame.columns
    assert made.select(frame.columns).equals(frame)
    for row in made.iter_rows(named=True):
        for name, matcher in matchers.items():
            cell = coded.normalize(row[name] or "", matcher)
            empty = cell.reason == "empty"
            assert row[f"{name}_codes"] == (";".join(cell.codes) or None)
            assert row[f"{name}_names"] == (";".join(cell.names) or None)
            assert row[f"{name}_status"] == (None if empty else cell.status)
            assert row[f"{name}_reason"] == (None if empty else cell.reason)


def test_numbers_are_read_as_texts(matchers: dict[str, Matcher]) -> None:
    made = code_columns(pl.DataFrame({"sex": [1, 2, None]}), {"sex": matchers["sex"]})
    assert made["sex_codes"].to_list() == ["1", "2", None]


def test_a_column_that_is_not_there_is_told(frame: pl.DataFrame, matchers: dict[str, Matcher]) -> None:
    with pytest.raises(UsageError, match="hospital"):
        code_columns(frame, {"hospital": matchers["sex"]})


@pytest.mark.parametrize("portion", [1, 3, 100])
def test_a_file_is_coded_alike_in_portions_of_any_size(
    tmp_path: Path, frame: pl.DataFrame, matchers: dict[str, Matcher], portion: int
) -> None:
    source, target = tmp_path / "a.csv", tmp_path / "b.csv"
    frame.write_csv(source)
    assert code_csv(source, target, matchers, portion=portion) == frame.height
    with target.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    expected = code_columns(frame, matchers).with_columns(pl.all().cast(pl.String).fill_null("")).to_dicts()
    assert rows == expected


def test_nothing_that_a_spreadsheet_would_run_is_written(tmp_path: Path, matchers: dict[str, Matcher]) -> None:
    (tmp_path / "a.csv").write_text("sex,note\n男,=1+1\n女,\n", encoding="utf-8")
    code_csv(tmp_path / "a.csv", tmp_path / "b.csv", {"sex": matchers["sex"]})
    assert "男,'=1+1,1," in (tmp_path / "b.csv").read_text(encoding="utf-8")


def test_a_file_without_rows_keeps_its_header(tmp_path: Path, matchers: dict[str, Matcher]) -> None:
    (tmp_path / "a.csv").write_text("sex\n", encoding="utf-8")
    assert code_csv(tmp_path / "a.csv", tmp_path / "b.csv", {"sex": matchers["sex"]}) == 0
    header = (tmp_path / "b.csv").read_text(encoding="utf-8-sig")
    assert header.split() == ["sex,sex_codes,sex_names,sex_status,sex_reason"]


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", None])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, matchers: dict[str, Matcher], data: bytes | None) -> None:
    if data:
        (tmp_path / "a.csv").write_bytes(data)
    with pytest.raises(UnreadableFile):
        code_csv(tmp_path / "a.csv", tmp_path / "b.csv", {"sex": matchers["sex"]})
    assert not (tmp_path / "b.csv").exists()


def test_what_is_remembered_is_what_was_read(tmp_path: Path) -> None:
    dictionary, memory = Dictionary.open(), Memory(tmp_path)
    texts = [cell for cell in CELLS if cell]
    first = Matcher(dictionary, "disease")
    read = first.match_many(texts)
    memory.keep(first, texts)
    second = Matcher(dictionary, "disease")
    assert memory.recall(second, [*texts, "别的"]) == len(set(texts))
    assert second.known(texts) == first.known(texts)
    assert second.match_many(texts) == read


def test_other_options_remember_nothing_of_each_other(tmp_path: Path) -> None:
    dictionary, memory = Dictionary.open(), Memory(tmp_path)
    first = Matcher(dictionary, "sex")
    first.match("女童")
    memory.keep(first, ["女童"])
    others = [
        Matcher(dictionary, "sex", accept=1.0),
        Matcher(dictionary, "sex", sender="a"),
        Matcher(dictionary, "disease"),
    ]
    assert [memory.recall(other, ["女童"]) for other in (*others, Matcher(dictionary, "sex"))] == [0, 0, 0, 1]


def test_nothing_of_a_cell_is_on_the_disk(tmp_path: Path) -> None:
    matcher, text = Matcher(Dictionary.open(), "disease", decisions=Decisions.of(None)), "王小明的室间隔缺损，住某某路"
    matcher.match(text)
    Memory(tmp_path).keep(matcher, [text])
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert stored
    assert not any(part.encode() in stored for part in ("王小明", "某某路", "住"))


def test_frames_are_coded_alike_with_a_memory(
    tmp_path: Path, frame: pl.DataFrame, matchers: dict[str, Matcher]
) -> None:
    plain = code_columns(frame, matchers)
    for _time in range(2):
        fresh = {name: Matcher(matcher.dictionary, matcher.category.name) for name, matcher in matchers.items()}
        assert code_columns(frame, fresh, memory=Memory(tmp_path)).equals(plain)
