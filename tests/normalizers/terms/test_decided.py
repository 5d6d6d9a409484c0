"""What reviewers decided applies to equal values, never against a denial, and says so where it cannot be applied."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zhengming as zm
from zhengming.dictionary import starting
from zhengming.dictionary.decisions import Decision, append, release_stamp
from zhengming.normalizers import coded

VSD, ASD, TOF = "D0032", "D0052", "D0108"


def said(text: str, *codes: str, reviewer: str = "li", category: str = "disease", sender: str = "") -> Decision:
    return Decision(text, category, "match", reviewer, "2026-11-25", sender, codes)


def by_wang(text: str, code: str) -> Decision:
    return said(text, code, reviewer="wang")


def turned_down(text: str, *codes: str) -> Decision:
    return Decision(text, "disease", "reject", "li", "2026-11-25", rejected=codes)


def no_match(text: str, verdict: str = "no-match") -> Decision:
    return Decision(text, "disease", verdict, "li", "2026-11-25")


@cache
def dictionary() -> zm.Dictionary:
    return zm.Dictionary.open()


@cache
def plain_matcher() -> zm.Matcher:
    return zm.Matcher(dictionary(), "disease")


def cell(text: str, *log: Decision, category: str = "disease", sender: str = "") -> coded.CodedCell:
    decisions = zm.Decisions(log)
    return coded.normalize(text, zm.Matcher(dictionary(), category, sender=sender, decisions=decisions))


CASES = [
    ("an unknown name", "某某病", [said("某某病", TOF)], (TOF,), "accepted", "known"),
    ("an equal value, folded", " 某 某病　", [said("某 某病", TOF)], (TOF,), "accepted", "known"),
    ("another value", "某某病症", [said("某某病", TOF)], (), "unmatched", "nothing-similar"),
    ("an ambiguous name", "AS", [said("AS", TOF)], (TOF,), "accepted", "known"),
    ("a mention in a cell", "AS术后、房缺", [said("AS", TOF)], (TOF, ASD), "accepted", "known"),
    ("a mention that is denied", "无某某病，有房缺", [said("某某病", TOF)], (ASD,), "accepted", "known"),
    ("a mention that is all there is and denied", "无某某病", [said("某某病", TOF)], (), "review", "only-refuted"),
    ("a mention in doubt", "某某病？", [said("某某病", TOF)], (), "review", "only-suspected"),
    ("a cell in doubt", "室缺？", [said("室缺？", VSD)], (VSD,), "accepted", "known"),
    ("a cell that denies it", "无室缺", [said("无室缺", VSD)], (), "review", "decision-denied"),
    ("a cell about the mother", "母亲室缺", [said("母亲室缺", VSD)], (), "review", "decision-denied"),
    ("a cell of two", "某某病、房缺", [said("某某病、房缺", ASD, TOF)], (TOF, ASD), "accepted", "known"),
    ("a mention of two", "甲乙丙病、PDA", [said("甲乙丙病", ASD, TOF)], (ASD, TOF, "D0310"), "accepted", "known"),
    ("unread text beside it", "室间隔缺顶", [said("室间隔缺", VSD)], (), "review", "unread-after"),
    ("a sub-type beside it", "某某病(膜周部)", [said("某某病", VSD)], ("D0033",), "accepted", "known"),
    ("no match", "某某病", [no_match("某某病")], (), "unmatched", "decided-no-match"),
    ("no match beside another", "某某病、房缺", [no_match("某某病")], (ASD,), "accepted", "known"),
    ("no match of a known name", "室缺", [no_match("室缺")], (), "unmatched", "decided-no-match"),
    ("a new concept", "某某病、房缺", [no_match("某某病", "new-concept")], (ASD,), "review", "decided-new-concept"),
    ("a rejected exact name", "室间隔缺损", [turned_down("室间隔缺损", VSD)], (), "unmatched", "rejected"),
    ("one of two rejected", "AS", [turned_down("AS", "D0185")], (), "review", "ambiguous"),
    ("in dispute", "某某病", [said("某某病", TOF), by_wang("某某病", ASD)], (), "review", "decision-disputed"),
    ("a known name in dispute", "室缺", [said("室缺", TOF), by_wang("室缺", ASD)], (), "review", "decision-disputed"),
    ("agreed by two", "某某病", [said("某某病", TOF), by_wang("某某病", TOF)], (TOF,), "accepted", "known"),
    ("an unknown code", "某某病", [said("某某病", "D9999")], (), "unmatched", "decision-unknown-code"),
    ("another category", "某某病", [said("某某病", TOF, category="procedure")], (), "unmatched", "nothing-similar"),
    ("another sender", "某某病", [said("某某病", TOF, sender="a")], (), "unmatched", "nothing-similar"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "log", "codes", "status", "reason"), [one[1:] for one in CASES], ids=[one[0] for one in CASES]
)
def test_a_decision_applies_to_equal_values(
    text: str, log: list[Decision], codes: tuple[str, ...], status: str, reason: str
) -> None:
    found = cell(text, *log)
    assert (found.codes, found.status, found.reason) == (codes, status, reason)


def test_a_decided_mention_says_that_it_was_decided() -> None:
    (mention,) = zm.Matcher(dictionary(), "disease", decisions=zm.Decisions([said("某某病", TOF)])).match("某某病")
    assert (mention.method, mention.status, mention.name) == ("decision", "accepted", "法洛四联症")


def test_a_senders_decision_counts_for_that_sender() -> None:
    log = [said("某某病", TOF), said("某某病", ASD, sender="a")]
    assert cell("某某病", *log, sender="a").codes == (ASD,)
    assert cell("某某病", *log, sender="b").codes == (TOF,)


def test_a_value_that_no_one_need_look_at_again_is_not_counted_as_undecided() -> None:
    assert cell("某某病", no_match("某某病")).undecided == 0
    assert cell("某某病", no_match("某某病", "new-concept")).undecided == 1


def test_a_symbol_and_a_value_category_can_be_decided() -> None:
    assert cell("◎", said("◎", "1", category="sex"), category="sex").codes == ("1",)
    assert cell("小淘气", said("小淘气", "1", category="sex"), category="sex").codes == ("1",)


def test_a_retired_code_is_not_applied_and_its_successor_is_offered() -> None:
    retired = next(one for one in dictionary().category("region").concepts.values() if one.replaced_by)
    log = said("某地名", retired.code, category="region")
    (mention,) = zm.Matcher(dictionary(), "region", decisions=zm.Decisions([log])).match("某地名")
    assert (mention.status, mention.reason) == ("review", "decision-retired")
    assert [one.code for one in mention.candidates] == list(retired.replaced_by)


def test_what_the_dictionary_has_moved_itself_is_accepted_as_the_successor(tmp_path: Path) -> None:
    starting.new(tmp_path / "d", category="disease")
    folder = tmp_path / "d" / "categories" / "disease"
    with open(folder / "concepts.csv", "a", encoding="utf-8") as concepts:
        concepts.write("A,甲,,,retired,B,,\nB,乙,,,active,,,\n")
    with open(folder / "terms.csv", "a", encoding="utf-8") as terms:
        terms.write("B,甲,former,,,exact,,,\n")
    moved = zm.Dictionary.open(tmp_path / "d")
    (mention,) = zm.Matcher(moved, "disease", decisions=zm.Decisions([said("甲", "A")])).match("甲")
    assert (mention.code, mention.status, mention.reason) == ("B", "accepted", "known")


def test_a_decision_about_another_dictionary_does_not_hold(tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("code,name\nD0108,苹果\n", encoding="utf-8")
    fruit = zm.Dictionary.from_table(tmp_path / "codes.csv", category="disease", code="code", name="name")
    theirs = Decision(
        "某某病", "disease", "match", "li", "2026-11-25", codes=(TOF,), dictionary=release_stamp(dictionary())
    )
    assert [one.code for one in zm.Matcher(fruit, "disease", decisions=zm.Decisions([theirs])).match("某某病")] == [
        None
    ]
    assert cell("某某病", theirs).codes == (TOF,)


def test_an_explanation_tells_of_the_decision() -> None:
    matcher = zm.Matcher(dictionary(), "disease", decisions=zm.Decisions([said("某某病", TOF)]))
    ((_mention, steps),) = matcher.explain("某某病")
    assert ("decision", f"match {TOF} (2026-11-25)") in steps


TEXTS = ["室间隔缺顶", "室缺", "AS", "房间隔缺", "肺动脉狭窄？", "无室缺，有房缺", "法洛四联", "先心病", "法洛氏四联症"]


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(TEXTS), st.data())
def test_a_rejected_code_is_never_proposed_again(text: str, data: st.DataObject) -> None:
    plain = plain_matcher().match(text)
    thought_of = sorted({code for one in plain for code in (one.code, *(it.code for it in one.candidates)) if code})
    rejected = data.draw(st.lists(st.sampled_from(thought_of), min_size=1, unique=True))
    matcher = zm.Matcher(dictionary(), "disease", decisions=zm.Decisions([turned_down(text, *rejected)]))
    for mention in matcher.match(text):
        assert not {mention.code, *(one.code for one in mention.candidates)} & set(rejected)


def test_decisions_are_applied_to_a_whole_file_and_named_in_its_facts(tmp_path: Path) -> None:
    table = tmp_path / "in.csv"
    table.write_text("姓名,性别,临床诊断\n张三,男,某某病\n李四,女,室缺\n", encoding="utf-8")
    log = tmp_path / "decisions.csv"
    append(log, [said("某某病", TOF)])
    result = zm.clean(table, decisions=log)
    assert result.data["diagnosis_codes"].to_list() == [TOF, VSD]
    assert result.manifest["decisions"] == 1
    assert "decisions" not in zm.clean(table).manifest
