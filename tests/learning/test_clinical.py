"""On a category that is read word by word a model only orders what a human sees."""

import csv
from pathlib import Path

import pytest

import zhengming as zm
from zhengming.learning import learn_from
from zhengming.learning.material import Material

pytest.importorskip("lightgbm")

CELLS = Path(__file__).parents[2] / "benchmarks" / "clinical_cells"


def table(name: str) -> list[tuple[str, tuple[str, ...]]]:
    with (CELLS / name).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        (row["text"], tuple(part.split()[0] for part in row["expected"].split(" | ") if part and "refuted" not in part))
        for row in rows
    ]


@pytest.fixture(scope="module")
def model() -> zm.Model:
    rows = dict(table("heldout.tsv"))
    return learn_from(Material("disease", tuple(rows), tuple(rows.values())), zm.Dictionary.open())


def test_no_accepted_code_of_a_clinical_cell_changes(model: zm.Model) -> None:
    dictionary = zm.Dictionary.open()
    texts = [text for name in ("heldout2.tsv", "gold.tsv") for text, _codes in table(name)]
    before = zm.Matcher(dictionary, "disease").match_many(texts)
    after = zm.Matcher(dictionary, "disease", model=model).match_many(texts)
    assert [accepted(found) for found in after] == [accepted(found) for found in before]


def test_what_no_term_explains_is_ordered(model: zm.Model) -> None:
    matcher = zm.Matcher(zm.Dictionary.open(), "disease", model=model)
    found = [one for text in ("室间隔穿孔样缺损待查", "心脏缺损右室") for one in matcher.match(text)]
    assert all(one.status != "accepted" or one.method != "learned" for one in found)


def accepted(mentions: list[zm.Mention]) -> list[tuple[str | None, int, int]]:
    return [(one.code, one.start, one.end) for one in mentions if one.status == "accepted"]
