"""The matcher on cells: a table of readings, and the laws that hold for any text and any dictionary."""

from __future__ import annotations

import csv
import random
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengming.dictionary.model import Category, Concept, Dictionary, Term
from zhengming.errors import UnknownCode, UsageError
from zhengming.findings import words as messages
from zhengming.normalizers import terms
from zhengming.normalizers.outcome import STATUSES
from zhengming.normalizers.terms.explanation import explain
from zhengming.normalizers.terms.matcher import Matcher
from zhengming.normalizers.terms.mention import Mention

with (Path(__file__).parent / "readings.tsv").open(encoding="utf-8", newline="") as _file:
    READINGS = list(csv.DictReader(_file, delimiter="\t"))


@cache
def matcher(category: str = "disease") -> Matcher:
    return Matcher(Dictionary.open(), category)


def said(mention: Mention) -> str:
    """A mention as the table writes it: name, status unless accepted, qualifiers unless usual."""
    usual = {"certainty": "affirmed", "subject": "patient"}
    shown = {axis: value for axis, value in mention.qualifiers.items() if usual.get(axis) != value}
    parts = [mention.name or "-"]
    parts += [mention.status] if mention.status != "accepted" else []
    parts += ["covered"] if mention.covered_by else []
    parts += [f"{axis}={value:g}" if isinstance(value, float) else f"{axis}={value}" for axis, value in shown.items()]
    return " ".join(parts)


@pytest.mark.parametrize("row", READINGS, ids=lambda row: row["id"])
def test_a_cell_is_read_as_the_table_says(row: dict[str, str]) -> None:
    mentions = matcher().match(row["text"])
    assert " | ".join(said(mention) for mention in mentions) == row["mentions"]


@pytest.mark.parametrize(
    ("category", "text", "code"),
    [("sex", "女", "2"), ("sex", "♂", "1"), ("field", "患儿 姓名", "child_name"), ("relationship", "外婆", "R06")],
)
def test_a_cell_of_one_value_is_matched_whole(category: str, text: str, code: str) -> None:
    (mention,) = matcher(category).match(text)
    assert mention.status == "accepted"
    if category != "relationship":
        assert mention.code == code


def test_a_line_break_parts_two_mentions() -> None:
    assert [mention.code for mention in matcher().match("室缺\n房缺")] == [
        mention.code for text in ("室缺", "房缺") for mention in matcher().match(text)
    ]


@pytest.mark.parametrize("text", ["先天性室缺多发性", "先天性房缺多孔型", "先天性三房心左侧型", "室间隔缺损5mm"])
@pytest.mark.parametrize("before", ["心包囊肿，", "1.动脉导管未闭；", "三尖瓣下移畸形（重度），心包囊肿；"])
def test_a_name_is_read_alike_wherever_it_stands(before: str, text: str) -> None:
    alone, listed = matcher().match(text), matcher().match(before + text)
    assert said(listed[-1]) == said(alone[-1])
    assert listed[-1].text == alone[-1].text


def test_every_term_of_every_category_comes_back_as_its_concept() -> None:
    wrong = []
    for category in Dictionary.open():
        one = matcher(category.name)
        for concept in category.concepts.values():
            for term in concept.terms:
                if concept.status == "retired" or term.sender or term.relation in ("ambiguous", "broad"):
                    continue
                mentions = one.match(term.text)
                if [(mention.code, mention.status) for mention in mentions] != [(concept.code, "accepted")]:
                    wrong.append((category.name, concept.code, term.text, [said(mention) for mention in mentions]))
    assert wrong == []


def test_an_ambiguous_term_alone_is_never_accepted() -> None:
    for concept in matcher().category.concepts.values():
        for term in concept.terms:
            if term.relation == "ambiguous":
                assert all(mention.status != "accepted" for mention in matcher().match(term.text)), term.text


def test_a_local_term_counts_for_its_sender_only() -> None:
    concepts = {
        "X1": Concept("X1", "甲病", terms=(Term("甲病", "preferred"), Term("老毛病", "local", sender="north"))),
        "X2": Concept("X2", "乙病", terms=(Term("乙病", "preferred"), Term("老毛病", "local", sender="south"))),
    }
    dictionary = made(concepts)
    assert Matcher(dictionary, "thing", sender="north").match("老毛病")[0].code == "X1"
    assert Matcher(dictionary, "thing", sender="south").match("老毛病")[0].code == "X2"
    assert Matcher(dictionary, "thing").match("老毛病")[0].status != "accepted"


def test_a_neighbour_that_the_dictionary_lacks_is_not_taken_for_the_one_it_has() -> None:
    concepts = {"X1": Concept("X1", "室间隔缺损", terms=(Term("室间隔缺损", "preferred"),))}
    one = Matcher(made(concepts), "thing")
    for text in ("房间隔缺损", "房室间隔缺损", "室间隔完整", "室间隔缺血"):
        assert all(mention.status != "accepted" for mention in one.match(text)), text


def test_levels_must_make_sense() -> None:
    with pytest.raises(UsageError):
        Matcher(Dictionary.open(), "disease", accept=0.5, review=0.9)
    with pytest.raises(UnknownCode):
        Matcher(Dictionary.open(), "nothing")


PIECES = st.sampled_from(
    [
        "室间隔缺损",
        "VSD",
        "无",
        "？",
        "，",
        "、",
        "术后",
        "(",
        ")",
        "3mm",
        "母亲",
        "房",
        "重度",
        " ",
        "2",
        "伴",
        "\n",
        "鑫",
        "x",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=12).map("".join)))
def test_spans_cut_the_raw_text_they_name_and_do_not_overlap(text: str) -> None:
    end = 0
    for mention in matcher().match(text):
        assert text[mention.start : mention.end] == mention.text
        assert mention.start >= end
        end = mention.end
        assert mention.status in STATUSES
        assert 0 <= mention.confidence <= 1
        assert (mention.code is None) == (mention.status == "unmatched")
        assert {"certainty", "subject"} <= set(mention.qualifiers)


def test_an_unrelated_concept_changes_no_accepted_exact_match() -> None:
    category = matcher().category
    added = Concept("D9999", "鑫淼症", terms=(Term("鑫淼症", "preferred"),))
    larger = Matcher(made({**category.concepts, "D9999": added}, category), "thing")
    for row in READINGS:
        exact = [(one.code, one.start) for one in matcher().match(row["text"]) if one.method == "exact"]
        assert [(one.code, one.start) for one in larger.match(row["text"]) if one.method == "exact"] == exact


def test_the_order_of_the_dictionary_changes_nothing() -> None:
    category = matcher().category
    shuffled = list(category.concepts.items())
    random.Random(7).shuffle(shuffled)
    concepts = {
        code: replace(concept, terms=tuple(random.Random(code).sample(concept.terms, len(concept.terms))))
        for code, concept in shuffled
    }
    other = Matcher(made(concepts, category), "thing")
    for row in READINGS:
        assert [one._replace(category="") for one in other.match(row["text"])] == [
            one._replace(category="") for one in matcher().match(row["text"])
        ]


def made(concepts: dict[str, Concept], like: Category | None = None) -> Dictionary:
    """A dictionary with the one category `thing`."""
    base = like or Category("thing", {}, {})
    policy = replace(base.policy, cell="mentions")
    category = Category("thing", {}, concepts, base.modifiers, base.definitions, policy)
    return Dictionary(id="made", version="0", categories=("thing",), read=lambda _name: category, digest=lambda: "")


@pytest.mark.parametrize(
    ("text", "beside", "name"),
    [
        ("ASD", "房间隔缺损封堵术", "房间隔缺损"),
        ("ASD", "语言发育迟缓，行为训练", "儿童孤独症"),
        ("ASD，语言发育迟缓", "房间隔缺损封堵术", "儿童孤独症"),  # what the cell itself says goes first
    ],
)
def test_the_row_settles_an_abbreviation_that_its_cell_does_not(text: str, beside: str, name: str) -> None:
    first = matcher().match(text, beside)[0]
    assert (first.status, first.name) == ("accepted", name)


def test_the_sender_settles_an_abbreviation_that_neither_cell_nor_row_does() -> None:
    (alone,) = matcher().match("ASD", "体重 12kg")
    (known,) = Matcher(Dictionary.open(), "disease", speciality=["D0843"]).match("ASD", "体重 12kg")
    assert (alone.status, alone.reason) == ("review", "ambiguous")
    assert (known.status, known.name) == ("accepted", "房间隔缺损")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_step_of_every_reading_is_told(lang: str) -> None:
    for row in READINGS:
        assert explain(row["text"], matcher(), messages(lang))


def test_every_step_has_its_words() -> None:
    sources = (path.read_text(encoding="utf-8") for path in Path(terms.__file__).parent.glob("*.py"))
    steps = {step for source in sources for step in re.findall(r'steps\.append\(\("([a-z-]+)"', source)}
    assert "specified" in steps
    for lang in ("zh", "en"):
        assert {f"step_{step.replace('-', '_')}" for step in steps} <= messages(lang).keys()
